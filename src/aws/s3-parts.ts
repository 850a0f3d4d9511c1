/** Parts an upload may have (S3 User Guide, "Multipart upload limits"). */
const MOST_PARTS = 10_000;

/** The octets of part `index` (from 0): doubled every quarter of the parts allowed, so that 8 MiB reach 290 GiB. */
export function partSize(index: number, first: number): number {
  return first * 2 ** Math.floor(index / (MOST_PARTS / 4));
}

/**
 * Cuts a stream into parts, each an array of its own, the last one shorter; an empty stream yields nothing. The size of
 * part `index` is asked of `sizeOf`.
 */
export async function* cutParts(
  content: AsyncIterable<Uint8Array>,
  sizeOf: (index: number) => number,
): AsyncGenerator<Uint8Array> {
  let index = 0;
  let part = new Uint8Array(0);
  let filled = 0;
  for await (const chunk of content) {
    for (let offset = 0; offset < chunk.length; ) {
      if (filled === part.length) part = grown(part, filled, sizeOf(index));
      const taken = chunk.subarray(offset, offset + part.length - filled);
      part.set(taken, filled);
      filled += taken.length;
      offset += taken.length;
      if (filled < sizeOf(index)) continue;
      yield part;
      index += 1;
      part = new Uint8Array(0);
      filled = 0;
    }
  }
  if (filled > 0) yield part.subarray(0, filled);
}

/** Most files are small: a buffer begins at 64 KiB and doubles, so that a thousand lines do not cost 8 MiB of zeros. */
function grown(part: Uint8Array, filled: number, limit: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.min(limit, Math.max(1 << 16, filled * 2)));
  larger.set(part);
  return larger;
}
