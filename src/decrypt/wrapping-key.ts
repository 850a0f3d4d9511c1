import {
  constants,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createSecretKey,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';
import { MailproofError } from '../model/index.ts';
import type { Envelope } from './envelope.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

const AES_KEY_OCTETS: readonly number[] = [16, 24, 32];
/** RFC 3394 §2.2.3.1. */
const WRAP_IV = Buffer.alloc(8, 0xa6);
const GCM_IV = 12;
const GCM_TAG = 16;

/**
 * A wrapping key from a file's octets: 16, 24 or 32 octets as they are for AES, or an RSA private key in PEM.
 * Throws USAGE, and says nothing of what the file holds.
 */
export function readWrappingKey(octets: Uint8Array, path: string): KeyObject {
  const content = Buffer.from(octets);
  if (AES_KEY_OCTETS.includes(content.length)) return createSecretKey(content);
  const advice = 'Give the AES key as it is (32 octets, not hexadecimal or base64), or the RSA private key as PEM.';
  if (!content.subarray(0, 64).includes('-----BEGIN '))
    throw new MailproofError('USAGE', `${path} holds ${content.length} octets: no AES key and no PEM.`, { advice });
  let key: KeyObject;
  try {
    key = createPrivateKey(content);
  } catch {
    // OpenSSL's own text may quote the file.
    const sentence = `${path} is no private key in PEM, or it is protected by a passphrase.`;
    throw new MailproofError('USAGE', sentence, { advice: `${advice} Take a passphrase off with openssl pkey.` });
  }
  if (key.asymmetricKeyType === 'rsa') return key;
  throw new MailproofError('USAGE', `${path} is a key of type ${key.asymmetricKeyType ?? 'unknown'}.`, { advice });
}

/**
 * The wraps of the S3 Encryption Client with a key of the caller's: V1 names none (AES/ECB or RSA PKCS #1 by the key's kind),
 * V2 names it. V3's are not here: what they bind is published nowhere this was checked against.
 */
const WRAPS: Readonly<Record<string, (wrapped: Buffer, key: KeyObject, envelope: Envelope) => Buffer>> = {
  'V1 secret': (wrapped, key) => {
    const decipher = createDecipheriv(`aes-${(key.symmetricKeySize ?? 0) * 8}-ecb`, key, null);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  },
  'V1 private': (wrapped, key) => withoutPkcs1(rawRsa(wrapped, key)),
  'AESWrap secret': (wrapped, key) => {
    const decipher = createDecipheriv(`id-aes${(key.symmetricKeySize ?? 0) * 8}-wrap`, key, WRAP_IV);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  },
  'AES/GCM secret': (wrapped, key, { cipher }) => {
    if (wrapped.length < GCM_IV + GCM_TAG) throw new RangeError('shorter than IV and tag');
    const name =
      key.symmetricKeySize === 16 ? 'aes-128-gcm' : key.symmetricKeySize === 24 ? 'aes-192-gcm' : 'aes-256-gcm';
    const decipher = createDecipheriv(name, key, wrapped.subarray(0, GCM_IV), { authTagLength: GCM_TAG });
    decipher.setAAD(Buffer.from(cipher.name));
    decipher.setAuthTag(wrapped.subarray(-GCM_TAG));
    return Buffer.concat([decipher.update(wrapped.subarray(GCM_IV, -GCM_TAG)), decipher.final()]);
  },
  'RSA-OAEP-SHA1 private': (wrapped, key, { cipher }) =>
    boundKey(withoutOaep(rawRsa(wrapped, key), 'sha1'), cipher.name),
  // Java's default for this name: the label by SHA-256, the mask by SHA-1.
  'RSA/ECB/OAEPWithSHA-256AndMGF1Padding private': (wrapped, key) => withoutOaep(rawRsa(wrapped, key), 'sha256'),
};

/** Whether a data key so wrapped can be unwrapped with a key of the caller's, and of which kind it has to be. */
export function wrappingKeyKinds({ version, wrapping }: Envelope): readonly string[] {
  if (version === 3) return [];
  const kinds = { secret: 'AES', private: 'RSA' };
  return (['secret', 'private'] as const)
    .filter((type) => Object.hasOwn(WRAPS, `${version === 1 ? 'V1' : wrapping} ${type}`))
    .map((type) => kinds[type]);
}

/** Unwraps a data key with the caller's own. Throws KEY_MISMATCH where it does not fit. */
export function unwrapWithKey(envelope: Envelope, key: KeyObject, object: EncryptedObject): Uint8Array {
  const unwrap = WRAPS[`${envelope.version === 1 ? 'V1' : envelope.wrapping} ${key.type}`];
  const mismatch = (cause?: unknown) =>
    new MailproofError('KEY_MISMATCH', `${object.location}: its data key was not wrapped with the key given.`, {
      advice: `Give the ${wrappingKeyKinds(envelope).join(' or ')} key it was wrapped with as --wrapping-key.`,
      details: { object: object.location, cause: 'wrapping' },
      ...(cause === undefined ? {} : { cause }),
    });
  if (unwrap === undefined) throw mismatch();
  try {
    return unwrap(Buffer.from(envelope.encryptedKey), key, envelope);
  } catch (error) {
    throw mismatch(error);
  }
}

/** What a V2 client wraps by RSA: the key's length, the key, and the cipher it is for. */
function boundKey(octets: Buffer, cipher: string): Buffer {
  const length = octets[0] ?? 0;
  if (octets.toString('latin1', 1 + length) !== cipher) throw new RangeError('bound to another cipher');
  return octets.subarray(1, 1 + length);
}

/**
 * RSA alone. Node refuses PKCS #1 padding (CVE-2023-46809: an oracle for whoever may ask often) and cannot set OAEP's mask
 * apart from its label; one file's key asked for once is no oracle, and both paddings are taken off here.
 */
const rawRsa = (wrapped: Buffer, key: KeyObject): Buffer =>
  privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped);

/** RFC 8017 §7.2.2. */
function withoutPkcs1(encoded: Buffer): Buffer {
  const zero = encoded.indexOf(0, 2);
  if (encoded[0] !== 0 || encoded[1] !== 2 || zero < 10) throw new RangeError('no PKCS #1 padding');
  return encoded.subarray(zero + 1);
}

/** RFC 8017 §7.1.2, the label empty. */
function withoutOaep(encoded: Buffer, hash: 'sha1' | 'sha256'): Buffer {
  const label = createHash(hash).digest();
  const masked = encoded.subarray(1 + label.length);
  const seed = exclusiveOr(encoded.subarray(1, 1 + label.length), mask(masked, label.length));
  const block = exclusiveOr(masked, mask(seed, masked.length));
  let at = label.length;
  while (block[at] === 0) at += 1;
  if (encoded[0] !== 0 || !block.subarray(0, label.length).equals(label) || block[at] !== 1)
    throw new RangeError('no OAEP padding');
  return block.subarray(at + 1);
}

const exclusiveOr = (left: Buffer, right: Buffer): Buffer =>
  Buffer.from(left.map((octet, index) => octet ^ (right[index] ?? 0)));

/** MGF1 by SHA-1, RFC 8017 appendix B.2.1. */
function mask(seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0; blocks.length * 20 < length; counter += 1) {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    blocks.push(createHash('sha1').update(seed).update(count).digest());
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** A data key that only its owner's key opens, said with what would open it. */
export function wrappedElsewhere(envelope: Envelope, object: EncryptedObject): MailproofError {
  const kinds = wrappingKeyKinds(envelope);
  const name = envelope.version === 1 ? 'V1, which names none' : envelope.wrapping.slice(0, 60);
  const sentence = `its data key is wrapped with a key this tool cannot ask KMS for (${name}).`;
  const error = refusal('ENVELOPE_UNSUPPORTED', 'wrapping', object, sentence);
  if (kinds.length === 0) return error;
  return new MailproofError(error.code, error.message, {
    details: error.details,
    advice: `Give the ${kinds.join(' or ')} key it was wrapped with as --wrapping-key FILE.`,
  });
}
