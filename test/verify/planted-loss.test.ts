import { expect, test } from 'vitest';
import { memorySource } from '../../src/io/index.ts';
import { type ByteSource, MailproofError } from '../../src/model/index.ts';
import type { CheckRunInput, SourceFacts, VerdictName } from '../../src/verify/index.ts';
import { alterFile, alterRecord, dropLine, flipped, mendRoot } from './damage.ts';
import { calendar, makeMailbox } from './mailbox.ts';
import { JOB, type LogValues, logOf, objectOf, type Run, runOf, runOfEntries, verify } from './run.ts';
import { makeZip, type ZipEntry } from './zip.ts';

const ENTRIES = makeMailbox({ seed: 7 });
const MAIL_ONLY = makeMailbox({ seed: 8, calendars: 0 });

interface Planted {
  readonly run: Run;
  readonly input?: Partial<CheckRunInput>;
}

interface Damage {
  readonly name: string;
  readonly plant: () => Promise<Planted>;
  readonly verdict: VerdictName;
  /** The check that must find it, with a finding that is not merely worth knowing. */
  readonly check: string;
  /** What that finding must name. */
  readonly names: RegExp;
}

const log = (values: LogValues) => [{ where: 'log.json', values }];
const without = (entries: readonly ZipEntry[], drop: (entry: ZipEntry, at: number) => boolean) =>
  entries.filter((entry, at) => !drop(entry, at));
function replaced(entries: readonly ZipEntry[], path: string, bytes: (old: Buffer) => Uint8Array): ZipEntry[] {
  if (!entries.some((entry) => entry.path === path)) throw new Error(`there is no ${path} to damage`);
  return entries.map((entry) => (entry.path === path ? { ...entry, bytes: bytes(Buffer.from(entry.bytes)) } : entry));
}
const named = (path: string) => (entry: ZipEntry) => entry.path === path;

/** The archive is rebuilt before it is processed; the log is the original's. */
async function rebuilt(
  original: readonly ZipEntry[],
  entries: readonly ZipEntry[],
  how: 'messages' | 'items' = 'messages',
): Promise<Planted> {
  const run = await runOfEntries(entries);
  return { run, input: { source: run.source, outputLogs: log(logOf(original, makeZip(original), how)) } };
}

/** The archive is whole; the log is not its own. */
async function withLog(alter: (values: LogValues) => LogValues, facts: SourceFacts | null = null): Promise<Planted> {
  const run = await runOfEntries(ENTRIES);
  return { run, input: { source: run.source, facts, outputLogs: log(alter(logOf(ENTRIES, run.archive))) } };
}

const plus = (values: LogValues, key: string, by: number): LogValues => ({
  ...values,
  [key]: String(Number(values[key]) + by),
});

/** The archive's octets are damaged before they are processed. */
async function damagedArchive(damage: (archive: Buffer) => Buffer, streaming = false): Promise<Planted> {
  const whole = makeZip(ENTRIES, { streaming });
  const run = await runOf(damage(whole));
  return { run, input: { source: run.source, outputLogs: log(logOf(ENTRIES, whole)) } };
}

/** The export is whole, and something is known of its job and object. */
async function withFacts(alter: (facts: SourceFacts) => SourceFacts): Promise<Planted> {
  const run = await runOfEntries(ENTRIES);
  const facts = { job: JOB, object: objectOf(run.archive), outputLogs: [], mailbox: null };
  return { run, input: { source: run.source, facts: alter(facts) } };
}

/** The run is whole; the archive is another by the time it is verified. */
async function laterSource(source: (run: Run) => ByteSource): Promise<Planted> {
  const run = await runOfEntries(ENTRIES);
  return { run, input: { source: source(run), outputLogs: log(logOf(ENTRIES, run.archive)) } };
}

const laterEntries = async (entries: readonly ZipEntry[]) => laterSource(() => memorySource(makeZip(entries)));

/** The run's own files are altered. */
async function alteredRun(alter: (run: Run) => Run): Promise<Planted> {
  const run = await runOfEntries(ENTRIES);
  const outputLogs = log(logOf(ENTRIES, run.archive));
  return { run: alter(run), input: { source: run.source, outputLogs } };
}

/** A source that is no longer the one opened after so many reads. */
function replacedInMidRead(archive: Uint8Array): ByteSource {
  const whole = memorySource(archive);
  const changed = () => new MailproofError('SOURCE_CHANGED', 'The object was replaced while it was read.');
  let reads = 0;
  return {
    ...whole,
    async *read(start, end, signal) {
      if (++reads > 1) throw changed();
      yield* whole.read(start, end, signal);
    },
    async bytes(start, end, signal) {
      if (++reads > 1) throw changed();
      return whole.bytes(start, end, signal);
    },
  };
}

const attachedFile = 'Inbox/6.eml';

const DAMAGES: readonly Damage[] = [
  // Rebuilt before it was processed: only the log can tell.
  ...[0, 5, 23].map((number): Damage => {
    const path = MAIL_ONLY[number]?.path ?? '';
    return {
      name: `message ${number} removed and the zip rebuilt`,
      plant: async () => rebuilt(MAIL_ONLY, without(MAIL_ONLY, named(path))),
      verdict: 'INCOMPLETE',
      check: 'output-log',
      names: /counts more messages than the archive holds/,
    };
  }),
  {
    name: 'a message removed, the log counting calendar items too',
    plant: async () => rebuilt(ENTRIES, without(ENTRIES, named('Inbox/3.eml')), 'items'),
    verdict: 'INCOMPLETE',
    check: 'output-log',
    names: /counts more messages/,
  },
  {
    name: 'a message removed, the log not counting the calendar items there are',
    plant: async () => rebuilt(ENTRIES, without(ENTRIES, named('Inbox/3.eml'))),
    verdict: 'INCOMPLETE',
    check: 'output-log',
    names: /more messages and more octets/,
  },
  {
    name: 'a calendar item removed, the log counting it',
    plant: async () => rebuilt(ENTRIES, without(ENTRIES, named('Calendar/2.ics')), 'items'),
    verdict: 'INCOMPLETE',
    check: 'output-log',
    names: /counts more messages/,
  },
  {
    name: 'a calendar item removed, the log not counting it',
    plant: async () => rebuilt(ENTRIES, without(ENTRIES, named('Calendar/2.ics'))),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash matches no known reading/,
  },
  {
    name: 'a folder missing',
    plant: async () =>
      rebuilt(
        ENTRIES,
        without(ENTRIES, ({ path }) => path.startsWith('Sent Items/')),
        'items',
      ),
    verdict: 'INCOMPLETE',
    check: 'output-log',
    names: /counts more messages/,
  },
  {
    name: 'half of the messages missing',
    plant: async () =>
      rebuilt(
        ENTRIES,
        without(ENTRIES, ({ path }, at) => path.endsWith('.eml') && at % 2 === 0),
      ),
    verdict: 'INCOMPLETE',
    check: 'output-log',
    names: /counts more messages/,
  },
  {
    name: 'a message emptied',
    plant: async () =>
      rebuilt(
        ENTRIES,
        replaced(ENTRIES, 'Inbox/3.eml', () => Buffer.alloc(0)),
      ),
    verdict: 'INCOMPLETE',
    check: 'empty-entries',
    names: /Inbox\/3\.eml/,
  },
  {
    name: 'a message cut within its file, the CRC mended',
    plant: async () =>
      rebuilt(
        ENTRIES,
        replaced(ENTRIES, attachedFile, (old) => old.subarray(0, -300)),
      ),
    verdict: 'INCOMPLETE',
    check: 'mid-part-end',
    names: /Inbox\/6\.eml/,
  },
  {
    name: 'a message cut within its text, the CRC mended',
    plant: async () =>
      rebuilt(
        ENTRIES,
        replaced(ENTRIES, 'Sent Items/13.eml', (old) => old.subarray(0, -100)),
      ),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash matches no known reading/,
  },
  {
    name: 'an octet of a message altered, the CRC mended',
    plant: async () =>
      rebuilt(
        ENTRIES,
        replaced(ENTRIES, 'Sent Items/13.eml', (old) => flipped(old, old.length - 50)),
      ),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash matches no known reading/,
  },
  {
    name: 'a calendar cut, the CRC mended',
    plant: async () =>
      rebuilt(
        ENTRIES,
        replaced(ENTRIES, 'Calendar/1.ics', (old) => old.subarray(0, -40)),
      ),
    verdict: 'INCOMPLETE',
    check: 'calendar-end',
    names: /Calendar\/1\.ics/,
  },
  // The archive's octets are damaged.
  {
    name: 'a CRC that is not that of the octets',
    plant: async () => {
      const run = await runOfEntries(ENTRIES.map((entry, at) => (at === 5 ? { ...entry, crc: 0xdeadbeef } : entry)));
      return { run };
    },
    verdict: 'INCOMPLETE',
    check: 'crc',
    names: new RegExp(ENTRIES[5]?.path ?? ''),
  },
  {
    name: 'an octet of compressed data altered',
    plant: async () => damagedArchive((archive) => flipped(archive, 300)),
    verdict: 'INCOMPLETE',
    check: '*',
    names: /0\.eml/,
  },
  {
    name: 'the archive cut in the middle',
    plant: async () => damagedArchive((archive) => archive.subarray(0, Math.floor(archive.length * 0.6))),
    verdict: 'INCOMPLETE',
    check: '*',
    names: /./,
  },
  {
    name: 'the last octet of the archive missing',
    plant: async () => damagedArchive((archive) => archive.subarray(0, -1)),
    verdict: 'INCOMPLETE',
    check: '*',
    names: /./,
  },
  {
    name: "the archive's directory missing",
    plant: async () =>
      damagedArchive((archive) => archive.subarray(0, archive.indexOf(Buffer.from('PK\x01\x02'))), true),
    verdict: 'INCOMPLETE',
    check: 'archive-damage',
    names: /director/,
  },
  {
    name: 'the end record counting an entry too many',
    plant: async () => {
      const run = await runOf(makeZip(ENTRIES, { declared: ENTRIES.length + 1 }));
      return { run };
    },
    verdict: 'INCOMPLETE',
    check: '*',
    names: /29/,
  },
  {
    name: 'a local header that names another file than the directory',
    plant: async () => damagedArchive((archive) => flipped(archive, 30)),
    verdict: 'INCOMPLETE',
    check: 'local-headers',
    names: /0\.eml/,
  },
  // The log.
  {
    name: "the log's total of messages one more",
    plant: async () => withLog((values) => plus(plus(values, 'totalMessages', 1), 'totalMessages', ENTRIES.length)),
    verdict: 'INCOMPLETE',
    check: 'output-log',
    names: /counts more messages/,
  },
  {
    name: "the log's total of messages one less",
    plant: async () => withLog((values) => plus(values, 'totalMessages', -1)),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /totalMessages matches no known reading/,
  },
  {
    name: "the log's total of octets one more",
    plant: async () => withLog((values) => plus(values, 'totalBytes', 1)),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /totalBytes matches no known reading/,
  },
  {
    name: "the log's total of folders too small",
    plant: async () => withLog((values) => ({ ...values, totalFolders: '1' })),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /fewer folders/,
  },
  {
    name: "the log's hash another",
    plant: async () => withLog((values) => ({ ...values, sha384Hash: 'ab'.repeat(48) })),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash matches no known reading/,
  },
  {
    name: 'the log of another job',
    plant: async () => {
      const facts = { job: JOB, object: null, outputLogs: [], mailbox: null };
      return withLog((values) => ({ ...values, startTime: '1700000000', endTime: '1700000100' }), facts);
    },
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /log of another export/,
  },
  // The job and the object.
  ...['FAILED', 'CANCELLED', 'RUNNING'].map(
    (state): Damage => ({
      name: `a job that is ${state}`,
      plant: async () => withFacts((facts) => ({ ...facts, job: { ...JOB, state, errorInfo: 'the mailbox is gone' } })),
      verdict: 'INCOMPLETE',
      check: 'job-state',
      names: /job-1/,
    }),
  ),
  {
    name: 'a job that ended before it began',
    plant: async () => withFacts((facts) => ({ ...facts, job: { ...JOB, endTime: '2025-12-31T00:00:00Z' } })),
    verdict: 'INCOMPLETE',
    check: 'job-times',
    names: /ended before it began/,
  },
  {
    name: 'another key',
    plant: async () =>
      withFacts((facts) => ({
        ...facts,
        object: facts.object && { ...facts.object, kmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/other' },
      })),
    verdict: 'INCOMPLETE',
    check: 'job-key',
    names: /not encrypted with the key of its export job/,
  },
  {
    name: 'no key of its own',
    plant: async () =>
      withFacts((facts) => ({
        ...facts,
        object: facts.object && { ...facts.object, kmsKeyId: null, encryption: 'AES256' },
      })),
    verdict: 'INCOMPLETE',
    check: 'job-key',
    names: /not encrypted with the key/,
  },
  ...(
    [
      ['2026-01-01T01:15:01Z', 'after its export job had ended'],
      ['2025-12-31T23:59:59Z', 'before its export job began'],
    ] as const
  ).map(
    ([lastModified, names]): Damage => ({
      name: `an object written ${names}`,
      plant: async () =>
        withFacts((facts) => ({ ...facts, object: facts.object && { ...facts.object, lastModified } })),
      verdict: 'INCOMPLETE',
      check: 'job-window',
      names: new RegExp(names),
    }),
  ),
  {
    name: 'an object of another size',
    plant: async () =>
      withFacts((facts) => ({ ...facts, object: facts.object && { ...facts.object, size: facts.object.size + 1 } })),
    verdict: 'INCOMPLETE',
    check: 'archive-object',
    names: /octets when it was processed/,
  },
  {
    name: "S3's checksum of the object another",
    plant: async () =>
      withFacts((facts) => ({
        ...facts,
        object: facts.object && { ...facts.object, checksums: { sha256: Buffer.alloc(32, 1).toString('base64') } },
      })),
    verdict: 'INCOMPLETE',
    check: 'archive-object',
    names: /another sha256 checksum/,
  },
  // The archive by the time of verification.
  {
    name: 'an octet of the archive altered since',
    plant: async () => laterSource(({ archive }) => memorySource(flipped(archive, 300))),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /0\.eml/,
  },
  {
    name: 'an item altered since, its CRC mended',
    plant: async () => laterEntries(replaced(ENTRIES, 'Inbox/3.eml', (old) => flipped(old, old.length - 5))),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /Inbox\/3\.eml/,
  },
  {
    name: 'a message removed since and the zip rebuilt',
    plant: async () => laterEntries(without(ENTRIES, named('Inbox/9.eml'))),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /Inbox\/9\.eml is in the manifest and not in the archive/,
  },
  {
    name: 'the last item removed since',
    plant: async () => laterEntries(without(ENTRIES, named('Calendar/3.ics'))),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /Calendar\/3\.ics is in the manifest and not in the archive/,
  },
  {
    name: 'a message added since',
    plant: async () =>
      laterEntries([...ENTRIES, { path: 'Inbox/new.eml', bytes: Buffer.from('From: a@b\r\n\r\nnew') }]),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /Inbox\/new\.eml, which the manifest does not know/,
  },
  {
    name: 'an entry renamed since',
    plant: async () =>
      laterEntries(ENTRIES.map((entry) => (entry.path === 'Inbox/3.eml' ? { ...entry, path: 'Inbox/x.eml' } : entry))),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /calls Inbox\/3\.eml is called Inbox\/x\.eml/,
  },
  {
    name: 'the order of entries changed since',
    plant: async () => laterEntries(ENTRIES.toReversed()),
    verdict: 'INCOMPLETE',
    check: 'archive-digest',
    names: /sha256 is not the one/,
  },
  {
    name: 'the archive cut since',
    plant: async () => laterSource(({ archive }) => memorySource(archive.subarray(0, archive.length >> 1))),
    verdict: 'INCOMPLETE',
    check: 'archive-object',
    names: /octets now/,
  },
  {
    name: 'another file in the place of the archive',
    plant: async () => laterSource(() => memorySource(Buffer.from('this is no archive'))),
    verdict: 'INCOMPLETE',
    check: 'archive-digest',
    names: /could not be read to its end/,
  },
  {
    name: 'an empty file in the place of the archive',
    plant: async () => laterSource(() => memorySource(Buffer.alloc(0))),
    verdict: 'INCOMPLETE',
    check: 'archive-digest',
    names: /has no octets/,
  },
  {
    name: 'the object replaced in mid-read',
    plant: async () => laterSource(({ archive }) => replacedInMidRead(archive)),
    verdict: 'INCOMPLETE',
    check: 'archive-object',
    names: /replaced while it was read/,
  },
  // The run's own files.
  {
    name: 'an octet of a shard altered',
    plant: async () => alteredRun((run) => alterRecord(run, '00000003', /"subject":"./, '"subject":"X')),
    verdict: 'INCOMPLETE',
    check: 'run-files',
    names: /items\/000000\.jsonl/,
  },
  {
    name: 'a record removed from its shard',
    plant: async () => alteredRun((run) => alterFile(run, 'items/000000.jsonl', (text) => dropLine(text, 4))),
    verdict: 'INCOMPLETE',
    check: 'record-places',
    names: /no record of entry 4/,
  },
  {
    name: 'the last record removed, the root mended',
    plant: async () =>
      alteredRun((run) => mendRoot(alterFile(run, 'items/000000.jsonl', (text) => dropLine(text, 27)))),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /Calendar\/3\.ics, which the manifest does not know/,
  },
  {
    name: 'a shard cut in the middle of a line',
    plant: async () => alteredRun((run) => alterFile(run, 'items/000000.jsonl', (text) => text.slice(0, -100))),
    verdict: 'INCOMPLETE',
    check: 'record-schema',
    names: /does not end with a line feed/,
  },
  ...[
    'items/000000.jsonl',
    'items/000000.index.json',
    'text/000000.txt',
    'index/digest.jsonl',
    'ledger.json',
    'schema/root.schema.json',
    'findings.jsonl',
  ].map(
    (path): Damage => ({
      name: `${path} missing`,
      plant: async () =>
        alteredRun((run) => {
          run.files.delete(path);
          return run;
        }),
      verdict: 'INCOMPLETE',
      check: 'run-files',
      names: new RegExp(`${path} is not there`),
    }),
  ),
  {
    name: "a native's digest forged, the root mended",
    plant: async () =>
      alteredRun((run) =>
        mendRoot(alterRecord(run, '00000003', /"digest":"sha256:[0-9a-f]{8}/, '"digest":"sha256:00000000')),
      ),
    verdict: 'INCOMPLETE',
    check: 'native-digest',
    names: /7?3\.eml|octets of .*3\.eml/,
  },
  {
    name: "a native's digest forged, the root mended, the archive not given",
    plant: async () => ({
      run: mendRoot(
        alterRecord(
          await runOfEntries(ENTRIES),
          '00000003',
          /"digest":"sha256:[0-9a-f]{8}/,
          '"digest":"sha256:00000000',
        ),
      ),
    }),
    verdict: 'INCOMPLETE',
    check: 'index-rows',
    names: /Record 00000003 is not in index\/digest\.jsonl/,
  },
  {
    name: 'a row of an index removed, the root mended',
    plant: async () =>
      alteredRun((run) => mendRoot(alterFile(run, 'index/message-id.jsonl', (text) => dropLine(text, 3)))),
    verdict: 'INCOMPLETE',
    check: 'index-rows',
    names: /is not in index\/message-id\.jsonl/,
  },
  {
    name: 'two threads joined in the index, the root mended',
    plant: async () =>
      alteredRun((run) =>
        mendRoot(alterFile(run, 'index/thread.jsonl', (text) => text.replace(/^\["[0-9a-f]{12}"/, '["000000000001"'))),
      ),
    verdict: 'INCOMPLETE',
    check: 'index-rows',
    names: /index\/thread\.jsonl does not lead to the records/,
  },
  {
    name: 'an index out of order, the root mended',
    plant: async () =>
      alteredRun((run) =>
        mendRoot(
          alterFile(run, 'index/digest.jsonl', (text) => `${text.trimEnd().split('\n').reverse().join('\n')}\n`),
        ),
      ),
    verdict: 'INCOMPLETE',
    check: 'index-rows',
    names: /is not sorted/,
  },
  {
    name: 'a place in a shard altered, the root mended',
    plant: async () =>
      alteredRun((run) =>
        mendRoot(alterFile(run, 'items/000000.index.json', (text) => text.replace(/:\[(\d+),/, ':[1$1,'))),
      ),
    verdict: 'INCOMPLETE',
    check: 'record-places',
    names: /Record 00000000 is not where/,
  },
  {
    name: 'a record of no known shape, the root mended',
    plant: async () => alteredRun((run) => mendRoot(alterRecord(run, '00000005', /"type":"Email"/, '"type":"Emayl"'))),
    verdict: 'INCOMPLETE',
    check: 'record-schema',
    names: /is no record: type/,
  },
  {
    name: 'the ledger counting a message less, the root mended',
    plant: async () =>
      alteredRun((run) =>
        mendRoot(alterFile(run, 'ledger.json', (text) => text.replace('"Email": 24', '"Email": 23'))),
      ),
    verdict: 'INCOMPLETE',
    check: 'ledger-recount',
    names: /23 records of type Email; the records hold 24/,
  },
  {
    name: 'the ledger not balancing, the root mended',
    plant: async () =>
      alteredRun((run) =>
        mendRoot(alterFile(run, 'ledger.json', (text) => text.replace(/"headers": \d+/, '"headers": 17'))),
      ),
    verdict: 'INCOMPLETE',
    check: 'ledger-balance',
    names: /octets of the archive unaccounted/,
  },
  {
    name: "the root's counts altered",
    plant: async () =>
      alteredRun((run) => alterFile(run, 'manifest.json', (text) => text.replace(/"records": \d+/, '"records": 12'))),
    verdict: 'INCOMPLETE',
    check: 'root-counts',
    names: /12 records/,
  },
  {
    name: 'what the run found removed, the root mended',
    plant: async () => {
      const run = await runOf(makeZip(ENTRIES, { declared: ENTRIES.length + 1 }));
      return { run: mendRoot(alterFile(run, 'findings.jsonl', () => '')) };
    },
    verdict: 'INCOMPLETE',
    check: 'root-counts',
    names: /says [1-9] findings, by findings\.jsonl; it is 0/,
  },
  {
    name: 'a root other than the one noted elsewhere',
    plant: async () => {
      const run = await runOfEntries(ENTRIES);
      const noted = (await run.reader()).digest;
      alterFile(run, 'manifest.json', (text) => text.replace('"salvaged": false', '"salvaged":  false'));
      return { run, input: { rootDigest: noted } };
    },
    verdict: 'INCOMPLETE',
    check: 'root-digest',
    names: /manifest\.json is not the one that was noted/,
  },
  {
    name: 'a root altered, and nothing noted elsewhere',
    plant: async () =>
      alteredRun((run) =>
        alterFile(run, 'manifest.json', (text) => text.replace('"salvaged": false', '"salvaged":  false')),
      ),
    verdict: 'INCOMPLETE',
    check: 'sums-file',
    names: /manifest-sha256\.txt does not list/,
  },
  {
    name: 'an octet of the text altered',
    plant: async () => alteredRun((run) => alterFile(run, 'text/000000.txt', (text) => text.replace(/[a-z]/, '*'))),
    verdict: 'INCOMPLETE',
    check: 'run-files',
    names: /text\/000000\.txt is not the file/,
  },
  ...(['sha384', 'md5'] as const).map(
    (algorithm): Damage => ({
      name: `the archive's ${algorithm} forged in the root`,
      plant: async () => {
        const { run, input } = await alteredRun((altered) =>
          alterFile(altered, 'manifest.json', (text) =>
            text.replace(new RegExp(`("${algorithm}": ")........`), '$100000000'),
          ),
        );
        return { run, input: { ...input, allDigests: true } };
      },
      verdict: 'INCOMPLETE',
      check: 'archive-digest',
      names: new RegExp(`${algorithm} is not the one`),
    }),
  ),
  // Other witnesses.
  {
    name: 'a message that an earlier manifest had',
    plant: async () => {
      const earlier = await (await runOfEntries(ENTRIES)).reader();
      return { run: await runOfEntries(without(ENTRIES, named('Inbox/9.eml'))), input: { earlier } };
    },
    verdict: 'INCOMPLETE',
    check: 'earlier-manifest',
    names: /Inbox\/9\.eml was in the earlier manifest/,
  },
];

test('there are at least forty damages', () => expect(DAMAGES.length).toBeGreaterThanOrEqual(40));

test.each(DAMAGES)('$name', async ({ plant, verdict, check, names }) => {
  const { run, input } = await plant();
  const result = await verify(run, input);
  const told = result.verdict.reasons.map((reason) => `${reason.severity} ${reason.check}: ${reason.message}`);
  expect(result.verdict.verdict, told.join('\n')).toBe(verdict);
  const grave = result.verdict.reasons.filter(
    ({ severity }) => severity === (verdict === 'INCOMPLETE' ? 'error' : 'warning'),
  );
  const rightly = grave.filter((reason) => check === '*' || reason.check === check);
  expect(
    rightly.some(({ message }) => names.test(message)),
    told.join('\n'),
  ).toBe(true);
  if (check === 'native-digest') expect(rightly.length, told.join('\n')).toBe(1);
  expect(result.verdict.next.length).toBeGreaterThan(0);
});

test('a witness that contradicts makes it INCOMPLETE without any finding', async () => {
  const run = await runOfEntries(ENTRIES);
  const { verdict } = await verify(run, { witnesses: [{ name: 'live mailbox', agrees: false, reading: null }] });
  expect(verdict.verdict).toBe('INCOMPLETE');
});

test('an exception of a series without its master is named', async () => {
  const exception = calendar(9, 'RECURRENCE-ID:20260210T090000Z');
  const run = await runOfEntries([...ENTRIES, { path: 'Calendar/9.ics', bytes: Buffer.from(exception) }]);
  const { findings } = await verify(run);
  expect(findings.find(({ check }) => check === 'orphan-overrides')).toMatchObject({
    entry: 'Calendar/9.ics',
    severity: 'warning',
  });
});
