import type { Buffer } from 'node:buffer';
import { type Issue, issue } from '../../model/index.ts';
import {
  centralRecordLength,
  readCentralRecord,
  recordName,
  recordOffset,
  recordSize,
  recordStoredSize,
} from './central-record.ts';
import { mostExpanded } from './read-entry.ts';
import { LOCAL_HEADER_SIZE } from './signatures.ts';

/** What is known of an entry beyond its record. */
export const MARK_DUPLICATE = 1;
/** Nothing is where the directory says it begins. */
export const MARK_MISPLACED = 2;
/** Found in the archive; a directory exists and does not name it. */
export const MARK_UNLISTED = 4;
/** Found elsewhere than where the directory says. */
export const MARK_RELOCATED = 8;

/** Entries without a directory record. */
export const NO_RECORD = -1;

/** The entries of a range of the archive in byte order, as columns. */
export interface Listing {
  readonly count: number;
  /** The range the entries and the gaps between them fill. */
  readonly start: number;
  readonly end: number;
  readonly offsets: Float64Array;
  /** Where each record begins in `directory`, or `NO_RECORD`. */
  readonly records: Float64Array;
  readonly marks: Uint8Array;
  readonly directory: Buffer;
  /** What a scan measured; null where only the directory was read. */
  readonly measured: Measured | null;
}

export interface Measured {
  readonly ends: readonly number[];
  readonly storedSizes: readonly number[];
  readonly sizes: readonly number[];
  readonly crcs: readonly number[];
}

export function hasMark(listing: Listing, index: number, mark: number): boolean {
  return ((listing.marks[index] ?? 0) & mark) !== 0;
}

export function offsetOf(listing: Listing, index: number): number {
  return index < listing.count ? (listing.offsets[index] ?? listing.end) : listing.end;
}

/** The next entry from `index` on that begins where it is said to. */
export function nextPlaced(listing: Listing, index: number): number {
  let next = index;
  while (next < listing.count && hasMark(listing, next, MARK_MISPLACED)) next += 1;
  return next;
}

/** Where the entry's extent ends: at the next entry, or at its own end where a long gap follows. */
export function extentEnd(listing: Listing, index: number, longestGap: number): number {
  if (hasMark(listing, index, MARK_MISPLACED)) return offsetOf(listing, index);
  const next = offsetOf(listing, nextPlaced(listing, index + 1));
  const own = listing.measured?.ends[index];
  return own !== undefined && next - own > longestGap ? own : next;
}

/** Octets the entry is said to expand to, as far as its extent can hold that many: for planning. */
export function plannedSize(listing: Listing, index: number, extent: number): number {
  const record = listing.records[index] ?? NO_RECORD;
  const size = record === NO_RECORD ? (listing.measured?.sizes[index] ?? 0) : recordSize(listing.directory, record);
  const most = mostExpanded(extent);
  return size > most ? extent : Math.max(0, size);
}

/** The record's own octets, or null. */
export function recordOf(listing: Listing, index: number): Buffer | null {
  const at = listing.records[index] ?? NO_RECORD;
  if (at === NO_RECORD) return null;
  return listing.directory.subarray(at, at + (centralRecordLength(listing.directory, at) ?? 0));
}

/** What the place of an entry, rather than its header or content, shows to be wrong. */
export function placeIssues(listing: Listing, index: number, bias: number): Issue[] {
  const issues: Issue[] = [];
  const record = recordOf(listing, index);
  const marked = (mark: number) => hasMark(listing, index, mark);
  if (marked(MARK_DUPLICATE)) issues.push(issue('NAME_DUPLICATE', 'An earlier entry has the same name.'));
  if (marked(MARK_UNLISTED))
    issues.push(issue('NOT_IN_DIRECTORY', "The entry is in the archive and the archive's directory does not name it."));
  if (record === null) return issues;
  const said = readCentralRecord(record, 0).offset + bias;
  if (marked(MARK_MISPLACED)) {
    issues.push(issue('LOCAL_HEADER_MISSING', `No entry begins at octet ${said}, where the directory says it does.`));
    return issues;
  }
  if (marked(MARK_RELOCATED))
    issues.push(
      issue(
        'LOCAL_HEADER_MISSING',
        `The directory says octet ${said}; the entry was found at ${offsetOf(listing, index)}.`,
      ),
    );
  const end = offsetOf(listing, nextPlaced(listing, index + 1));
  const claim =
    offsetOf(listing, index) + LOCAL_HEADER_SIZE + recordName(record, 0).length + recordStoredSize(record, 0);
  if (claim > end)
    issues.push(
      issue('ENTRY_OVERLAP', `The directory lets the entry reach to octet ${claim}, beyond ${end}, where it ends.`),
    );
  return issues;
}

/**
 * The listing of a directory: its records in the order of their offsets. Records that point outside the entries' part
 * of the archive are kept at its end, marked as misplaced.
 * @param bias what must be added to every offset (data before the archive)
 */
export function directoryListing(
  directory: Buffer,
  positions: Uint32Array,
  duplicates: ReadonlySet<number>,
  range: { readonly start: number; readonly end: number; readonly bias: number },
): Listing {
  const count = positions.length;
  const offsets = new Float64Array(count);
  const records = new Float64Array(count);
  const marks = new Uint8Array(count);
  let sorted = true;
  for (let index = 0; index < count; index += 1) {
    const at = positions[index] ?? 0;
    const offset = recordOffset(directory, at) + range.bias;
    const outside = offset < range.start || offset + LOCAL_HEADER_SIZE > range.end;
    offsets[index] = outside ? range.end : offset;
    records[index] = at;
    marks[index] = (outside ? MARK_MISPLACED : 0) | (duplicates.has(index) ? MARK_DUPLICATE : 0);
    if (index > 0 && (offsets[index - 1] ?? 0) > (offsets[index] ?? 0)) sorted = false;
  }
  const listing = { count, start: range.start, end: range.end, directory, measured: null };
  if (sorted) return { ...listing, offsets, records, marks };
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  order.sort((first, second) => (offsets[first] ?? 0) - (offsets[second] ?? 0) || first - second);
  return {
    ...listing,
    offsets: Float64Array.from(order, (index) => offsets[index] ?? 0),
    records: Float64Array.from(order, (index) => records[index] ?? 0),
    marks: Uint8Array.from(order, (index) => marks[index] ?? 0),
  };
}

/** What the directory alone shows of all entries together. */
export interface ListingTotals {
  readonly overlaps: number;
  readonly size: number;
}

export function listingTotals(listing: Listing): ListingTotals {
  let overlaps = 0;
  let size = 0;
  for (let index = 0; index < listing.count; index += 1) {
    const at = listing.records[index] ?? NO_RECORD;
    if (at === NO_RECORD) continue;
    size += recordSize(listing.directory, at);
    if (hasMark(listing, index, MARK_MISPLACED)) continue;
    const header = LOCAL_HEADER_SIZE + listing.directory.readUInt16LE(at + 28);
    if (offsetOf(listing, index) + header + recordStoredSize(listing.directory, at) > offsetOf(listing, index + 1))
      overlaps += 1;
  }
  return { overlaps, size };
}
