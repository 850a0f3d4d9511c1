import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseOutputLog } from '../../src/aws/index.ts';
import { writeCustody } from '../../src/fleet/custody.ts';
import { factsIn, rootDigestIn, sourceFindingsIn } from '../../src/fleet/recorded-facts.ts';
import { memorySink, memorySource } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import {
  type CheckRunInput,
  type CheckRunResult,
  checkRun,
  objectFacts,
  type VerdictName,
} from '../../src/verify/index.ts';
import { alterFile, flipped, mendRoot } from './damage.ts';
import { makeMailbox } from './mailbox.ts';
import { type LogValues, logOf, type Run, silent } from './run.ts';
import { makeZip, type ZipEntry } from './zip.ts';

const ENTRIES = makeMailbox({ seed: 7 });
const ARCHIVE = makeZip(ENTRIES);
const LOG = logOf(ENTRIES, ARCHIVE);
const omit = (values: LogValues, ...keys: string[]): LogValues =>
  Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
const json = (value: unknown) => JSON.stringify(value);

/** A run with all that lies beside it, made as `mailproof process --output-log` makes it. */
async function processed(archive: Buffer, log: string | null): Promise<Run> {
  const sink = memorySink('run');
  const source = memorySource(archive, 'export.zip');
  const values = log === null ? null : parseOutputLog(log);
  if (log !== null && values === null) throw new Error('the log was not read');
  const outputLogs = values === null ? [] : [{ where: 'log.json', values }];
  const facts = { job: null, object: objectFacts(source), outputLogs, mailbox: null };
  await processExport({
    source,
    sink,
    pool: inlinePool(),
    reporter: silent,
    beforeRoot: (finished) =>
      writeCustody(sink, finished, { command: ['process'], source: {}, facts, startedAt: 0, finishedAt: 1 }),
  });
  const files = sink.files as Map<string, Uint8Array>;
  return { archive, source, sink, files, reader: async () => ManifestReader.open(sink) };
}

/** As `mailproof verify DEST --source ARCHIVE` does: what was known of the export is what the custody record says. */
async function judged(run: Run, more: Partial<CheckRunInput> = {}): Promise<CheckRunResult> {
  const manifest = await run.reader();
  const custody = await manifest.custody();
  return checkRun({
    manifest,
    source: run.source,
    facts: factsIn(custody),
    findings: sourceFindingsIn(custody),
    rootDigest: rootDigestIn(custody),
    reporter: silent,
    ...more,
  });
}

interface Fraud {
  readonly name: string;
  readonly entries?: readonly ZipEntry[];
  readonly log?: string | null;
  readonly alter?: (run: Run) => Run;
  readonly more?: (run: Run) => Promise<Partial<CheckRunInput>>;
  readonly verdict: VerdictName;
  readonly check: string;
  readonly names: RegExp;
}

const at = (path: string, bytes: Uint8Array) =>
  ENTRIES.map((entry) => (entry.path === path ? { ...entry, bytes } : entry));
const bytesOf = (path: string) => Buffer.from(ENTRIES.find((entry) => entry.path === path)?.bytes ?? []);
const custody = (alter: (text: string) => string) => (run: Run) => alterFile(run, 'custody.json', alter);
function withoutCustody(run: Run): Run {
  run.files.delete('custody.json');
  return run;
}
/** The liar's work: the records altered, and every digest made to fit, those of root and sums and custody too. */
const records = (alter: (text: string) => string) => (run: Run) =>
  mendAll(mendRoot(alterFile(run, 'items/000000.jsonl', alter)));
const lines = (text: string, alter: (all: string[]) => string[]) => `${alter(text.trimEnd().split('\n')).join('\n')}\n`;

function mendAll(run: Run): Run {
  const sha256 = (path: string) =>
    createHash('sha256')
      .update(run.files.get(path) ?? '')
      .digest('hex');
  alterFile(run, 'custody.json', (text) =>
    text.replace(/("path": "manifest\.json",\s+"digest": "sha256:)[0-9a-f]+/, `$1${sha256('manifest.json')}`),
  );
  return alterFile(run, 'manifest-sha256.txt', (text) =>
    lines(text, (all) => all.map((line) => `${sha256(line.slice(66))}  ${line.slice(66)}`)),
  );
}

const altered = (values: LogValues): string => json({ ...LOG, ...values });
/** Logs that cannot be what the service wrote: none may be a witness. */
const LOGS: readonly (readonly [string, string, RegExp])[] = [
  [
    'a total twice, the true one last',
    `{"totalMessages":"25",${json(omit(LOG, 'startTime')).slice(1)}`,
    /totalMessages/,
  ],
  ['a total twice in other letters', `{"TotalMessages":"25",${json(LOG).slice(1)}`, /totalMessages/],
  ['two logs in one file, the true one first', json([LOG, { ...LOG, totalMessages: '99' }]), /totalMessages/],
  ['two logs in one file, the true one last', json([{ ...LOG, totalMessages: '99' }, LOG]), /totalMessages/],
  ['two lines of one name', 'totalMessages=24\ntotalMessages=25\ntotalFolders=4\ntotalBytes=1\n', /totalMessages/],
  ['a total below nothing', altered({ totalMessages: '-24' }), /totalMessages/],
  ['a total with a fraction', altered({ totalMessages: '24.0' }), /totalMessages/],
  ['a total with an exponent', altered({ totalMessages: '2.4e1' }), /totalMessages/],
  ['a total of twenty digits', altered({ totalMessages: '99999999999999999999' }), /totalMessages/],
  ['a total in other digits', altered({ totalMessages: '٢٤' }), /totalMessages/],
  ['a total with separators', altered({ totalBytes: '22,345' }), /totalBytes/],
  ['a total of nothing', altered({ totalMessages: '' }), /totalMessages/],
  ['octets below nothing', json({ ...LOG, totalBytes: -5 }), /totalBytes/],
  ['all totals zero', altered({ totalMessages: '0', totalBytes: '0', totalFolders: '0' }), /totalMessages/],
  ['a hash cut short', altered({ sha384Hash: LOG['sha384Hash']?.slice(0, 64) ?? '' }), /sha384Hash/],
  ['a hash of nothing', altered({ sha384Hash: '' }), /sha384Hash/],
  ['an end before its beginning', altered({ startTime: '1767229200', endTime: '1767225600' }), /times cannot be/],
  ['times before there was WorkMail', altered({ startTime: '1', endTime: '2' }), /times cannot be/],
  ['times that are none', altered({ startTime: 'yesterday' }), /times cannot be/],
];

const FRAUDS: readonly Fraud[] = [
  ...LOGS.map(
    ([name, log, names]): Fraud => ({
      name: `a log with ${name}`,
      log,
      verdict: 'UNPROVEN',
      check: 'output-log',
      names,
    }),
  ),
  {
    name: 'a log of another mailbox',
    log: json(logOf(makeMailbox({ seed: 9 }), makeZip(makeMailbox({ seed: 9 })))),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash matches no known reading/,
  },
  {
    name: 'as many messages removed as there are calendar items, the log counting messages only',
    entries: ENTRIES.filter(({ path }) => !/^Inbox\/[0369]\.eml$/.test(path)),
    log: json(omit(LOG, 'sha384Hash', 'totalBytes')),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /agrees only together with other items/,
  },
  {
    name: 'two messages that exchanged their contents',
    entries: ENTRIES.map((entry) => {
      if (entry.path === 'Inbox/0.eml') return { ...entry, bytes: bytesOf('Inbox/3.eml') };
      return entry.path === 'Inbox/3.eml' ? { ...entry, bytes: bytesOf('Inbox/0.eml') } : entry;
    }),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash/,
  },
  {
    name: 'a folder renamed',
    entries: ENTRIES.map((entry) => ({ ...entry, path: entry.path.replace('Sent Items', 'Sent') })),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash/,
  },
  {
    name: 'a message replaced by one as long',
    entries: at('Inbox/3.eml', flipped(bytesOf('Inbox/3.eml'), 600)),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /sha384Hash/,
  },
  {
    name: 'a message replaced by a copy of another, the log without its hash',
    entries: at('Inbox/3.eml', bytesOf('Inbox/0.eml')),
    log: json(omit(LOG, 'sha384Hash')),
    verdict: 'UNPROVEN',
    check: 'output-log',
    names: /totalBytes/,
  },
  {
    name: 'a log inside the archive that contradicts the one beside it',
    entries: [...ENTRIES, { path: 'log.json', bytes: Buffer.from(altered({ totalMessages: '99' })) }],
    log: json(omit(LOG, 'sha384Hash')),
    verdict: 'INCOMPLETE',
    check: 'output-log',
    names: /entry log\.json contradicts/,
  },
  // The custody record: what was known of the export, and by whom.
  ...(
    [
      ['deleted', withoutCustody, 'sums-file', /custody\.json is not there/],
      ['no JSON', custody(() => '{'), 'custody', /is no custody record/],
      ['empty', custody(() => ''), 'custody', /is no custody record/],
      ['a list', custody(() => '[]'), 'custody', /is no custody record/],
      [
        'without the root’s digest',
        custody((text) => text.replace('"digest"', '"digits"')),
        'custody',
        /does not note/,
      ],
      [
        'of another host',
        custody((text) => text.replace(/"host": "[^"]*"/, '"host": "x"')),
        'sums-file',
        /custody\.json is not/,
      ],
      [
        'of another time',
        custody((text) => text.replace('1970-01-01', '1999-01-01')),
        'sums-file',
        /custody\.json is not/,
      ],
      ['of another archive', custody((text) => text.replace(/"md5": "..../, '"md5": "ffff')), 'custody', /another md5/],
      [
        'of another root',
        custody((text) => text.replace(/("digest": "sha256:)..../, '$1ffff')),
        'root-digest',
        /not the one/,
      ],
    ] as const
  ).map(
    ([name, alter, check, names]): Fraud => ({
      name: `a custody record that is ${name}`,
      alter,
      verdict: 'INCOMPLETE',
      check,
      names,
    }),
  ),
  {
    name: 'a log forged into the custody record',
    log: altered({ totalMessages: '99' }),
    alter: custody((text) => text.replace('"99"', '"24"')),
    verdict: 'INCOMPLETE',
    check: 'sums-file',
    names: /custody\.json is not the file/,
  },
  {
    name: 'a log planted in the custody record',
    log: null,
    alter: custody((text) => text.replace('"outputLogs": []', `"outputLogs": [{"where":"x","values":${json(LOG)}}]`)),
    verdict: 'INCOMPLETE',
    check: 'sums-file',
    names: /custody\.json is not the file/,
  },
  // The list of sums.
  ...(
    [
      ['a digest altered', (text: string) => text.replace(/^...../, 'fffff'), /does not list the files/],
      ['nothing', () => '', /does not list the files/],
      [
        'the custody record left out',
        (text: string) => text.replace(/.*custody\.json\n/, ''),
        /does not list custody\.json/,
      ],
      ['a file of nobody', (text: string) => `${text}${'0'.repeat(64)}  x\n`, /lists what no run writes/],
      [
        'the custody record twice',
        (text: string) => `${text}${'0'.repeat(64)}  custody.json\n`,
        /lists what no run writes/,
      ],
    ] as const
  ).map(
    ([name, alter, names]): Fraud => ({
      name: `a list of sums with ${name}`,
      alter: (run) => alterFile(run, 'manifest-sha256.txt', alter),
      verdict: 'INCOMPLETE',
      check: 'sums-file',
      names,
    }),
  ),
  // Records altered, and every digest mended.
  ...(
    [
      [
        'reordered',
        (text: string) => lines(text, (all) => [...all.slice(0, 3), all[4] ?? '', all[3] ?? '', ...all.slice(5)]),
        'record-places',
        /stands after|not where/,
      ],
      [
        'one doubled',
        (text: string) => lines(text, (all) => [...all.slice(0, 4), ...all.slice(3)]),
        'record-places',
        /not where|holds/,
      ],
      [
        'an entry renamed',
        (text: string) => text.replace('Inbox/3.eml', 'Inbox/4.eml'),
        'native-digest',
        /Inbox\/3\.eml/,
      ],
      [
        'a folder renamed',
        (text: string) => text.replace('"folderPath":["Inbox"]', '"folderPath":["Inbix"]'),
        'ledger-recount',
        /folder Inbix/,
      ],
      [
        'a size altered',
        (text: string) => text.replace(/("native":\{[^}]*"size":)\d/, '$19'),
        'native-digest',
        /octets of/,
      ],
      [
        'an offset altered',
        (text: string) => text.replace(/("index":3,"offset":)\d/, '$19'),
        'native-digest',
        /name another octet/,
      ],
    ] as const
  ).map(
    ([name, alter, check, names]): Fraud => ({
      name: `records with ${name}, all digests mended`,
      alter: records(alter),
      verdict: 'INCOMPLETE',
      check,
      names,
    }),
  ),
  {
    name: 'a subject altered and every digest mended, the root noted elsewhere',
    alter: records((text) => text.replace(/"subject":"./, '"subject":"X')),
    more: async () => ({ rootDigest: (await (await processed(ARCHIVE, json(LOG))).reader()).digest }),
    verdict: 'INCOMPLETE',
    check: 'root-digest',
    names: /not the one that was noted/,
  },
  // Witnesses that are none.
  {
    name: 'the same manifest as an earlier one',
    log: null,
    more: async (run) => ({ earlier: await run.reader() }),
    verdict: 'UNPROVEN',
    check: 'earlier-manifest',
    names: /of this very archive/,
  },
  {
    name: 'another run of the same archive as an earlier one',
    log: null,
    more: async () => ({ earlier: await (await processed(ARCHIVE, null)).reader() }),
    verdict: 'UNPROVEN',
    check: 'earlier-manifest',
    names: /of this very archive/,
  },
  {
    name: 'an earlier manifest that knew three of all messages',
    log: null,
    more: async () => ({ earlier: await (await processed(makeZip(ENTRIES.slice(0, 3)), null)).reader() }),
    verdict: 'UNPROVEN',
    check: 'earlier-manifest',
    names: /held 3 items/,
  },
  // The archive by the time of verification.
  ...(
    [
      ['an octet appended', Buffer.concat([ARCHIVE, Buffer.from('x')]), 'archive-object', /octets now/],
      ['an octet before it', Buffer.concat([Buffer.from('x'), ARCHIVE]), 'archive-object', /octets now/],
      ['its end missing', ARCHIVE.subarray(0, -100), 'archive-object', /octets now/],
      ['written anew without compression', makeZip(ENTRIES, { stored: true }), 'archive-digest', /sha256 is not/],
      [
        'a hole of zeros',
        Buffer.concat([ARCHIVE.subarray(0, 3000), Buffer.alloc(600), ARCHIVE.subarray(3600)]),
        'archive-digest',
        /sha256 is not/,
      ],
    ] as const
  ).map(
    ([name, archive, check, names]): Fraud => ({
      name: `the archive with ${name}`,
      more: async () => ({ source: memorySource(archive, 'export.zip') }),
      verdict: 'INCOMPLETE',
      check,
      names,
    }),
  ),
];

test('there are at least fifty frauds', () => expect(FRAUDS.length).toBeGreaterThanOrEqual(50));

test('the honest run is COMPLETE', async () => {
  const run = await processed(ARCHIVE, json(LOG));
  const { verdict, findings } = await judged(run);
  expect(verdict.verdict).toBe('COMPLETE');
  expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
});

test.each(FRAUDS)('$name', async ({ entries, log = json(LOG), alter, more, verdict, check, names }) => {
  const honest = await processed(entries === undefined ? ARCHIVE : makeZip(entries), log);
  const run = alter?.(honest) ?? honest;
  const result = await judged(run, await more?.(run));
  const told = result.verdict.reasons.map((reason) => `${reason.severity} ${reason.check}: ${reason.message}`);
  expect(result.verdict.verdict, told.join('\n')).toBe(verdict);
  const grave = result.verdict.reasons.filter(
    (reason) => reason.check === check && reason.severity === (verdict === 'INCOMPLETE' ? 'error' : 'warning'),
  );
  expect(
    grave.some(({ message }) => names.test(message)),
    told.join('\n'),
  ).toBe(true);
  expect(result.verdict.next.length).toBeGreaterThan(0);
});
