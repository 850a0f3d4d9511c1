import type { Buffer } from 'node:buffer';
import { isZero, readUInt64 } from '../octets.ts';

export const EXTRA_ZIP64 = 0x0001;
export const EXTRA_TIMESTAMP = 0x5455;
export const EXTRA_UNICODE_PATH = 0x7075;

export interface ExtraField {
  readonly id: number;
  readonly data: Buffer;
}

export interface ExtraFields {
  readonly fields: readonly ExtraField[];
  /** Whether the fields do not tile the space given to them (§4.5.1). Zero padding, as zipalign writes it, is allowed. */
  readonly malformed: boolean;
}

const NO_EXTRA: ExtraFields = { fields: [], malformed: false };
const NO_ZIP64: Zip64Values = { size: null, storedSize: null, offset: null, disk: null, short: false };

/** Splits an extra field into its parts. Linear; whatever does not fit is called malformed. */
export function splitExtra(extra: Buffer): ExtraFields {
  if (extra.length === 0) return NO_EXTRA;
  const fields: ExtraField[] = [];
  let at = 0;
  while (at + 4 <= extra.length) {
    const id = extra.readUInt16LE(at);
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length || (id === 0 && isZero(extra.subarray(at)))) break;
    fields.push({ id, data: extra.subarray(at + 4, end) });
    at = end;
  }
  return { fields, malformed: !isZero(extra.subarray(at)) };
}

/** The first field with that id, or null. */
export function findExtra(fields: readonly ExtraField[], id: number): Buffer | null {
  for (const field of fields) if (field.id === id) return field.data;
  return null;
}

export interface Zip64Values {
  readonly size: number | null;
  readonly storedSize: number | null;
  readonly offset: number | null;
  readonly disk: number | null;
  /** Whether a value that should be there is not. */
  readonly short: boolean;
}

/** Which header fields are saturated, and so have their value in the zip64 extra field. */
export interface Zip64Wants {
  readonly size: boolean;
  readonly storedSize: boolean;
  readonly offset: boolean;
  readonly disk: boolean;
}

/** Reads the zip64 extra field: only the saturated values are there, in this order (§4.5.3). */
export function readZip64(data: Buffer | null, wants: Zip64Wants): Zip64Values {
  if (!wants.size && !wants.storedSize && !wants.offset && !wants.disk) return NO_ZIP64;
  let at = 0;
  let short = false;
  const next = (wanted: boolean): number | null => {
    if (!wanted) return null;
    if (data === null || at + 8 > data.length) {
      short = true;
      return null;
    }
    at += 8;
    return readUInt64(data, at - 8);
  };
  const size = next(wants.size);
  const storedSize = next(wants.storedSize);
  const offset = next(wants.offset);
  let disk: number | null = null;
  if (wants.disk) {
    if (data === null || at + 4 > data.length) short = true;
    else disk = data.readUInt32LE(at);
  }
  return { size, storedSize, offset, disk, short };
}
