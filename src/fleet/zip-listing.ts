import { Buffer } from 'node:buffer';
import { readingLimits } from '../archive/archive.ts';
import { walkDirectory } from '../archive/zip/directory.ts';
import { duplicateNames } from '../archive/zip/duplicate-names.ts';
import { readDirectoryEnd } from '../archive/zip/end-of-directory.ts';
import { directoryListing, type Listing } from '../archive/zip/listing.ts';
import { type PlannedRange, planRanges } from '../archive/zip/plan.ts';
import { type ZipReading, zipPieces } from '../archive/zip/zip-pieces.ts';
import type { ArchivePiece, ByteSource, Gap } from '../model/index.ts';

/** Entries of a zip from `firstEntry` to before `nextEntry`, filling the archive's octets from `start` to `end`. */
export interface EntryRange {
  readonly firstEntry: number;
  readonly nextEntry: number;
  readonly start: number;
  readonly end: number;
}

/**
 * A zip's entries as its directory lists them, read with two or three ranged reads; null where the directory is not plainly
 * right (missing, cut, displaced, counting wrongly): such an archive has to be read as a whole, by one machine.
 */
export async function readZipListing(source: ByteSource, signal?: AbortSignal): Promise<Listing | null> {
  const end = await readDirectoryEnd(source, signal);
  if (end === null) return null;
  const start = end.directoryEnd - end.directorySize;
  if (start !== end.declaredOffset || start < 0 || end.entries === 0) return null;
  const octets = Buffer.from((await source.bytes(start, end.directoryEnd, signal)).buffer);
  const directory = walkDirectory(octets, start, false);
  if (directory.findings.length > 0) return null;
  const listing = directoryListing(octets, directory.positions, duplicateNames(directory), {
    start: 0,
    end: start,
    bias: 0,
  });
  return listing.count === end.entries ? listing : null;
}

/** The ranges in which one machine would read the archive: a shard may begin and end only where one of these does. */
export const rangesOf = (listing: Listing): Generator<PlannedRange> =>
  planRanges(listing, readingLimits({}), 0, listing.start);

/** What reading a range came to, complete once its pieces have ended. */
export interface RangeReading {
  readonly pieces: AsyncIterable<ArchivePiece>;
  readonly gaps: () => readonly Gap[];
  /** Directory and archive disagree within the range: ordinals from here on are not what the plan says. */
  readonly salvaged: () => boolean;
}

/**
 * Reads the pieces of a range: the same, octet for octet and ordinal for ordinal, that one machine reads there. What lies
 * behind the range is looked at too, as one machine would: a directory that is wrong there is wrong about the last entry.
 */
export function readRange(source: ByteSource, listing: Listing, range: EntryRange, signal?: AbortSignal): RangeReading {
  const { firstEntry, nextEntry, start, end } = range;
  const rest: Listing = {
    ...listing,
    count: listing.count - firstEntry,
    start,
    offsets: listing.offsets.subarray(firstEntry),
    records: listing.records.subarray(firstEntry),
    marks: listing.marks.subarray(firstEntry),
  };
  const found: Gap[] = [];
  const reading: ZipReading = {
    source,
    bias: 0,
    limits: readingLimits({}),
    options: signal === undefined ? {} : { signal },
    onRaw: async () => undefined,
    gaps: found,
    findings: [],
    nextOrdinal: firstEntry,
    nextBatch: 0,
    salvaged: false,
  };
  async function* pieces(): AsyncGenerator<ArchivePiece> {
    if (nextEntry === firstEntry && nextEntry < listing.count) return;
    for await (const piece of zipPieces(reading, rest)) {
      if (firstOrdinal(piece) >= nextEntry) return;
      yield piece;
    }
  }
  return {
    pieces: pieces(),
    gaps: () => found.filter((gap) => gap.start < end),
    salvaged: () => reading.salvaged,
  };
}

function firstOrdinal(piece: ArchivePiece): number {
  const entry = piece.kind === 'stream' ? piece.stream.entry : piece.batch.entries[0];
  return entry?.ordinal ?? 0;
}
