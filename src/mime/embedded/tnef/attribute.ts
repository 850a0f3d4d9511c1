import { LittleEndianCursor } from './cursor.ts';

export const TNEF_SIGNATURE = 0x223e9f78;
/** Signature and attach key (MS-OXTNEF 2.1.3.1). */
const HEADER_SIZE = 6;

/** Attribute ids of MS-OXTNEF 2.1.3.2 that are read here; the high half is the legacy type. */
export const ATTRIBUTE = {
  SENT_FOR: 0x0006_0001,
  DATE_START: 0x0003_0006,
  DATE_END: 0x0003_0007,
  FROM: 0x0000_8000,
  SUBJECT: 0x0001_8004,
  DATE_SENT: 0x0003_8005,
  MESSAGE_CLASS: 0x0007_8008,
  BODY: 0x0002_800c,
  ATTACH_DATA: 0x0006_800f,
  ATTACH_TITLE: 0x0001_8010,
  ATTACH_TRANSPORT_FILENAME: 0x0006_9001,
  ATTACH_RENDERING_DATA: 0x0006_9002,
  MESSAGE_PROPERTIES: 0x0006_9003,
  RECIPIENT_TABLE: 0x0006_9004,
  ATTACHMENT: 0x0006_9005,
  TNEF_VERSION: 0x0008_9006,
  OEM_CODEPAGE: 0x0006_9007,
} as const;

export const LEVEL = { MESSAGE: 1, ATTACHMENT: 2 } as const;

export interface TnefAttribute {
  readonly level: number;
  readonly id: number;
  /** A view of the stream. */
  readonly data: Uint8Array;
  /** Some of the data, or its checksum, lies past the end of the stream. */
  readonly truncated: boolean;
  readonly checksumMatches: boolean;
}

export interface Framing {
  readonly signatureMatches: boolean;
  readonly attributes: Iterable<TnefAttribute>;
  /** Octets that were no attribute; known when `attributes` has been walked. */
  trailing(): number;
}

/**
 * Splits a TNEF stream into its attributes, in order and lazily.
 * A wrong signature is forgiven where an attribute follows all the same: one flipped bit must not lose the attachments.
 */
export function readFraming(bytes: Uint8Array): Framing | null {
  if (bytes.length < HEADER_SIZE) return null;
  const header = new LittleEndianCursor(bytes);
  const signatureMatches = header.uint32() === TNEF_SIGNATURE;
  if (!signatureMatches && !startsWithVersion(bytes)) return null;
  let trailing = 0;
  function* attributes(): Generator<TnefAttribute> {
    const cursor = new LittleEndianCursor(bytes);
    cursor.skip(HEADER_SIZE);
    while (cursor.remaining > 0) {
      const start = cursor.offset;
      const level = cursor.uint8();
      const id = cursor.uint32();
      const length = cursor.uint32();
      if (level !== LEVEL.MESSAGE && level !== LEVEL.ATTACHMENT) {
        trailing = bytes.length - start;
        return;
      }
      if (cursor.overrun) {
        yield { level, id: 0, data: bytes.subarray(start, start), truncated: true, checksumMatches: true };
        return;
      }
      const data = cursor.take(length);
      const checksum = cursor.uint16();
      const truncated = cursor.overrun;
      yield { level, id, data, truncated, checksumMatches: truncated || checksum === sum(data) };
    }
  }
  return { signatureMatches, attributes: attributes(), trailing: () => trailing };
}

/** attTnefVersion or attOemCodepage at message level come first (MS-OXTNEF 2.1.3.1). */
function startsWithVersion(bytes: Uint8Array): boolean {
  const cursor = new LittleEndianCursor(bytes);
  cursor.skip(HEADER_SIZE);
  if (cursor.uint8() !== LEVEL.MESSAGE) return false;
  const id = cursor.uint32();
  return id === ATTRIBUTE.TNEF_VERSION || id === ATTRIBUTE.OEM_CODEPAGE;
}

/** The checksum of MS-OXTNEF 2.1.3.1: the sum of the octets modulo 65536. */
function sum(data: Uint8Array): number {
  let total = 0;
  for (let index = 0; index < data.length; index++) total = (total + (data[index] ?? 0)) & 0xffff;
  return total;
}
