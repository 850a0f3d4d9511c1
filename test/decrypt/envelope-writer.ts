/**
 * A second implementation of the S3 Encryption Client's formats, made from their published specification and sharing no line
 * with src/decrypt: it writes what the other reads. Randomness is given, so that every test is the same each time.
 */
import { createCipheriv, createHmac } from 'node:crypto';
import { MailproofError } from '../../src/model/index.ts';

export interface WrittenObject {
  metadata: Record<string, string>;
  ciphertext: Buffer;
}

const base64 = (octets: Uint8Array) => Buffer.from(octets).toString('base64');

/** RFC 5869, from HMAC alone. */
function hkdfSha512(key: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Buffer {
  const prk = createHmac('sha512', salt).update(key).digest();
  let block = Buffer.alloc(0);
  let output = Buffer.alloc(0);
  for (let counter = 1; output.length < length; counter += 1) {
    block = createHmac('sha512', prk)
      .update(Buffer.concat([block, info, Buffer.from([counter])]))
      .digest();
    output = Buffer.concat([output, block]);
  }
  return output.subarray(0, length);
}

function sealGcm(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array, aad?: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  if (aad !== undefined) cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function sealCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(plaintext), cipher.final()]);
}

/** Stands for KMS: a wrapped key is a ticket that opens only with the context it was made with. */
export class FakeKms {
  readonly keyId = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  readonly asked: { encryptionContext: Readonly<Record<string, string>>; keyId?: string | undefined }[] = [];
  readonly #keys = new Map<string, { key: Uint8Array; context: string }>();

  wrap(key: Uint8Array, context: Record<string, string>): Buffer {
    const ticket = Buffer.concat([Buffer.from('kms:'), Buffer.from([this.#keys.size]), Buffer.alloc(40, 0x5a)]);
    this.#keys.set(ticket.toString('hex'), { key, context: canonical(context) });
    return ticket;
  }

  decrypt(request: {
    ciphertext: Uint8Array;
    encryptionContext: Readonly<Record<string, string>>;
    keyId?: string;
  }): Promise<Uint8Array> {
    this.asked.push({ encryptionContext: request.encryptionContext, keyId: request.keyId });
    if (request.keyId !== undefined && request.keyId !== this.keyId) {
      return Promise.reject(new MailproofError('KEY_MISMATCH', 'The ciphertext was made with another key.'));
    }
    const kept = this.#keys.get(Buffer.from(request.ciphertext).toString('hex'));
    if (kept === undefined || kept.context !== canonical(request.encryptionContext)) {
      const advice = 'Check key and context.';
      return Promise.reject(
        new MailproofError('KEY_ACCESS_DENIED', 'KMS says InvalidCiphertextException.', { advice }),
      );
    }
    return Promise.resolve(kept.key);
  }
}

function canonical(context: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(context).sort(([left], [right]) => (left < right ? -1 : 1)));
}

export interface WriteOptions {
  readonly kms: FakeKms;
  readonly plaintext: Uint8Array;
  readonly dataKey: Uint8Array;
  readonly context?: Record<string, string>;
}

/** V2 as the V2 and V3 clients write it: `kms+context`, AES-GCM. */
export function writeV2Context({ kms, plaintext, dataKey, context = {} }: WriteOptions): WrittenObject {
  const iv = Buffer.from('000102030405060708090a0b', 'hex');
  const full = { ...context, 'aws:x-amz-cek-alg': 'AES/GCM/NoPadding' };
  return {
    ciphertext: sealGcm(dataKey, iv, plaintext),
    metadata: {
      'x-amz-key-v2': base64(kms.wrap(dataKey, full)),
      'x-amz-iv': base64(iv),
      'x-amz-matdesc': JSON.stringify(full),
      'x-amz-wrap-alg': 'kms+context',
      'x-amz-cek-alg': 'AES/GCM/NoPadding',
      'x-amz-tag-len': '128',
    },
  };
}

/** V2 as SES receipt rules write mail to S3: `kms`, AES-GCM, the key named in the context. */
export function writeSes({ kms, plaintext, dataKey, context = {} }: WriteOptions): WrittenObject {
  const iv = Buffer.from('0f0e0d0c0b0a090807060504', 'hex');
  const full = {
    kms_cmk_id: kms.keyId,
    'aws:ses:rule-name': 'archive',
    'aws:ses:message-id': 'mnqspkg4i9t1b2i5rul3c1t2',
    ...context,
  };
  return {
    ciphertext: sealGcm(dataKey, iv, plaintext),
    metadata: {
      'x-amz-key-v2': base64(kms.wrap(dataKey, full)),
      'x-amz-iv': base64(iv),
      'x-amz-matdesc': JSON.stringify(full),
      'x-amz-wrap-alg': 'kms',
      'x-amz-cek-alg': 'AES/GCM/NoPadding',
      'x-amz-tag-len': '128',
      'x-amz-unencrypted-content-length': String(plaintext.byteLength),
    },
  };
}

/** V2 in its encryption-only mode: `kms`, AES-CBC. */
export function writeCbc({ kms, plaintext, dataKey, context = {} }: WriteOptions): WrittenObject {
  const iv = Buffer.from('101112131415161718191a1b1c1d1e1f', 'hex');
  const full = { kms_cmk_id: kms.keyId, ...context };
  return {
    ciphertext: sealCbc(dataKey, iv, plaintext),
    metadata: {
      'x-amz-key-v2': base64(kms.wrap(dataKey, full)),
      'x-amz-iv': base64(iv),
      'x-amz-matdesc': JSON.stringify(full),
      'x-amz-wrap-alg': 'kms',
      'x-amz-cek-alg': 'AES/CBC/PKCS5Padding',
      'x-amz-unencrypted-content-length': String(plaintext.byteLength),
    },
  };
}

/** V1: a data key wrapped with a key of the caller's, no algorithm named. */
export function writeV1({ plaintext, dataKey }: WriteOptions): WrittenObject {
  const iv = Buffer.alloc(16, 0x33);
  return {
    ciphertext: sealCbc(dataKey, iv, plaintext),
    metadata: {
      'x-amz-key': base64(Buffer.alloc(48, 0x77)),
      'x-amz-iv': base64(iv),
      'x-amz-matdesc': '{}',
      'x-amz-unencrypted-content-length': String(plaintext.byteLength),
    },
  };
}

/** V3: `kms+context`, AES-GCM under a derived key, committed. */
export function writeV3({ kms, plaintext, dataKey, context = {} }: WriteOptions): WrittenObject {
  const messageId = Buffer.from('fedcba98765432100123456789abcdef00112233445566778899aabb', 'hex');
  const suite = Buffer.from([0x00, 0x73]);
  const key = hkdfSha512(dataKey, messageId, Buffer.concat([suite, Buffer.from('DERIVEKEY')]), 32);
  const commitment = hkdfSha512(dataKey, messageId, Buffer.concat([suite, Buffer.from('COMMITKEY')]), 28);
  const full = { ...context, 'aws:x-amz-cek-alg': '115' };
  return {
    ciphertext: sealGcm(key, Buffer.from('010101010101010101010101', 'hex'), plaintext, suite),
    metadata: {
      'x-amz-3': base64(kms.wrap(dataKey, full)),
      'x-amz-w': '12',
      'x-amz-c': '115',
      'x-amz-d': base64(commitment),
      'x-amz-i': base64(messageId),
      'x-amz-t': JSON.stringify(full),
    },
  };
}

/** Moves to an instruction file what the format puts there: everything, or in V3 all but what describes the content. */
export function toInstructionFile(object: WrittenObject): WrittenObject & { instructionFile: Buffer } {
  const stays = object.metadata['x-amz-3'] === undefined ? [] : ['x-amz-c', 'x-amz-d', 'x-amz-i'];
  const entries = Object.entries(object.metadata);
  const kept = entries.filter(([name]) => stays.includes(name));
  const moved = entries.filter(([name]) => !stays.includes(name));
  return {
    ciphertext: object.ciphertext,
    metadata: Object.fromEntries(kept),
    instructionFile: Buffer.from(JSON.stringify(Object.fromEntries(moved))),
  };
}
