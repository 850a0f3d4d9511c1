/** The records of a zip archive (APPNOTE.TXT 6.3.10, sections 4.3 and 4.5), as octets. */

/** What a central directory says of an entry. */
export interface ZipMember {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  /** MS-DOS time and date. */
  readonly time: number;
  readonly date: number;
  readonly crc32: number;
  readonly storedSize: number;
  readonly size: number;
  /** Octet of the archive at which the local header lies. */
  readonly offset: number;
  readonly directory: boolean;
  /** Sizes are written in 64 bits: in the local header, the descriptor and the directory. */
  readonly zip64: boolean;
}

const LIMIT = 0xffffffff;
const VERSION_ZIP64 = 45;
const VERSION_DEFLATE = 20;
export const FLAG_DESCRIPTOR = 1 << 3;
export const FLAG_UTF8 = 1 << 11;

/** §4.3.7. With a descriptor, CRC and sizes are zero here: a streaming writer does not know them yet. */
export function localHeader(member: ZipMember): Buffer {
  const deferred = (member.flags & FLAG_DESCRIPTOR) !== 0;
  const extra = member.zip64 ? 20 : 0;
  const out = Buffer.alloc(30 + member.name.length + extra);
  out.writeUInt32LE(0x04034b50, 0);
  out.writeUInt16LE(member.zip64 ? VERSION_ZIP64 : VERSION_DEFLATE, 4);
  out.writeUInt16LE(member.flags, 6);
  out.writeUInt16LE(member.method, 8);
  out.writeUInt16LE(member.time, 10);
  out.writeUInt16LE(member.date, 12);
  out.writeUInt32LE(deferred ? 0 : member.crc32, 14);
  out.writeUInt32LE(member.zip64 ? LIMIT : deferred ? 0 : member.storedSize, 18);
  out.writeUInt32LE(member.zip64 ? LIMIT : deferred ? 0 : member.size, 22);
  out.writeUInt16LE(member.name.length, 26);
  out.writeUInt16LE(extra, 28);
  member.name.copy(out, 30);
  if (member.zip64) {
    const at = 30 + member.name.length;
    out.writeUInt16LE(1, at);
    out.writeUInt16LE(16, at + 2);
    writeLong(out, deferred ? 0 : member.size, at + 4);
    writeLong(out, deferred ? 0 : member.storedSize, at + 12);
  }
  return out;
}

/** §4.3.9, with the signature everybody writes. */
export function dataDescriptor(member: ZipMember): Buffer {
  const out = Buffer.alloc(member.zip64 ? 24 : 16);
  out.writeUInt32LE(0x08074b50, 0);
  out.writeUInt32LE(member.crc32, 4);
  if (member.zip64) {
    writeLong(out, member.storedSize, 8);
    writeLong(out, member.size, 16);
  } else {
    out.writeUInt32LE(member.storedSize, 8);
    out.writeUInt32LE(member.size, 12);
  }
  return out;
}

/** §4.3.12; a 64-bit extra field (§4.5.3) holds those values that do not fit, in its order. */
export function directoryHeader(member: ZipMember): Buffer {
  const wide = member.zip64 ? [member.size, member.storedSize] : [];
  const farOffset = member.zip64 || member.offset >= LIMIT;
  if (farOffset) wide.push(member.offset);
  const extra = wide.length === 0 ? 0 : 4 + wide.length * 8;
  const out = Buffer.alloc(46 + member.name.length + extra);
  out.writeUInt32LE(0x02014b50, 0);
  out.writeUInt16LE(farOffset ? VERSION_ZIP64 : VERSION_DEFLATE, 4);
  out.writeUInt16LE(farOffset ? VERSION_ZIP64 : VERSION_DEFLATE, 6);
  out.writeUInt16LE(member.flags, 8);
  out.writeUInt16LE(member.method, 10);
  out.writeUInt16LE(member.time, 12);
  out.writeUInt16LE(member.date, 14);
  out.writeUInt32LE(member.crc32, 16);
  out.writeUInt32LE(member.zip64 ? LIMIT : member.storedSize, 20);
  out.writeUInt32LE(member.zip64 ? LIMIT : member.size, 24);
  out.writeUInt16LE(member.name.length, 28);
  out.writeUInt16LE(extra, 30);
  out.writeUInt32LE(member.directory ? 0x10 : 0, 38);
  out.writeUInt32LE(farOffset ? LIMIT : member.offset, 42);
  member.name.copy(out, 46);
  let at = 46 + member.name.length;
  if (extra > 0) {
    out.writeUInt16LE(1, at);
    out.writeUInt16LE(wide.length * 8, at + 2);
    at += 4;
    for (const value of wide) {
      writeLong(out, value, at);
      at += 8;
    }
  }
  return out;
}

/** §4.3.14 to §4.3.16: the end of the central directory, with its 64-bit twin and locator where needed. */
export function directoryEnd(count: number, size: number, offset: number, zip64: boolean, comment: Buffer): Buffer {
  const wide = zip64 || count >= 0xffff || size >= LIMIT || offset >= LIMIT;
  const out = Buffer.alloc((wide ? 76 : 0) + 22 + comment.length);
  let at = 0;
  if (wide) {
    out.writeUInt32LE(0x06064b50, 0);
    writeLong(out, 44, 4);
    out.writeUInt16LE(VERSION_ZIP64, 12);
    out.writeUInt16LE(VERSION_ZIP64, 14);
    writeLong(out, count, 24);
    writeLong(out, count, 32);
    writeLong(out, size, 40);
    writeLong(out, offset, 48);
    out.writeUInt32LE(0x07064b50, 56);
    writeLong(out, offset + size, 64);
    out.writeUInt32LE(1, 72);
    at = 76;
  }
  out.writeUInt32LE(0x06054b50, at);
  out.writeUInt16LE(wide ? 0xffff : count, at + 8);
  out.writeUInt16LE(wide ? 0xffff : count, at + 10);
  out.writeUInt32LE(wide ? LIMIT : size, at + 12);
  out.writeUInt32LE(wide ? LIMIT : offset, at + 16);
  out.writeUInt16LE(comment.length, at + 20);
  comment.copy(out, at + 22);
  return out;
}

function writeLong(out: Buffer, value: number, at: number): void {
  out.writeBigUInt64LE(BigInt(value), at);
}
