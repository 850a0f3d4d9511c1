import { createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto';
import { MailproofError } from '../model/index.ts';
import type { ContentCipher, Envelope } from './envelope.ts';
import { type EncryptedObject, refusal } from './refusal.ts';
import { unwrapWithKey, wrappedElsewhere, wrappingKeyKinds } from './wrapping-key.ts';

/** Whoever can have a data key unwrapped: KMS. Its errors (KEY_*, ACCESS_DENIED, TEMPORARY …) are passed on. */
export interface KeyUnwrapper {
  decrypt(request: {
    readonly ciphertext: Uint8Array;
    readonly encryptionContext: Readonly<Record<string, string>>;
    /** Given only where one key is pinned: KMS then refuses a ciphertext of any other. */
    readonly keyId?: string;
    /** Given only where an account is pinned: a key of another account is KEY_MISMATCH. */
    readonly accountId?: string;
    readonly signal?: AbortSignal;
  }): Promise<Uint8Array>;
}

/** What the caller will accept, whatever the envelope says. */
export interface KeyPins {
  /** Pairs that the stored encryption context must hold. It may hold more. */
  readonly expectedContext?: Readonly<Record<string, string>>;
  /** ARN, id or alias of the only key that may have wrapped the data key. */
  readonly expectedKeyId?: string;
  /** Twelve digits: the only account whose key may have wrapped the data key. */
  readonly expectedAccountId?: string;
}

/** The pins, and the key that only the caller has: for envelopes whose data key KMS did not wrap. */
export interface KeyMaterial extends KeyPins {
  readonly wrappingKey?: KeyObject;
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

/** Where KMS is pinned, a key that KMS did not wrap is not the one meant. */
function unwrapLocally(envelope: Envelope, object: EncryptedObject, pins: KeyMaterial): Uint8Array {
  if (pins.wrappingKey === undefined || wrappingKeyKinds(envelope).length === 0)
    throw wrappedElsewhere(envelope, object);
  if (pins.expectedKeyId !== undefined || pins.expectedAccountId !== undefined) {
    const sentence = `${object.location}: its data key was not wrapped by KMS, and a KMS key or account is expected.`;
    throw new MailproofError('KEY_MISMATCH', sentence, {
      advice: 'Leave out --decrypt-key-id and --decrypt-account, or give the object you mean.',
      details: { object: object.location, cause: 'wrapping' },
    });
  }
  checkContext(pins.expectedContext, envelope.context, object);
  return unwrapWithKey(envelope, pins.wrappingKey, object);
}

/**
 * Has the data key unwrapped, after the pins have been checked. Throws ENVELOPE_UNSUPPORTED for a key that neither KMS nor the
 * caller's own key opens, KEY_MISMATCH, CONTEXT_MISMATCH, and what `unwrap` throws, with the object named.
 */
export async function unwrapDataKey(
  envelope: Envelope,
  unwrap: KeyUnwrapper,
  object: EncryptedObject,
  pins: KeyMaterial & { readonly signal?: AbortSignal },
): Promise<Uint8Array> {
  if (envelope.wrapping !== 'kms' && envelope.wrapping !== 'kms+context')
    return checkedLength(unwrapLocally(envelope, object, pins), object);
  checkBinding(envelope, object);
  checkContext(pins.expectedContext, envelope.context, object);
  let key: Uint8Array;
  try {
    key = await unwrap.decrypt({
      ciphertext: envelope.encryptedKey,
      encryptionContext: envelope.context,
      ...(pins.expectedKeyId === undefined ? {} : { keyId: pins.expectedKeyId }),
      ...(pins.expectedAccountId === undefined ? {} : { accountId: pins.expectedAccountId }),
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
  return checkedLength(key, object);
}

function checkedLength(key: Uint8Array, object: EncryptedObject): Uint8Array {
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
