import { constants, crc32, deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { memorySource } from './memory-source.ts';
import { type ReadArchive, readAll } from './read-all.ts';
import { extra, type WrittenZip, writeZip, type ZipLayout, type ZipMember } from './zip-writer.ts';

const read = (members: readonly ZipMember[], layout: ZipLayout = {}) =>
  readAll(memorySource(writeZip(members, layout).bytes));
const codes = ({ entries }: ReadArchive) => entries.map((entry) => entry.codes);
const checks = ({ findings }: ReadArchive) => findings.map((finding) => `${finding.check}:${finding.severity}`);
const unicodePath = (raw: Uint8Array, path: string, value = crc32(raw)): Buffer => {
  const head = Buffer.from([1, 0, 0, 0, 0]);
  head.writeUInt32LE(value, 1);
  return extra(0x7075, Buffer.concat([head, Buffer.from(path)]));
};
const mailOf = (name: string) => `Subject: ${name}\r\n\r\n${name}\r\n`;
const content = 'Subject: hello\r\n\r\nhello\r\n';
const bytes = (...octets: number[]) => Uint8Array.from(octets);

/** How a name is read: APPNOTE §4.4.4 bit 11, §4.6.9 and appendix D. */
const cp437 = bytes(0x4d, 0x81, 0x6c, 0x6c, 0x65, 0x72);
const NAMES: readonly (readonly [string, ZipMember, string, readonly string[]])[] = [
  ['ASCII', { name: 'a/b.eml' }, 'a/b.eml', []],
  ['UTF-8 with its flag', { name: 'Gelöscht/ü.eml' }, 'Gelöscht/ü.eml', []],
  ['UTF-8 without its flag', { name: 'ü.eml', flags: 0 }, 'ü.eml', ['NAME_CHARSET_GUESSED']],
  ['code page 437', { name: cp437, flags: 0 }, 'Müller', []],
  ['flagged, not UTF-8', { name: cp437, flags: 0x800 }, 'M\ufffdller', ['NAME_UNDECODABLE']],
  [
    'Unicode Path field',
    { name: cp437, flags: 0, localExtra: unicodePath(cp437, 'Mü→'), centralExtra: unicodePath(cp437, 'Mü→') },
    'Mü→',
    [],
  ],
  [
    'stale Unicode Path field',
    { name: cp437, flags: 0, localExtra: unicodePath(cp437, 'X', 1), centralExtra: unicodePath(cp437, 'X', 1) },
    'Müller',
    [],
  ],
  ['absolute', { name: '/etc/passwd' }, '/etc/passwd', ['NAME_UNSAFE']],
  ['dot dot', { name: 'a/../../b' }, 'a/../../b', ['NAME_UNSAFE']],
  ['dot dot in a word', { name: 'a..b/..c' }, 'a..b/..c', []],
  ['drive letter', { name: 'C:evil' }, 'C:evil', ['NAME_UNSAFE']],
  ['backslash', { name: 'a\\b' }, 'a\\b', ['NAME_UNSAFE']],
  ["a folder's, with data", { name: 'a/', content: 'Subject: x\r\n\r\nx\r\n' }, 'a/', ['NAME_UNSAFE']],
  ['NUL', { name: 'a.eml\0.exe' }, 'a.eml\0.exe', ['NAME_UNSAFE']],
];
test.each(NAMES)('name: %s', async (_, member, path, issues) => {
  const result = await read([{ ...member, content }]);
  expect(result.entries[0]?.path).toBe(path);
  expect(codes(result)).toEqual([issues]);
  expect(result.entries[0]?.content?.toString()).toBe(content);
});

/** One imperfection each, and the issue it must have. */
const data = deflateRawSync(content);
const IMPERFECT: readonly (readonly [string, ZipMember, readonly string[], 'whole' | 'other' | 'none'])[] = [
  [
    'CRC in both headers wrong',
    { name: 'a', content, central: { crc: 1 }, local: { crc: 1 } },
    ['CRC_MISMATCH'],
    'whole',
  ],
  [
    'CRC in the directory wrong',
    { name: 'a', content, central: { crc: 1 } },
    ['LOCAL_HEADER_MISMATCH', 'CRC_MISMATCH'],
    'whole',
  ],
  ['CRC in the local header wrong', { name: 'a', content, local: { crc: 1 } }, ['LOCAL_HEADER_MISMATCH'], 'whole'],
  [
    'size in both headers too small',
    { name: 'a', content, central: { size: 3 }, local: { size: 3 } },
    ['SIZE_MISMATCH'],
    'whole',
  ],
  [
    'size in both headers too large',
    { name: 'a', content, central: { size: 99 }, local: { size: 99 } },
    ['SIZE_MISMATCH'],
    'whole',
  ],
  [
    'size in the directory absurd',
    { name: 'a', content, central: { size: 0xfffffff0 } },
    ['LOCAL_HEADER_MISMATCH', 'SIZE_MISMATCH'],
    'whole',
  ],
  [
    'other name in the local header',
    { name: 'a', content, local: { name: Buffer.from('b') } },
    ['LOCAL_HEADER_MISMATCH'],
    'whole',
  ],
  [
    'other method in the local header',
    { name: 'a', content, local: { method: 0 } },
    ['LOCAL_HEADER_MISMATCH'],
    'whole',
  ],
  ['other method in the directory', { name: 'a', content, central: { method: 0 } }, ['LOCAL_HEADER_MISMATCH'], 'whole'],
  ['octets after the data', { name: 'a', content, gap: Buffer.from('hidden') }, ['GAP_UNEXPLAINED'], 'whole'],
  ['zeros after the data', { name: 'a', content, gap: Buffer.alloc(9) }, ['GAP_PADDING'], 'whole'],
  ['encrypted', { name: 'a', content, flags: 1 }, ['ENTRY_ENCRYPTED'], 'none'],
  ['unknown method', { name: 'a', content, data, method: 12 }, ['METHOD_UNKNOWN'], 'none'],
  ['unknown method number', { name: 'a', content, data, method: 77 }, ['METHOD_UNKNOWN'], 'none'],
  ['descriptor announced, none there', { name: 'a', content, flags: 8 }, ['DESCRIPTOR_MISMATCH'], 'whole'],
  [
    'extra field in pieces',
    { name: 'a', content, localExtra: bytes(1, 2, 3, 4, 5) },
    ['EXTRA_FIELD_MALFORMED'],
    'whole',
  ],
  [
    'no DEFLATE data',
    { name: 'a', content, data: Buffer.from('\xff\xff\xff\xff not deflated', 'latin1') },
    ['ENTRY_UNREADABLE', 'SIZE_MISMATCH', 'CRC_MISMATCH'],
    'none',
  ],
];
test.each(IMPERFECT)('%s', async (_, member, issues, delivered) => {
  const result = await read([member, { name: 'next', content: 'next' }]);
  expect(result.entries[0]?.codes).toEqual(issues);
  if (delivered === 'whole') expect(result.entries[0]?.content?.toString()).toBe(content);
  if (delivered === 'none') expect(result.entries[0]?.content).toBeNull();
  expect(result.entries[1]).toMatchObject({ path: 'next', codes: [], content: Buffer.from('next') });
  expect(result.unaccounted).toBe(0);
});

test('damage within an entry leaves the octets before it', async () => {
  const long = Array.from({ length: 20_000 }, (_, index) => `line ${(index * 7919) % 10_007}\r\n`).join('');
  const whole = deflateRawSync(long);
  for (let eighth = 1; eighth < 8; eighth += 1) {
    const damaged = Buffer.from(whole);
    const at = Math.floor((whole.length * eighth) / 8);
    for (let step = 0; step < 40; step += 1) damaged[at + step] = 0xe7;
    const [entry] = (await read([{ name: 'a', content: long, data: damaged }])).entries;
    const sure = Math.floor((long.length * (eighth - 0.5)) / 8);
    expect(entry?.errors.length).toBeGreaterThan(0);
    expect(entry?.content?.toString('latin1').slice(0, sure)).toBe(long.slice(0, sure));
  }
  // A block of the reserved type (RFC 1951 §3.2.3) behind all that is good.
  const flushed = deflateRawSync(long, { finishFlush: constants.Z_FULL_FLUSH });
  const [entry] = (await read([{ name: 'a', content: long, data: Buffer.concat([flushed, Buffer.alloc(50, 0xff)]) }]))
    .entries;
  expect(entry?.codes).toContain('ENTRY_UNREADABLE');
  expect(entry?.content?.toString()).toBe(long);
});

const two: readonly ZipMember[] = [
  { name: 'a', content: 'first' },
  { name: 'b', content: 'second' },
];
const signature = Buffer.from('PK\x05\x06 and what follows it, long enough to look like a record');
const LAYOUTS: readonly (readonly [string, ZipLayout, readonly string[]])[] = [
  ['a comment', { comment: Buffer.from('exported') }, ['archive-comment:info']],
  ['a comment with an end signature', { comment: signature }, ['archive-comment:info']],
  [
    'a comment that is the end of an empty archive',
    { comment: Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]) },
    ['archive-comment:info'],
  ],
  ['the longest comment', { comment: Buffer.alloc(65_535, 'PK\x05\x06') }, ['archive-comment:info']],
  ['a prefix, offsets adjusted', { prefix: Buffer.from('#!/bin/sh\nself-extracting\n') }, []],
  ['a prefix, offsets not adjusted', { prefix: Buffer.alloc(777, 'x'), naivePrefix: true }, ['archive-prefix:warning']],
  [
    'a prefix before zip64',
    { prefix: Buffer.alloc(777, 'x'), naivePrefix: true, zip64: true },
    ['archive-prefix:warning'],
  ],
  ['octets after the end', { suffix: Buffer.from('appended') }, ['archive-damaged:error']],
  ['a wrong number of entries', { entries: 3 }, ['archive-count:error']],
];
test.each(LAYOUTS)('archive with %s', async (_, layout, expected) => {
  const result = await read(two, layout);
  expect(checks(result)).toEqual(expected);
  expect(result.entries.map((entry) => entry.content?.toString())).toEqual(['first', 'second']);
  expect(codes(result)).toEqual([[], []]);
  expect(result.unaccounted).toBe(0);
  expect(result.raw.equals(writeZip(two, layout).bytes)).toBe(true);
  const outside = (layout.prefix?.length ?? 0) + (layout.suffix?.length ?? 0);
  expect(result.gaps.reduce((sum, gap) => sum + gap.end - gap.start, 0)).toBe(outside);
});

test('entries in another order than the directory are numbered by their place', async () => {
  const { bytes: zip, records, directory, end } = writeZip(two);
  const second = records[1] ?? 0;
  const swapped = Buffer.concat([
    zip.subarray(0, directory),
    zip.subarray(second, end),
    zip.subarray(directory, second),
    zip.subarray(end),
  ]);
  const result = await readAll(memorySource(swapped));
  expect(result.entries.map(({ ordinal, path }) => [ordinal, path])).toEqual([
    [0, 'a'],
    [1, 'b'],
  ]);
  expect(result.errors).toEqual([]);
});

test('names that occur twice are said to, and both entries are delivered', async () => {
  const result = await read([...two, { name: 'a', content: 'third' }]);
  expect(codes(result)).toEqual([[], [], ['NAME_DUPLICATE']]);
  expect(checks(result)).toEqual(['archive-names:warning']);
});

test('an entry the directory keeps silent about is delivered as such', async () => {
  for (const descriptor of ['none', 'signed'] as const) {
    const members = ['a', 'b', 'c', 'd'].map((name, index) => ({
      name,
      content: name.repeat(300),
      descriptor,
      listed: index !== 2,
    }));
    const result = await read(members);
    expect(result.entries.map(({ path, ordinal }) => [path, ordinal])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 2],
      ['d', 3],
    ]);
    expect(codes(result)).toEqual([[], [], ['NOT_IN_DIRECTORY'], []]);
    expect(result.entries[2]?.content?.toString()).toBe('c'.repeat(300));
    expect(result.salvaged).toBe(true);
    expect(result.declared).toBe(3);
    expect(result.unaccounted).toBe(0);
  }
});

test('an entry silent before the first, and one behind the last', async () => {
  for (const hidden of [0, 3]) {
    const result = await read(
      ['a', 'b', 'c', 'd'].map((name, index) => ({ name, content: name.repeat(300), listed: index !== hidden })),
    );
    expect(result.entries.map((entry) => entry.codes.length)).toEqual(
      [0, 1, 2, 3].map((index) => (index === hidden ? 1 : 0)),
    );
    expect(result.entries.map((entry) => entry.path).join('')).toBe('abcd');
  }
});

test('a record that points outside the archive is kept, its entry found by name', async () => {
  const result = await read([...two, { name: 'c', content: 'third', central: { offset: 0x7ffffff0 } }]);
  expect(result.entries.map(({ path, content: found }) => [path, found?.toString()])).toContainEqual(['c', 'third']);
  expect(result.errors.length).toBeGreaterThan(0);
});

test('two records that share one local header: read once, the other named', async () => {
  const result = await read([
    two[0] ?? { name: 'a' },
    { name: 'b', content: 'second' },
    { name: 'c', content: 'third', central: { offset: 0 } },
  ]);
  expect(result.entries.filter((entry) => entry.content?.toString() === 'first')).toHaveLength(1);
  expect(result.entries.filter((entry) => entry.content?.toString() === 'third')).toHaveLength(1);
  expect(result.errors.length).toBeGreaterThan(0);
  expect(result.unaccounted).toBe(0);
});

test('an overlapping bomb expands nothing twice', async () => {
  // Each record claims all the octets to the end, as Fifield's bomb does; every octet belongs to one entry only.
  const kernel = deflateRawSync(Buffer.alloc(1_000_000));
  const written: WrittenZip = writeZip(
    Array.from({ length: 50 }, (_, index) => ({
      name: `n${index}`,
      content: Buffer.alloc(1_000_000),
      data: kernel,
      method: 8,
      central: { stored: kernel.length * 50 },
    })),
  );
  const result = await readAll(memorySource(written.bytes));
  expect(result.entries.reduce((sum, entry) => sum + (entry.content?.length ?? 0), 0)).toBe(50_000_000);
  expect(result.entries.slice(0, -1).every((entry) => entry.codes.includes('ENTRY_OVERLAP'))).toBe(true);
  expect(result.findings.map((finding) => finding.check)).toContain('archive-damaged');
});

test('what expands as mail cannot is refused or stopped', async () => {
  const bomb = deflateRawSync(Buffer.alloc(200 * 1024 * 1024));
  const size = 200 * 1024 * 1024;
  const claims = { central: { size, crc: 1 }, local: { size, crc: 1 } };
  const honest = await read([{ name: 'honest', content: '', data: bomb, method: 8, ...claims }]);
  expect(honest.entries[0]?.codes).toContain('BOMB_SUSPECTED');
  expect(honest.entries[0]?.content?.length).toBe(0);
  const liar = await read([{ name: 'liar', content: 'x', data: bomb, method: 8 }]);
  expect(liar.entries[0]?.codes).toContain('BOMB_SUSPECTED');
  expect(liar.entries[0]?.content).toBeNull();
});

test.each([
  ['nothing', Buffer.alloc(0), 'ARCHIVE_EMPTY'],
  ['a zip without entries', writeZip([]).bytes, 'ARCHIVE_EMPTY'],
  ['octets of no format', Buffer.alloc(1000, 0xfe), 'FORMAT_UNKNOWN'],
])('%s is refused', async (_, octets, code) => {
  await expect(readAll(memorySource(octets))).rejects.toMatchObject({ code });
});

test('time and directories are as the archive says', async () => {
  const result = await read([
    { name: 'Inbox/', content: '', method: 0, external: 0x10 },
    { name: 'Inbox/a.eml', content, date: (46 << 9) | (3 << 5) | 1, time: (9 << 11) | (30 << 5) | 5 },
    { name: 'never', content, date: (46 << 9) | (2 << 5) | 30, time: 0 },
  ]);
  expect(result.entries.map((entry) => entry.modified)).toEqual(['2026-03-13T09:21:06', '2026-03-01T09:30:10', null]);
  expect(codes(result)).toEqual([[], [], []]);
});

test('a zip whose first octets are gone up to a stored message is still a zip, not that message', async () => {
  const names = ['a', 'b', 'c'];
  const { bytes: whole } = writeZip(names.map((name) => ({ name: `${name}.eml`, content: mailOf(name), method: 0 })));
  const beheaded = await readAll(memorySource(whole.subarray(whole.indexOf('Subject: a'))));
  expect(beheaded.format).toBe('zip');
  expect(beheaded.entries.map(({ content: octets }) => octets?.toString())).toEqual(
    expect.arrayContaining([mailOf('b'), mailOf('c')]),
  );
  expect(beheaded.errors).not.toEqual([]);
  expect(beheaded.unaccounted).toBe(0);
});

test('zip64 records behind which nothing of the directory is left are told, and nothing is asked for backwards', async () => {
  const { bytes: whole, end } = writeZip([{ name: 'a.eml', content: mailOf('a') }], { zip64: true });
  for (const from of [end - 1, end - 20, end - 76, end - 77]) {
    const remains = whole.subarray(Math.max(1, from));
    await readAll(memorySource(remains)).then(
      ({ errors }) => expect(errors).not.toEqual([]),
      (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^(ARCHIVE|FORMAT)_/) }),
    );
  }
});
