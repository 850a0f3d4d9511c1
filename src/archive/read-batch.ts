import { type EntryBatch, MailproofError, type ReadEntry } from '../model/index.ts';
import { asBuffer } from './octets.ts';
import { isPlacedEntry, readPlacedEntry } from './sequential/placed-entry.ts';
import { readZipEntry } from './zip/read-entry.ts';
import { isZipEntry } from './zip/zip-entry.ts';

/**
 * Expands and checks the entries of a batch, one after the other. Synchronous and pure, for a worker thread: nothing but
 * the batch is needed. Never throws for what the archive holds.
 */
export function* readBatch(format: string, batch: EntryBatch): Generator<ReadEntry> {
  const octets = asBuffer(batch.bytes);
  for (const entry of batch.entries) {
    const extent = octets.subarray(entry.offset - batch.offset, entry.end - batch.offset);
    if (isZipEntry(entry)) yield readZipEntry(entry, extent);
    else if (isPlacedEntry(entry)) yield readPlacedEntry(entry, extent);
    else throw new MailproofError('USAGE', `An entry of ${format} was not made by openArchive.`);
  }
}
