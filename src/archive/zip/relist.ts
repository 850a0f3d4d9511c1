import { Buffer } from 'node:buffer';
import type { ByteSource } from '../../model/index.ts';
import { BlockReader } from '../block-reader.ts';
import { recordName } from './central-record.ts';
import {
  type Listing,
  MARK_DUPLICATE,
  MARK_MISPLACED,
  MARK_RELOCATED,
  MARK_UNLISTED,
  NO_RECORD,
  nextPlaced,
  offsetOf,
} from './listing.ts';
import { isPlausibleHeader } from './local-header.ts';
import { LONGEST_HEADER } from './measure.ts';
import { type ScannedEntries, scanEntries } from './scan.ts';
import { LOCAL_HEADER, LOCAL_HEADER_SIZE } from './signatures.ts';

export interface Relisted {
  readonly listing: Listing;
  /** The entry of the directory's listing at which it is right again. */
  readonly resume: number;
}

/**
 * Whether an entry of that record begins `octets`. Of signature and name one may be damaged: an altered octet of
 * either must not lose the entry.
 */
export function isHeaderOf(octets: Buffer, name: Uint8Array): boolean {
  if (octets.length < LOCAL_HEADER_SIZE) return false;
  const named = octets.subarray(LOCAL_HEADER_SIZE, LOCAL_HEADER_SIZE + name.length).equals(name);
  if (octets.readUInt32LE(0) === LOCAL_HEADER) return named || isPlausibleHeader(octets, 0);
  return named && name.length > 0;
}

/**
 * Lists a range by scanning it, where directory and archive disagree: from `start` to at least `mustReach`, and on until
 * a header lies where the directory says. The entries found are matched with the records by place, then by name.
 */
export async function relist(
  source: ByteSource,
  listing: Listing,
  first: number,
  start: number,
  mustReach: number,
  signal?: AbortSignal,
): Promise<Relisted> {
  const reader = new BlockReader(source, listing.end, signal);
  const known: number[] = [];
  let reach = first;
  for (; reach < listing.count && offsetOf(listing, reach) < mustReach; reach += 1) {
    if (((listing.marks[reach] ?? 0) & MARK_MISPLACED) !== 0) continue;
    const offset = offsetOf(listing, reach);
    if (known.at(-1) === offset) continue;
    const name = nameAt(listing, reach);
    if (isHeaderOf(await reader.at(offset, LONGEST_HEADER), name)) known.push(offset);
  }
  let resume = nextPlaced(listing, reach);
  const scanned = await scanEntries(source, {
    start,
    limit: listing.end,
    known,
    findDirectory: false,
    signal,
    stop(offset, octets) {
      if (offset < mustReach) return false;
      while (resume < listing.count && offsetOf(listing, resume) < offset) resume += 1;
      return (
        resume < listing.count && offsetOf(listing, resume) === offset && isHeaderOf(octets, nameAt(listing, resume))
      );
    },
  });
  if (scanned.end >= listing.end) resume = listing.count;
  return { listing: matchRecords(listing, first, resume, scanned, { start, end: scanned.end }), resume };
}

function nameAt(listing: Listing, index: number): Buffer {
  const record = listing.records[index] ?? NO_RECORD;
  return record === NO_RECORD ? Buffer.alloc(0) : recordName(listing.directory, record);
}

/**
 * Puts records and scanned entries together. Entries without a record and records without an entry both stay: neither
 * may vanish silently.
 */
export function matchRecords(
  listing: Listing,
  first: number,
  last: number,
  scanned: ScannedEntries,
  range: { readonly start: number; readonly end: number },
  unlisted: number = MARK_UNLISTED,
): Listing {
  const foundAt = new Map<number, number>(scanned.offsets.map((offset, index) => [offset, index]));
  const recordFor = new Map<number, { record: number; mark: number }>();
  const lost: number[] = [];
  for (let index = first; index < last; index += 1) {
    const at = foundAt.get(offsetOf(listing, index));
    const record = listing.records[index] ?? NO_RECORD;
    const mark = (listing.marks[index] ?? 0) & MARK_DUPLICATE;
    if (at !== undefined && !recordFor.has(at) && ((listing.marks[index] ?? 0) & MARK_MISPLACED) === 0)
      recordFor.set(at, { record, mark });
    else lost.push(index);
  }
  const rows: Row[] = scanned.offsets.map((offset, found) => {
    const matched = recordFor.get(found);
    return { offset, found, record: matched?.record ?? NO_RECORD, mark: matched?.mark ?? unlisted };
  });
  for (const index of lost) {
    const mark = ((listing.marks[index] ?? 0) & MARK_DUPLICATE) | MARK_MISPLACED;
    const offset = Math.min(Math.max(offsetOf(listing, index), range.start), range.end);
    rows.push({ offset, found: NO_RECORD, record: listing.records[index] ?? NO_RECORD, mark });
  }
  rows.sort((one, other) => one.offset - other.offset || one.found - other.found);
  const measure = (column: readonly number[]) => rows.map((row) => column[row.found] ?? row.offset);
  return {
    count: rows.length,
    ...range,
    offsets: Float64Array.from(rows, (row) => row.offset),
    records: Float64Array.from(rows, (row) => row.record),
    marks: Uint8Array.from(rows, (row) => row.mark),
    directory: listing.directory,
    measured: {
      ends: measure(scanned.ends),
      storedSizes: measure(scanned.storedSizes),
      sizes: measure(scanned.sizes),
      crcs: measure(scanned.crcs),
    },
  };
}

interface Row {
  readonly offset: number;
  readonly found: number;
  record: number;
  mark: number;
}

/**
 * Gives records that point nowhere to the found entries of the same name: an altered offset then costs nothing but an
 * issue. Names that occur twice are left alone.
 */
export async function reclaimByName(source: ByteSource, listing: Listing, signal?: AbortSignal): Promise<Listing> {
  const lost = new Map<string, number | null>();
  for (let index = 0; index < listing.count; index += 1) {
    if (((listing.marks[index] ?? 0) & MARK_MISPLACED) === 0) continue;
    const name = nameAt(listing, index).toString('latin1');
    lost.set(name, lost.has(name) ? null : index);
  }
  if (lost.size === 0) return listing;
  const reader = new BlockReader(source, listing.end, signal);
  const records = Float64Array.from(listing.records);
  const marks = Uint8Array.from(listing.marks);
  const taken = new Set<number>();
  for (let index = 0; index < listing.count; index += 1) {
    if ((listing.records[index] ?? NO_RECORD) !== NO_RECORD) continue;
    const octets = await reader.at(offsetOf(listing, index), LONGEST_HEADER);
    if (octets.length < LOCAL_HEADER_SIZE) continue;
    const name = octets.subarray(LOCAL_HEADER_SIZE, LOCAL_HEADER_SIZE + octets.readUInt16LE(26)).toString('latin1');
    const record = lost.get(name);
    if (record === undefined || record === null || taken.has(record)) continue;
    taken.add(record);
    records[index] = listing.records[record] ?? NO_RECORD;
    marks[index] = ((listing.marks[record] ?? 0) & MARK_DUPLICATE) | MARK_RELOCATED;
  }
  if (taken.size === 0) return listing;
  const kept = [...Array(listing.count).keys()].filter((index) => !taken.has(index));
  const measured = listing.measured;
  return {
    ...listing,
    count: kept.length,
    offsets: Float64Array.from(kept, (index) => listing.offsets[index] ?? 0),
    records: Float64Array.from(kept, (index) => records[index] ?? NO_RECORD),
    marks: Uint8Array.from(kept, (index) => marks[index] ?? 0),
    measured:
      measured === null
        ? null
        : {
            ends: kept.map((index) => measured.ends[index] ?? 0),
            storedSizes: kept.map((index) => measured.storedSizes[index] ?? 0),
            sizes: kept.map((index) => measured.sizes[index] ?? 0),
            crcs: kept.map((index) => measured.crcs[index] ?? 0),
          },
  };
}
