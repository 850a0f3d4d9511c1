import { Buffer } from 'node:buffer';
import { type ArchivePiece, type Issue, issue } from '../../model/index.ts';
import { LIMITS } from '../limits.ts';
import type { OctetFeed } from '../sequential/octet-feed.ts';
import type { SequentialReport } from '../sequential/open-sequential.ts';
import { type PieceBuilder, streamEntry } from '../sequential/piece-builder.ts';
import type { PlacedEntry } from '../sequential/placed-entry.ts';
import { contentLength, separatorLength } from './separator.ts';

const SEPARATOR = '\nFrom ';

interface FoundEnd {
  /** Octets of the message and the blank line behind it. */
  readonly length: number;
  /** Whether another message, rather than the end of the file, follows. */
  readonly followed: boolean;
  readonly issues: readonly Issue[];
}

/**
 * Reads an mbox forward: messages parted by "From " lines (RFC 4155), in which lines that look like one are quoted
 * (mboxo, mboxrd), or their length is said (mboxcl, mboxcl2). An mbox has no end marker, so that it is whole cannot be
 * shown: a finding says so.
 */
export async function* readMbox(
  feed: OctetFeed,
  builder: PieceBuilder,
  report: SequentialReport,
  name: string,
): AsyncGenerator<ArchivePiece> {
  for (let ordinal = 0; ; ordinal += 1) {
    const start = feed.position;
    const head = await feed.peek(4096);
    if (head.length === 0) break;
    const separator = separatorLength(head, 0) ?? 0;
    const line = Buffer.from(await feed.take(separator));
    const place = { ordinal, start, dataStart: start + separator, path: `${name}#${ordinal + 1}` };
    const end = await findEnd(feed, builder.limits.largeEntryBytes);
    if (end === null) {
      const flushed = builder.flush();
      if (flushed !== null) yield flushed;
      const length = await lengthOfLarge(feed, builder.limits.largeEntryBytes);
      const stream = streamEntry(entryOf(place, length, 0, [], false), feed, LIMITS.chunkBytes);
      if (builder.wants(ordinal)) yield { kind: 'stream', stream };
      await stream.finish();
      continue;
    }
    const octets = Buffer.from(await feed.take(end.length));
    const blank = blankLineAtEnd(octets);
    const issues = [...end.issues];
    if (!end.followed && (octets.length === 0 || octets.at(-1) !== 0x0a))
      issues.push(issue('ENTRY_TRUNCATED', 'The last message does not end with a line end: the mbox was cut off.'));
    const length = octets.length - (end.followed || blank < octets.length ? blank : 0);
    const piece = builder.add(
      entryOf(place, length, octets.length - length, issues, true),
      Buffer.concat([line, octets]),
    );
    if (piece !== null) yield piece;
  }
  const rest = builder.flush();
  if (rest !== null) yield rest;
  report.findings.push({
    check: 'archive-unprovable',
    severity: 'warning',
    message: 'An mbox has no end marker and no checksums: whether it is whole cannot be told from it.',
    range: [feed.position, feed.position],
  });
}

interface Place {
  readonly ordinal: number;
  readonly start: number;
  readonly dataStart: number;
  readonly path: string;
}

function entryOf(
  place: Place,
  length: number,
  blank: number,
  issues: readonly Issue[],
  quoted: boolean,
): PlacedEntry {
  const dataEnd = place.dataStart + length;
  return {
    ordinal: place.ordinal,
    path: place.path,
    directory: false,
    offset: place.start,
    end: dataEnd + blank,
    method: 'stored',
    storedSize: length,
    size: null,
    crc32: null,
    modified: null,
    issues,
    dataStart: place.dataStart,
    dataEnd,
    readable: true,
    quoted,
  };
}

/** Octets of the blank line that parts a message from the next separator. */
function blankLineAtEnd(octets: Buffer): number {
  if (octets.length >= 4 && octets.toString('latin1', octets.length - 4) === '\r\n\r\n') return 2;
  return octets.length >= 2 && octets.toString('latin1', octets.length - 2) === '\n\n' ? 1 : 0;
}

/**
 * Where the message at the feed's position ends. What is looked at doubles with each step, so that the work stays linear.
 * Null where it is longer than `limit`.
 */
async function findEnd(feed: OctetFeed, limit: number): Promise<FoundEnd | null> {
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
      if (!ended && found + 1024 > octets.length) break;
      searched = found + 1;
      if (separatorLength(octets, found + 1) !== null)
        return { length: found + 1, followed: true, issues: lengthIssues(octets, found + 1) };
    }
    if (ended) return { length: octets.length, followed: false, issues: lengthIssues(octets, octets.length) };
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
    if (separatorLength(octets, end) !== null) return { length: end, followed: true, issues: [] };
    if (ended && end === octets.length) return { length: end, followed: false, issues: [] };
  }
  return null;
}

function lengthIssues(octets: Buffer, length: number): Issue[] {
  const declared = contentLength(octets.subarray(0, length));
  if (declared === null) return [];
  const body = length - declared.headerLength;
  if (body - declared.length >= 0 && body - declared.length <= 2) return [];
  return [issue('MBOX_LENGTH_MISMATCH', `Content-Length says ${declared.length}; the message has ${body} octets.`)];
}

/** The length of a message that is too long to hold: as far as is held, so that reading goes on in pieces. */
async function lengthOfLarge(feed: OctetFeed, limit: number): Promise<number> {
  const octets = await feed.peek(limit);
  return octets.length;
}
