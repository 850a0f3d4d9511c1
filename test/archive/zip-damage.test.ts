import { expect, test } from 'vitest';
import { memorySource } from './memory-source.ts';
import { readAll } from './read-all.ts';
import { extra, type WrittenZip, writeZip, type ZipMember } from './zip-writer.ts';

const CONTENTS = Array.from(
  { length: 12 },
  (_, index) =>
    `From: a${index}@example.org\r\nSubject: number ${index}\r\n\r\n${'The same line again, but not quite. '.repeat(index % 4)}${index * 7919}\r\n`,
);
const timestamp = extra(0x5455, Buffer.from([1, 0x10, 0x20, 0x30, 0x66]));

const accessed = extra(0x5455, Buffer.from([3, 0x10, 0x20, 0x30, 0x66, 0x11, 0x21, 0x31, 0x66]));
/** The directory's copy tells of the access time and leaves it to the local header. */
const modified = extra(0x5455, Buffer.from([3, 0x10, 0x20, 0x30, 0x66]));

const STYLES: Record<string, Partial<ZipMember>> = {
  plain: {},
  stored: { method: 0 },
  'data descriptors': { descriptor: 'signed' },
  'unsigned descriptors': { descriptor: 'bare' },
  'zip64 descriptors': { descriptor: 'signed64', zip64: true },
  'stored with descriptors': { method: 0, descriptor: 'signed' },
  'extended timestamps': { localExtra: timestamp, centralExtra: timestamp },
  'access times': { localExtra: accessed, centralExtra: modified },
};

function zipOf(style: Partial<ZipMember>, zip64 = false): WrittenZip {
  const members = CONTENTS.map((content, index) => ({ ...style, name: `Inbox/${index}.eml`, content }));
  return writeZip(members, { zip64 });
}

/** The two commonest styles are swept octet by octet, the others in steps that meet every field. */
const stepOf = (name: string) => (name === 'plain' || name === 'data descriptors' ? 1 : 7);

const delivered = (entries: readonly { content: Buffer | null }[]) =>
  new Set(entries.map((entry) => entry.content?.toString() ?? ''));

test.each(Object.entries(STYLES))('%s: whole, clean, in order', async (_, style) => {
  for (const zip64 of [false, true]) {
    const { bytes } = zipOf(style, zip64);
    const read = await readAll(memorySource(bytes));
    expect(read.findings).toEqual([]);
    expect(read.entries.map((entry) => entry.codes)).toEqual(CONTENTS.map(() => []));
    expect(read.entries.map((entry) => entry.content?.toString())).toEqual(CONTENTS);
    expect(read.raw.equals(bytes)).toBe(true);
    expect(read.unaccounted).toBe(0);
  }
});

test.each(Object.entries(STYLES))(
  '%s: cut anywhere, never clean, nothing intact lost',
  { timeout: 180_000 },
  async (name, style) => {
    const { bytes, headers, directory } = zipOf(style);
    const problems: string[] = [];
    for (let size = 1; size < bytes.length; size += stepOf(name)) {
      const cut = bytes.subarray(0, size);
      const read = await readAll(memorySource(cut)).catch(
        (error: { code?: string }) => error.code ?? 'an error without a code',
      );
      if (typeof read === 'string') {
        if (read !== 'FORMAT_UNKNOWN' || size >= 30) problems.push(`${size}: ${read}`);
        continue;
      }
      const whole = headers.filter((_start, index) => (headers[index + 1] ?? directory) <= size).length;
      const got = delivered(read.entries);
      if (read.errors.length === 0) problems.push(`${size}: clean`);
      if (CONTENTS.slice(0, whole).some((content) => !got.has(content))) problems.push(`${size}: intact entry lost`);
      if (!read.raw.equals(cut)) problems.push(`${size}: raw octets differ`);
      if (read.unaccounted !== 0) problems.push(`${size}: ${read.unaccounted} unaccounted`);
    }
    expect(problems).toEqual([]);
  },
);

interface Harmless {
  readonly reason: string;
  covers(zip: WrittenZip, at: number, mask: number, style: Partial<ZipMember>): boolean;
}

/** Where the access time lies in the local header that begins at `start`. */
const accessTime = (zip: WrittenZip, start: number): number => start + 30 + zip.bytes.readUInt16LE(start + 26) + 9;

/** Where an altered octet changes nothing that is said or kept, and nothing in the archive repeats it. */
const HARMLESS: readonly Harmless[] = [
  {
    reason: 'bits between the end of the DEFLATE data and the end of its last octet (RFC 1951 §3.1)',
    covers: (zip, at, _mask, style) => style.method !== 0 && zip.dataEnds.includes(at + 1),
  },
  {
    reason: 'the bit "apparently text" of the internal attributes (APPNOTE §4.4.14)',
    covers: (zip, at, mask) => mask === 1 && zip.records.includes(at - 36),
  },
  {
    reason: 'the time of last access, which Info-ZIP writes into the local header alone',
    covers: (zip, at, _mask, style) =>
      style.localExtra === accessed &&
      zip.headers.some((start) => accessTime(zip, start) <= at && at < accessTime(zip, start) + 4),
  },
];

/** Each entry in a batch of its own puts every header at a boundary; none in a batch reads them all as streams. */
const READINGS = { batch: {}, 'batches of one': { batchEntries: 1 }, streams: { largeEntryBytes: 1 } };

const SWEEPS = Object.entries(STYLES).flatMap(([name, style], index) =>
  Object.entries(READINGS)
    .filter(([reading]) => reading === 'batch' || index % 2 === 0)
    .map(([reading, options]) => ({ name, style, reading, options })),
);

test.each(SWEEPS)(
  '$name, $reading: any octet altered, never clean, nothing intact lost',
  { timeout: 180_000 },
  async (sweep) => {
    const { name, style, options } = sweep;
    const zip = zipOf(style, name.startsWith('zip64'));
    const problems: string[] = [];
    for (let at = 0; at < zip.bytes.length; at += sweep.reading === 'batch' ? stepOf(name) : 11) {
      for (const mask of name === 'plain' && sweep.reading === 'batch'
        ? [0x01, 0x80, 0xff]
        : [[0x01, 0x80, 0xff][at % 3] ?? 1]) {
        const altered = Buffer.from(zip.bytes);
        altered[at] = (altered[at] ?? 0) ^ mask;
        const where = `${at}^${mask.toString(16)} (${place(zip, at)})`;
        const read = await readAll(memorySource(altered), options).catch((error: Error) => error);
        if (read instanceof Error) {
          problems.push(`${where}: ${read.message}`);
          continue;
        }
        const harmless = HARMLESS.some((each) => each.covers(zip, at, mask, style));
        if (read.doubts === 0 && !harmless) problems.push(`${where}: clean`);
        const got = delivered(read.entries);
        const hit = zip.headers.findLastIndex((start) => start <= at);
        const inEntry = at < zip.directory;
        const lost = CONTENTS.filter((content, index) => !(inEntry && index === hit) && !got.has(content)).length;
        if (lost > 0) problems.push(`${where}: ${lost} intact entries lost`);
        if (!read.raw.equals(altered)) problems.push(`${where}: raw octets differ`);
        if (read.unaccounted !== 0) problems.push(`${where}: ${read.unaccounted} unaccounted`);
      }
    }
    expect(problems).toEqual([]);
  },
);

function place(zip: WrittenZip, at: number): string {
  if (at >= zip.end) return `end+${at - zip.end}`;
  const record = zip.records.findLastIndex((start) => start <= at);
  if (at >= zip.directory) return record < 0 ? 'directory' : `record ${record}+${at - (zip.records[record] ?? 0)}`;
  const header = zip.headers.findLastIndex((start) => start <= at);
  return `entry ${header}+${at - (zip.headers[header] ?? 0)}`;
}
