import { Buffer } from 'node:buffer';
import { MailproofError } from './errors.ts';
import type { ByteSource, Sink } from './ports.ts';

/** Opens a file of a sink; null where it is not there. All other failures are thrown. */
export async function openIfThere(sink: Sink, path: string): Promise<ByteSource | null> {
  try {
    return await sink.open(path);
  } catch (error) {
    if (error instanceof MailproofError && error.code === 'SOURCE_NOT_FOUND') return null;
    throw error;
  }
}

/** A small file of a sink, whole; null where it is not there. */
export async function readIfThere(sink: Sink, path: string): Promise<Buffer | null> {
  const source = await openIfThere(sink, path);
  if (source === null) return null;
  try {
    const octets = await source.bytes(0, source.size);
    return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  } finally {
    await source.close();
  }
}

/** Whether a file of a sink is there. */
export async function isThere(sink: Sink, path: string): Promise<boolean> {
  const file = await openIfThere(sink, path);
  await file?.close();
  return file !== null;
}
