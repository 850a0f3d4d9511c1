import { createDecipheriv, type KeyObject } from 'node:crypto';
import type { ByteSource, Finding } from '../model/index.ts';
import { type Plaintext, trimmed } from './plaintext-source.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

const TAG_OCTETS = 16;
const BLOCK = 16;
/** NIST SP 800-38D §5.2.1.1: 2^39 − 256 bits. Beyond it the 32-bit counter repeats, and with it the key stream. */
export const GCM_LIMIT = 2 ** 36 - 32;
/** Plaintext up to this is kept from the authenticating pass: a mail from SES is then read from S3 once and not twice. */
export const HELD_PLAINTEXT = 4 * 1024 * 1024;

export interface GcmParameters {
  readonly key: KeyObject;
  /** 12 octets. */
  readonly iv: Uint8Array;
  readonly additionalData: Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** Told how many octets of ciphertext have been authenticated so far. */
  readonly onAuthenticated?: ((octets: number) => void) | undefined;
  /** Leave out the authenticating pass where the plaintext is not held. */
  readonly inspecting?: boolean | undefined;
}

/** Plaintext size of a GCM object, its tag at its end; refuses what cannot be one. */
export function gcmPlaintextSize(ciphertextSize: number, declared: number | null, object: EncryptedObject): number {
  const size = ciphertextSize - TAG_OCTETS;
  if (size < 0) {
    const sentence = `it has ${ciphertextSize} octets, fewer than its authentication tag alone.`;
    throw refusal('CIPHERTEXT_ALTERED', 'length', object, sentence);
  }
  if (size > GCM_LIMIT) {
    throw refusal('ENVELOPE_INVALID', 'size-limit', object, `its ${size} octets are more than AES-GCM can encrypt.`);
  }
  if (declared !== null && declared !== size) {
    const sentence = `it holds ${size} octets of content where its envelope says ${declared}.`;
    throw refusal('CIPHERTEXT_ALTERED', 'length', object, sentence);
  }
  return size;
}

/** Reads the whole ciphertext through AES-GCM. Returns the plaintext where it is small, and throws unless the tag holds. */
async function authenticate(
  source: ByteSource,
  size: number,
  parameters: GcmParameters,
  object: EncryptedObject,
): Promise<Uint8Array | null> {
  const { key, iv, additionalData, signal } = parameters;
  const tag = await source.bytes(size, size + TAG_OCTETS, signal);
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_OCTETS });
  if (additionalData.byteLength > 0) decipher.setAAD(additionalData);
  decipher.setAuthTag(tag);
  const held = size <= HELD_PLAINTEXT ? new Uint8Array(size) : null;
  let done = 0;
  if (size > 0) {
    for await (const chunk of trimmed(source.read(0, size, signal), 0, size)) {
      const plaintext = decipher.update(chunk);
      held?.set(plaintext, done);
      done += chunk.byteLength;
      parameters.onAuthenticated?.(done);
    }
  }
  try {
    decipher.final();
  } catch (error) {
    const sentence =
      'its authentication tag does not hold: content, tag, IV or data key were altered, or it was cut short.';
    throw refusal('CIPHERTEXT_ALTERED', 'tag', object, sentence, error);
  }
  return held;
}

/** AES-CTR's counter at a block of GCM plaintext: J0 is IV ‖ 1 for a 12-octet IV, and the plaintext begins at J0 + 1 (§7.1). */
function counterAt(iv: Uint8Array, block: number): Buffer {
  const counter = Buffer.alloc(BLOCK);
  counter.set(iv);
  counter.writeUInt32BE(block + 2, 12);
  return counter;
}

async function* decryptedRange(
  source: ByteSource,
  { key, iv }: GcmParameters,
  start: number,
  end: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const block = Math.floor(start / BLOCK);
  const decipher = createDecipheriv('aes-256-ctr', key, counterAt(iv, block));
  for await (const chunk of source.read(block * BLOCK, end, signal)) yield decipher.update(chunk);
}

function lookedAt(object: EncryptedObject): Finding {
  const message = `${object.location} was read in part: what is said of its content is not authenticated.`;
  return { check: 'envelope-authentication', severity: 'info', message };
}

/**
 * Opens AES-256-GCM ciphertext for random access in two passes. The first authenticates all of it and lets nothing out; the
 * second decrypts ranges as they are asked for, by the counter mode that GCM is. That the octets are the same
 * both times is the `ByteSource`'s promise: it is pinned to one version and throws SOURCE_CHANGED. Nothing is
 * written anywhere. Throws CIPHERTEXT_ALTERED.
 */
export async function openGcm(
  source: ByteSource,
  declaredSize: number | null,
  parameters: GcmParameters,
  object: EncryptedObject,
): Promise<Plaintext> {
  const size = gcmPlaintextSize(source.size, declaredSize, object);
  const looked = parameters.inspecting === true && size > HELD_PLAINTEXT;
  const held = looked ? null : await authenticate(source, size, parameters, object);
  return {
    size,
    findings: looked ? [lookedAt(object)] : [],
    authenticated: !looked,
    async *decrypted(start, end, signal) {
      // A copy: the caller may transfer what it is given.
      if (held !== null) yield held.slice(start, end);
      else yield* trimmed(decryptedRange(source, parameters, start, end, signal), start % BLOCK, end - start);
    },
  };
}
