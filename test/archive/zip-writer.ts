import { crc32, deflateRawSync } from 'node:zlib';

/** One entry as a test wants it written: every field may be set, wrongly too. */
export interface ZipMember {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** 0 stored, 8 deflated (default), or any number over `data`. */
  readonly method?: number;
  /** The data as it goes into the archive, where it is not made from `content`. */
  readonly data?: Uint8Array;
  readonly flags?: number;
  readonly descriptor?: 'none' | 'signed' | 'bare' | 'signed64' | 'bare64';
  /** Sizes in the zip64 extra field. */
  readonly zip64?: boolean;
  readonly localExtra?: Uint8Array;
  readonly centralExtra?: Uint8Array;
  readonly comment?: Uint8Array;
  readonly madeBy?: number;
  readonly external?: number;
  readonly time?: number;
  readonly date?: number;
  /** Octets written between this entry and the next. */
  readonly gap?: Uint8Array;
  readonly listed?: boolean;
  readonly central?: Partial<Record<'crc' | 'stored' | 'size' | 'offset' | 'flags' | 'method', number>> & {
    name?: Uint8Array;
  };
  readonly local?: Partial<Record<'crc' | 'stored' | 'size' | 'flags' | 'method' | 'time', number>> & {
    name?: Uint8Array;
  };
}

export interface ZipLayout {
  readonly prefix?: Uint8Array;
  /** Whether offsets count from the archive's own beginning, as in a naively prepended prefix. */
  readonly naivePrefix?: boolean;
  readonly comment?: Uint8Array;
  readonly zip64?: boolean;
  readonly suffix?: Uint8Array;
  readonly entries?: number;
}

export interface WrittenZip {
  readonly bytes: Buffer;
  readonly headers: readonly number[];
  /** Just behind each entry's data. */
  readonly dataEnds: readonly number[];
  readonly directory: number;
  readonly records: readonly number[];
  readonly end: number;
}

const latin = (text: string | Uint8Array): Buffer => (typeof text === 'string' ? Buffer.from(text) : Buffer.from(text));
const u16 = (...values: number[]) =>
  Buffer.concat(values.map((value) => Buffer.from([value & 255, (value >>> 8) & 255])));
const u32 = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const octets = Buffer.alloc(4);
      octets.writeUInt32LE(value >>> 0);
      return octets;
    }),
  );
const u64 = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const octets = Buffer.alloc(8);
      octets.writeBigUInt64LE(BigInt(value));
      return octets;
    }),
  );

/** An extra field part. */
export function extra(id: number, data: Uint8Array): Buffer {
  return Buffer.concat([u16(id, data.length), data]);
}

/** Writes a zip octet by octet from APPNOTE 6.3.10, sharing no code with the reader. */
export function writeZip(members: readonly ZipMember[], layout: ZipLayout = {}): WrittenZip {
  const parts: Buffer[] = [];
  let position = 0;
  const put = (...octets: Uint8Array[]): number => {
    const start = position;
    for (const each of octets) {
      parts.push(Buffer.from(each));
      position += each.length;
    }
    return start;
  };
  const bias = layout.naivePrefix === true ? (layout.prefix?.length ?? 0) : 0;
  if (layout.prefix !== undefined) put(layout.prefix);
  const headers: number[] = [];
  const dataEnds: number[] = [];
  const centrals: Buffer[] = [];
  for (const member of members) {
    const content = latin(member.content ?? '');
    const method = member.method ?? 8;
    const data = Buffer.from(member.data ?? (method === 8 ? deflateRawSync(content) : content));
    const descriptor = member.descriptor ?? 'none';
    const flags =
      member.flags ?? (descriptor === 'none' ? 0 : 8) | (latin(member.name).some((octet) => octet > 127) ? 0x800 : 0);
    const crc = crc32(content);
    const late = descriptor !== 'none';
    const wide = member.zip64 === true;
    const name = latin(member.name);
    const version = wide ? 45 : 20;
    const [time, date] = [member.time ?? 0x4aa3, member.date ?? 0x5c6d];
    const localExtra = Buffer.concat([
      wide ? extra(1, late ? u64(0, 0) : u64(content.length, data.length)) : Buffer.alloc(0),
      member.localExtra ?? Buffer.alloc(0),
    ]);
    const { local = {}, central = {} } = member;
    const localName = Buffer.from(local.name ?? name);
    const header = put(
      u32(0x04034b50),
      u16(version, local.flags ?? flags, local.method ?? method, local.time ?? time, date),
      u32(
        local.crc ?? (late ? 0 : crc),
        local.stored ?? (wide ? 0xffffffff : late ? 0 : data.length),
        local.size ?? (wide ? 0xffffffff : late ? 0 : content.length),
      ),
      u16(localName.length, localExtra.length),
      localName,
      localExtra,
    );
    headers.push(header);
    put(data);
    dataEnds.push(position);
    const sizes = descriptor.endsWith('64') ? u64(data.length, content.length) : u32(data.length, content.length);
    if (late) put(descriptor.startsWith('signed') ? u32(0x08074b50) : Buffer.alloc(0), u32(crc), sizes);
    if (member.gap !== undefined) put(member.gap);
    if (member.listed === false) continue;
    const centralExtra = Buffer.concat([
      wide ? extra(1, u64(content.length, data.length)) : Buffer.alloc(0),
      member.centralExtra ?? Buffer.alloc(0),
    ]);
    const comment = Buffer.from(member.comment ?? []);
    const centralName = Buffer.from(central.name ?? name);
    centrals.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(member.madeBy ?? 0x031e, version, central.flags ?? flags, central.method ?? method, time, date),
        u32(
          central.crc ?? crc,
          central.stored ?? (wide ? 0xffffffff : data.length),
          central.size ?? (wide ? 0xffffffff : content.length),
        ),
        u16(centralName.length, centralExtra.length, comment.length, 0, 0),
        u32(member.external ?? 0x81a40000, central.offset ?? header - bias),
        centralName,
        centralExtra,
        comment,
      ]),
    );
  }
  const directory = position;
  const records = centrals.map((record) => put(record));
  const size = position - directory;
  const count = layout.entries ?? centrals.length;
  if (layout.zip64 === true) {
    const at = position - bias;
    put(u32(0x06064b50), u64(44), u16(45, 45), u32(0, 0), u64(count, count, size, directory - bias));
    put(u32(0x07064b50, 0), u64(at), u32(1));
  }
  const wide = layout.zip64 === true;
  const comment = layout.comment ?? Buffer.alloc(0);
  const end = put(
    u32(0x06054b50),
    u16(0, 0, wide ? 0xffff : count, wide ? 0xffff : count),
    u32(wide ? 0xffffffff : size, wide ? 0xffffffff : directory - bias),
    u16(comment.length),
    comment,
  );
  if (layout.suffix !== undefined) put(layout.suffix);
  return { bytes: Buffer.concat(parts), headers, dataEnds, directory, records, end };
}
