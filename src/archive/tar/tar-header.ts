import type { Buffer } from 'node:buffer';

export const BLOCK = 512;

export interface TarHeader {
  readonly path: string;
  readonly size: number;
  /** Seconds since 1970 in UTC, or null. */
  readonly modified: number | null;
  /** The type flag as a letter; `0` for the NUL of old tars. */
  readonly type: string;
  /** Whether the header's own checksum is right. */
  readonly valid: boolean;
  /** Whether size or time cannot be read. */
  readonly malformed: boolean;
}

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

/** Octal digits, or GNU's base 256 where the first bit is set. Null where it is neither. */
function number(block: Buffer, start: number, length: number): number | null {
  const field = block.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    // Two's complement: 0xff begins what is negative, a time before 1970.
    let value = field[0] === 0xff ? -1 : (field[0] ?? 0) & 0x7f;
    for (const octet of field.subarray(1)) value = value * 256 + octet;
    return Number.isSafeInteger(value) ? value : null;
  }
  const digits = field
    .toString('latin1')
    .replace(/[\0 ]+$/, '')
    .trimStart();
  if (digits === '') return 0;
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : null;
}

/** The checksum is over the block with its own field as spaces; old tars summed signed octets. */
function checksumAgrees(block: Buffer): boolean {
  const declared = number(block, 148, 8);
  let unsigned = 8 * 0x20;
  let signed = 8 * 0x20;
  for (let at = 0; at < BLOCK; at += 1) {
    if (at >= 148 && at < 156) continue;
    const octet = block[at] ?? 0;
    unsigned += octet;
    signed += octet > 127 ? octet - 256 : octet;
  }
  return declared === unsigned || declared === signed;
}

/** Reads a header block: ustar (POSIX.1-2017, pax) and what GNU and older tars made of it. */
export function readTarHeader(block: Buffer): TarHeader {
  const ustar = block.subarray(257, 263).equals(USTAR);
  const prefix = ustar ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const size = number(block, 124, 12);
  const modified = number(block, 136, 12);
  const flag = block[156] ?? 0;
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: Math.max(0, size ?? 0),
    modified,
    type: flag === 0 ? '0' : String.fromCharCode(flag),
    valid: checksumAgrees(block),
    malformed: size === null || size < 0 || modified === null,
  };
}

const USTAR = new Uint8Array([0x75, 0x73, 0x74, 0x61, 0x72, 0]);

/** Whether a tar may begin here: a block whose checksum is right, and no block of zeros. */
export function isTarHeader(block: Buffer): boolean {
  return block.length >= BLOCK && (block[0] ?? 0) !== 0 && checksumAgrees(block);
}

/** Octets of data and padding. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
