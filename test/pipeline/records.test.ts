import { expect, test } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { memorySink, memorySource } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import type { ItemRecord } from '../../src/model/index.ts';
import { inlinePool, processExport, VERSION } from '../../src/pipeline/index.ts';
import { silent, zipOf } from './export.ts';

const lines = (...text: readonly string[]) => Buffer.from(`${text.join('\r\n')}\r\n`);
const message = lines(
  'From: a@example.com',
  'Subject: One',
  'Message-ID: <one@example.com>',
  'Date: Mon, 02 Mar 2026 10:00:00 +0100',
  '',
  'Hello',
);
const event = (uid: string) => [
  'BEGIN:VEVENT',
  `UID:${uid}`,
  'DTSTART:20260302T090000Z',
  'SUMMARY:Review',
  'END:VEVENT',
];
const calendar = (...uids: readonly string[]) =>
  lines('BEGIN:VCALENDAR', 'VERSION:2.0', ...uids.flatMap(event), 'END:VCALENDAR');
const carrier = lines(
  'From: b@example.com',
  'Subject: Fwd',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'See attached',
  '--b',
  'Content-Type: message/rfc822',
  '',
  message.toString('latin1').trimEnd(),
  '--b',
  'Content-Type: text/calendar',
  '',
  calendar('x', 'y').toString('latin1').trimEnd(),
  '--b--',
);
const log = Buffer.from('{"totalMessages":"4","totalBytes":"1","sha384Hash":"00","totalFolders":"1"}');

async function recordsOf(entries: readonly { path: string; bytes: Uint8Array }[]) {
  const sink = memorySink();
  const source = memorySource(await zipOf(entries));
  const result = await processExport({ source, sink, pool: inlinePool(), reporter: silent });
  const reader = await ManifestReader.open(sink);
  const records: ItemRecord[] = [];
  for await (const batch of reader.records()) records.push(...batch);
  return { records, result, reader };
}

test.each([
  ['a message whatever it is called', 'Inbox/1.dat', message, ['00000000 Email']],
  ['an .eml whose first line is damaged', 'Inbox/1.eml', Buffer.from('\u0000\u0001\u0002 nothing'), ['00000000 Email']],
  ['a calendar item whatever it is called', 'Calendar/1.txt', calendar('u'), ['00000000 CalendarEvent']],
  ['a calendar of two', 'c.ics', calendar('u', 'v'), ['00000000.1 CalendarEvent', '00000000.2 CalendarEvent']],
  ['the output log', 'log.json', log, ['00000000 Other output-log']],
  ['other JSON', 'x.json', Buffer.from('{"a":1}'), ['00000000 Other unknown']],
  ['a file nobody understands', 'x.bin', Buffer.from([1, 2, 3]), ['00000000 Other unknown']],
  ['an empty file', 'x.eml', Buffer.alloc(0), ['00000000 Other empty']],
  ['a folder', 'Inbox/', Buffer.alloc(0), ['00000000 Other directory']],
  [
    'what is within a message',
    'Inbox/2.eml',
    carrier,
    ['00000000 Email', '00000000.2 Email', '00000000.3 CalendarEvent', '00000000.3.c2 CalendarEvent'],
  ],
])('%s', async (_name, path, bytes, expected) => {
  const { records, result } = await recordsOf([{ path, bytes }]);
  const kind = (record: ItemRecord) => (record.other === undefined ? '' : ` ${record.other.kind}`);
  expect(records.map((record) => `${record.id} ${record.type}${kind(record)}`)).toEqual(expected);
  expect(result.ledger.balanced).toBe(true);
});

test('families hang together and hashes are those of the octets', async () => {
  const { records, reader } = await recordsOf([
    { path: 'Inbox/Été/1.eml', bytes: message },
    { path: 'Sent/2.eml', bytes: carrier },
  ]);
  const [single, parent, child] = records;
  expect(single?.folderPath).toEqual(['Inbox', 'Été']);
  expect(single?.identity.mih).toMatch(/^[0-9a-f]{32}$/);
  expect(child?.family).toEqual({ root: '00000001', parent: '00000001', part: '2', depth: 1 });
  expect(child?.identity.contentHash).toBe(single?.identity.contentHash);
  expect(parent?.identity.familyHash).not.toBe(parent?.identity.contentHash);
  const rows = await reader.find('message-id', 'one@example.com');
  expect(rows.map((row) => row.id)).toEqual(['00000000', '00000001.2']);
  const threads = await Promise.all(records.slice(0, 3).map(async (record) => record.id));
  expect(threads).toEqual(['00000000', '00000001', '00000001.2']);
});

test('the version is that of the package', () => {
  expect(VERSION).toBe(packageFile.version);
});
