import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { memorySource } from './memory-source.ts';
import { type ReadArchive, readAll } from './read-all.ts';

const FROM = 'From alice@example.org Sun Mar  1 09:30:00 2026\n';
const contents = (read: ReadArchive) => read.entries.map((entry) => entry.content?.toString());
const read = (text: string, options = {}, chunk = 65_536) =>
  readAll(memorySource(Buffer.from(text), { chunk }), options);

/** An mbox, what is in it, and the issues of each message. */
const CASES: readonly (readonly [string, string, readonly string[], readonly (readonly string[])[]])[] = [
  [
    'two messages',
    `${FROM}Subject: a\n\nfirst\n\n${FROM}Subject: b\n\nsecond\n\n`,
    ['Subject: a\n\nfirst\n', 'Subject: b\n\nsecond\n'],
    [[], []],
  ],
  [
    'CRLF',
    `${FROM}Subject: a\r\n\r\nfirst\r\n\r\n${FROM}Subject: b\r\n\r\nsecond\r\n\r\n`,
    ['Subject: a\r\n\r\nfirst\r\n', 'Subject: b\r\n\r\nsecond\r\n'],
    [[], []],
  ],
  [
    'mboxrd',
    `${FROM}Subject: a\n\n>From me\n>>From you\n> From it\n\n`,
    ['Subject: a\n\nFrom me\n>From you\n> From it\n'],
    [['MBOX_UNQUOTED']],
  ],
  [
    'a line that begins with From',
    `${FROM}Subject: a\n\nFrom what I know\nFrom 9:30 on\n\n`,
    ['Subject: a\n\nFrom what I know\nFrom 9:30 on\n'],
    [[]],
  ],
  [
    'no blank line between',
    `${FROM}Subject: a\n\nfirst\n${FROM}Subject: b\n\nsecond\n`,
    ['Subject: a\n\nfirst\n', 'Subject: b\n\nsecond\n'],
    [[], []],
  ],
  [
    'mboxcl2: a separator within the length',
    `${FROM}Content-Length: ${FROM.length + 3}\n\nhi\n${FROM}\n${FROM}Subject: b\n\nsecond\n\n`,
    [`Content-Length: ${FROM.length + 3}\n\nhi\n${FROM}`, 'Subject: b\n\nsecond\n'],
    [[], []],
  ],
  [
    'a wrong Content-Length',
    `${FROM}Content-Length: 9999\n\nfirst\n\n${FROM}Subject: b\n\nsecond\n\n`,
    ['Content-Length: 9999\n\nfirst\n', 'Subject: b\n\nsecond\n'],
    [['MBOX_LENGTH_MISMATCH'], []],
  ],
  [
    'an asctime with a zone',
    `From a@b Sun Mar  1 09:30:00 +0100 2026\nSubject: a\n\nx\n\n`,
    ['Subject: a\n\nx\n'],
    [[]],
  ],
  ['an empty message', `${FROM}\n${FROM}Subject: b\n\nx\n\n`, ['\n', 'Subject: b\n\nx\n'], [[], []]],
];
test.each(CASES)('%s', async (_, text, expected, codes) => {
  for (const chunk of [1, 7, 65_536]) {
    const result = await read(text, {}, chunk);
    expect(result.format).toBe('mbox');
    expect(contents(result)).toEqual(expected);
    expect(result.entries.map((entry) => entry.codes)).toEqual(codes);
    expect(result.raw.toString()).toBe(text);
    expect(result.unaccounted).toBe(0);
  }
});

const many = Array.from({ length: 300 }, (_, index) => `Subject: ${index}\n\n${`line ${index}\n`.repeat(index * 3)}`);
const mbox = many.map((message) => `${FROM}${message}\n`).join('');

test('many messages, in whatever batches and chunks, numbered in order', async () => {
  for (const [options, chunk] of [
    [{}, 321],
    [{ batchBytes: 1 }, 65_536],
    [{ batchEntries: 7 }, 1000],
  ] as const) {
    const result = await read(mbox, options, chunk);
    expect(contents(result)).toEqual(many);
    expect(result.entries.map((entry) => entry.ordinal)).toEqual([...many.keys()]);
    expect(result.unaccounted).toBe(0);
  }
});

test('messages too large to hold are streamed, to the same end', async () => {
  for (const chunk of [100, 65_536]) {
    const result = await read(
      `${mbox}${FROM}Subject: large\n\n${'0123456789abcdef\n'.repeat(40_000)}\n${mbox}`,
      { largeEntryBytes: 50_000 },
      chunk,
    );
    expect(result.entries).toHaveLength(601);
    expect(result.entries[300]?.codes).toEqual(['ENTRY_TOO_LARGE']);
    expect(result.entries[300]?.content?.length).toBe(16 + 17 * 40_000);
    expect(result.entries[300]?.streamed).toBe(true);
    expect(contents(result).slice(301)).toEqual(many);
    expect(result.unaccounted).toBe(0);
  }
});

test('cut at every line and within lines: never without a doubt', async () => {
  const short = mbox.slice(0, 3000);
  for (let at = FROM.length + 1; at < short.length; at += 1) {
    const result = await read(short.slice(0, at));
    expect(result.doubts).toBeGreaterThan(0);
    if (short[at - 1] !== '\n') expect(result.errors).toContain('ENTRY_TRUNCATED');
    expect(result.unaccounted).toBe(0);
  }
});

test('resuming, and an mbox within gzip', async () => {
  const resumed = await read(mbox, { fromEntry: 250 });
  expect(contents(resumed)).toEqual(many.slice(250));
  expect(resumed.raw.toString()).toBe(mbox);
  const zipped = await readAll(memorySource(gzipSync(mbox), { chunk: 500 }));
  expect(zipped.format).toBe('mbox');
  expect(contents(zipped)).toEqual(many);
  expect(zipped.unaccounted).toBe(0);
});
