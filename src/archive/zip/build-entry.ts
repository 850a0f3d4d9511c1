import { Buffer } from 'node:buffer';
import { LIMITS } from '../limits.ts';
import { asBuffer } from '../octets.ts';
import { readCentralRecord } from './central-record.ts';
import { extentEnd, hasMark, type Listing, MARK_MISPLACED, offsetOf, placeIssues, recordOf } from './listing.ts';
import { type LocalHeader, readLocalHeader } from './local-header.ts';
import { UNKNOWN } from './measure.ts';
import { recordIssues, type ZipEntry, zipEntry } from './zip-entry.ts';

/** A header for entries of which not even that is left. */
const NO_HEADER = { flags: 0, method: 0, time: 0, date: 0, name: Buffer.alloc(0), extra: [] };

/**
 * Makes the entries `first` to `last` of a listing. The directory records go with them in one block, for a view's whole
 * buffer crosses to a worker with it.
 * @param octets the archive's octets from `start` on: names of entries the directory does not have are read there
 */
export function buildEntries(
  listing: Listing,
  range: { readonly first: number; readonly last: number; readonly start: number },
  octets: Uint8Array,
  ordinal: number,
  bias: number,
): ZipEntry[] {
  const records: (Buffer | null)[] = [];
  let length = 0;
  for (let index = range.first; index < range.last; index += 1) {
    const record = recordOf(listing, index);
    records.push(record);
    length += record?.length ?? 0;
  }
  const block = new Uint8Array(length);
  let at = 0;
  return records.map((record, step) => {
    const index = range.first + step;
    let central: Uint8Array | null = null;
    if (record !== null) {
      block.set(record, at);
      central = block.subarray(at, at + record.length);
      at += record.length;
    }
    const header = central === null ? readLocalHeader(asBuffer(octets), offsetOf(listing, index) - range.start) : null;
    return buildEntry(listing, index, ordinal + step, central, header, bias);
  });
}

function buildEntry(
  listing: Listing,
  index: number,
  ordinal: number,
  central: Uint8Array | null,
  header: LocalHeader | null,
  bias: number,
): ZipEntry {
  const record = central === null ? null : readCentralRecord(asBuffer(central), 0);
  const { measured } = listing;
  const known = (value: number | undefined): number | null => (value === undefined || value === UNKNOWN ? null : value);
  return zipEntry(record ?? header ?? NO_HEADER, {
    ordinal,
    offset: offsetOf(listing, index),
    end: extentEnd(listing, index, LIMITS.gapBytes),
    storedSize: record?.storedSize ?? known(measured?.storedSizes[index]),
    size: record?.size ?? known(measured?.sizes[index]),
    crc32: record?.crc32 ?? known(measured?.crcs[index]),
    misplaced: hasMark(listing, index, MARK_MISPLACED),
    central,
    issues: [...placeIssues(listing, index, bias), ...(record === null ? [] : recordIssues(record))],
  });
}
