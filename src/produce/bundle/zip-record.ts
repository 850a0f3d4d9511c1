/** The records of a zip archive (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5), as octets. */

/** What a central directory says of an entry. */
export interface ZipMember {
  readonly name: Buffer;
  readonly method: number;
  readonly crc32: number;
  readonly storedSize: number;
  readonly size: number;
  /** Octet of the archive at which the local header lies. */
  readonly offset: number;
  /** Sizes and CRC follow the octets (general purpose bit 3). */
  readonly streamed: boolean;
}

const LIMIT = 0xffffffff;
const VERSION = 45;
const FLAG_DESCRIPTOR = 1 << 3;
const FLAG_UTF8 = 1 << 11;
/** 1980-01-01 00:00, the earliest MS-DOS date: an archive must not depend on when it is made. */
const DOS_DATE = 0x21;

const flagsOf = (member: ZipMember): number => FLAG_UTF8 | (member.streamed ? FLAG_DESCRIPTOR : 0);
/** A streamed entry may turn out longer than 32 bits can say: its sizes are written in 64 from the beginning. */
const isWide = (member: ZipMember): boolean => member.streamed || member.size >= LIMIT || member.storedSize >= LIMIT;

/** §4.3.7. Of a streamed entry CRC and sizes are zero here: they are not known yet. */
export function localHeader(member: ZipMember): Buffer {
  const wide = isWide(member);
  const out = Buffer.alloc(30 + member.name.length + (wide ? 20 : 0));
  out.writeUInt32LE(0x04034b50, 0);
  out.writeUInt16LE(VERSION, 4);
  out.writeUInt16LE(flagsOf(member), 6);
  out.writeUInt16LE(member.method, 8);
  out.writeUInt16LE(DOS_DATE, 12);
  out.writeUInt32LE(member.streamed ? 0 : member.crc32, 14);
  out.writeUInt32LE(wide ? LIMIT : member.storedSize, 18);
  out.writeUInt32LE(wide ? LIMIT : member.size, 22);
  out.writeUInt16LE(member.name.length, 26);
  out.writeUInt16LE(wide ? 20 : 0, 28);
  member.name.copy(out, 30);
  if (!wide) return out;
  const at = 30 + member.name.length;
  out.writeUInt16LE(1, at);
  out.writeUInt16LE(16, at + 2);
  out.writeBigUInt64LE(BigInt(member.streamed ? 0 : member.size), at + 4);
  out.writeBigUInt64LE(BigInt(member.streamed ? 0 : member.storedSize), at + 12);
  return out;
}

/** §4.3.9.2, with the signature everybody writes and sizes in 64 bits. */
export function dataDescriptor(member: ZipMember): Buffer {
  const out = Buffer.alloc(24);
  out.writeUInt32LE(0x08074b50, 0);
  out.writeUInt32LE(member.crc32, 4);
  out.writeBigUInt64LE(BigInt(member.storedSize), 8);
  out.writeBigUInt64LE(BigInt(member.size), 16);
  return out;
}

/** §4.3.12; a 64-bit extra field (§4.5.3) holds those values that do not fit, in its order. */
export function directoryHeader(member: ZipMember): Buffer {
  const wide = isWide(member) ? [member.size, member.storedSize] : [];
  const far = isWide(member) || member.offset >= LIMIT;
  if (far) wide.push(member.offset);
  const extra = wide.length === 0 ? 0 : 4 + wide.length * 8;
  const out = Buffer.alloc(46 + member.name.length + extra);
  out.writeUInt32LE(0x02014b50, 0);
  out.writeUInt16LE(VERSION, 4);
  out.writeUInt16LE(VERSION, 6);
  out.writeUInt16LE(flagsOf(member), 8);
  out.writeUInt16LE(member.method, 10);
  out.writeUInt16LE(DOS_DATE, 14);
  out.writeUInt32LE(member.crc32, 16);
  out.writeUInt32LE(isWide(member) ? LIMIT : member.storedSize, 20);
  out.writeUInt32LE(isWide(member) ? LIMIT : member.size, 24);
  out.writeUInt16LE(member.name.length, 28);
  out.writeUInt16LE(extra, 30);
  out.writeUInt32LE(far ? LIMIT : member.offset, 42);
  member.name.copy(out, 46);
  let at = 46 + member.name.length;
  if (extra > 0) {
    out.writeUInt16LE(1, at);
    out.writeUInt16LE(wide.length * 8, at + 2);
    at += 4;
    for (const value of wide) {
      out.writeBigUInt64LE(BigInt(value), at);
      at += 8;
    }
  }
  return out;
}

/** §4.3.14 to §4.3.16: the end of the central directory, with its 64-bit twin and locator where needed. */
export function directoryEnd(count: number, size: number, offset: number): Buffer {
  const wide = count >= 0xffff || size >= LIMIT || offset >= LIMIT;
  const out = Buffer.alloc((wide ? 76 : 0) + 22);
  if (wide) {
    out.writeUInt32LE(0x06064b50, 0);
    out.writeBigUInt64LE(44n, 4);
    out.writeUInt16LE(VERSION, 12);
    out.writeUInt16LE(VERSION, 14);
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
