import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/model/index.ts';
import { sameKey } from '../../src/verify/checks/job.ts';
import { monthName } from '../../src/verify/checks/silent-months.ts';
import { NO_FACTS, type SourceFacts } from '../../src/verify/index.ts';
import { makeMailbox } from './mailbox.ts';
import { objectOf, runOfEntries, verify } from './run.ts';
import type { ZipEntry } from './zip.ts';

/** What a check says about a mailbox of these messages, given as header lines and a text. */
async function says(
  check: string,
  messages: readonly (readonly string[])[],
  facts: SourceFacts = NO_FACTS,
): Promise<Finding[]> {
  const entries = messages.map(
    (lines, at): ZipEntry => ({
      path: `Inbox/${at}.eml`,
      bytes: Buffer.from(['From: a@example.com', ...lines].join('\r\n')),
    }),
  );
  const { findings } = await verify(await runOfEntries(entries), { facts });
  return findings.filter((finding) => finding.check === check);
}

const sent = (number: number, month: string, day: number) => [
  `Message-ID: <${month}-${number}@example.com>`,
  `Date: ${day} ${month} 10:00:00 +0000`,
  '',
  'text',
];
const monthOf = (month: string, count: number) =>
  Array.from({ length: count }, (_, at) => sent(at, month, (at % 28) + 1));

describe('months without mail', () => {
  test.each<[string, readonly [string, number][], RegExp | null]>([
    [
      'beside months with much',
      [
        ['Jan 2026', 90],
        ['Mar 2026', 90],
      ],
      /no mail of 2026-02, with 30 messages a month/,
    ],
    [
      'several of them, over a new year',
      [
        ['Oct 2025', 90],
        ['Feb 2026', 90],
      ],
      /no mail of 2025-11 to 2026-01/,
    ],
    [
      'beside months with little',
      [
        ['Jan 2026', 9],
        ['Mar 2026', 90],
      ],
      null,
    ],
    [
      'none',
      [
        ['Jan 2026', 90],
        ['Feb 2026', 1],
        ['Mar 2026', 90],
      ],
      null,
    ],
    ['after the last', [['Jan 2026', 90]], null],
  ])('%s', async (_name, months, message) => {
    const found = await says(
      'silent-months',
      months.flatMap(([month, count]) => monthOf(month, count)),
    );
    expect(found.map((finding) => finding.severity)).toEqual(message === null ? [] : ['warning']);
    if (message !== null) expect(found[0]?.message).toMatch(message);
  });

  test('are written as RFC 3339 writes them', () => {
    expect([monthName(2026 * 12), monthName(2026 * 12 + 11), monthName(87 * 12)]).toEqual([
      '2026-01',
      '2026-12',
      '0087-01',
    ]);
  });
});

describe('attachments that are announced', () => {
  test.each<[string, readonly string[], RegExp | null]>([
    ['by a field', ['X-MS-Has-Attach: yes', '', 'text'], /says in its header/],
    ['by an empty field', ['X-MS-Has-Attach:', '', 'text'], null],
    ['by the text', ['', 'Please find attached the plan.'], /1 messages speak of an attached file/],
    [
      'by the text of a reply, which may quote it',
      ['In-Reply-To: <x@example.com>', '', 'Please find attached the plan.'],
      null,
    ],
    ['by no word', ['', 'I am attached to you.'], null],
  ])('%s', async (_name, lines, message) => {
    const found = await says('announced-attachments', [lines]);
    expect(found.map(({ severity }) => severity)).toEqual(message === null ? [] : ['info']);
    if (message !== null) expect(found[0]?.message).toMatch(message);
  });
});

test('ancestors of threads that were never seen are counted', async () => {
  const found = await says('thread-gaps', [
    ['Message-ID: <1@x.example>', '', 'a'],
    ['Message-ID: <2@x.example>', 'In-Reply-To: <1@x.example>', 'References: <0@x.example> <1@x.example>', '', 'b'],
    ['Message-ID: <3@x.example>', 'In-Reply-To: <9@x.example>', '', 'c'],
  ]);
  expect(found).toMatchObject([
    {
      severity: 'info',
      message: '2 messages answer 3 others, of which 2 (67 %) are not in the export.',
      expected: '3',
      found: '1',
    },
  ]);
});

test('the same message twice in a folder, with other octets, is a duplicate', async () => {
  const lines = (trace: string) => [`X-Trace: ${trace}`, 'Message-ID: <1@x.example>', 'Subject: s', '', 'text'];
  const found = await says('duplicates', [lines('a'), lines('b'), lines('c')]);
  expect(found.map(({ message }) => message)).toEqual([
    'Inbox/1.eml holds the same message as Inbox/0.eml, in the same folder.',
    'Inbox/2.eml holds the same message as Inbox/0.eml, in the same folder.',
  ]);
});

test('the first duplicates are named, the rest counted', async () => {
  const found = await says(
    'duplicates',
    Array.from({ length: 30 }, () => ['Message-ID: <1@x.example>', '', 'text']),
  );
  expect(found).toHaveLength(21);
  expect(found[0]?.message).toBe('Inbox/1.eml holds the same octets as Inbox/0.eml, in the same folder.');
  expect(found[20]?.message).toBe('9 more items are duplicates of others in their folders.');
});

describe("the mailbox's size as a bound", async () => {
  const bytes = Buffer.from(`From: a@example.com\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(270_000)}`);
  const run = await runOfEntries([0, 1].map((number) => ({ path: `Inbox/${number}.eml`, bytes })));
  test.each<[string, number | null, RegExp | null]>([
    ['far more than the export', 100, /holds 40 MB of mail; the mailbox had 100 MB/],
    ['about the export', 40, null],
    ['the export before its encoding', 29, null],
    ['less than the export can be', 10, /holds 40 MB of mail, more than the mailbox's 10 MB can be/],
    ['too little for megabytes to say anything', 9, null],
    ['not known', null, null],
  ])('%s', async (_name, sizeMegabytes, message) => {
    const facts = { ...NO_FACTS, mailbox: { sizeMegabytes, quotaMegabytes: 50_000 } };
    const { findings } = await verify(run, { facts });
    const found = findings.filter(({ check }) => check === 'mailbox-size');
    expect(found.map(({ severity }) => severity)).toEqual(message === null ? [] : ['warning']);
    if (message !== null) expect(found[0]?.message).toMatch(message);
  });
});

test('an object that was replaced by one of the same octets is worth knowing, by others a warning', async () => {
  const run = await runOfEntries(makeMailbox());
  const object = { ...objectOf(run.archive), lastModified: null };
  const source = {
    ...run.source,
    identity: { ...run.source.identity, version: 'v2', etag: '"etag-2"' },
  };
  const about = (findings: readonly Finding[]) => findings.filter(({ check }) => check === 'archive-object');
  const same = await verify(run, { source, facts: { ...NO_FACTS, object } });
  expect(about(same.findings)).toMatchObject([
    { severity: 'info', expected: 'v1', found: 'v2' },
    { severity: 'info', expected: '"etag-1"', found: '"etag-2"' },
  ]);
  const other = {
    ...source,
    bytes: async (start: number, end: number) => (await run.source.bytes(start, end)).map((octet) => octet ^ 1),
  };
  const altered = await verify(run, { source: other, facts: { ...NO_FACTS, object } });
  expect(about(altered.findings).map(({ severity }) => severity)).toEqual(['warning', 'warning']);
  const elsewhere = { ...object, location: '/home/x/mailbox.zip' };
  expect(about((await verify(run, { source, facts: { ...NO_FACTS, object: elsewhere } })).findings)).toMatchObject([
    { severity: 'info' },
  ]);
});

test.each([
  ['arn:aws:kms:r:1:key/a', 'arn:aws:kms:r:1:key/a', true],
  ['arn:aws:kms:r:1:key/a', 'a', true],
  ['arn:aws:kms:r:1:key/a', 'arn:aws:kms:r:2:key/a', false],
  ['arn:aws:kms:r:1:key/a', 'b', false],
])('keys %s and %s', (left, right, same) => {
  expect(sameKey(left, right)).toBe(same);
  expect(sameKey(right, left)).toBe(same);
});
