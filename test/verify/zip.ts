import { crc32, deflateRawSync } from 'node:zlib';

/** A small zip writer of our own, so that an archive can be built whole, or wrong in one known way. */
export interface ZipEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Written instead of the CRC-32 of the octets. */
  readonly crc?: number;
  /** Written instead of the method. */
  readonly method?: number;
}

export interface ZipOptions {
  readonly stored?: boolean;
  /** Written in the end record instead of the count. */
  readonly declared?: number;
  /** Data descriptors, as a streaming writer makes them. */
  readonly streaming?: boolean;
}

interface Written {
  readonly name: Buffer;
  readonly crc: number;
  readonly method: number;
  readonly flags: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

function fields(sizes: readonly (readonly [number, 2 | 4])[]): Buffer {
  const octets = Buffer.alloc(sizes.reduce((sum, [, size]) => sum + size, 0));
  let at = 0;
  for (const [value, size] of sizes) {
    if (size === 2) octets.writeUInt16LE(value, at);
    else octets.writeUInt32LE(value, at);
    at += size;
  }
  return octets;
}

/** 2026-01-01 00:00:00 in the DOS form. */
const TIME = 0;
const DATE = (46 << 9) | (1 << 5) | 1;

const shared = ({ flags, method, crc, compressed, size, name }: Written): (readonly [number, 2 | 4])[] => [
  [20, 2],
  [flags, 2],
  [method, 2],
  [TIME, 2],
  [DATE, 2],
  [crc, 4],
  [compressed, 4],
  [size, 4],
  [name.length, 2],
  [0, 2],
];

export function makeZip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const pieces: Buffer[] = [];
  const written: Written[] = [];
  let offset = 0;
  const push = (...octets: Buffer[]) => {
    for (const piece of octets) {
      pieces.push(piece);
      offset += piece.length;
    }
  };
  for (const { path, bytes, crc, method } of entries) {
    const store = options.stored === true || bytes.length === 0;
    const data = store ? Buffer.from(bytes) : deflateRawSync(bytes);
    const streaming = options.streaming === true && !store;
    const entry: Written = {
      name: Buffer.from(path),
      crc: crc ?? crc32(bytes),
      method: method ?? (store ? 0 : 8),
      flags: 0x800 | (streaming ? 8 : 0),
      compressed: data.length,
      size: bytes.length,
      offset,
    };
    written.push(entry);
    const local = streaming ? { ...entry, crc: 0, compressed: 0, size: 0 } : entry;
    push(fields([[0x04034b50, 4], ...shared(local)]), entry.name, data);
    if (streaming)
      push(
        fields([
          [0x08074b50, 4],
          [entry.crc, 4],
          [data.length, 4],
          [bytes.length, 4],
        ]),
      );
  }
  const start = offset;
  for (const entry of written) {
    push(
      fields([[0x02014b50, 4], [20, 2], ...shared(entry), [0, 2], [0, 2], [0, 2], [0, 4], [entry.offset, 4]]),
      entry.name,
    );
  }
  const count = options.declared ?? entries.length;
  push(
    fields([
      [0x06054b50, 4],
      [0, 2],
      [0, 2],
      [count, 2],
      [count, 2],
      [offset - start, 4],
      [start, 4],
      [0, 2],
    ]),
  );
  return Buffer.concat(pieces);
}
