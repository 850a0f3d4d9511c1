import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';

export interface InflateOutcome {
  /** Input octets used. */
  readonly consumed: number;
  readonly size: number;
  readonly crc32: number;
  /** `whole`: the DEFLATE data ended. `cut`: the input did first. `damaged`: no DEFLATE data from there on. */
  readonly state: 'whole' | 'cut' | 'damaged';
}

/**
 * Expands raw DEFLATE data of any length in bounded memory. Chunks are yielded; the outcome is the generator's return
 * value. Damage ends it and is told there; only the input's own error is thrown. Breaking off closes both sides.
 */
export async function* inflateStream(
  input: AsyncIterable<Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Uint8Array, InflateOutcome> {
  const inflate = createInflateRaw({ chunkSize: chunkBytes });
  const stop = new AbortController();
  // zlib's own error says that the data is damaged; the input's must not be lost.
  let inputError: { readonly error: unknown } | null = null;
  const feeding = feed(input, inflate, stop.signal).catch((error: unknown) => {
    inputError = { error };
    inflate.destroy();
  });
  let size = 0;
  let crc = 0;
  let state: InflateOutcome['state'] = 'whole';
  try {
    for await (const chunk of inflate as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    state = code === 'Z_BUF_ERROR' ? 'cut' : 'damaged';
    // What was expanded before, and not yet asked for, an iterator drops.
    for (let chunk = heldOctets(inflate); chunk !== null; chunk = heldOctets(inflate)) {
      size += chunk.length;
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } finally {
    stop.abort();
    inflate.destroy();
    await feeding;
  }
  if (inputError !== null) throw unwrap(inputError);
  return { consumed: inflate.bytesWritten, size, crc32: crc, state };
}

function heldOctets(inflate: InflateRaw): Uint8Array | null {
  const held: unknown = inflate.read();
  return held instanceof Uint8Array ? held : null;
}

function unwrap(held: { readonly error: unknown }): Error {
  return held.error instanceof Error ? held.error : new Error(String(held.error));
}

/** Input octets given to zlib at once: the least, for what begins, and the most. */
const FIRST_PIECE = 512;
const LARGEST_PIECE = 32 * 1024;

/**
 * Writes one piece at a time, the next only once zlib has used the last: what it did not use is then in the last alone.
 * Where zlib finds damage it keeps back all that the same write expanded, so pieces are small, and smallest at the
 * beginning, where what is lost would be all there is to tell a format by.
 */
async function feed(input: AsyncIterable<Uint8Array>, inflate: InflateRaw, signal: AbortSignal): Promise<void> {
  let over = false;
  let written = 0;
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      over = true;
      resolve();
    };
    for (const event of ['end', 'close', 'error']) inflate.once(event, end);
    signal.addEventListener('abort', end, { once: true });
  });
  let largest = FIRST_PIECE;
  for await (const chunk of input) {
    for (let at = 0; at < chunk.length; ) {
      if (over) return;
      const piece = chunk.subarray(at, at + largest);
      at += piece.length;
      written += piece.length;
      largest = Math.min(2 * largest, LARGEST_PIECE);
      await Promise.race([new Promise<void>((resolve) => inflate.write(piece, () => resolve())), ended]);
      // What zlib leaves of a piece lies behind the end of the data.
      if (over || inflate.bytesWritten < written) return;
    }
  }
  if (!over) inflate.end();
}
