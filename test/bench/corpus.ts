import { createWriteStream, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { generateMailbox, type MailboxEntry, writeZip } from '../../src/sandbox/index.ts';

export interface Corpus {
  readonly archive: string;
  /** Messages one after another: decimal length, line feed, octets. For parsers alone. */
  readonly packed: string;
}

/** The corpus of a seed, made once and kept in the machine's temporary folder. */
export async function corpus(seed: number, messages: number): Promise<Corpus> {
  const name = join(tmpdir(), `mailproof-bench-${seed}-${messages}`);
  const made = { archive: `${name}.zip`, packed: `${name}.packed` };
  if (existsSync(made.archive) && existsSync(made.packed)) return made;
  const packed = openSync(`${made.packed}.part`, 'w');
  function* entries(): Generator<MailboxEntry> {
    for (const entry of generateMailbox({ seed, messages })) {
      if (entry.path.endsWith('.eml')) {
        writeSync(packed, `${entry.bytes.length}\n`);
        writeSync(packed, entry.bytes);
      }
      yield entry;
    }
  }
  await pipeline(writeZip(entries()), createWriteStream(`${made.archive}.part`));
  renameSync(`${made.packed}.part`, made.packed);
  renameSync(`${made.archive}.part`, made.archive);
  return made;
}
