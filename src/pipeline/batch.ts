// The reading part of the rooms alone: a thread loads every file it imports, and a thread starts with each run.
import { readBatch } from '../archive/read-batch.ts';
import type { BatchOutput } from '../manifest/batch-output.ts';
import type { EntryBatch } from '../model/index.ts';
import { BatchWriter } from './batch-writer.ts';
import { addEntry } from './entry-records.ts';

/**
 * Octets in, records out: inflates, checks, digests and parses the entries of a batch. A pure function of its input,
 * so that it runs the same in a thread, in a Lambda or in a task of a fleet.
 */
export function processBatch(format: string, batch: EntryBatch): BatchOutput {
  const writer = new BatchWriter();
  for (const read of readBatch(format, batch)) addEntry(writer, read);
  return writer.finish((batch.entries.at(-1)?.ordinal ?? -1) + 1);
}
