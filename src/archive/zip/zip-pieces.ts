import { Buffer } from 'node:buffer';
import type { ArchivePiece, ByteSource, Finding, Gap } from '../../model/index.ts';
import type { PiecesOptions, ReadingLimits } from '../archive.ts';
import { fetchAhead } from '../fetch-ahead.ts';
import { asBuffer } from '../octets.ts';
import { agrees, beginsAt, lookahead, nextAgrees } from './agreement.ts';
import { buildEntries } from './build-entry.ts';
import { type Listing, offsetOf } from './listing.ts';
import { readLocalHeader } from './local-header.ts';
import { LONGEST_HEADER } from './measure.ts';
import { type PlannedRange, planRanges } from './plan.ts';
import { planWanted } from './plan-wanted.ts';
import { type DrainableStream, readZipStream } from './read-stream.ts';
import { reclaimByName, relist } from './relist.ts';
import { LOCAL_HEADER_OCTETS, LOCAL_HEADER_SIZE } from './signatures.ts';

/** Where reading is, across the ranges that had to be listed anew. */
export interface ZipReading {
  readonly source: ByteSource;
  readonly bias: number;
  readonly limits: ReadingLimits;
  readonly options: PiecesOptions;
  readonly onRaw: (chunk: Uint8Array) => Promise<void>;
  readonly gaps: Gap[];
  readonly findings: Finding[];
  nextOrdinal: number;
  nextBatch: number;
  /** Set once a range of the directory proved wrong. */
  salvaged: boolean;
}

interface Loaded {
  readonly octets: Uint8Array;
  readonly agrees: boolean;
}

/**
 * Yields the pieces of a listing; a range in which directory and archive disagree is scanned and listed anew first.
 * @param first the entry to begin with: what lies before it is not read
 */
export async function* zipPieces(reading: ZipReading, listing: Listing, first = 0): AsyncGenerator<ArchivePiece> {
  const { source, limits, options } = reading;
  let from = first;
  let start = first === 0 ? listing.start : offsetOf(listing, first);
  for (;;) {
    const ranges = planRanges(listing, limits, from, start);
    let broken: PlannedRange | null = null;
    for await (const { item, loaded } of fetchAhead(
      ranges,
      (range, signal) => load(reading, listing, range, signal),
      limits.readAhead,
      options.signal,
    )) {
      if (!loaded.agrees) {
        broken = item;
        break;
      }
      yield* deliver(reading, listing, item, loaded.octets);
    }
    if (broken === null) return;
    const { end } = broken;
    const anew = await relist(
      source,
      listing,
      broken.first,
      broken.start,
      Math.max(end, broken.start + 1),
      options.signal,
    );
    noteRelisted(reading, anew.listing);
    yield* zipPieces(reading, await reclaimByName(source, anew.listing, options.signal));
    if (anew.resume >= listing.count && anew.listing.end >= listing.end) return;
    from = anew.resume;
    start = anew.listing.end;
  }
}

/**
 * Yields the pieces that hold wanted entries and reads nothing else. A range in which directory and archive disagree is
 * yielded as the directory has it, with a finding: only a reading of the whole can tell what is there instead.
 */
export async function* wantedPieces(
  reading: ZipReading,
  listing: Listing,
  wanted: (ordinal: number) => boolean,
): AsyncGenerator<ArchivePiece> {
  const { limits, options } = reading;
  for await (const { item, loaded } of fetchAhead(
    planWanted(listing, limits, wanted),
    (range, signal) => load(reading, listing, range, signal),
    limits.readAhead,
    options.signal,
  )) {
    if (!loaded.agrees)
      reading.findings.push({
        check: 'archive-damaged',
        severity: 'error',
        message: 'Directory and archive disagree here; only the wanted entries were read.',
        range: [item.start, item.end],
      });
    reading.nextOrdinal = item.first;
    yield* deliver(reading, listing, item, loaded.octets);
  }
}

function noteRelisted(reading: ZipReading, listing: Listing): void {
  reading.salvaged = true;
  reading.findings.push({
    check: 'archive-damaged',
    severity: 'error',
    message: 'Directory and archive disagree here; the entries of this range were found by scanning it.',
    range: [listing.start, listing.end],
  });
}

/** Fetches a range and sees whether the directory is right about it. What a scan listed is not doubted again. */
async function load(
  { source, options }: ZipReading,
  listing: Listing,
  range: PlannedRange,
  signal: AbortSignal,
): Promise<Loaded> {
  const trusted = listing.measured !== null;
  const ahead = trusted ? 0 : lookahead(listing, range);
  if (range.kind === 'gap') {
    if (trusted) return { octets: new Uint8Array(0), agrees: true };
    const next = asBuffer(await source.bytes(range.end, Math.min(range.end + ahead, listing.end), signal));
    const hides = await holdsHeader(source, range, signal);
    return { octets: new Uint8Array(0), agrees: !hides && nextAgrees(listing, range, next) };
  }
  if (range.kind === 'batch') {
    const octets = await batchOctets(source, options, range.start, Math.min(range.end + ahead, listing.end), signal);
    return { octets, agrees: trusted || agrees(listing, range, asBuffer(octets)) };
  }
  const octets = await source.bytes(range.start, Math.min(range.end, range.start + LONGEST_HEADER), signal);
  if (trusted) return { octets, agrees: true };
  const next = asBuffer(await source.bytes(range.end, Math.min(range.end + ahead, listing.end), signal));
  const begins = beginsAt(listing, range.first, asBuffer(octets)) && nextAgrees(listing, range, next);
  return { octets, agrees: begins && (await endsAtNext(source, listing, range, octets, signal)) };
}

async function batchOctets(
  source: ByteSource,
  { room }: PiecesOptions,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (room === undefined || source.fill === undefined) return source.bytes(start, end, signal);
  const octets = room(end - start);
  await source.fill(octets, start, signal);
  return octets;
}

/** Whether a large entry's extent is filled by its own octets, or what follows them holds no header. */
async function endsAtNext(
  source: ByteSource,
  listing: Listing,
  range: PlannedRange,
  octets: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const local = readLocalHeader(asBuffer(octets), 0);
  const [entry] = buildEntries(listing, range, octets, 0, 0);
  if (local === null || entry === undefined) return true;
  const end = range.start + local.length + (entry.storedSize ?? 0);
  if (end + LOCAL_HEADER_SIZE > range.end) return true;
  return !(await holdsHeader(source, { start: end, end: range.end }, signal));
}

/** Whether the signature of a local header occurs in a range; reads no further than the first. */
async function holdsHeader(
  source: ByteSource,
  range: { readonly start: number; readonly end: number },
  signal: AbortSignal,
): Promise<boolean> {
  let carried: Buffer | null = null;
  for await (const chunk of source.read(range.start, range.end, signal)) {
    const octets = asBuffer(chunk);
    if (octets.indexOf(LOCAL_HEADER_OCTETS) >= 0) return true;
    const seam: Buffer = Buffer.concat(carried === null ? [octets.subarray(0, 3)] : [carried, octets.subarray(0, 3)]);
    if (seam.indexOf(LOCAL_HEADER_OCTETS) >= 0) return true;
    const tail: Buffer =
      octets.length >= 3 ? octets.subarray(-3) : Buffer.concat([seam, octets.subarray(3)]).subarray(-3);
    carried = Buffer.from(tail);
  }
  return false;
}

async function* deliver(
  reading: ZipReading,
  listing: Listing,
  range: PlannedRange,
  octets: Uint8Array,
): AsyncGenerator<ArchivePiece> {
  const { source, options, onRaw } = reading;
  if (range.kind === 'gap') {
    const reason = range.start === 0 ? 'before the first entry' : 'belongs to no entry';
    reading.gaps.push({ start: range.start, end: range.end, reason });
    for await (const chunk of source.read(range.start, range.end, options.signal)) await onRaw(chunk);
    return;
  }
  const entries = buildEntries(listing, range, octets, reading.nextOrdinal, reading.bias);
  reading.nextOrdinal += entries.length;
  const isWanted = options.wanted ?? ((ordinal: number) => ordinal >= (options.fromEntry ?? 0));
  const wanted = entries.filter(({ ordinal }) => isWanted(ordinal));
  const [first] = entries;
  const local = range.kind === 'stream' ? readLocalHeader(asBuffer(octets), 0) : null;
  if (local !== null && first !== undefined) {
    const stream: DrainableStream = readZipStream(first, local, { source, onRaw, signal: options.signal });
    if (wanted.length > 0) yield { kind: 'stream', stream };
    await (wanted.length > 0 ? stream.drain() : stream.skip());
    return;
  }
  const bytes = octets.subarray(0, range.end - range.start);
  await onRaw(bytes);
  const index = reading.nextBatch;
  reading.nextBatch += 1;
  if (wanted.length > 0) yield { kind: 'batch', batch: { index, offset: range.start, bytes, entries: wanted } };
}
