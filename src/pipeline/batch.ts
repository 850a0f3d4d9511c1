// The reading part of the rooms alone: a thread loads every file it imports, and a thread starts with each run.
import { readBatch } from '../archive/read-batch.ts';
import { digestsOfEach } from '../identity/digests.ts';
import type { BatchOutput } from '../manifest/batch-output.ts';
import type { EntryBatch, ReadEntry } from '../model/index.ts';
import { BatchWriter } from './batch-writer.ts';
import { addEntry } from './entry-records.ts';

/** Expanded octets held at once, so that their digests are taken side by side. */
const HELD_OCTETS = 4 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** The entries in their order, as many together as may be held. */
function* gathered(entries: Iterable<ReadEntry>): Generator<ReadEntry[]> {
  let held: ReadEntry[] = [];
  let octets = 0;
  for (const entry of entries) {
    held.push(entry);
    octets += entry.bytes?.length ?? 0;
    if (octets < HELD_OCTETS) continue;
    yield held;
    held = [];
    octets = 0;
  }
  if (held.length > 0) yield held;
}

/**
 * Octets in, records out: inflates, checks, digests and parses the entries of a batch. A pure function of its input,
 * so that it runs the same in a thread, in a Lambda or in a task of a fleet.
 */
export function processBatch(format: string, batch: EntryBatch): BatchOutput {
  const writer = new BatchWriter();
  for (const reads of gathered(readBatch(format, batch))) {
    for (const digests of digestsOfEach(reads.map(({ bytes }) => bytes ?? NOTHING))) {
      // Let go of one after the other: octets that outlive two small collections wait for a large one.
      const read = reads.shift();
      if (read !== undefined) addEntry(writer, read, digests);
    }
  }
  return writer.finish((batch.entries.at(-1)?.ordinal ?? -1) + 1);
}
