import { type ByteSource, type Finding, MailproofError, type SourceIdentity } from '../model/index.ts';

/** A source of decrypted octets, and what must be said about them. */
export interface DecryptedSource extends ByteSource {
  readonly findings: readonly Finding[];
}

export interface Plaintext {
  /** Octets of plaintext. */
  readonly size: number;
  readonly findings: readonly Finding[];
  /** Whether every octet is known to be as it was encrypted. */
  readonly authenticated: boolean;
  /** Decrypted octets of a range that is known to be within `0..size` and not empty. */
  decrypted(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}

function checkRange(start: number, end: number, size: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= size) return;
  throw new MailproofError('USAGE', `The range ${start} to ${end} is not within the ${size} octets of the plaintext.`);
}

/** The part of each chunk that lies within the next `length` octets after the first `skip`. */
export async function* trimmed(
  chunks: AsyncIterable<Uint8Array>,
  skip: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  let before = skip;
  let left = length;
  for await (const chunk of chunks) {
    const piece = chunk.subarray(Math.min(before, chunk.byteLength), Math.min(before + left, chunk.byteLength));
    before -= Math.min(before, chunk.byteLength);
    left -= piece.byteLength;
    if (piece.byteLength > 0) yield piece;
  }
  if (left === 0) return;
  throw new MailproofError(
    'SOURCE_TRUNCATED',
    `The ciphertext ended ${left} octets before the range that was asked for.`,
  );
}

/** Makes a `ByteSource` of decrypted ranges over the ciphertext's source, which it closes with itself. */
export function plaintextSource(
  ciphertext: ByteSource,
  identity: SourceIdentity,
  plaintext: Plaintext,
): DecryptedSource {
  const { size, findings } = plaintext;
  async function* read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    checkRange(start, end, size);
    signal?.throwIfAborted();
    if (start < end) yield* plaintext.decrypted(start, end, signal);
  }
  return {
    size,
    findings,
    identity,
    read,
    async bytes(start, end, signal) {
      checkRange(start, end, size);
      const all = new Uint8Array(end - start);
      let at = 0;
      for await (const chunk of read(start, end, signal)) {
        all.set(chunk, at);
        at += chunk.byteLength;
      }
      return all;
    },
    close: () => ciphertext.close(),
  };
}
