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
  [
    'Thunderbird since 2022: From and nothing else',
    'From \r\nSubject: a\r\n\r\nfirst\r\n\r\nFrom \r\nSubject: b\r\n\r\nsecond\r\n\r\n',
    ['Subject: a\r\n\r\nfirst\r\n', 'Subject: b\r\n\r\nsecond\r\n'],
    [[], []],
  ],
  [
    'separators with and without a date',
    `${FROM}Subject: a\n\nfirst\n\nFrom -\nSubject: b\n\nsecond\n\nFrom a@example.org\nSubject: c\n\nthird\n\n`,
    ['Subject: a\n\nfirst\n', 'Subject: b\n\nsecond\n', 'Subject: c\n\nthird\n'],
    [[], [], []],
  ],
  [
    'From without a date, in a text',
    `${FROM}Subject: a\n\nx\nFrom \nTo: b\n\nFrom \nhere\n\nFrom a@example.org we hear\nTo: c\n\n`,
    ['Subject: a\n\nx\nFrom \nTo: b\n\nFrom \nhere\n\nFrom a@example.org we hear\nTo: c\n'],
    [[]],
  ],
  ['a year of two digits', `From a@b Mon Jan  1 10:00:00 98\nSubject: a\n\nx\n\n`, ['Subject: a\n\nx\n'], [[]]],
  ['a mark of UTF-8 and empty lines first', `\ufeff\n\n${FROM}Subject: a\n\nx\n\n`, ['Subject: a\n\nx\n'], [[]]],
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

/** What the header's fields say, and the keywords that are. */
const KEYWORDS: readonly (readonly [string, readonly string[]])[] = [
  ['Subject: a', []],
  ['Status: RO', ['$seen']],
  ['Status: O', []],
  ['Status: RO\nX-Status: AFTD', ['$seen', '$answered', '$flagged', '$draft', '$deleted']],
  ['X-Status: \nX-Keywords: $Forwarded  Work, Later', ['$Forwarded', 'Work', 'Later']],
  ['X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00800000', ['$seen']],
  ['X-Mozilla-Status: 100f', ['$seen', '$answered', '$flagged', '$deleted', '$forwarded']],
  ['X-Mozilla-Status: e000', []],
  ['X-Mozilla-Status: what', []],
  ['X-Mozilla-Keys: $label1 todo                       ', ['$label1', 'todo']],
  [
    'X-Gmail-Labels: Inbox,Opened,"Projects, 2026",Category Updates',
    ['Inbox', 'Opened', 'Projects, 2026', 'Category Updates'],
  ],
  ['X-Gmail-Labels: Inbox,\n Folded', ['Inbox', 'Folded']],
  ['X-Gmail-Labels: =?UTF-8?Q?Gel=C3=B6scht,Gr?=\n =?UTF-8?Q?=C3=B6=C3=9Fe?=', ['Gelöscht', 'Größe']],
  ['X-Gmail-Labels: =?UTF-8?B?w4RyZ2VyLCJhLGIi?=', ['Ärger', 'a,b']],
  ['X-Gmail-Labels: ,, ,', []],
  ['Subject: a\n\nStatus: RO', []],
];
test.each(KEYWORDS)('%j', async (header, expected) => {
  for (const options of [{}, { largeEntryBytes: 8 }]) {
    const body = 'x\n'.repeat(100);
    const result = await read(`${FROM}${header}\n\n${body}\n${FROM}Subject: next\n\n${body}\n`, options);
    expect(result.entries.map(({ keywords }) => keywords ?? [])).toEqual([expected, []]);
  }
});

test('Status fields of a message that lies in no mbox are its sender\u2019s, and mean nothing', async () => {
  const result = await readAll(memorySource(Buffer.from('Status: RO\nX-Gmail-Labels: Inbox\n\nx\n')));
  expect(result.entries.map(({ keywords }) => keywords)).toEqual([[]]);
});

const cl = (subject: string, body: string, length = body.length) =>
  `${FROM}Subject: ${subject}\nContent-Length: ${length}\n\n${body}\n`;
test('Content-Length: where all others are right, a last message shorter than its own was cut off', async () => {
  const whole = `${cl('a', 'first\n')}${cl('b', 'second\n')}${cl('c', 'third\nand last\n')}`;
  expect((await read(whole)).entries.map(({ codes }) => codes)).toEqual([[], [], []]);
  const cut = await read(whole.slice(0, whole.indexOf('and last')));
  expect(cut.entries.at(-1)?.codes).toEqual(['MBOX_LENGTH_MISMATCH', 'ENTRY_TRUNCATED']);
  // A length that was left behind by an edit says nothing of the end.
  const stale = await read(`${cl('a', 'first\n', 999)}${cl('b', 'second\n')}${cl('c', 'third\n', 999)}`);
  expect(stale.entries.map(({ codes }) => codes)).toEqual([['MBOX_LENGTH_MISMATCH'], [], ['MBOX_LENGTH_MISMATCH']]);
});

test('an IMAP server\u2019s last UID is held against those that are there', async () => {
  const kept = (uids: readonly number[], last: number) =>
    uids.map(
      (uid, place) =>
        `${FROM}${place === 0 ? `X-IMAPbase: 1700000000 ${String(last).padStart(10, '0')} $label1\n` : ''}X-UID: ${uid}\n\nx\n\n`,
    );
  const checks = async (text: string) =>
    (await read(text)).findings.map(({ check, expected, found }) => [check, expected, found]);
  const end = ['archive-unprovable', undefined, undefined];
  expect(await checks(kept([1, 2, 3], 3).join(''))).toEqual([end]);
  expect(await checks(kept([1, 2, 3, 9], 9).slice(0, 3).join(''))).toEqual([['mbox-uids', '9', '3'], end]);
  expect(await checks(`${FROM}X-UID: 1\n\nx\n\n`)).toEqual([end]);
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
