import { createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { MailproofError } from '../model/index.ts';
import type { ContentCipher, Envelope } from './envelope.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

/** Whoever can have a data key unwrapped: KMS. Its errors (KEY_*, ACCESS_DENIED, TEMPORARY …) are passed on. */
export interface KeyUnwrapper {
  decrypt(request: {
    readonly ciphertext: Uint8Array;
    readonly encryptionContext: Readonly<Record<string, string>>;
    /** Given only where one key is pinned: KMS then refuses a ciphertext of any other. */
    readonly keyId?: string;
    readonly signal?: AbortSignal;
  }): Promise<Uint8Array>;
}

/** What the caller will accept, whatever the envelope says. */
export interface KeyPins {
  /** Pairs that the stored encryption context must hold. It may hold more. */
  readonly expectedContext?: Readonly<Record<string, string>>;
  /** ARN, id or alias of the only key that may have wrapped the data key. */
  readonly expectedKeyId?: string;
}

/** The pair by which `kms+context` binds the content cipher: whoever changes the cipher in the metadata loses the key. */
const CIPHER_CONTEXT = 'aws:x-amz-cek-alg';
const DATA_KEY_OCTETS = 32;

/** Throws CONTEXT_MISMATCH unless every expected pair is among those found. */
export function checkContext(
  expected: Readonly<Record<string, string>> | undefined,
  found: Readonly<Record<string, string>>,
  object: EncryptedObject,
): void {
  for (const [name, value] of Object.entries(expected ?? {})) {
    if (Object.hasOwn(found, name) && found[name] === value) continue;
    const instead = Object.hasOwn(found, name) ? `"${found[name] ?? ''}"` : 'nothing';
    const sentence = `its encryption context has ${instead} for "${name}" where "${value}" is expected.`;
    throw refusal('CONTEXT_MISMATCH', 'context', object, sentence);
  }
}

function checkBinding(envelope: Envelope, object: EncryptedObject): void {
  if (envelope.wrapping !== 'kms+context') return;
  const bound = envelope.context[CIPHER_CONTEXT];
  if (bound === envelope.cipher.name) return;
  const sentence = `its encryption context binds the cipher "${bound ?? ''}", its metadata say "${envelope.cipher.name}".`;
  throw refusal('CONTEXT_MISMATCH', 'cipher-not-bound', object, sentence);
}

/**
 * Has the data key unwrapped, after the pins have been checked. Throws ENVELOPE_UNSUPPORTED for a key that KMS did not wrap,
 * CONTEXT_MISMATCH, and what `unwrap` throws, with the object named.
 */
export async function unwrapDataKey(
  envelope: Envelope,
  unwrap: KeyUnwrapper,
  object: EncryptedObject,
  pins: KeyPins & { readonly signal?: AbortSignal },
): Promise<Uint8Array> {
  if (envelope.wrapping !== 'kms' && envelope.wrapping !== 'kms+context') {
    const how = envelope.wrapping === '' ? '' : ` (${envelope.wrapping.slice(0, 60)})`;
    const sentence = `its data key is wrapped with a key this tool cannot ask KMS for${how}.`;
    throw refusal('ENVELOPE_UNSUPPORTED', 'wrapping', object, sentence);
  }
  checkBinding(envelope, object);
  checkContext(pins.expectedContext, envelope.context, object);
  let key: Uint8Array;
  try {
    key = await unwrap.decrypt({
      ciphertext: envelope.encryptedKey,
      encryptionContext: envelope.context,
      ...(pins.expectedKeyId === undefined ? {} : { keyId: pins.expectedKeyId }),
      ...(pins.signal === undefined ? {} : { signal: pins.signal }),
    });
  } catch (error) {
    if (!(error instanceof MailproofError)) throw error;
    const named = object.keyId === null ? '' : ` (key ${object.keyId})`;
    throw new MailproofError(
      error.code,
      `The data key of ${object.location}${named} was not unwrapped: ${error.message}`,
      {
        cause: error,
        details: { ...error.details, object: object.location },
        retryable: error.retryable,
        ...(error.advice === null ? {} : { advice: error.advice }),
      },
    );
  }
  if (key.byteLength === DATA_KEY_OCTETS) return key;
  const sentence = `its data key is ${key.byteLength} octets long, not ${DATA_KEY_OCTETS}.`;
  throw refusal('ENVELOPE_INVALID', 'key-length', object, sentence);
}

/** The algorithm suite's number, 0x0073 = 115, as HKDF's info and GCM's additional data begin with it. */
export const COMMITTING_SUITE = Uint8Array.of(0x00, 0x73);

function derive(key: Uint8Array, salt: Uint8Array, label: string, length: number): Uint8Array {
  const info = Buffer.concat([COMMITTING_SUITE, Buffer.from(label, 'ascii')]);
  return new Uint8Array(hkdfSync('sha512', key, salt, info, length));
}

/**
 * The key of the content. For V3 it is derived by HKDF-SHA512, after the commitment has been compared in constant time: without
 * it one ciphertext can be made to open under two keys to two different contents. Throws CIPHERTEXT_ALTERED.
 */
export function contentKey(dataKey: Uint8Array, cipher: ContentCipher, object: EncryptedObject): KeyObject {
  if (cipher.name !== '115') return createSecretKey(dataKey);
  const commitment = derive(dataKey, cipher.messageId, 'COMMITKEY', cipher.commitment.byteLength);
  if (!timingSafeEqual(commitment, cipher.commitment)) {
    const sentence = 'its data key is not the one its key commitment names; nothing was decrypted.';
    throw refusal('CIPHERTEXT_ALTERED', 'commitment', object, sentence);
  }
  return createSecretKey(derive(dataKey, cipher.messageId, 'DERIVEKEY', DATA_KEY_OCTETS));
}
