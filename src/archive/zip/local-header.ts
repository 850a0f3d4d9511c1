import type { Buffer } from 'node:buffer';
import { EXTRA_ZIP64, type ExtraField, findExtra, readZip64, splitExtra } from './extra-field.ts';
import { FLAG_DESCRIPTOR, IN_ZIP64, LOCAL_HEADER, LOCAL_HEADER_SIZE } from './signatures.ts';

/** A local file header (APPNOTE §4.3.7), zip64 sizes in place. */
export interface LocalHeader {
  readonly signature: number;
  readonly versionNeeded: number;
  readonly flags: number;
  readonly method: number;
  readonly time: number;
  readonly date: number;
  readonly crc32: number;
  readonly storedSize: number;
  readonly size: number;
  readonly name: Buffer;
  readonly extra: readonly ExtraField[];
  readonly extraMalformed: boolean;
  readonly zip64: boolean;
  readonly zip64Short: boolean;
  /** Octets of the header with name and extra field: where the data begins, from the header's start. */
  readonly length: number;
}

/** Decodes the header at `at` whatever its signature; null where it does not fit whole. */
export function readLocalHeader(octets: Buffer, at: number): LocalHeader | null {
  if (at + LOCAL_HEADER_SIZE > octets.length) return null;
  const nameEnd = at + LOCAL_HEADER_SIZE + octets.readUInt16LE(at + 26);
  const end = nameEnd + octets.readUInt16LE(at + 28);
  if (end > octets.length) return null;
  const storedSize = octets.readUInt32LE(at + 18);
  const size = octets.readUInt32LE(at + 22);
  const { fields, malformed } = splitExtra(octets.subarray(nameEnd, end));
  const data = findExtra(fields, EXTRA_ZIP64);
  // With a zip64 field both sizes are in it (§4.5.3), whichever of them is saturated.
  const large = readZip64(data, {
    size: size === IN_ZIP64,
    storedSize: storedSize === IN_ZIP64,
    offset: false,
    disk: false,
  });
  return {
    signature: octets.readUInt32LE(at),
    versionNeeded: octets.readUInt16LE(at + 4),
    flags: octets.readUInt16LE(at + 6),
    method: octets.readUInt16LE(at + 8),
    time: octets.readUInt16LE(at + 10),
    date: octets.readUInt16LE(at + 12),
    crc32: octets.readUInt32LE(at + 14),
    storedSize: large.storedSize ?? storedSize,
    size: large.size ?? size,
    name: octets.subarray(at + LOCAL_HEADER_SIZE, nameEnd),
    extra: fields,
    extraMalformed: malformed,
    zip64: data !== null,
    zip64Short: large.short,
    length: end - at,
  };
}

/**
 * Whether the octets at `at` can be a local header: signature, known version, no reserved flag, known method number,
 * a name. For finding headers in octets nothing points at: four octets of `PK\3\4` also occur within mail.
 */
export function isPlausibleHeader(octets: Buffer, at: number): boolean {
  if (at + LOCAL_HEADER_SIZE > octets.length || octets.readUInt32LE(at) !== LOCAL_HEADER) return false;
  const method = octets.readUInt16LE(at + 8);
  const nameLength = octets.readUInt16LE(at + 26);
  return (
    octets.readUInt8(at + 4) <= 63 &&
    (octets.readUInt16LE(at + 6) & 0xd780) === 0 &&
    (method <= 20 || (method >= 93 && method <= 99)) &&
    nameLength > 0 &&
    nameLength <= 4096
  );
}

/** Whether the header leaves crc and sizes to a data descriptor (§4.3.9). */
export function hasDescriptor(flags: number): boolean {
  return (flags & FLAG_DESCRIPTOR) !== 0;
}
