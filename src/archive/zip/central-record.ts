import type { Buffer } from 'node:buffer';
import { EXTRA_ZIP64, type ExtraField, findExtra, readZip64, splitExtra } from './extra-field.ts';
import { CENTRAL_RECORD, CENTRAL_RECORD_SIZE, IN_ZIP64, IN_ZIP64_16 } from './signatures.ts';

/** A record of the central directory (APPNOTE §4.3.12), zip64 values in place. */
export interface CentralRecord {
  readonly madeBy: number;
  readonly versionNeeded: number;
  readonly flags: number;
  readonly method: number;
  readonly time: number;
  readonly date: number;
  readonly crc32: number;
  readonly storedSize: number;
  readonly size: number;
  readonly disk: number;
  readonly offset: number;
  readonly name: Buffer;
  readonly extra: readonly ExtraField[];
  readonly extraMalformed: boolean;
  readonly zip64: boolean;
  /** Whether a zip64 value is announced and not there. */
  readonly zip64Short: boolean;
}

/** Octets of the record at `at`, names and comment included; null where it does not fit. */
export function centralRecordLength(directory: Buffer, at: number): number | null {
  if (at + CENTRAL_RECORD_SIZE > directory.length) return null;
  const length =
    CENTRAL_RECORD_SIZE +
    directory.readUInt16LE(at + 28) +
    directory.readUInt16LE(at + 30) +
    directory.readUInt16LE(at + 32);
  return at + length > directory.length ? null : length;
}

/** Decodes the record at `at`, which must lie whole within `directory` (see `centralRecordLength`). */
export function readCentralRecord(directory: Buffer, at: number): CentralRecord {
  const nameLength = directory.readUInt16LE(at + 28);
  const nameEnd = at + CENTRAL_RECORD_SIZE + nameLength;
  const storedSize = directory.readUInt32LE(at + 20);
  const size = directory.readUInt32LE(at + 24);
  const disk = directory.readUInt16LE(at + 34);
  const offset = directory.readUInt32LE(at + 42);
  const { fields, malformed } = splitExtra(directory.subarray(nameEnd, nameEnd + directory.readUInt16LE(at + 30)));
  const data = findExtra(fields, EXTRA_ZIP64);
  const large = readZip64(data, {
    size: size === IN_ZIP64,
    storedSize: storedSize === IN_ZIP64,
    offset: offset === IN_ZIP64,
    disk: disk === IN_ZIP64_16,
  });
  return {
    madeBy: directory.readUInt16LE(at + 4),
    versionNeeded: directory.readUInt16LE(at + 6),
    flags: directory.readUInt16LE(at + 8),
    method: directory.readUInt16LE(at + 10),
    time: directory.readUInt16LE(at + 12),
    date: directory.readUInt16LE(at + 14),
    crc32: directory.readUInt32LE(at + 16),
    storedSize: large.storedSize ?? storedSize,
    size: large.size ?? size,
    disk: large.disk ?? disk,
    offset: large.offset ?? offset,
    name: directory.subarray(at + CENTRAL_RECORD_SIZE, nameEnd),
    extra: fields,
    extraMalformed: malformed,
    zip64: data !== null,
    zip64Short: large.short,
  };
}

/** The local header's offset alone: listing millions of entries must not decode them. */
export function recordOffset(directory: Buffer, at: number): number {
  const offset = directory.readUInt32LE(at + 42);
  return offset === IN_ZIP64 ? readCentralRecord(directory, at).offset : offset;
}

/** Stored octets alone. */
export function recordStoredSize(directory: Buffer, at: number): number {
  const size = directory.readUInt32LE(at + 20);
  return size === IN_ZIP64 ? readCentralRecord(directory, at).storedSize : size;
}

/** Expanded octets alone. */
export function recordSize(directory: Buffer, at: number): number {
  const size = directory.readUInt32LE(at + 24);
  return size === IN_ZIP64 ? readCentralRecord(directory, at).size : size;
}

/** The name's octets alone. */
export function recordName(directory: Buffer, at: number): Buffer {
  const start = at + CENTRAL_RECORD_SIZE;
  return directory.subarray(start, start + directory.readUInt16LE(at + 28));
}

/** Whether the octets at `at` can be a record of a directory nothing points to. */
export function isPlausibleRecord(octets: Buffer, at: number): boolean {
  if (at + CENTRAL_RECORD_SIZE > octets.length || octets.readUInt32LE(at) !== CENTRAL_RECORD) return false;
  const method = octets.readUInt16LE(at + 10);
  const nameLength = octets.readUInt16LE(at + 28);
  return (
    octets.readUInt8(at + 6) <= 63 &&
    (method <= 20 || (method >= 93 && method <= 99)) &&
    nameLength > 0 &&
    nameLength <= 4096 &&
    octets.readUInt16LE(at + 34) === 0
  );
}
