import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { recordFault } from '../../src/manifest/index.ts';
import type { ItemRecord } from '../../src/model/index.ts';
import { made } from '../produce/production.ts';
import { alterFile, dropLine, mendRoot } from '../verify/damage.ts';
import { runOfEntries, verify } from '../verify/run.ts';

const PDF = Buffer.from('%PDF-1.4 agenda');
const NOTE = Buffer.from('bring cake\n');
const attach = (octets: Buffer, parameters: string) =>
  `ATTACH;${parameters};ENCODING=BASE64;VALUE=BINARY:${octets.toString('base64')}`;
const event = (uid: string, ...more: readonly string[]) => [
  'BEGIN:VEVENT',
  `UID:${uid}`,
  'DTSTAMP:20260301T080000Z',
  'DTSTART:20260302T090000Z',
  ...more,
  'END:VEVENT',
];
const calendar = (...components: readonly (readonly string[])[]) =>
  Buffer.from(['BEGIN:VCALENDAR', 'VERSION:2.0', ...components.flat(), 'END:VCALENDAR', ''].join('\r\n'));
const WITH_TWO = event(
  'two',
  attach(PDF, 'FMTTYPE=text/plain;X-FILENAME=agenda.pdf'),
  attach(NOTE, 'FMTTYPE=text/plain'),
);
const UNREADABLE = event('bad', 'ATTACH;ENCODING=BASE64;VALUE=BINARY:????');
const ENTRIES = [
  { path: 'Calendar/1.ics', bytes: calendar(WITH_TWO) },
  { path: 'Calendar/2.ics', bytes: calendar(event('plain'), WITH_TWO, UNREADABLE) },
  {
    path: 'Inbox/3.eml',
    bytes: Buffer.from(
      [
        'From: a@example.com',
        'Message-ID: <1@example.com>',
        'MIME-Version: 1.0',
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'See the invitation',
        '--b',
        'Content-Type: text/calendar; method=REQUEST',
        '',
        calendar(event('first'), WITH_TWO).toString().trimEnd(),
        '--b--',
        '',
      ].join('\r\n'),
    ),
  },
];

async function processed() {
  const run = await runOfEntries(ENTRIES);
  const reader = await run.reader();
  const records: ItemRecord[] = [];
  for await (const batch of reader.records()) records.push(...batch);
  return { run, reader, records };
}

describe('what stands within calendar items', () => {
  test('becomes records of the item’s family', async () => {
    const { records, reader } = await processed();
    const shown = records.map(({ id, type, family }) => `${id} ${type} ${family.parent ?? '-'} ${family.part ?? '-'}`);
    expect(shown).toEqual([
      '00000000 CalendarEvent - -',
      '00000000.a1 Other 00000000 a1',
      '00000000.a2 Other 00000000 a2',
      '00000001.1 CalendarEvent - -',
      '00000001.2 CalendarEvent - -',
      '00000001.2.a1 Other 00000001.2 a1',
      '00000001.2.a2 Other 00000001.2 a2',
      '00000001.3 CalendarEvent - -',
      '00000001.3.a1 Other 00000001.3 a1',
      '00000002 Email - -',
      '00000002.2 CalendarEvent 00000002 2',
      '00000002.2.c2 CalendarEvent 00000002 2',
      '00000002.2.c2.a1 Other 00000002.2.c2 a1',
      '00000002.2.c2.a2 Other 00000002.2.c2 a2',
    ]);
    expect(records.map((record) => recordFault(record))).toEqual(records.map(() => null));
    const pdf = await reader.record('00000002.2.c2.a1');
    const hash = (name: string) => createHash(name).update(PDF).digest('hex');
    expect(pdf).toMatchObject({
      native: { mediaType: 'text/plain', size: PDF.length, digest: `sha256:${hash('sha256')}`, md5: hash('md5') },
      family: { root: '00000002', depth: 2 },
      attachment: {
        name: 'agenda.pdf',
        type: 'text/plain',
        detectedType: 'application/pdf',
        digests: { sha256: hash('sha256'), sha1: hash('sha1'), md5: hash('md5') },
      },
      other: { kind: 'attachment' },
    });
    const same = await reader.find('digest', `sha256:${hash('sha256')}`);
    expect(same.map(({ id }) => id)).toEqual(['00000000.a1', '00000001.2.a1', '00000002.2.c2.a1']);
  });

  test('counts as parts; what cannot be read is counted as failed and said', async () => {
    const { records, reader, run } = await processed();
    const ledger = await reader.ledger();
    // Two of the message, six within its and the files' calendars, one that cannot be read.
    expect(ledger.parts).toEqual({ declared: 9, extracted: 8, failed: 1, unaccounted: 0 });
    expect(ledger.balanced).toBe(true);
    const bad = records.find(({ id }) => id === '00000001.3');
    expect(bad?.issues).toMatchObject([{ code: 'EMBEDDED_UNREADABLE', severity: 'error', part: 'a1' }]);
    expect(await reader.record('00000001.3.a1')).toMatchObject({ native: null, attachment: { blobId: null, size: 0 } });
    const { findings } = await verify(run, { source: run.source });
    const faults = findings.filter(({ check }) => /^(ledger|index-rows|record|native)/.test(check));
    expect(faults).toEqual([]);
  });

  test('makes families that differ by an attachment two families', async () => {
    const { records } = await processed();
    const [, , , plain] = records;
    const bare = await runOfEntries([{ path: 'c.ics', bytes: calendar(event('two')) }]);
    const same = await (await bare.reader()).record('00000000');
    expect(same.identity.contentHash).toBe(records[0]?.identity.contentHash);
    expect(same.identity.familyHash).not.toBe(records[0]?.identity.familyHash);
    expect(plain?.identity.familyHash).not.toBeNull();
  });

  test('is missed by verify where its record is gone', async () => {
    const { run } = await processed();
    const altered = mendRoot(alterFile(run, 'items/000000.jsonl', (text) => dropLine(text, 1)));
    const { findings } = await verify(altered);
    const messages = findings.map(({ check, message }) => `${check}: ${message}`);
    expect(messages).toContain('ledger-recount: The ledger says 9 parts; the records hold 8.');
  });

  test('is produced as documents of the family, with its octets', async () => {
    const production = await made({ anna: ENTRIES }, 'csv');
    const table = production.text('loadfile.csv');
    const natives = [...production.files].filter(([path]) => /\.(pdf|txt)$/.test(path) && /nativ/i.test(path));
    const contents = natives.map(([, octets]) => Buffer.from(octets).toString());
    expect(contents.filter((text) => text === PDF.toString())).toHaveLength(3);
    expect(contents.filter((text) => text === NOTE.toString())).toHaveLength(3);
    expect(table.split('\r\n').filter((line) => /,File,.*,agenda\.pdf,pdf,/.test(line))).toHaveLength(3);
    expect(production.result).toMatchObject({ natives: 13, missingNatives: 1 });
  });
});
