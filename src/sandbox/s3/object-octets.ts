import type { ObjectVersion, S3Context } from './state.ts';

/** The octets `[start, end)` of an object, across the parts it was uploaded in. */
export async function* objectOctets(
  context: S3Context,
  version: ObjectVersion,
  dataKey: Uint8Array | null,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let base = 0;
  // Parts are claimed at once: one that is deleted while an earlier one is sent must stay until its turn.
  const wanted = [];
  for (const part of version.parts) {
    const from = Math.max(0, start - base);
    const to = Math.min(part.blob.size, end - base);
    if (from < to) wanted.push({ blob: part.blob, from, to });
    base += part.blob.size;
  }
  for (const { blob } of wanted) blob.readers += 1;
  try {
    for (const { blob, from, to } of wanted) yield* context.store.read(blob, dataKey, from, to);
  } finally {
    for (const { blob } of wanted) {
      blob.readers -= 1;
      if (blob.readers === 0 && blob.released) await context.store.release(blob);
    }
  }
}
