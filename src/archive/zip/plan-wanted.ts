import type { ReadingLimits } from '../archive.ts';
import { LIMITS } from '../limits.ts';
import { extentEnd, hasMark, type Listing, MARK_MISPLACED, offsetOf } from './listing.ts';
import { type PlannedRange, planRanges } from './plan.ts';

/** Unwanted octets between wanted entries that are read all the same: a request of its own costs more than they do. */
export const BRIDGED_OCTETS = 64 * 1024;

/**
 * Whether the directory alone can tell where the wanted entries lie: not where it was made by scanning, and not where it
 * points to what is not there. Such an archive is read whole.
 */
export function canSkip(listing: Listing): boolean {
  if (listing.measured !== null) return false;
  for (let index = 0; index < listing.count; index += 1) if (hasMark(listing, index, MARK_MISPLACED)) return false;
  return true;
}

/** The ranges that hold the wanted entries and little else. The rest of the archive is not fetched. */
export function* planWanted(
  listing: Listing,
  limits: ReadingLimits,
  wanted: (index: number) => boolean,
): Generator<PlannedRange> {
  let first = nextWanted(listing, wanted, 0);
  while (first < listing.count) {
    let last = first + 1;
    let next = nextWanted(listing, wanted, last);
    while (next < listing.count && offsetOf(listing, next) - endOf(listing, last) <= BRIDGED_OCTETS) {
      last = next + 1;
      next = nextWanted(listing, wanted, last);
    }
    for (const range of planRanges(listing, limits, first, offsetOf(listing, first), last))
      if (range.kind !== 'gap') yield range;
    first = next;
  }
}

/** Where the entry before `last` ends. */
const endOf = (listing: Listing, last: number): number => extentEnd(listing, last - 1, LIMITS.gapBytes);

function nextWanted(listing: Listing, wanted: (index: number) => boolean, from: number): number {
  let index = from;
  while (index < listing.count && !wanted(index)) index += 1;
  return index;
}
