import { Buffer } from 'node:buffer';
import { type ArchivePiece, type Issue, issue } from '../../model/index.ts';
import type { OctetFeed } from '../sequential/octet-feed.ts';
import type { SequentialReport } from '../sequential/open-sequential.ts';
import type { PieceBuilder } from '../sequential/piece-builder.ts';
import type { PlacedEntry } from '../sequential/placed-entry.ts';
import { findEnd } from './find-end.ts';
import { firstSeparatorLength, separatorLength } from './separator.ts';
import { statusKeywords } from './status-keywords.ts';
import { streamMessage } from './stream-message.ts';
import { UidWitness } from './uid-witness.ts';

/** Messages up to so many times the size of a large entry are held: their end is not known before it is found. */
const HELD = 4;

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
  const uids = new UidWitness();
  let agreeing = 0;
  let differing = 0;
  for (let ordinal = 0; ; ordinal += 1) {
    const start = feed.position;
    const head = await feed.peek(4096);
    if (head.length === 0) break;
    const separator = (ordinal === 0 ? firstSeparatorLength(head) : separatorLength(head, 0)) ?? 0;
    const line = Buffer.from(await feed.take(separator));
    const place = { ordinal, start, dataStart: start + separator, path: `${name}#${ordinal + 1}` };
    const end = await findEnd(feed, HELD * builder.limits.largeEntryBytes);
    if (end === null) {
      const flushed = builder.flush();
      if (flushed !== null) yield flushed;
      uids.see(await feed.peek(0));
      const keywords = statusKeywords(await feed.peek(0));
      const entry = entryOf(place, 0, 0, [], false);
      const stream = streamMessage(keywords.length === 0 ? entry : { ...entry, keywords }, feed);
      if (builder.wants(ordinal)) yield { kind: 'stream', stream };
      await stream.finish();
      continue;
    }
    const octets = Buffer.from(await feed.take(end.length));
    const blank = blankLineAtEnd(octets);
    uids.see(octets);
    if (end.missing === 0) agreeing += 1;
    const issues = [...end.issues];
    // Old lengths are left in many an mbox; where all others are right, the last one's is too.
    if (!end.followed && (end.missing ?? 0) > 0 && agreeing > 0 && differing === 0)
      issues.push(
        issue('ENTRY_TRUNCATED', `The mbox was cut off: ${end.missing} octets of the last message are missing.`),
      );
    else if ((end.missing ?? 0) !== 0) differing += 1;
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
  report.findings.push(...uids.finding(feed.position), {
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

function entryOf(place: Place, length: number, blank: number, issues: readonly Issue[], quoted: boolean): PlacedEntry {
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
