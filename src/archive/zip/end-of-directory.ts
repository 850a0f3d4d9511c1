import type { Buffer } from 'node:buffer';
import type { ByteSource, Finding, Gap } from '../../model/index.ts';
import { asBuffer, readUInt64 } from '../octets.ts';
import {
  END_OF_DIRECTORY,
  END_OF_DIRECTORY_SIZE,
  IN_ZIP64,
  IN_ZIP64_16,
  signatureOctets,
  ZIP64_END,
  ZIP64_END_SIZE,
  ZIP64_LOCATOR,
  ZIP64_LOCATOR_SIZE,
} from './signatures.ts';

const END_OCTETS = signatureOctets(END_OF_DIRECTORY);
const ZIP64_END_OCTETS = signatureOctets(ZIP64_END);
/** The end record, the longest comment, and room for zip64's records before them. */
const TAIL_BYTES = 128 * 1024;

/** Where the directory lies, as the end of the archive tells it. */
export interface DirectoryEnd {
  /** Declared entries. */
  readonly entries: number;
  /** Where the directory really ends: the first octet of what follows it. */
  readonly directoryEnd: number;
  readonly directorySize: number;
  /** Where the end record says that the directory begins; differs from the truth by the prefix, or by damage. */
  readonly declaredOffset: number;
  readonly zip64: boolean;
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

interface EndRecord {
  readonly at: number;
  readonly disk: number;
  readonly directoryDisk: number;
  readonly entriesHere: number;
  readonly entries: number;
  readonly directorySize: number;
  readonly offset: number;
  readonly commentLength: number;
}

function readEnd(tail: Buffer, at: number): EndRecord {
  return {
    at,
    disk: tail.readUInt16LE(at + 4),
    directoryDisk: tail.readUInt16LE(at + 6),
    entriesHere: tail.readUInt16LE(at + 8),
    entries: tail.readUInt16LE(at + 10),
    directorySize: tail.readUInt32LE(at + 12),
    offset: tail.readUInt32LE(at + 16),
    commentLength: tail.readUInt16LE(at + 20),
  };
}

/**
 * The end record: the last whose comment reaches the archive's end exactly and before which a directory (or zip64's
 * records) can lie. A comment may hold the signature itself, so the first hit from behind proves nothing. Failing
 * that, the last record at all: something was appended, cut off, or altered.
 */
function findEnd(tail: Buffer, tailStart: number): EndRecord | null {
  let fallback: EndRecord | null = null;
  let at = tail.lastIndexOf(END_OCTETS, tail.length - END_OF_DIRECTORY_SIZE);
  while (at >= 0) {
    if (at + END_OF_DIRECTORY_SIZE <= tail.length) {
      const record = readEnd(tail, at);
      const fits = record.directorySize <= tailStart + at || record.directorySize === IN_ZIP64;
      // A comment may also hold the whole end record of an empty archive: that one speaks of the place it stands at.
      const empty = record.entries === 0 && record.directorySize === 0 && record.offset !== tailStart + at;
      if (fits && !empty && at + END_OF_DIRECTORY_SIZE + record.commentLength === tail.length) return record;
      if (fits) fallback ??= record;
    }
    at = at === 0 ? -1 : tail.lastIndexOf(END_OCTETS, at - 1);
  }
  return fallback;
}

interface Zip64End {
  readonly at: number;
  readonly entries: number;
  readonly directorySize: number;
  readonly offset: number;
}

/** Collects what does not agree. */
class Doubts {
  readonly findings: Finding[] = [];

  wrong(message: string, range: readonly [number, number]): void {
    this.findings.push({ check: 'archive-damaged', severity: 'error', message, range });
  }
}

/** Zip64's end record and locator, which lie just before the end record (§4.3.14, §4.3.15); null where there are none. */
function readZip64End(tail: Buffer, tailStart: number, end: EndRecord, doubts: Doubts): Zip64End | null {
  const locatorAt = end.at - ZIP64_LOCATOR_SIZE;
  const located = locatorAt >= 0 && tail.readUInt32LE(locatorAt) === ZIP64_LOCATOR;
  const declared = located ? readUInt64(tail, locatorAt + 8) - tailStart : -1;
  // With a prefix the declared place is off by its length: the record is then looked for just before the locator.
  const before = tail.lastIndexOf(ZIP64_END_OCTETS, Math.max(0, (located ? locatorAt : end.at) - 1));
  const at = declared >= 0 && isZip64End(tail, declared, end.at) ? declared : before;
  const needed = end.entries === IN_ZIP64_16 || end.directorySize === IN_ZIP64 || end.offset === IN_ZIP64 || located;
  if (at < 0 || !isZip64End(tail, at, end.at) || (!needed && end.at - at > ZIP64_END_SIZE + ZIP64_LOCATOR_SIZE)) {
    if (located)
      doubts.wrong("Zip64's end record is not where its locator says.", [tailStart + locatorAt, tailStart + end.at]);
    return null;
  }
  const zip64 = {
    at,
    entries: readUInt64(tail, at + 32),
    directorySize: readUInt64(tail, at + 40),
    offset: readUInt64(tail, at + 48),
  };
  const range = [tailStart + at, tailStart + end.at] as const;
  if (located)
    checkLocator(tail, locatorAt, at, tailStart + at - zip64.directorySize - zip64.offset, tailStart, doubts);
  else doubts.wrong("Zip64's locator is missing or damaged.", range);
  const version = tail.readUInt16LE(at + 14);
  if (version < 45 || version > 63 || tail.readUInt8(at + 12) > 63 || tail.readUInt8(at + 13) > 30)
    doubts.wrong("Zip64's end record names versions that do not exist.", range);
  if (tail.readUInt32LE(at + 16) !== 0 || tail.readUInt32LE(at + 20) !== 0)
    doubts.wrong("Zip64's end record speaks of several disks.", range);
  if (readUInt64(tail, at + 24) !== zip64.entries)
    doubts.wrong("Zip64's end record gives two numbers of entries.", range);
  return zip64;
}

/** @param bias octets before the archive, by which the locator too may be off */
function checkLocator(
  tail: Buffer,
  locatorAt: number,
  endAt: number,
  bias: number,
  tailStart: number,
  doubts: Doubts,
): void {
  const range = [tailStart + endAt, tailStart + locatorAt + ZIP64_LOCATOR_SIZE] as const;
  const declared = readUInt64(tail, locatorAt + 8);
  if (declared !== tailStart + endAt && declared + bias !== tailStart + endAt)
    doubts.wrong("Zip64's end record is not where its locator says.", range);
  if (endAt + 12 + readUInt64(tail, endAt + 4) !== locatorAt)
    doubts.wrong("The size of zip64's end record is not what lies between it and its locator.", range);
  if (tail.readUInt32LE(locatorAt + 4) !== 0 || tail.readUInt32LE(locatorAt + 16) !== 1)
    doubts.wrong("Zip64's locator does not speak of one disk.", range);
}

function isZip64End(tail: Buffer, at: number, before: number): boolean {
  return Number.isInteger(at) && at + ZIP64_END_SIZE <= before && tail.readUInt32LE(at) === ZIP64_END;
}

/** Reads the archive's end: end record, comment, zip64. Null where there is no end record: the archive is cut off. */
export async function readDirectoryEnd(source: ByteSource, signal?: AbortSignal): Promise<DirectoryEnd | null> {
  const tailStart = Math.max(0, source.size - TAIL_BYTES);
  const tail = asBuffer(await source.bytes(tailStart, source.size, signal));
  const end = findEnd(tail, tailStart);
  if (end === null) return null;
  const doubts = new Doubts();
  const gaps: Gap[] = [];
  const range = [tailStart + end.at, source.size] as const;
  const suffix = tail.length - end.at - END_OF_DIRECTORY_SIZE - end.commentLength;
  if (suffix > 0) {
    doubts.wrong(`${suffix} octets follow the end of the archive.`, [source.size - suffix, source.size]);
    gaps.push({ start: source.size - suffix, end: source.size, reason: 'after the end of the archive' });
  } else if (suffix < 0) doubts.wrong(`The archive's comment is cut off by ${-suffix} octets.`, range);
  const zip64 = readZip64End(tail, tailStart, end, doubts);
  checkEnd(end, zip64, range, doubts);
  if (end.commentLength > 0)
    doubts.findings.push({
      check: 'archive-comment',
      severity: 'info',
      message: `The archive has a comment of ${end.commentLength} octets.`,
      range,
    });
  return {
    entries: zip64?.entries ?? end.entries,
    directoryEnd: tailStart + (zip64?.at ?? end.at),
    directorySize: zip64?.directorySize ?? end.directorySize,
    declaredOffset: zip64?.offset ?? end.offset,
    zip64: zip64 !== null,
    findings: doubts.findings,
    gaps,
  };
}

function checkEnd(end: EndRecord, zip64: Zip64End | null, range: readonly [number, number], doubts: Doubts): void {
  const disk = (value: number) => value === 0 || (zip64 !== null && value === IN_ZIP64_16);
  if (!disk(end.disk) || !disk(end.directoryDisk))
    doubts.wrong('The end record speaks of several disks; archives split over several files are not read.', range);
  if (end.entriesHere !== end.entries) doubts.wrong('The end record gives two numbers of entries.', range);
  if (zip64 === null) return;
  const agrees = (value: number, large: number, saturated: number) => value === saturated || value === large;
  if (
    !agrees(end.entries, zip64.entries, IN_ZIP64_16) ||
    !agrees(end.directorySize, zip64.directorySize, IN_ZIP64) ||
    !agrees(end.offset, zip64.offset, IN_ZIP64)
  )
    doubts.wrong("The end record and zip64's do not agree.", range);
}
