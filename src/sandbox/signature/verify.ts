import { timingSafeEqual } from 'node:crypto';
import type { SandboxRequest } from '../http/request.ts';
import { canonicalPath, canonicalQuery, hmac, sha256Hex, signingKey } from './canonical.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Why a request is not believed; each service has its own names for these. */
export type SignatureFailure =
  | 'anonymous'
  | 'malformed'
  | 'unknown-key'
  | 'mismatch'
  | 'wrong-region'
  | 'expired'
  | 'skewed';

export interface VerifiedSignature {
  /** Signs the chunks of a streamed body. */
  readonly key: Buffer;
  readonly signature: string;
  /** `20260101T000000Z`. */
  readonly time: string;
  readonly scope: string;
}

export interface VerifyContext {
  readonly credentials: readonly Credentials[];
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What stands for the payload where no `x-amz-content-sha256` does: the hash of the body. */
  readonly payloadHash: string;
}

interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly time: string;
  /** Seconds a presigned address stands; null for a header signature. */
  readonly expires: number | null;
}

const SKEW_MILLISECONDS = 15 * 60 * 1000;

/** Checks a Signature Version 4, in the Authorization header or presigned in the query. */
export function verifySignature(
  request: SandboxRequest,
  context: VerifyContext,
): { readonly verified: VerifiedSignature } | { readonly failure: SignatureFailure } {
  const claim = readClaim(request);
  if (claim === 'anonymous' || claim === 'malformed') return { failure: claim };
  const known = context.credentials.find((pair) => pair.accessKeyId === claim.accessKeyId);
  if (known === undefined) return { failure: 'unknown-key' };
  if (claim.region !== context.region) return { failure: 'wrong-region' };
  if (claim.service !== context.service) return { failure: 'malformed' };
  const at = readTime(claim.time);
  if (at === null || !claim.time.startsWith(claim.date)) return { failure: 'malformed' };
  if (claim.expires === null ? Math.abs(context.now - at) > SKEW_MILLISECONDS : at - context.now > SKEW_MILLISECONDS)
    return { failure: 'skewed' };
  if (claim.expires !== null && context.now > at + claim.expires * 1000) return { failure: 'expired' };

  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  const key = signingKey(known.secretAccessKey, claim.date, claim.region, claim.service);
  const payload =
    claim.expires === null
      ? (request.header('x-amz-content-sha256') ?? context.payloadHash)
      : (request.header('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD');
  const canonical = [
    request.method,
    canonicalPath(request.rawPath),
    canonicalQuery(request.rawQuery),
    ...claim.signedHeaders.map((name) => `${name}:${(request.header(name) ?? '').trim().replace(/[ \t]+/g, ' ')}`),
    '',
    claim.signedHeaders.join(';'),
    payload,
  ].join('\n');
  const signature = hmac(key, ['AWS4-HMAC-SHA256', claim.time, scope, sha256Hex(canonical)].join('\n')).toString('hex');
  if (!equal(signature, claim.signature)) return { failure: 'mismatch' };
  return { verified: { key, signature, time: claim.time, scope } };
}

function readClaim(request: SandboxRequest): Claim | 'anonymous' | 'malformed' {
  const authorization = request.header('authorization');
  if (authorization !== undefined) {
    if (!authorization.startsWith('AWS4-HMAC-SHA256 ')) return 'malformed';
    const fields = new Map<string, string>();
    for (const field of authorization.slice('AWS4-HMAC-SHA256 '.length).split(',')) {
      const equals = field.indexOf('=');
      fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim());
    }
    return makeClaim(
      fields.get('Credential'),
      fields.get('SignedHeaders'),
      fields.get('Signature'),
      request.header('x-amz-date'),
      null,
    );
  }
  if (!request.query.has('X-Amz-Signature')) return 'anonymous';
  const expires = Number(request.query.get('X-Amz-Expires'));
  if (!Number.isInteger(expires) || expires < 0 || expires > 604_800) return 'malformed';
  return makeClaim(
    request.query.get('X-Amz-Credential'),
    request.query.get('X-Amz-SignedHeaders'),
    request.query.get('X-Amz-Signature'),
    request.query.get('X-Amz-Date'),
    expires,
  );
}

function makeClaim(
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  time: string | undefined,
  expires: number | null,
): Claim | 'malformed' {
  const [accessKeyId, date, region, service, end] = credential?.split('/') ?? [];
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request') return 'malformed';
  if (!signedHeaders || !signature || !time) return 'malformed';
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature, time, expires };
}

/** `20260101T000000Z` to milliseconds since 1970. */
function readTime(time: string): number | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
