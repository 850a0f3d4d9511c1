import { Buffer } from 'node:buffer';

/** Signatures of APPNOTE §4.3, as little-endian numbers. */
export const LOCAL_HEADER = 0x04034b50;
export const DESCRIPTOR = 0x08074b50;
export const CENTRAL_RECORD = 0x02014b50;
export const DIGITAL_SIGNATURE = 0x05054b50;
export const ARCHIVE_EXTRA_DATA = 0x08064b50;
export const ZIP64_END = 0x06064b50;
export const ZIP64_LOCATOR = 0x07064b50;
export const END_OF_DIRECTORY = 0x06054b50;

export const LOCAL_HEADER_SIZE = 30;
export const CENTRAL_RECORD_SIZE = 46;
export const END_OF_DIRECTORY_SIZE = 22;
export const ZIP64_LOCATOR_SIZE = 20;
export const ZIP64_END_SIZE = 56;

/** What a 32-bit field holds when the zip64 extra field has the value (§4.4.8). */
export const IN_ZIP64 = 0xffffffff;
export const IN_ZIP64_16 = 0xffff;

/** General purpose bits (§4.4.4). */
export const FLAG_ENCRYPTED = 0x0001;
export const FLAG_DESCRIPTOR = 0x0008;
export const FLAG_UTF8 = 0x0800;

/** The octets of a signature, for `indexOf`. */
export function signatureOctets(signature: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(signature);
  return octets;
}

export const LOCAL_HEADER_OCTETS = signatureOctets(LOCAL_HEADER);
export const CENTRAL_RECORD_OCTETS = signatureOctets(CENTRAL_RECORD);
