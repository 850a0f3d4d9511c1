import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { digestArchive, mergeFleet, planFleet, processShard } from '../../src/fleet/index.ts';
import { memorySink } from '../../src/io/index.ts';
import { parseRow } from '../../src/manifest/index.ts';
import { inlinePool } from '../../src/pipeline/index.ts';
import { alterFile, dropLine, mendRoot } from '../verify/damage.ts';
import { type Run, runOfEntries, silent, verify } from '../verify/run.ts';

interface Said {
  readonly method?: string;
  readonly sequence?: number;
  readonly stamp: string;
  readonly more?: readonly string[];
  readonly uid?: string;
}

const ORGANIZER = 'ORGANIZER;CN=Anna:mailto:anna@example.com';
const calendar = ({ method, sequence, stamp, more = [], uid = 'meeting@example.com' }: Said) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    ...(method === undefined ? [] : [`METHOD:${method}`]),
    'BEGIN:VEVENT',
    `UID:${uid}`,
    ...(sequence === undefined ? [] : [`SEQUENCE:${sequence}`]),
    `DTSTAMP:${stamp}`,
    'DTSTART:20260310T090000Z',
    'SUMMARY:Review',
    ORGANIZER,
    ...more,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
const mail = (id: string, said: Said) =>
  Buffer.from(
    [
      `Message-ID: <${id}@example.com>`,
      'From: a@example.com',
      'MIME-Version: 1.0',
      `Content-Type: text/calendar; method=${said.method ?? 'PUBLISH'}`,
      '',
      calendar(said),
    ].join('\r\n'),
  );

const BOB = 'ATTENDEE;CN=Bob;PARTSTAT=';
const SERIES = 'RRULE:FREQ=DAILY;COUNT=5';
/** The history of one meeting, out of order as folders keep it. */
const ENTRIES = [
  { path: 'Calendar/1.ics', bytes: Buffer.from(calendar({ stamp: '20260301T080000Z', sequence: 0, more: [SERIES] })) },
  { path: 'Deleted/2.eml', bytes: mail('c', { method: 'CANCEL', sequence: 2, stamp: '20260304T080000Z' }) },
  {
    path: 'Inbox/3.eml',
    bytes: mail('late', {
      method: 'REPLY',
      sequence: 0,
      stamp: '20260302T100000Z',
      more: [`${BOB}declined:MAILTO:Bob@Example.com`],
    }),
  },
  {
    path: 'Inbox/4.eml',
    bytes: mail('early', {
      method: 'REPLY',
      stamp: '20260302T090000Z',
      more: [`${BOB}ACCEPTED:mailto:bob@example.com`],
    }),
  },
  {
    path: 'Inbox/5.eml',
    bytes: mail('one', {
      method: 'REPLY',
      sequence: 0,
      stamp: '20260302T110000Z',
      more: [
        'RECURRENCE-ID;TZID=Europe/Berlin:20260311T100000',
        'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:eve@example.com":mailto:bob@example.com',
      ],
    }),
  },
  {
    path: 'Inbox/6.eml',
    bytes: mail('counter', {
      method: 'COUNTER',
      sequence: 0,
      stamp: '20260302T080000Z',
      more: ['ATTENDEE:mailto:zoe@example.com'],
    }),
  },
  {
    path: 'Sent/7.eml',
    bytes: mail('r', { method: 'REQUEST', sequence: 0, stamp: '20260301T080000Z', more: [SERIES] }),
  },
  {
    path: 'Sent/8.eml',
    bytes: mail('u', { method: 'REQUEST', sequence: 1, stamp: '20260303T080000Z', more: [SERIES] }),
  },
  { path: 'Sent/9.eml', bytes: mail('other', { method: 'REQUEST', stamp: '20260303T080000Z', uid: 'other' }) },
];

const indexOf = (run: Run) =>
  Buffer.from(run.files.get('index/uid.jsonl') ?? [])
    .toString()
    .trimEnd()
    .split('\n');

describe('index/uid.jsonl', () => {
  test('has a row of each calendar record, by UID', async () => {
    const run = await runOfEntries(ENTRIES);
    const rows = indexOf(run).map((line) => parseRow(line));
    expect(rows.map((row) => [row?.key, row?.id, ...(row?.more ?? [])])).toEqual([
      ['meeting@example.com', '00000000', null, null, 0, '2026-03-01T08:00:00Z'],
      ['meeting@example.com', '00000001.1', null, 'CANCEL', 2, '2026-03-04T08:00:00Z'],
      ['meeting@example.com', '00000002.1', null, 'REPLY', 0, '2026-03-02T10:00:00Z'],
      ['meeting@example.com', '00000003.1', null, 'REPLY', null, '2026-03-02T09:00:00Z'],
      ['meeting@example.com', '00000004.1', '2026-03-11T09:00:00Z', 'REPLY', 0, '2026-03-02T11:00:00Z'],
      ['meeting@example.com', '00000005.1', null, 'COUNTER', 0, '2026-03-02T08:00:00Z'],
      ['meeting@example.com', '00000006.1', null, 'REQUEST', 0, '2026-03-01T08:00:00Z'],
      ['meeting@example.com', '00000007.1', null, 'REQUEST', 1, '2026-03-03T08:00:00Z'],
      ['other', '00000008.1', null, 'REQUEST', null, '2026-03-03T08:00:00Z'],
    ]);
    expect((await verify(run)).findings.filter(({ check }) => check === 'index-rows')).toEqual([]);
  });

  test('has none of an item without a UID, and is there in a run without calendars', async () => {
    const bytes = Buffer.from(calendar({ stamp: '20260301T080000Z' }).replace(/UID:.*\r\n/, ''));
    const run = await runOfEntries([{ path: 'Calendar/1.ics', bytes }]);
    expect(indexOf(run)).toEqual(['']);
    expect((await run.reader()).root.indexes.map(({ name, count }) => `${name} ${count}`)).toContain('uid 0');
    expect((await verify(run)).findings.filter(({ check }) => check === 'index-rows')).toEqual([]);
  });

  test.each([
    ['a row removed', (text: string) => dropLine(text, 2), /Record 00000002\.1 is not in index\/uid\.jsonl/],
    [
      'a sequence altered',
      (text: string) => text.replace('"CANCEL",2', '"CANCEL",0'),
      /00000001\.1 is not in index\/uid/,
    ],
    [
      'a method altered',
      (text: string) => text.replace('"CANCEL"', '"REPLY"'),
      /leads to no record: \["meeting@example/,
    ],
    [
      'a row added',
      (text: string) => `${text}["zzz","00000009",0,0,1,null,null,0,null]\n`,
      /leads to no record: \["zzz"/,
    ],
    [
      'a row cut short',
      (text: string) => text.replace(',2,"2026-03-04T08:00:00Z"]', ']'),
      /00000001\.1 is not in index/,
    ],
    ['a column of no known kind', (text: string) => text.replace('"CANCEL",2', '"CANCEL",[2]'), /that is no row/],
  ])('%s is found by verify, the root mended', async (_name, alter, found) => {
    const run = mendRoot(alterFile(await runOfEntries(ENTRIES), 'index/uid.jsonl', alter));
    const { findings, verdict } = await verify(run);
    const said = findings.filter(({ check }) => check === 'index-rows').map(({ message }) => message);
    expect(
      said.some((message) => found.test(message)),
      said.join('\n'),
    ).toBe(true);
    expect(verdict.verdict).toBe('INCOMPLETE');
  });

  test('is the same octets when a fleet writes it', async () => {
    const run = await runOfEntries(ENTRIES);
    const sink = memorySink();
    const { plan } = await planFleet({ source: run.source, sink, shardOctets: 1 });
    for (const { shard } of plan.shards.toReversed()) {
      await processShard({ source: run.source, sink, shard, pool: inlinePool(), reporter: silent });
    }
    await digestArchive({ source: run.source, sink });
    await mergeFleet({ source: run.source, sink, reporter: silent });
    const merged = Buffer.from(sink.files.get('index/uid.jsonl') ?? []).toString();
    expect(merged.trimEnd().split('\n')).toEqual(indexOf(run));
    expect([...sink.files.keys()].toSorted()).toEqual([...run.files.keys()].toSorted());
  });

  test('removed is found by verify', async () => {
    const run = await runOfEntries(ENTRIES);
    run.files.delete('index/uid.jsonl');
    const { findings } = await verify(run);
    expect(findings.map(({ message }) => message)).toContain('index/uid.jsonl is not there.');
  });
});

describe('the history of an event', () => {
  test('is by SEQUENCE, then DTSTAMP, with what each attendee said last', async () => {
    const history = await (await (await runOfEntries(ENTRIES)).reader()).history('meeting@example.com');
    const shown = history.versions.map(({ id, method, sequence, replies }) =>
      [sequence ?? '-', method ?? 'item', id, ...replies.map((each) => `${each.attendee} ${each.status}`)].join(' '),
    );
    expect(shown).toEqual([
      '0 item 00000000',
      '0 REQUEST 00000006.1',
      '0 COUNTER 00000005.1 zoe@example.com NEEDS-ACTION',
      '- REPLY 00000003.1 bob@example.com ACCEPTED',
      '0 REPLY 00000002.1 Bob@Example.com DECLINED',
      '0 REPLY 00000004.1 bob@example.com DELEGATED',
      '1 REQUEST 00000007.1',
      '2 CANCEL 00000001.1',
    ]);
    expect(history.answers).toEqual([
      {
        attendee: 'Bob@Example.com',
        name: 'Bob',
        status: 'DECLINED',
        delegatedTo: null,
        recurrenceId: null,
        record: '00000002.1',
        dtstamp: '2026-03-02T10:00:00Z',
      },
      {
        attendee: 'bob@example.com',
        name: null,
        status: 'DELEGATED',
        delegatedTo: 'eve@example.com',
        recurrenceId: '2026-03-11T09:00:00Z',
        record: '00000004.1',
        dtstamp: '2026-03-02T11:00:00Z',
      },
    ]);
    expect(history.versions.at(-1)).toMatchObject({
      message: '00000001',
      entry: 'Deleted/2.eml',
      folderPath: ['Deleted'],
      organizer: 'anna@example.com',
      title: 'Review',
    });
  });

  test('of an event that is not there is refused', async () => {
    const reader = await (await runOfEntries(ENTRIES)).reader();
    await expect(reader.history('nobody')).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
  });
});
