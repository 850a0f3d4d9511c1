import { type ArchiveEntry, MailproofError } from '../../model/index.ts';
import { asBuffer } from '../octets.ts';
import { readCentralRecord } from './central-record.ts';
import { isZipEntry, zipEntry } from './zip-entry.ts';

/** Numbers an entry is packed with: ordinal, offset, end, octets of its directory record (0: it is among the odd ones). */
const NUMBERS = 4;

/**
 * The entries of a batch as they cross to another thread. Entries without a word to be said about them, nearly all of them, are
 * their place and their directory record: to clone them as objects takes longer than to hash what they hold.
 */
export interface PackedEntries {
  readonly numbers: Float64Array;
  /** The directory records one after the other. */
  readonly records: Uint8Array;
  /** All others as they are, in order. */
  readonly odd: readonly ArchiveEntry[];
}

export function packEntries(entries: readonly ArchiveEntry[]): PackedEntries {
  const numbers = new Float64Array(entries.length * NUMBERS);
  const odd: ArchiveEntry[] = [];
  const plain: Uint8Array[] = [];
  let length = 0;
  for (const [place, entry] of entries.entries()) {
    if (!isZipEntry(entry) || entry.central === null || entry.misplaced || entry.issues.length > 0) {
      odd.push(entry);
      continue;
    }
    numbers.set([entry.ordinal, entry.offset, entry.end, entry.central.length], place * NUMBERS);
    plain.push(entry.central);
    length += entry.central.length;
  }
  const records = new Uint8Array(length);
  let at = 0;
  for (const record of plain) {
    records.set(record, at);
    at += record.length;
  }
  return { numbers, records, odd };
}

/** The same entries again. */
export function unpackEntries({ numbers, records, odd }: PackedEntries): ArchiveEntry[] {
  const octets = asBuffer(records);
  const entries: ArchiveEntry[] = [];
  let at = 0;
  let nextOdd = 0;
  for (let place = 0; place < numbers.length; place += NUMBERS) {
    const [ordinal = 0, offset = 0, end = 0, length = 0] = numbers.subarray(place, place + NUMBERS);
    if (length === 0) {
      const entry = odd[nextOdd++];
      if (entry === undefined) throw new MailproofError('UNEXPECTED', 'A packed entry is missing.');
      entries.push(entry);
      continue;
    }
    const central = octets.subarray(at, at + length);
    const record = readCentralRecord(central, 0);
    const { storedSize, size, crc32 } = record;
    const where = { ordinal, offset, end, storedSize, size, crc32, misplaced: false, central, issues: [] };
    entries.push(zipEntry(record, where));
    at += length;
  }
  return entries;
}
