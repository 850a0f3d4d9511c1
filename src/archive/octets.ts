import { Buffer } from 'node:buffer';

/** A Buffer over the same octets, for its fast little-endian readers and `indexOf`. Copies nothing. */
export function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

/** An unsigned 64-bit little-endian number. Beyond 2^53 it is inexact, which every caller refuses as outside the archive. */
export function readUInt64(octets: Buffer, at: number): number {
  return octets.readUInt32LE(at) + octets.readUInt32LE(at + 4) * 0x1_0000_0000;
}

/** Whether two ranges hold the same octets. */
export function sameOctets(first: Uint8Array, second: Uint8Array): boolean {
  return first.length === second.length && asBuffer(first).equals(second);
}

/** Whether every octet is zero, by comparing the range with itself shifted by one. */
export function isZero(octets: Uint8Array): boolean {
  if (octets.length === 0) return true;
  if (octets[0] !== 0) return false;
  return octets.length === 1 || asBuffer(octets).compare(octets, 0, octets.length - 1, 1, octets.length) === 0;
}

/** A CRC-32 or a signature as eight lower-case hexadecimal digits. */
export function hexadecimal(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
