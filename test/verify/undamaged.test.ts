import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckRunInput, SourceFacts, VerdictName } from '../../src/verify/index.ts';
import { calendar, makeMailbox, message, octetsOf, randomNumbers } from './mailbox.ts';
import { JOB, type LogValues, logOf, objectOf, type Run, runOfEntries, verify } from './run.ts';
import { makeZip, type ZipEntry, type ZipOptions } from './zip.ts';

interface Undamaged {
  readonly name: string;
  readonly entries?: readonly ZipEntry[];
  readonly zip?: ZipOptions;
  /** Alters the log the service would have written. Null: there is none. */
  readonly log?: ((values: LogValues, archive: Buffer, entries: readonly ZipEntry[]) => LogValues) | null;
  readonly input?: (run: Run) => Promise<Partial<CheckRunInput>> | Partial<CheckRunInput>;
  readonly verdict?: VerdictName;
  /** Checks that may have something to say; a warning of any other is a false alarm. */
  readonly warns?: readonly string[];
}

const ENTRIES = makeMailbox({ seed: 3, directories: true });
const entry = (path: string, ...lines: string[]): ZipEntry => ({ path, bytes: Buffer.from(lines.join('\r\n')) });
const head = (number: number): string[] => [
  `Message-ID: <odd-${number}@example.com>`,
  'From: a@example.com',
  'To: b@example.com',
];

const IMPERFECT: readonly ZipEntry[] = [
  entry('Inbox/bad-date.eml', ...head(1), 'Date: yesterday at tea', 'Subject: a', '', 'text'),
  entry('Inbox/two-subjects.eml', ...head(2), 'Subject: a', 'Subject: b', '', 'text'),
  entry('Inbox/odd-charset.eml', ...head(3), 'Content-Type: text/plain; charset=x-nowhere', '', 'text\xff'),
  entry(
    'Inbox/unclosed.eml',
    ...head(4),
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'said so',
    '--b',
    'Content-Type: text/html',
    '',
    '<p>said so',
  ),
  entry(
    'Inbox/bounce.eml',
    ...head(5),
    'Content-Type: multipart/report; report-type=delivery-status; boundary=r',
    '',
    '--r',
    'Content-Type: text/plain',
    '',
    'It was not delivered.',
    '--r',
    'Content-Type: message/rfc822',
    '',
    'From: c@example.com',
    'Subject: the original',
    'Content-Type: multipart/mixed; boundary=x',
    '',
    '--x',
    'Content-Type: application/pdf',
    'Content-Transfer-Encoding: base64',
    '',
    'JVBERi0xLjQKJ',
    '--r--',
    '',
  ),
];

const fileCut: ZipEntry = {
  path: 'Inbox/cut.eml',
  bytes: Buffer.from(message(3, randomNumbers(9), null)).subarray(0, -300),
};

const facts =
  (alter: (facts: SourceFacts) => SourceFacts = (same) => same) =>
  (run: Run): Partial<CheckRunInput> => ({
    facts: alter({
      job: JOB,
      object: objectOf(run.archive),
      outputLogs: [],
      mailbox: { sizeMegabytes: 1, quotaMegabytes: 50 },
    }),
  });

const withObject = (change: Partial<NonNullable<SourceFacts['object']>>) =>
  facts((known) => ({ ...known, object: known.object && { ...known.object, ...change } }));

const omit = (values: LogValues, ...keys: string[]): LogValues =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));

const VARIANTS: readonly Undamaged[] = [
  { name: 'with its log' },
  { name: 'mail only', entries: makeMailbox({ seed: 4, calendars: 0 }) },
  {
    name: 'calendars only',
    entries: makeMailbox({ seed: 4, messages: 0, calendars: 9 }),
    log: (_, archive, all) => logOf(all, archive, 'items'),
  },
  { name: 'one message', entries: makeMailbox({ seed: 5, messages: 1, calendars: 0 }) },
  {
    name: 'many folders',
    entries: makeMailbox({ seed: 6, messages: 60, folders: Array.from({ length: 30 }, (_, at) => `A/${at}`) }),
  },
  { name: 'stored, not deflated', zip: { stored: true } },
  { name: 'written by a streaming writer', zip: { streaming: true } },
  { name: 'the log counting calendar items', log: (_, archive, all) => logOf(all, archive, 'items') },
  {
    name: 'the log counting octets as compressed',
    log: (values, archive) => ({
      ...values,
      // Every octet of this zip that is no header, no name and no directory.
      totalBytes: String(
        ENTRIES.reduce(
          (sum, { path }) => sum - 30 - Buffer.byteLength(path),
          archive.indexOf(Buffer.from('PK\x01\x02')),
        ),
      ),
    }),
  },
  {
    name: 'the log counting the octets of the archive',
    log: (values, archive) => ({ ...values, totalBytes: String(archive.length) }),
  },
  {
    name: 'the log counting the fifteen folders of a new mailbox',
    log: (values) => ({ ...values, totalFolders: '15' }),
  },
  { name: 'the log counting the folders above others', log: (values) => ({ ...values, totalFolders: '5' }) },
  { name: 'the log without a hash', log: (values) => omit(values, 'sha384Hash') },
  { name: 'the log without octets', log: (values) => omit(values, 'totalBytes', 'totalFolders') },
  {
    name: 'the log with its hash in capitals',
    log: (values) => ({ ...values, sha384Hash: values['sha384Hash']?.toUpperCase() ?? '' }),
  },
  {
    name: 'the log with its hash in base64',
    log: (values, archive) => ({ ...values, sha384Hash: createHash('sha384').update(archive).digest('base64') }),
  },
  {
    name: 'the log with its times in milliseconds',
    log: (values) => ({ ...values, startTime: '1767225600380', endTime: '1767229200384' }),
    input: facts(),
  },
  { name: 'its job and object known', input: facts() },
  { name: 'the key given by its id', input: withObject({ kmsKeyId: '11111111-2222-3333-4444-555555555555' }) },
  {
    name: 'the key named by an alias',
    input: facts((known) => ({
      ...known,
      job: { ...JOB, kmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:alias/export' },
    })),
  },
  { name: 'written in the first second of its job', input: withObject({ lastModified: '2026-01-01T00:00:00.000Z' }) },
  { name: 'written in the last minute allowed', input: withObject({ lastModified: '2026-01-01T01:15:00.000Z' }) },
  {
    name: 'checksums of parts only',
    input: withObject({ checksums: { sha256: 'AAAA-3' }, checksumType: 'COMPOSITE' }),
  },
  {
    name: 'a copy in another bucket, with another key',
    input: withObject({
      location: 's3://archive/copy.zip',
      kmsKeyId: 'arn:aws:kms:eu-west-1:1:key/x',
      lastModified: '2026-05-01T00:00:00Z',
    }),
    warns: ['job-key'],
  },
  { name: 'messages that are imperfect', entries: [...ENTRIES, ...IMPERFECT], warns: ['mid-part-end'] },
  { name: 'a message received cut, its octets confirmed', entries: [...ENTRIES, fileCut], warns: ['mid-part-end'] },
  {
    name: 'a message twice in one folder',
    entries: [
      ...ENTRIES,
      { path: 'Inbox/again.eml', bytes: ENTRIES.find(({ path }) => path === 'Inbox/0.eml')?.bytes ?? Buffer.alloc(1) },
    ],
    warns: ['duplicates'],
  },
  {
    name: 'a message twice in two folders',
    entries: [
      ...ENTRIES,
      { path: 'Copies/again.eml', bytes: ENTRIES.find(({ path }) => path === 'Inbox/0.eml')?.bytes ?? Buffer.alloc(1) },
    ],
  },
  {
    name: 'the log inside the archive',
    entries: [
      ...ENTRIES,
      {
        path: 'log.json',
        bytes: Buffer.from(
          JSON.stringify({ totalMessages: '24', totalFolders: '15', totalBytes: String(octetsOf.messages(ENTRIES)) }),
        ),
      },
    ],
    log: null,
  },
  { name: 'a folder that is empty', entries: [{ path: 'Drafts/', bytes: Buffer.alloc(0) }, ...ENTRIES] },
  { name: 'a file that is no item', entries: [...ENTRIES, entry('README.txt', 'hello')] },
  {
    name: 'a series with an exception',
    entries: [
      ...ENTRIES,
      entry('Calendar/s.ics', calendar(50, 'RRULE:FREQ=DAILY;COUNT=5').trimEnd()),
      entry('Calendar/t.ics', calendar(50, 'RECURRENCE-ID:20260225T090000Z').trimEnd()),
    ],
  },
  { name: 'verified in part', input: () => ({ sample: 0.3, sampleSeed: '2026-01' }) },
  { name: 'verified since February', input: () => ({ since: '2026-02-01T00:00:00Z' }) },
  { name: 'without the archive', input: () => ({ source: null }) },
  {
    name: 'an earlier manifest and no log',
    log: null,
    input: async () => ({ earlier: await (await runOfEntries(ENTRIES.slice(0, -3))).reader() }),
  },
  {
    name: 'an earlier manifest of when a message lay elsewhere',
    log: null,
    input: async () => {
      const moved = ENTRIES.map((each) => (each.path === 'Inbox/9.eml' ? { ...each, path: 'Old/1.eml' } : each));
      return { earlier: await (await runOfEntries(moved)).reader() };
    },
  },
  {
    name: 'logs of other exports beside its own',
    input: async (run) => {
      const others = [9, 10, 11].map((seed) => makeMailbox({ seed, messages: 40 + seed }));
      const logs = others.map((each) => logOf(each, makeZip(each)));
      return {
        outputLogs: [logOf(ENTRIES, run.archive), ...logs].map((values, at) => ({ where: `${at}.json`, values })),
      };
    },
  },
  { name: 'no witness at all', log: null, verdict: 'UNPROVEN' },
  {
    name: 'the log counting what is not exported too',
    log: (values) => ({ ...values, totalMessages: '37', totalNonExportableItems: '13' }),
    verdict: 'UNPROVEN',
    warns: ['output-log'],
  },
  {
    name: 'a log of nothing but its times',
    log: (values) => omit(values, 'totalMessages', 'sha384Hash', 'totalBytes', 'totalFolders'),
    verdict: 'UNPROVEN',
    warns: ['output-log'],
  },
  {
    name: 'an earlier manifest of nothing',
    log: null,
    input: async () => ({
      earlier: await (
        await runOfEntries([entry('log.json', '{"totalMessages":"0","totalBytes":"0","totalFolders":"0"}')])
      ).reader(),
    }),
    verdict: 'UNPROVEN',
    warns: ['earlier-manifest'],
  },
];

test('there are at least twenty variants', () => expect(VARIANTS.length).toBeGreaterThanOrEqual(20));

test.each(VARIANTS)('$name', async ({ entries = ENTRIES, zip, log, input, verdict = 'COMPLETE', warns = [] }) => {
  const run = await runOfEntries(entries, zip);
  const original = makeZip(entries, zip);
  const values = logOf(entries, original);
  const outputLogs = log === null ? [] : [{ where: 'log.json', values: log?.(values, original, entries) ?? values }];
  const result = await verify(run, { source: run.source, outputLogs, ...(await input?.(run)) });
  const told = result.verdict.reasons.map((reason) => `${reason.severity} ${reason.check}: ${reason.message}`);
  expect(result.verdict.verdict, told.join('\n')).toBe(verdict);
  expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const alarms = result.findings.filter(({ severity, check }) => severity === 'warning' && !warns.includes(check));
  expect(alarms).toEqual([]);
  for (const check of warns)
    expect(
      result.findings.some((finding) => finding.check === check),
      check,
    ).toBe(true);
});

test('a sample reads a part of the entries again, the same for the same seed', async () => {
  const run = await runOfEntries(makeMailbox({ seed: 12, messages: 200, calendars: 0 }));
  const matched = async (sampleSeed: string) =>
    (await verify(run, { source: run.source, sample: 0.25, sampleSeed })).matchedEntries ?? 0;
  const first = await matched('a');
  expect(first).toBeGreaterThan(20);
  expect(first).toBeLessThan(90);
  expect(await matched('a')).toBe(first);
  const result = await verify(run, { source: run.source, sample: 0.25, sampleSeed: 'a' });
  expect(result.findings.map(({ message: text }) => text)).toContain(
    `${first} of 200 entries were read again (a sample of 25 % drawn by the seed "a"): this was a verification in part. The other ${200 - first} were not expanded; nor were the archive's own digests taken.`,
  );
});

test('what is read since a date is what was sent since then', async () => {
  const run = await runOfEntries(makeMailbox({ seed: 13, messages: 56, calendars: 0 }));
  const { matchedEntries } = await verify(run, { source: run.source, since: '2026-02-01T00:00:00Z' });
  expect(matchedEntries).toBe(28);
});
