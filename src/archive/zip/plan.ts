import type { ReadingLimits } from '../archive.ts';
import { LIMITS } from '../limits.ts';
import { extentEnd, hasMark, type Listing, MARK_MISPLACED, nextPlaced, offsetOf, plannedSize } from './listing.ts';

/** A range of the archive to fetch next. Ranges tile the listing's range. */
export type PlannedRange =
  | {
      readonly kind: 'batch';
      readonly first: number;
      readonly last: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'stream';
      readonly first: number;
      readonly last: number;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: 'gap';
      readonly first: number;
      readonly last: number;
      readonly start: number;
      readonly end: number;
    };

/**
 * Cuts a listing into ranges from entry `from` at octet `start` on. Only the directory is used, so that ranges can be
 * fetched ahead. Every entry's extent lies whole in one range; entries that are nowhere go along with their neighbours.
 * @param until the entry before which to end; what follows the last entry comes with all of them only
 */
export function* planRanges(
  listing: Listing,
  limits: ReadingLimits,
  from: number,
  start: number,
  until: number = listing.count,
): Generator<PlannedRange> {
  let index = from;
  let position = start;
  while (index < until) {
    const placed = nextPlaced(listing, index);
    const begin = offsetOf(listing, placed);
    if (begin > position && placed < listing.count) {
      yield { kind: 'gap', first: index, last: index, start: position, end: begin };
      position = begin;
    }
    const range = isLarge(listing, index, limits)
      ? { kind: 'stream' as const, last: index + 1, end: extentEnd(listing, index, LIMITS.gapBytes) }
      : { kind: 'batch' as const, ...fill(listing, limits, index, position, until) };
    yield { ...range, first: index, start: position };
    index = range.last;
    position = range.end;
  }
  if (until === listing.count && position < listing.end)
    yield { kind: 'gap', first: index, last: index, start: position, end: listing.end };
}

function isLarge(listing: Listing, index: number, limits: ReadingLimits): boolean {
  if (hasMark(listing, index, MARK_MISPLACED)) return false;
  const extent = extentEnd(listing, index, LIMITS.gapBytes) - offsetOf(listing, index);
  return extent > limits.largeEntryBytes || plannedSize(listing, index, extent) > limits.largeEntryBytes;
}

/** As many entries as a batch takes: at least one. */
function fill(
  listing: Listing,
  limits: ReadingLimits,
  first: number,
  start: number,
  until: number,
): { last: number; end: number } {
  let end = start;
  let expanded = 0;
  let index = first;
  while (index < until && index - first < limits.batchEntries) {
    if (hasMark(listing, index, MARK_MISPLACED)) {
      index += 1;
      continue;
    }
    const offset = offsetOf(listing, index);
    const next = extentEnd(listing, index, LIMITS.gapBytes);
    const size = plannedSize(listing, index, next - offset);
    const full = next - start > limits.batchBytes || expanded + size > limits.batchExpandedBytes;
    if (index > first && (offset > end || full || isLarge(listing, index, limits))) break;
    end = next;
    expanded += size;
    index += 1;
  }
  return { last: index, end };
}
