import { type ArchivePiece, type Issue, issue } from '../../model/index.ts';
import { LIMITS } from '../limits.ts';
import type { OctetFeed } from '../sequential/octet-feed.ts';
import { type PieceBuilder, streamEntry } from '../sequential/piece-builder.ts';
import type { PlacedEntry } from '../sequential/placed-entry.ts';
import { emlxLength, emlxNotes, LENGTH_LINE } from './emlx.ts';

/** Reads one message or calendar as an archive of one entry. Behind the message of an `.emlx` is a property list. */
export async function* readSingle(feed: OctetFeed, builder: PieceBuilder, path: string): AsyncGenerator<ArchivePiece> {
  const { largeEntryBytes } = builder.limits;
  const octets = await feed.peek(Math.max(largeEntryBytes + 1, LENGTH_LINE));
  const emlx = emlxLength(octets);
  const large = octets.length > largeEntryBytes;
  const dataStart = emlx?.line ?? 0;
  const issues: Issue[] = [];
  const there = emlx === null ? octets.length : Math.min(octets.length, dataStart + emlx.message);
  if (emlx !== null && !large && there < dataStart + emlx.message)
    issues.push(issue('ENTRY_TRUNCATED', `${there - dataStart} of ${emlx.message} octets are there.`));
  const dataEnd = large && emlx !== null ? dataStart + emlx.message : there;
  const entry: PlacedEntry = {
    ordinal: 0,
    path,
    directory: false,
    offset: 0,
    end: large ? dataEnd : octets.length,
    method: 'stored',
    storedSize: null,
    size: null,
    crc32: null,
    modified: null,
    ...(emlx !== null && !large && emlxNotes(octets.subarray(dataEnd))),
    issues,
    dataStart,
    dataEnd,
    readable: true,
    quoted: false,
  };
  if (!large) {
    const piece = builder.add(entry, await feed.take(octets.length)) ?? builder.flush();
    if (piece !== null) yield piece;
    return;
  }
  await feed.take(dataStart);
  const stream = streamEntry(entry, feed, LIMITS.chunkBytes, emlx !== null);
  if (builder.wants(0)) yield { kind: 'stream', stream };
  await stream.finish();
}
