import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { ATTRIBUTE, TNEF_SIGNATURE } from '../../../src/mime/embedded/tnef/attribute.ts';
import { type PropertyName, TYPE } from '../../../src/mime/embedded/tnef/property-tag.ts';

/** Writes TNEF for the tests, from MS-OXTNEF's own grammar: no code of the reader is used but its numbers. */
const uint16 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255]);
export const uint32 = (value: number) => {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value >>> 0);
  return octets;
};
const pad = (octets: Uint8Array) => Buffer.concat([octets, Buffer.alloc((4 - (octets.length % 4)) % 4)]);

export function attribute(level: 1 | 2, id: number, data: Uint8Array, checksum?: number): Buffer {
  const sum = checksum ?? data.reduce((total, octet) => (total + octet) & 0xffff, 0);
  return Buffer.concat([Buffer.from([level]), uint32(id), uint32(data.length), data, uint16(sum)]);
}

export function stream(...attributes: Buffer[]): Buffer {
  return Buffer.concat([uint32(TNEF_SIGNATURE), uint16(1), ...attributes]);
}

export const codepage = (number: number) =>
  attribute(1, ATTRIBUTE.OEM_CODEPAGE, Buffer.concat([uint32(number), uint32(0)]));
export const rendering = () => attribute(2, ATTRIBUTE.ATTACH_RENDERING_DATA, Buffer.alloc(14));
export const title = (name: string) => attribute(2, ATTRIBUTE.ATTACH_TITLE, Buffer.from(`${name}\0`, 'latin1'));
export const data = (octets: Uint8Array) => attribute(2, ATTRIBUTE.ATTACH_DATA, octets);
export const attachmentProperties = (...properties: Buffer[]) => attribute(2, ATTRIBUTE.ATTACHMENT, list(properties));
export const messageProperties = (...properties: Buffer[]) =>
  attribute(1, ATTRIBUTE.MESSAGE_PROPERTIES, list(properties));
export const recipientTable = (...rows: Buffer[][]) =>
  attribute(1, ATTRIBUTE.RECIPIENT_TABLE, Buffer.concat([uint32(rows.length), ...rows.map(list)]));

export function list(properties: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(properties.length), ...properties]);
}

function guid(text: string): Buffer {
  const hex = Buffer.from(text.replaceAll('-', ''), 'hex');
  return Buffer.concat([
    hex.subarray(0, 4).reverse(),
    hex.subarray(4, 6).reverse(),
    hex.subarray(6, 8).reverse(),
    hex.subarray(8),
  ]);
}

type Tag = number | PropertyName | readonly [set: string, name: string];

function head(type: number, tag: Tag): Buffer {
  if (typeof tag === 'number') return Buffer.concat([uint16(type), uint16(tag)]);
  const [set, name] = tag;
  const start = [uint16(type), uint16(0x8000), guid(set)];
  if (typeof name === 'number') return Buffer.concat([...start, uint32(0), uint32(name)]);
  const octets = Buffer.from(`${name}\0`, 'utf16le');
  return Buffer.concat([...start, uint32(1), uint32(octets.length), pad(octets)]);
}

export function variable(type: number, tag: Tag, ...values: Uint8Array[]): Buffer {
  const parts = values.flatMap((value) => [uint32(value.length), pad(value)]);
  return Buffer.concat([head(type, tag), uint32(values.length), ...parts]);
}

export const unicode = (tag: Tag, text: string) => variable(TYPE.STRING, tag, Buffer.from(`${text}\0`, 'utf16le'));
export const string8 = (tag: Tag, octets: Uint8Array) =>
  variable(TYPE.STRING8, tag, Buffer.concat([octets, Buffer.alloc(1)]));
export const binary = (tag: Tag, octets: Uint8Array) => variable(TYPE.BINARY, tag, octets);
export const object = (tag: Tag, interfaceId: string, octets: Uint8Array) =>
  variable(TYPE.OBJECT, tag, Buffer.concat([guid(interfaceId), octets]));
export const integer = (tag: Tag, value: number) => Buffer.concat([head(TYPE.INTEGER32, tag), uint32(value)]);
export const boolean = (tag: Tag, value: boolean) =>
  Buffer.concat([head(TYPE.BOOLEAN, tag), uint16(value ? 1 : 0), uint16(0)]);
export const fixed = (type: number, tag: Tag, octets: Uint8Array) => Buffer.concat([head(type, tag), pad(octets)]);

export function time(tag: Tag, iso: string): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64LE(BigInt(Date.parse(iso)) * 10_000n + 116_444_736_000_000_000n);
  return Buffer.concat([head(TYPE.TIME, tag), octets]);
}

export function dateTimeRecord(...fields: number[]): Buffer {
  return Buffer.concat(fields.map(uint16));
}

export const MESSAGE_INTERFACE = '00020307-0000-0000-c000-000000000046';
export const STORAGE_INTERFACE = '0000000b-0000-0000-c000-000000000046';

/** RTF in LZFu with literals only, or with the given encoded content. */
export function compressedRtf(rtf: string): Buffer {
  const octets = Buffer.from(rtf, 'latin1');
  const pieces: Buffer[] = [];
  // The end mark is a reference to where the next octet would go.
  const mark = ((207 + octets.length) % 4096) << 4;
  for (let at = 0; at <= octets.length; at += 8) {
    const run = octets.subarray(at, at + 8);
    const last = run.length < 8;
    pieces.push(Buffer.from([last ? 1 << run.length : 0]), run);
    if (last) pieces.push(Buffer.from([mark >> 8, mark & 255]));
  }
  return lzfu(Buffer.concat(pieces), octets.length);
}

export function lzfu(
  content: Uint8Array,
  rawSize: number,
  checksum = (crc32(content, 0xffffffff) ^ 0xffffffff) >>> 0,
): Buffer {
  return Buffer.concat([uint32(content.length + 12), uint32(rawSize), Buffer.from('LZFu'), uint32(checksum), content]);
}

/** A stream with one of everything: what the fuzz tests damage. */
export function everything(): Buffer {
  return stream(
    attribute(1, ATTRIBUTE.TNEF_VERSION, uint32(0x10000)),
    codepage(1252),
    attribute(1, ATTRIBUTE.SUBJECT, Buffer.from('Subject\0')),
    attribute(1, ATTRIBUTE.DATE_SENT, dateTimeRecord(2024, 2, 29, 12, 30, 15, 4)),
    recipientTable([unicode(0x3001, 'Bob'), unicode(0x3002, 'SMTP'), unicode(0x3003, 'bob@example.com')]),
    messageProperties(
      unicode(0x001a, 'IPM.Schedule.Meeting.Request'),
      unicode(0x007d, 'From: a@example.com\r\nTo: b@example.com\r\n\tc@example.com\r\n'),
      binary(0x1009, compressedRtf('{\\rtf1\\ansi\\fromhtml1{\\*\\htmltag64 <p>}Hello\\par}')),
      unicode(['00062002-0000-0000-c000-000000000046', 'Named'], 'value'),
      fixed(TYPE.INTEGER16, 0x0001, Buffer.from([1, 0])),
    ),
    rendering(),
    title('A.TXT'),
    data(Buffer.from('attachment')),
    rendering(),
    attachmentProperties(
      object(0x3701, MESSAGE_INTERFACE, stream(codepage(1252), messageProperties(unicode(0x0037, 'Inner')))),
    ),
  );
}
