/** The records of a zip archive of stored files (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5), as octets. */

/** What a central directory says of a file. */
export interface ZipMember {
  readonly name: Buffer;
  readonly crc32: number;
  readonly size: number;
  /** Octet of the archive at which the local header lies. */
  readonly offset: number;
}

const LIMIT = 0xffffffff;
const VERSION_PLAIN = 20;
const VERSION_ZIP64 = 45;
const FLAG_UTF8 = 1 << 11;
/** 1980-01-01, the earliest MS-DOS date: an archive must not depend on when it is made. */
const DOS_DATE = 0x21;

/** A 64-bit extra field (§4.5.3) of those values that do not fit; empty where all do. */
function extraField(values: readonly number[]): Buffer {
  if (values.length === 0) return Buffer.alloc(0);
  const out = Buffer.alloc(4 + values.length * 8);
  out.writeUInt16LE(1, 0);
  out.writeUInt16LE(values.length * 8, 2);
  for (const [at, value] of values.entries()) out.writeBigUInt64LE(BigInt(value), 4 + at * 8);
  return out;
}

/** §4.3.7. */
export function localHeader({ name, crc32, size }: ZipMember): Buffer {
  const wide = size >= LIMIT;
  const extra = extraField(wide ? [size, size] : []);
  const out = Buffer.alloc(30);
  out.writeUInt32LE(0x04034b50, 0);
  out.writeUInt16LE(wide ? VERSION_ZIP64 : VERSION_PLAIN, 4);
  out.writeUInt16LE(FLAG_UTF8, 6);
  out.writeUInt16LE(DOS_DATE, 12);
  out.writeUInt32LE(crc32, 14);
  out.writeUInt32LE(wide ? LIMIT : size, 18);
  out.writeUInt32LE(wide ? LIMIT : size, 22);
  out.writeUInt16LE(name.length, 26);
  out.writeUInt16LE(extra.length, 28);
  return Buffer.concat([out, name, extra]);
}

/** §4.3.12. */
export function directoryHeader({ name, crc32, size, offset }: ZipMember): Buffer {
  const wide = size >= LIMIT;
  const far = offset >= LIMIT;
  const extra = extraField([...(wide ? [size, size] : []), ...(far ? [offset] : [])]);
  const version = wide || far ? VERSION_ZIP64 : VERSION_PLAIN;
  const out = Buffer.alloc(46);
  out.writeUInt32LE(0x02014b50, 0);
  out.writeUInt16LE(version, 4);
  out.writeUInt16LE(version, 6);
  out.writeUInt16LE(FLAG_UTF8, 8);
  out.writeUInt16LE(DOS_DATE, 14);
  out.writeUInt32LE(crc32, 16);
  out.writeUInt32LE(wide ? LIMIT : size, 20);
  out.writeUInt32LE(wide ? LIMIT : size, 24);
  out.writeUInt16LE(name.length, 28);
  out.writeUInt16LE(extra.length, 30);
  out.writeUInt32LE(far ? LIMIT : offset, 42);
  return Buffer.concat([out, name, extra]);
}

/** §4.3.14 to §4.3.16: the end of the central directory, with its 64-bit twin and locator where needed. */
export function directoryEnd(count: number, size: number, offset: number): Buffer {
  const wide = count >= 0xffff || size >= LIMIT || offset >= LIMIT;
  const out = Buffer.alloc((wide ? 76 : 0) + 22);
  if (wide) {
    out.writeUInt32LE(0x06064b50, 0);
    out.writeBigUInt64LE(44n, 4);
    out.writeUInt16LE(VERSION_ZIP64, 12);
    out.writeUInt16LE(VERSION_ZIP64, 14);
    out.writeBigUInt64LE(BigInt(count), 24);
    out.writeBigUInt64LE(BigInt(count), 32);
    out.writeBigUInt64LE(BigInt(size), 40);
    out.writeBigUInt64LE(BigInt(offset), 48);
    out.writeUInt32LE(0x07064b50, 56);
    out.writeBigUInt64LE(BigInt(offset + size), 64);
    out.writeUInt32LE(1, 72);
  }
  const at = wide ? 76 : 0;
  out.writeUInt32LE(0x06054b50, at);
  out.writeUInt16LE(Math.min(count, 0xffff), at + 8);
  out.writeUInt16LE(Math.min(count, 0xffff), at + 10);
  out.writeUInt32LE(wide ? LIMIT : size, at + 12);
  out.writeUInt32LE(wide ? LIMIT : offset, at + 16);
  return out;
}
