import { type ByteSource, type Finding, type Gap, MailproofError } from '../../model/index.ts';
import { type Archive, readingLimits } from '../archive.ts';
import { LIMITS } from '../limits.ts';
import { asBuffer } from '../octets.ts';
import { readCentralRecord } from './central-record.ts';
import { type Directory, walkDirectory } from './directory.ts';
import { duplicateNames } from './duplicate-names.ts';
import { type DirectoryEnd, readDirectoryEnd } from './end-of-directory.ts';
import { fromScan, type OpenedZip } from './from-scan.ts';
import { directoryListing, type Listing, listingTotals } from './listing.ts';
import { LONGEST_HEADER } from './measure.ts';
import { canSkip } from './plan-wanted.ts';
import { isHeaderOf } from './relist.ts';
import { CENTRAL_RECORD } from './signatures.ts';
import { uniformityFindings } from './uniformity.ts';
import { wantedPieces, type ZipReading, zipPieces } from './zip-pieces.ts';

/** Opens a zip: its end and directory are read; where they are missing the archive is scanned. Throws ARCHIVE_EMPTY. */
export async function openZip(source: ByteSource, signal?: AbortSignal): Promise<Archive> {
  const end = await readDirectoryEnd(source, signal);
  const opened =
    (end === null ? null : await fromDirectory(source, end, signal)) ?? (await fromScan(source, end, signal));
  if (opened.listing.count === 0 && opened.bodyEnd === 0)
    throw new MailproofError('ARCHIVE_EMPTY', `${source.identity.location} is a zip without any entry.`, {
      advice: 'Check that the export job was completed and that this is its archive.',
    });
  const { findings, listing } = opened;
  const gaps: Gap[] = [];
  let salvaged = opened.salvaged;
  let reading: ZipReading | null = null;
  let skippedBytes = 0;
  return {
    format: 'zip',
    declaredEntries: opened.declaredEntries,
    totalBytes: source.size,
    findings,
    get salvaged() {
      salvaged ||= reading?.salvaged === true;
      return salvaged;
    },
    get skippedBytes() {
      return skippedBytes;
    },
    async *pieces(options = {}) {
      let read = 0;
      const onRaw = async (chunk: Uint8Array): Promise<void> => {
        read += chunk.length;
        await options.onRaw?.(chunk);
      };
      gaps.length = 0;
      reading = {
        source,
        bias: opened.bias,
        limits: readingLimits(options),
        options,
        onRaw,
        gaps,
        findings,
        nextOrdinal: 0,
        nextBatch: 0,
        salvaged,
      };
      const sparing = (options.wanted !== undefined || options.skipTo !== undefined) && canSkip(listing);
      if (sparing && options.wanted !== undefined) {
        yield* wantedPieces(reading, listing, options.wanted);
        skippedBytes = source.size - read;
        return;
      }
      const first = sparing ? Math.min(options.skipTo ?? 0, listing.count) : 0;
      reading.nextOrdinal = first;
      yield* zipPieces(reading, listing, first);
      for await (const chunk of source.read(opened.bodyEnd, source.size, options.signal)) await onRaw(chunk);
      if (first > 0) skippedBytes = source.size - read;
    },
    account() {
      const tail = opened.gaps.reduce((sum, gap) => sum + gap.end - gap.start, 0);
      return { directory: source.size - opened.bodyEnd - tail, gaps: [...gaps, ...opened.gaps] };
    },
  };
}

/** The directory where the end record says it lies; null where none is there. */
async function fromDirectory(
  source: ByteSource,
  end: DirectoryEnd,
  signal: AbortSignal | undefined,
): Promise<OpenedZip | null> {
  const findings = [...end.findings];
  const place = await directoryStart(source, end, signal);
  if (place === null) return null;
  const { start } = place;
  if (end.directoryEnd - start > LIMITS.directoryBytes)
    throw new MailproofError(
      'LIMIT_EXCEEDED',
      `The directory has ${end.directoryEnd - start} octets, more than can be held.`,
    );
  const octets = asBuffer(await source.bytes(start, end.directoryEnd, signal));
  const directory = walkDirectory(octets, start, false);
  findings.push(...directory.findings);
  const bias = await directoryBias(source, directory, start, end, signal);
  if (place.damaged || (bias === 0 && start !== end.declaredOffset))
    findings.push(damaged('The end record does not say rightly where the directory lies.', start, end.directoryEnd));
  else if (bias !== 0)
    findings.push({
      check: 'archive-prefix',
      severity: 'warning',
      message: `${bias} octets lie before the archive begins, as in a self-extracting one.`,
      range: [0, bias],
    });
  const duplicates = duplicateNames(directory);
  const listing = directoryListing(octets, directory.positions, duplicates, { start: 0, end: start, bias });
  findings.push(...listingFindings(listing, directory, end, start, duplicates.size, source.size));
  return { listing, declaredEntries: end.entries, bodyEnd: start, bias, salvaged: false, findings, gaps: end.gaps };
}

/** Where the directory begins: where its size puts it before its end, or else where the end record says. */
async function directoryStart(
  source: ByteSource,
  end: DirectoryEnd,
  signal: AbortSignal | undefined,
): Promise<{ readonly start: number; readonly damaged: boolean } | null> {
  const bySize = end.directoryEnd - end.directorySize;
  if (end.entries === 0 && end.directorySize === 0) return { start: bySize, damaged: false };
  const candidates = [...new Set([bySize, end.declaredOffset])];
  for (const start of candidates) {
    if (start < 0 || start + 4 > end.directoryEnd) continue;
    const octets = asBuffer(await source.bytes(start, start + 4, signal));
    if (octets.readUInt32LE(0) === CENTRAL_RECORD) return { start, damaged: start !== bySize };
  }
  // Both agree, so only the first record's signature can be what is damaged.
  return bySize === end.declaredOffset && bySize >= 0 ? { start: bySize, damaged: false } : null;
}

/** What to add to offsets: the distance between where the directory is and is said to be, if entries confirm it. */
async function directoryBias(
  source: ByteSource,
  directory: Directory,
  start: number,
  end: DirectoryEnd,
  signal: AbortSignal | undefined,
): Promise<number> {
  const bias = start - end.declaredOffset;
  if (bias <= 0) return 0;
  // Two records are asked, for either may be the damaged one.
  for (const at of directory.positions.subarray(0, 2)) {
    const { offset, name } = readCentralRecord(directory.octets, at);
    if (offset + bias >= start) continue;
    const octets = asBuffer(await source.bytes(offset + bias, Math.min(start, offset + bias + LONGEST_HEADER), signal));
    if (isHeaderOf(octets, name)) return bias;
  }
  return 0;
}

function listingFindings(
  listing: Listing,
  directory: Directory,
  end: DirectoryEnd,
  start: number,
  duplicates: number,
  archiveSize: number,
): Finding[] {
  const findings: Finding[] = [];
  const { overlaps, size } = listingTotals(listing);
  if (listing.count !== end.entries) {
    // Without zip64 the number has 16 bits, and some writers let it overflow.
    const overflown = !end.zip64 && listing.count > 0xffff && (listing.count & 0xffff) === end.entries;
    findings.push({
      check: 'archive-count',
      severity: overflown ? 'warning' : 'error',
      message: 'The directory does not have as many records as the end of the archive declares.',
      expected: String(end.entries),
      found: String(listing.count),
    });
  }
  if (overlaps > 0) findings.push(damaged(`${overlaps} entries reach into the next one.`, 0, start));
  if (duplicates > 0)
    findings.push({
      check: 'archive-names',
      severity: 'warning',
      message: `${duplicates} names occur more than once.`,
    });
  if (size > LIMITS.bombBytes * 16 && size > archiveSize * LIMITS.bombRatio)
    findings.push({
      check: 'archive-bomb',
      severity: 'error',
      message: `${archiveSize} octets claim to expand to ${size}.`,
    });
  findings.push(...uniformityFindings(directory, start));
  return findings;
}

function damaged(message: string, start: number, end: number): Finding {
  return { check: 'archive-damaged', severity: 'error', message, range: [start, end] };
}
