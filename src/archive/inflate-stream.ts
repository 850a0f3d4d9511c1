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
  } finally {
    stop.abort();
    inflate.destroy();
    await feeding;
  }
  if (inputError !== null) throw unwrap(inputError);
  return { consumed: inflate.bytesWritten, size, crc32: crc, state };
}

function unwrap(held: { readonly error: unknown }): Error {
  return held.error instanceof Error ? held.error : new Error(String(held.error));
}

/** Writes one chunk at a time, the next only once zlib has used the last: what it did not use is then in the last alone. */
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
  for await (const chunk of input) {
    if (over) return;
    written += chunk.length;
    await Promise.race([new Promise<void>((resolve) => inflate.write(chunk, () => resolve())), ended]);
    // What zlib leaves of a chunk lies behind the end of the data.
    if (over || inflate.bytesWritten < written) return;
  }
  if (!over) inflate.end();
}
