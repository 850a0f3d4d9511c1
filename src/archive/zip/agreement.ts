import type { Buffer } from 'node:buffer';
import { recordName, recordStoredSize } from './central-record.ts';
import {
  extentEnd,
  hasMark,
  type Listing,
  MARK_MISPLACED,
  NO_RECORD,
  nextPlaced,
  offsetOf,
  recordOf,
} from './listing.ts';
import { readLocalHeader } from './local-header.ts';
import type { PlannedRange } from './plan.ts';
import { isHeaderOf } from './relist.ts';
import { LOCAL_HEADER_OCTETS, LOCAL_HEADER_SIZE } from './signatures.ts';

/** Octets to fetch beyond a range: enough of the next header to see that an entry begins there. */
export function lookahead(listing: Listing, range: PlannedRange): number {
  const next = nextPlaced(listing, range.last);
  const record = recordOf(listing, next);
  return next >= listing.count ? 0 : LOCAL_HEADER_SIZE + (record === null ? 0 : recordName(record, 0).length);
}

/**
 * Whether directory and archive agree in a batch: every entry begins where the directory says, the next range's first one
 * too, and what lies behind an entry's data holds no header the directory keeps silent about. A few reads per entry.
 * @param octets the range's octets and the lookahead
 */
export function agrees(listing: Listing, range: PlannedRange, octets: Buffer): boolean {
  for (let index = range.first; index < range.last; index += 1) {
    if (hasMark(listing, index, MARK_MISPLACED)) continue;
    const start = offsetOf(listing, index) - range.start;
    const end = extentEnd(listing, index, Number.POSITIVE_INFINITY) - range.start;
    if (end <= start || !beginsAt(listing, index, octets.subarray(start))) return false;
    if (hidesHeader(listing, index, octets.subarray(start, end))) return false;
  }
  return nextAgrees(listing, range, octets.subarray(range.end - range.start));
}

/** Whether the entry after a range begins where it should: else an entry's octets lie on both sides of the cut. */
export function nextAgrees(listing: Listing, range: PlannedRange, ahead: Buffer): boolean {
  const next = nextPlaced(listing, range.last);
  if (next >= listing.count || offsetOf(listing, next) !== range.end) return true;
  return offsetOf(listing, nextPlaced(listing, next + 1)) > range.end && beginsAt(listing, next, ahead);
}

/** Whether the entry's header begins `octets`. */
export function beginsAt(listing: Listing, index: number, octets: Buffer): boolean {
  const record = recordOf(listing, index);
  return record !== null && isHeaderOf(octets, recordName(record, 0));
}

/** Whether a local header follows the entry's own octets. Nothing shorter than a header can hold one. */
function hidesHeader(listing: Listing, index: number, extent: Buffer): boolean {
  const at = listing.records[index] ?? NO_RECORD;
  const local = readLocalHeader(extent, 0);
  if (local === null || at === NO_RECORD) return false;
  const end = local.length + recordStoredSize(listing.directory, at);
  return extent.length - end >= LOCAL_HEADER_SIZE && extent.indexOf(LOCAL_HEADER_OCTETS, end) >= 0;
}
