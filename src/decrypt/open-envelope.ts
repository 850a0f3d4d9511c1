import type { ByteSource, JsonObject } from '../model/index.ts';
import { openCbc } from './cbc.ts';
import { COMMITTING_SUITE, contentKey, type KeyMaterial, type KeyUnwrapper, unwrapDataKey } from './data-key.ts';
import { type Envelope, type EnvelopeRequest, readEnvelope } from './envelope.ts';
import { openGcm } from './gcm.ts';
import { type DecryptedSource, type Plaintext, plaintextSource } from './plaintext-source.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

export interface OpenEnvelopeRequest extends Omit<EnvelopeRequest, 'location'>, KeyMaterial {
  /** The ciphertext. Closing what is returned closes it. */
  readonly source: ByteSource;
  readonly unwrap: KeyUnwrapper;
  /** Refuse AES-CBC, which nothing authenticates (ENVELOPE_UNSUPPORTED), instead of reading it with a finding. */
  readonly requireAuthentication?: boolean;
  /**
   * Only for a look at head and tail: what is larger than is held is then not authenticated, as a finding and the identity's
   * `clientSideEncryption.authenticated` say. Nothing of it may be taken for a fact.
   */
  readonly inspecting?: boolean;
  /** Told how many octets of ciphertext have been authenticated so far. */
  readonly onAuthenticated?: (octets: number) => void;
  readonly signal?: AbortSignal;
}

/** V3's IV is fixed: each object has a key of its own by its message id. */
const COMMITTING_IV = new Uint8Array(12).fill(0x01);

/** What a manifest says about the envelope an archive came in. */
export function describeEnvelope(envelope: Envelope, authenticated: boolean): JsonObject {
  return {
    format: `S3 Encryption Client V${envelope.version}`,
    storedIn: envelope.storedIn,
    wrapping: envelope.wrapping === '' ? null : envelope.wrapping,
    cipher: envelope.cipher.name,
    authenticated,
    keyId: envelope.keyId,
    context: { ...envelope.context },
  };
}

function openContent(
  envelope: Envelope,
  dataKey: Uint8Array,
  request: OpenEnvelopeRequest,
  object: EncryptedObject,
): Promise<Plaintext> {
  const { source, signal, onAuthenticated, inspecting } = request;
  const { cipher, plaintextSize } = envelope;
  const key = contentKey(dataKey, cipher, object);
  switch (cipher.name) {
    case 'AES/CBC/PKCS5Padding':
      return openCbc(source, plaintextSize, { key, iv: cipher.iv, signal }, object);
    case 'AES/GCM/NoPadding': {
      const additionalData = new Uint8Array(0);
      const parameters = { key, iv: cipher.iv, additionalData, signal, onAuthenticated, inspecting };
      return openGcm(source, plaintextSize, parameters, object);
    }
    case '115': {
      const additionalData = COMMITTING_SUITE;
      const parameters = { key, iv: COMMITTING_IV, additionalData, signal, onAuthenticated, inspecting };
      return openGcm(source, plaintextSize, parameters, object);
    }
  }
}

/**
 * Opens an object of the S3 Encryption Client (V1, V2, V3; metadata or instruction file; data key wrapped by KMS or by a key of
 * the caller's) as a source of its plaintext with random access. Null where the object has no envelope. By the time it
 * returns, every octet has been authenticated, or a finding says that it was not.
 *
 * Throws ENVELOPE_INVALID, ENVELOPE_UNSUPPORTED, CONTEXT_MISMATCH, KEY_MISMATCH, CIPHERTEXT_ALTERED, each naming object, key and cause
 * (`details.cause` is a `RefusalCause`), and what the source and `unwrap` throw.
 */
export async function openEnvelope(request: OpenEnvelopeRequest): Promise<DecryptedSource | null> {
  const { source } = request;
  const envelope = await readEnvelope({ ...request, location: source.identity.location });
  if (envelope === null) return null;
  const keyId = envelope.keyId ?? request.expectedKeyId ?? null;
  const object: EncryptedObject = { location: source.identity.location, keyId };
  if (request.requireAuthentication === true && envelope.cipher.name === 'AES/CBC/PKCS5Padding') {
    const sentence = 'AES-CBC carries no authentication tag, and authentication is required.';
    throw refusal('ENVELOPE_UNSUPPORTED', 'unauthenticated', object, sentence);
  }
  const dataKey = await unwrapDataKey(envelope, request.unwrap, object, request);
  const plaintext = await openContent(envelope, dataKey, request, object);
  const details = {
    ...source.identity.details,
    clientSideEncryption: describeEnvelope(envelope, plaintext.authenticated),
  };
  return plaintextSource(source, { ...source.identity, details }, plaintext);
}
