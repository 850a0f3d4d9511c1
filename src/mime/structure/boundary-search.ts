import type { WorkCounter } from '../work-counter.ts';
import type { BoundaryMatch } from './boundaries.ts';
import type { OpenMultiparts } from './open-multiparts.ts';

/** With this much of the message behind the place at hand, no decision depends on what has not come yet. */
export const LOOKAHEAD = 4_096;

/** A boundary line in the window: whose it is, where it begins, and where the content before it ends. */
export interface FoundBoundary {
  readonly match: BoundaryMatch;
  readonly contentEnd: number;
  readonly line: number;
}

export interface SearchOptions {
  /** Nothing of the body has been passed yet: a boundary may stand at its very start. */
  readonly fresh: boolean;
  /** Nothing follows the window. */
  readonly final: boolean;
  readonly counter: WorkCounter;
}

/**
 * The next boundary line of an open multipart: found by searching for a line break and `--`, and looking the line up. A
 * number is the place from which on more of the message is needed to tell; null says that there is none.
 */
export function findBoundary(
  open: OpenMultiparts,
  view: Buffer,
  from: number,
  { fresh, final, counter }: SearchOptions,
): FoundBoundary | number | null {
  if (fresh && view[from] === 0x2d && view[from + 1] === 0x2d) {
    if (!final && from + LOOKAHEAD > view.length) return from;
    const match = open.match(view, from);
    if (match !== null) return { match, contentEnd: from, line: from };
  }
  if (fresh && !final && view.length - from < 2) return from;
  let search = from;
  for (;;) {
    const hit = nextDashedLine(view, search, counter);
    counter.octets += (hit < 0 ? view.length : hit) - search;
    counter.steps++;
    if (hit < 0) return null;
    const contentEnd = beforeLineBreak(view, from, hit);
    if (!final && hit + LOOKAHEAD > view.length) return contentEnd;
    const match = open.match(view, hit + 1);
    if (match !== null) return { match, contentEnd, line: hit + 1 };
    search = hit + 1;
  }
}

/**
 * The next line feed before `--`, -1 where there is none. The dashes are searched for and not the line feed: base64 holds
 * none, so that the runtime's search goes through an attachment in one sweep instead of line by line. Where dashes stand
 * within a line, the search goes on at the next one.
 */
function nextDashedLine(view: Buffer, from: number, counter: WorkCounter): number {
  for (let at = from; ; ) {
    const dashes = view.indexOf('--', at, 'latin1');
    if (dashes < 0) return -1;
    if (dashes > from && view[dashes - 1] === 10) return dashes - 1;
    const feed = view.indexOf(10, dashes);
    if (feed < 0) return -1;
    counter.steps++;
    // A line feed before two dashes is a boundary's; else their search begins there.
    at = feed + 1;
    if (view[at] === 0x2d && view[at + 1] === 0x2d) return feed;
  }
}

/** RFC 2046 §5.1.1: the line break before a boundary belongs to it. It is LF, CR LF or CR CR LF. */
function beforeLineBreak(view: Buffer, from: number, feed: number): number {
  let end = feed;
  while (end > from && feed - end < 2 && view[end - 1] === 13) end--;
  return end;
}
