import { createCipheriv, createDecipheriv } from 'node:crypto';
import { KmsError } from './error.ts';

/** What is bound to a ciphertext and must be given again to open it. */
export type EncryptionContext = Readonly<Record<string, string>>;

const VERSION = 1;
const KEY_ID_BYTES = 36;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/** The context in one form, whatever order its names came in: the additional authenticated data. */
export function contextOctets(context: EncryptionContext): Buffer {
  const names = Object.keys(context).sort();
  return Buffer.from(JSON.stringify(names.map((name) => [name, context[name]])));
}

/** Seals up to 4,096 octets: version, key id, nonce, ciphertext, tag. The key id says which key opens it. */
export function sealCiphertext(
  keyId: string,
  material: Uint8Array,
  nonce: Uint8Array,
  plaintext: Uint8Array,
  context: EncryptionContext,
): Buffer {
  const head = Buffer.concat([Buffer.from([VERSION]), Buffer.from(keyId, 'latin1'), nonce]);
  const cipher = createCipheriv('aes-256-gcm', material, nonce);
  cipher.setAAD(Buffer.concat([head, contextOctets(context)]));
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([head, body, cipher.getAuthTag()]);
}

/** The key a ciphertext names. Throws InvalidCiphertextException where it is none of ours. */
export function ciphertextKeyId(blob: Uint8Array): string {
  if (blob.length < HEAD_BYTES + TAG_BYTES || blob[0] !== VERSION) throw new KmsError('InvalidCiphertextException', '');
  return Buffer.from(blob.subarray(1, 1 + KEY_ID_BYTES)).toString('latin1');
}

/** Opens a ciphertext. Throws InvalidCiphertextException where it was altered or the context is another. */
export function openCiphertext(material: Uint8Array, blob: Uint8Array, context: EncryptionContext): Buffer {
  const head = blob.subarray(0, HEAD_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', material, head.subarray(1 + KEY_ID_BYTES));
  decipher.setAAD(Buffer.concat([head, contextOctets(context)]));
  decipher.setAuthTag(blob.subarray(blob.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(blob.subarray(HEAD_BYTES, blob.length - TAG_BYTES)), decipher.final()]);
  } catch {
    throw new KmsError('InvalidCiphertextException', '');
  }
}
