import { collectBody, type SandboxRequest } from '../http/request.ts';
import type { SandboxResponse } from '../http/response.ts';
import { sha256Hex } from '../signature/canonical.ts';
import { type Credentials, type SignatureFailure, verifySignature } from '../signature/verify.ts';
import { type JsonInput, readInput } from './input.ts';

const BODY_LIMIT = 1024 * 1024;

/** An answer of a JSON service. */
export function jsonAnswer(value: unknown): SandboxResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** A refusal of a JSON service. KMS writes `message`, WorkMail `Message`; clients read either. */
export function jsonError(name: string, message: string, status = 400): SandboxResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': name },
    body: Buffer.from(JSON.stringify({ __type: name, message, Message: message })),
  };
}

export interface JsonCaller {
  readonly credentials: readonly Credentials[];
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Checks the signature of a request to a JSON or query service and gives its body, or the refusal. */
export async function readSigned(
  request: SandboxRequest,
  caller: JsonCaller,
): Promise<{ readonly body: Buffer } | { readonly refused: SandboxResponse }> {
  const body = await collectBody(request.body, BODY_LIMIT);
  if (body === null) return { refused: jsonError('SerializationException', 'The request is too large.', 413) };
  const checked = verifySignature(request, { ...caller, payloadHash: sha256Hex(body) });
  if ('failure' in checked) return { refused: refusal(checked.failure) };
  return { body };
}

/** Reads a signed JSON request. */
export async function readJson(
  request: SandboxRequest,
  caller: JsonCaller,
): Promise<{ readonly input: JsonInput } | { readonly refused: SandboxResponse }> {
  const signed = await readSigned(request, caller);
  if ('refused' in signed) return signed;
  const input = readInput(signed.body);
  return input === null
    ? { refused: jsonError('SerializationException', 'The body is not a JSON object.') }
    : { input };
}

function refusal(failure: SignatureFailure): SandboxResponse {
  switch (failure) {
    case 'anonymous':
      return jsonError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
    case 'malformed':
      return jsonError('IncompleteSignatureException', 'The request signature does not conform to AWS standards.');
    case 'unknown-key':
      return jsonError('UnrecognizedClientException', 'The security token included in the request is invalid.');
    case 'wrong-region':
      return jsonError('InvalidSignatureException', 'Credential should be scoped to a valid region.');
    case 'mismatch':
      return jsonError(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      );
    case 'expired':
    case 'skewed':
      return jsonError('InvalidSignatureException', 'Signature expired.');
  }
}
