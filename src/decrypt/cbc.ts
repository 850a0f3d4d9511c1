import { createDecipheriv, type KeyObject } from 'node:crypto';
import type { ByteSource, Finding } from '../model/index.ts';
import { type Plaintext, trimmed } from './plaintext-source.ts';
import { type EncryptedObject, refusal } from './refusal.ts';

const BLOCK = 16;

export interface CbcParameters {
  readonly key: KeyObject;
  /** 16 octets. */
  readonly iv: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

/** Decrypts whole blocks. In CBC a block needs only the block of ciphertext before it, which makes any range readable. */
async function* decryptedBlocks(
  source: ByteSource,
  { key, iv }: CbcParameters,
  firstBlock: number,
  endBlock: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const before = firstBlock === 0 ? iv : await source.bytes((firstBlock - 1) * BLOCK, firstBlock * BLOCK, signal);
  // Padding is checked once, when the object is opened: a range in its middle has none.
  const decipher = createDecipheriv('aes-256-cbc', key, before).setAutoPadding(false);
  for await (const chunk of source.read(firstBlock * BLOCK, endBlock * BLOCK, signal)) yield decipher.update(chunk);
}

/** The length of the PKCS #7 padding (RFC 5652 §6.3) of the last block, or null where it is none. */
function paddingLength(block: Uint8Array): number | null {
  const length = block.at(-1) ?? 0;
  if (length < 1 || length > BLOCK) return null;
  return block.subarray(BLOCK - length).every((octet) => octet === length) ? length : null;
}

function unauthenticated(object: EncryptedObject): Finding {
  return {
    check: 'envelope-authentication',
    severity: 'warning',
    message:
      `${object.location} is encrypted with AES-CBC, which carries no authentication tag: ` +
      'that it was not altered since it was encrypted cannot be proved by its encryption.',
    expected: 'AES-GCM',
    found: 'AES/CBC/PKCS5Padding',
  };
}

/**
 * Opens AES-256-CBC ciphertext for random access. Its length and padding are checked; beyond that CBC proves nothing, which
 * a finding says. Throws CIPHERTEXT_ALTERED.
 */
export async function openCbc(
  source: ByteSource,
  declaredSize: number | null,
  parameters: CbcParameters,
  object: EncryptedObject,
): Promise<Plaintext> {
  if (source.size === 0 || source.size % BLOCK !== 0) {
    const sentence = `its ${source.size} octets are not whole blocks of ${BLOCK}: it was cut short.`;
    throw refusal('CIPHERTEXT_ALTERED', 'length', object, sentence);
  }
  const blocks = source.size / BLOCK;
  const last = new Uint8Array(BLOCK);
  let at = 0;
  for await (const piece of trimmed(
    decryptedBlocks(source, parameters, blocks - 1, blocks, parameters.signal),
    0,
    BLOCK,
  )) {
    last.set(piece, at);
    at += piece.byteLength;
  }
  const padding = paddingLength(last);
  if (padding === null) {
    const sentence = 'its padding is not PKCS #7: its end was altered or cut off, or its data key is another one.';
    throw refusal('CIPHERTEXT_ALTERED', 'padding', object, sentence);
  }
  const size = source.size - padding;
  if (declaredSize !== null && declaredSize !== size) {
    const sentence = `it holds ${size} octets of content where its envelope says ${declaredSize}.`;
    throw refusal('CIPHERTEXT_ALTERED', 'length', object, sentence);
  }
  return {
    size,
    findings: [unauthenticated(object)],
    authenticated: false,
    decrypted(start, end, signal) {
      const first = Math.floor(start / BLOCK);
      const blocksRead = decryptedBlocks(source, parameters, first, Math.ceil(end / BLOCK), signal);
      return trimmed(blocksRead, start % BLOCK, end - start);
    },
  };
}
