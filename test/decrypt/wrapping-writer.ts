/**
 * Envelopes whose data key a caller's own key wraps, as the published descriptions of the S3 Encryption Client have them:
 * V1 (`AES/ECB`, RSA PKCS #1) and V2 (`AESWrap`, `AES/GCM`, RSA-OAEP). Shares no line with src/decrypt.
 */
import {
  constants,
  createCipheriv,
  createHash,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import type { WrittenObject } from './envelope-writer.ts';

export const AES_KEY = Buffer.from('8f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0', 'hex');
export const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });

const finished = (cipher: ReturnType<typeof createCipheriv>, octets: Uint8Array) =>
  Buffer.concat([cipher.update(octets), cipher.final()]);

/** RFC 8017 §7.1.1, label by SHA-256 and mask by SHA-1, as Java's `OAEPWithSHA-256AndMGF1Padding` has it. */
function oaepJava(message: Uint8Array, octets: number): Buffer {
  const label = createHash('sha256').digest();
  const data = Buffer.alloc(octets - 33);
  label.copy(data);
  data[data.length - message.length - 1] = 1;
  data.set(message, data.length - message.length);
  const seed = randomBytes(32);
  const mgf = (from: Buffer, length: number) => {
    let out = Buffer.alloc(0);
    for (let index = 0; out.length < length; index += 1)
      out = Buffer.concat([
        out,
        createHash('sha1')
          .update(Buffer.concat([from, Buffer.of(0, 0, 0, index)]))
          .digest(),
      ]);
    return out;
  };
  const dataMask = mgf(seed, data.length);
  for (let at = 0; at < data.length; at += 1) data[at] = (data[at] ?? 0) ^ (dataMask[at] ?? 0);
  const seedMask = mgf(data, 32);
  for (let at = 0; at < 32; at += 1) seed[at] = (seed[at] ?? 0) ^ (seedMask[at] ?? 0);
  return Buffer.concat([Buffer.of(0), seed, data]);
}

const rsa = (padding: number, octets: Uint8Array, more: object = {}) =>
  publicEncrypt({ key: RSA.publicKey, padding, ...more }, octets);

/** How each wraps a data key: the key's kind, and what is stored. */
export const WRAPS: Record<string, { kind: 'AES' | 'RSA'; version: 1 | 2; wrap(key: Buffer, aes: Buffer): Buffer }> = {
  'AES/ECB': {
    kind: 'AES',
    version: 1,
    wrap: (key, aes) => finished(createCipheriv(`aes-${aes.length * 8}-ecb`, aes, null), key),
  },
  'RSA PKCS1': { kind: 'RSA', version: 1, wrap: (key) => rsa(constants.RSA_PKCS1_PADDING, key) },
  AESWrap: {
    kind: 'AES',
    version: 2,
    wrap: (key, aes) => finished(createCipheriv(`aes${aes.length * 8}-wrap`, aes, Buffer.alloc(8, 0xa6)), key),
  },
  'AES/GCM': {
    kind: 'AES',
    version: 2,
    wrap(key, aes) {
      const iv = Buffer.from('a0a1a2a3a4a5a6a7a8a9aaab', 'hex');
      const cipher = createCipheriv(aes.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm', aes, iv);
      cipher.setAAD(Buffer.from('AES/GCM/NoPadding'));
      return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
    },
  },
  'RSA-OAEP-SHA1': {
    kind: 'RSA',
    version: 2,
    wrap: (key) =>
      rsa(
        constants.RSA_PKCS1_OAEP_PADDING,
        Buffer.concat([Buffer.of(key.length), key, Buffer.from('AES/GCM/NoPadding')]),
        { oaepHash: 'sha1' },
      ),
  },
  'RSA/ECB/OAEPWithSHA-256AndMGF1Padding': {
    kind: 'RSA',
    version: 2,
    wrap: (key) => rsa(constants.RSA_NO_PADDING, oaepJava(key, 256)),
  },
};

/** An object so encrypted: V1 by AES-CBC, V2 by AES-GCM. */
export function writeWrapped(name: string, plaintext: Uint8Array, aes: Buffer = AES_KEY): WrittenObject {
  const wrap = WRAPS[name];
  if (wrap === undefined) throw new Error(name);
  const dataKey = Buffer.alloc(32, 0x61);
  const wrapped = wrap.wrap(dataKey, aes).toString('base64');
  const matdesc = '{"owner":"records"}';
  if (wrap.version === 1) {
    const iv = Buffer.from('303132333435363738393a3b3c3d3e3f', 'hex');
    return {
      ciphertext: finished(createCipheriv('aes-256-cbc', dataKey, iv), plaintext),
      metadata: { 'x-amz-key': wrapped, 'x-amz-iv': iv.toString('base64'), 'x-amz-matdesc': matdesc },
    };
  }
  const iv = Buffer.from('404142434445464748494a4b', 'hex');
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv);
  return {
    ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]),
    metadata: {
      'x-amz-key-v2': wrapped,
      'x-amz-iv': iv.toString('base64'),
      'x-amz-matdesc': matdesc,
      'x-amz-wrap-alg': name,
      'x-amz-cek-alg': 'AES/GCM/NoPadding',
      'x-amz-tag-len': '128',
    },
  };
}

/** A private key as its file holds it. */
export const pem = (key: KeyObject = RSA.privateKey): Buffer =>
  Buffer.from(key.export({ type: 'pkcs8', format: 'pem' }));
