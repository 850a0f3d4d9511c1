import type { Buffer } from 'node:buffer';
import { type Issue, issue } from '../../model/index.ts';
import type { OctetFeed } from '../sequential/octet-feed.ts';
import { contentLength, LONGEST, SEPARATOR, separatorLength } from './separator.ts';

export interface FoundEnd {
  /** Octets of the message and the blank line behind it. */
  readonly length: number;
  /** Whether another message, rather than the end of the file, follows. */
  readonly followed: boolean;
  /** Octets that `Content-Length` says the body has beyond those that are there; null where it says nothing. */
  readonly missing: number | null;
  readonly issues: readonly Issue[];
}

/**
 * Where the message at the feed's position ends. What is looked at doubles with each step, so that the work stays linear.
 * Null where it is longer than `limit`.
 */
export async function findEnd(feed: OctetFeed, limit: number): Promise<FoundEnd | null> {
  let searched = 0;
  for (let wanted = 64 * 1024; ; wanted *= 2) {
    const octets = await feed.peek(wanted);
    const ended = octets.length < wanted;
    if (searched === 0) {
      const declared = declaredEnd(octets, ended);
      if (declared !== null) return declared;
    }
    for (;;) {
      const found = octets.indexOf(SEPARATOR, searched);
      if (found < 0) break;
      // A line that may go on beyond what is held is looked at again in the next step.
      if (!ended && found + 1 + LONGEST > octets.length) break;
      searched = found + 1;
      if (separatorLength(octets, found + 1) !== null)
        return { length: found + 1, followed: true, ...judgeLength(octets, found + 1) };
    }
    if (ended) return { length: octets.length, followed: false, ...judgeLength(octets, octets.length) };
    const next = octets.indexOf(SEPARATOR, searched);
    searched = next >= 0 ? next : Math.max(searched, octets.length - SEPARATOR.length);
    if (octets.length > limit) return null;
  }
}

/** The end `Content-Length` tells, if a separator or the end of the file is really there. */
function declaredEnd(octets: Buffer, ended: boolean): FoundEnd | null {
  const declared = contentLength(octets);
  if (declared === null) return null;
  const body = declared.headerLength + declared.length;
  for (const blank of ['', '\n', '\r\n']) {
    const end = body + blank.length;
    if (octets.toString('latin1', body, end) !== blank) continue;
    if (separatorLength(octets, end) !== null) return { length: end, followed: true, missing: 0, issues: [] };
    if (ended && end === octets.length) return { length: end, followed: false, missing: 0, issues: [] };
  }
  return null;
}

function judgeLength(octets: Buffer, length: number): Pick<FoundEnd, 'missing' | 'issues'> {
  const declared = contentLength(octets.subarray(0, length));
  if (declared === null) return { missing: null, issues: [] };
  const body = length - declared.headerLength;
  const missing = declared.length - body;
  if (missing <= 0 && missing >= -2) return { missing: 0, issues: [] };
  const issues = [
    issue('MBOX_LENGTH_MISMATCH', `Content-Length says ${declared.length}; the message has ${body} octets.`),
  ];
  return { missing, issues };
}
