import type { EntryBatch, ReadEntry } from '../model/index.ts';
import { asBuffer } from './octets.ts';
import { readZipEntry } from './zip/read-entry.ts';
import { isZipEntry } from './zip/zip-entry.ts';

/**
 * Expands and checks the entries of a batch, one after the other. Synchronous and pure, for a worker thread: nothing but
 * the batch is needed. Never throws for what the archive holds.
 */
export function* readBatch(_format: string, batch: EntryBatch): Generator<ReadEntry> {
  const octets = asBuffer(batch.bytes);
  for (const entry of batch.entries) {
    const extent = octets.subarray(entry.offset - batch.offset, entry.end - batch.offset);
    if (isZipEntry(entry)) yield readZipEntry(entry, extent);
    else yield readPlainEntry(entry, extent);
  }
}

/** An entry that is stored as it is. */
function readPlainEntry(entry: ReadEntry['entry'], extent: Uint8Array): ReadEntry {
  return {
    entry,
    bytes: extent,
    issues: entry.issues,
    used: { header: 0, data: extent.length, descriptor: 0, gap: 0 },
  };
}
