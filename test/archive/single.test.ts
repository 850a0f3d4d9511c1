import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openArchive } from '../../src/archive/index.ts';
import { memorySource } from './memory-source.ts';
import { readAll } from './read-all.ts';
import { writeZip } from './zip-writer.ts';

const message = 'Received: from a\r\n by b\r\nSubject: hello\r\n\r\nhello\r\n';
const calendar = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n';
const plist = '<?xml version="1.0"?><plist></plist>';

/** What the octets are, by their content alone. */
const SINGLE: readonly (readonly [string, string, string, readonly string[]])[] = [
  ['a message', message, message, []],
  ['a message of one field', 'Subject: a\n\nb', 'Subject: a\n\nb', []],
  ['a calendar', calendar, calendar, []],
  ['a calendar behind a byte order mark', `\ufeff${calendar}`, `\ufeff${calendar}`, []],
  ['an emlx', `${message.length}      \n${message}${plist}`, message, []],
  ['an emlx cut off', `${message.length}\n${message.slice(0, 38)}`, message.slice(0, 38), ['ENTRY_TRUNCATED']],
];
test.each(SINGLE)('%s', async (_, text, content, codes) => {
  for (const options of [{}, { largeEntryBytes: 5 }]) {
    const octets = Buffer.from(text);
    const read = await readAll(memorySource(octets, { chunk: 7 }), options);
    expect(read.format).toBe('single');
    expect(read.entries.map((entry) => [entry.path, entry.content?.toString()])).toEqual([['memory', content]]);
    if (!('largeEntryBytes' in options)) expect(read.entries[0]?.codes).toEqual(codes);
    expect(read.errors.length > 0).toBe(codes.length > 0);
    expect(read.raw.equals(octets)).toBe(true);
    expect(read.unaccounted).toBe(0);
  }
});

test('a message within gzip', async () => {
  const read = await readAll(memorySource(gzipSync(message)));
  expect(read.entries[0]?.content?.toString()).toBe(message);
  expect(read.errors).toEqual([]);
});

/** What must not be taken for one of the formats. */
const UNKNOWN: readonly (readonly [string, Uint8Array])[] = [
  ['text', Buffer.from('Dear reader,\nthis is a letter.\n')],
  ['HTML', Buffer.from('<!doctype html>\n<p>a: b')],
  ['zeros', Buffer.alloc(4096)],
  ['a zip within gzip', gzipSync(writeZip([{ name: 'a', content: 'a' }]).bytes)],
  ['nothing within gzip', gzipSync('')],
  ['damaged gzip', Buffer.from('1f8b0800000000000000ffffffff', 'hex')],
  ['From without a date', Buffer.from('From here to there\nwe went\n')],
];
test.each(UNKNOWN)('%s is refused', async (_, octets) => {
  await expect(openArchive(memorySource(octets))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' });
});

test('a name given is the entry\u2019s path', async () => {
  const archive = await openArchive(memorySource(Buffer.from(message)), { name: 'letter.eml' });
  for await (const piece of archive.pieces())
    if (piece.kind === 'batch') expect(piece.batch.entries[0]?.path).toBe('letter.eml');
});
