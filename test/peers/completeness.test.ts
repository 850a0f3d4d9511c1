import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readOutputLogFile } from '../../src/cli/facts.ts';
import { memorySource } from '../../src/io/index.ts';
import type { CheckRunInput, VerdictName } from '../../src/verify/index.ts';
import { flipped } from '../verify/damage.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { JOB, type LogValues, logOf, objectOf, runOf, runOfEntries, verify } from '../verify/run.ts';
import type { ZipEntry } from '../verify/zip.ts';

const has = (program: string, ...parameters: string[]): boolean => spawnSync(program, parameters).status === 0;
const PRESENT = {
  python3: has('python3', '--version'),
  zip: has('zip', '-v'),
  '7zz': has('7zz', 'i'),
};
for (const [name, present] of Object.entries(PRESENT))
  if (!present) console.warn(`completeness peers: ${name} is not there; its tests are skipped.`);
type Tool = keyof typeof PRESENT;

const folder = mkdtempSync(join(tmpdir(), 'mailproof-completeness-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(folder, String(made++));

const ENTRIES = makeMailbox({ seed: 31, messages: 30, calendars: 5 });
const OTHERS = makeMailbox({ seed: 99, messages: 26, calendars: 3 });
const named = (path: string) => {
  const found = ENTRIES.find((entry) => entry.path === path);
  if (found === undefined) throw new Error(`there is no ${path}`);
  return found;
};

interface PythonEntry {
  readonly method?: string;
  readonly level?: number;
  readonly date?: readonly number[];
}

function python(
  entries: readonly ZipEntry[],
  spec: object = {},
  each: (at: number) => PythonEntry = () => ({}),
): Buffer {
  const out = `${fresh()}.zip`;
  const listed = entries.map(({ path, bytes }, at) => ({
    path,
    octets: Buffer.from(bytes).toString('base64'),
    ...each(at),
  }));
  const input = JSON.stringify({ ...spec, out, entries: listed });
  execFileSync('python3', ['-W', 'ignore', join(import.meta.dirname, 'python/archive.py')], { input });
  return readFileSync(out);
}

/** The entries as files below a folder of their own. */
function unpacked(entries: readonly ZipEntry[]): string {
  const root = fresh();
  mkdirSync(root);
  for (const { path, bytes } of entries) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(join(root, path), bytes);
  }
  return root;
}

function infoZip(entries: readonly ZipEntry[], options: readonly string[], input = ''): Buffer {
  const out = `${fresh()}.zip`;
  execFileSync('zip', ['-q', '-r', ...options, out, '.'], {
    cwd: unpacked(entries),
    input,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  return readFileSync(out);
}

function sevenZip(entries: readonly ZipEntry[], options: readonly string[] = []): Buffer {
  const out = `${fresh()}.zip`;
  execFileSync('7zz', ['a', '-tzip', ...options, out, '.'], { cwd: unpacked(entries), stdio: 'ignore' });
  return readFileSync(out);
}

/** An archive altered in place by the tool itself. */
function altered(archive: Buffer, program: string, ...parameters: string[]): Buffer {
  const out = `${fresh()}.zip`;
  writeFileSync(out, archive);
  execFileSync(
    program,
    parameters.map((each) => (each === 'ARCHIVE' ? out : each)),
    { stdio: 'ignore' },
  );
  return readFileSync(out);
}

const log = (values: LogValues) => ({ outputLogs: [{ where: 'log.json', values }] });
const without = (...paths: string[]) => ENTRIES.filter(({ path }) => !paths.includes(path));
const replaced = (path: string, bytes: (old: Buffer) => Uint8Array): ZipEntry[] =>
  ENTRIES.map((entry) => (entry.path === path ? { ...entry, bytes: bytes(Buffer.from(entry.bytes)) } : entry));

/** Entries of folders: what Info-ZIP and 7-Zip write, and what holds no mail. */
const DIRECTORIES: ZipEntry[] = ['Inbox/', 'Sent Items/', 'Projekte/', 'Projekte/Größe/', 'Calendar/'].map((path) => ({
  path,
  bytes: Buffer.alloc(0),
}));

interface Harmless {
  readonly name: string;
  readonly tool: Tool;
  readonly make: () => Buffer;
}

const extra = Buffer.from([0xfe, 0xca, 4, 0, 1, 2, 3, 4]).toString('base64');
const HARMLESS: readonly Harmless[] = [
  ...[1, 5, 9].map(
    (level): Harmless => ({ name: `python, level ${level}`, tool: 'python3', make: () => python(ENTRIES, { level }) }),
  ),
  { name: 'python, stored', tool: 'python3', make: () => python(ENTRIES, { method: 'stored' }) },
  {
    name: 'python, stored and deflated mixed',
    tool: 'python3',
    make: () => python(ENTRIES, {}, (at) => ({ method: at % 2 ? 'stored' : 'deflated' })),
  },
  { name: 'python, zip64', tool: 'python3', make: () => python(ENTRIES, { zip64: true }) },
  { name: 'python, to a pipe', tool: 'python3', make: () => python(ENTRIES, { pipe: true }) },
  { name: 'python, stored, to a pipe', tool: 'python3', make: () => python(ENTRIES, { pipe: true, method: 'stored' }) },
  { name: 'python, zip64, to a pipe', tool: 'python3', make: () => python(ENTRIES, { pipe: true, zip64: true }) },
  {
    name: 'python, with a comment',
    tool: 'python3',
    make: () => python(ENTRIES, { comment: 'PK\u0005\u0006 exported' }),
  },
  { name: 'python, with comments of entries', tool: 'python3', make: () => python(ENTRIES, { entryComment: 'kept' }) },
  { name: 'python, with extra fields', tool: 'python3', make: () => python(ENTRIES, { extra }) },
  { name: 'python, with entries of folders', tool: 'python3', make: () => python([...DIRECTORIES, ...ENTRIES]) },
  { name: 'python, folders last', tool: 'python3', make: () => python([...ENTRIES, ...DIRECTORIES]) },
  { name: 'python, backwards', tool: 'python3', make: () => python([...ENTRIES].reverse()) },
  {
    name: 'python, by name',
    tool: 'python3',
    make: () => python([...ENTRIES].sort((a, b) => (a.path < b.path ? -1 : 1))),
  },
  { name: 'python, made on Windows', tool: 'python3', make: () => python(ENTRIES, { system: 0, attributes: 0x20 }) },
  {
    name: 'python, of 1980',
    tool: 'python3',
    make: () => python(ENTRIES, {}, () => ({ date: [1980, 1, 1, 0, 0, 0] })),
  },
  {
    name: 'python, of 2107',
    tool: 'python3',
    make: () => python(ENTRIES, {}, () => ({ date: [2107, 12, 31, 23, 59, 58] })),
  },
  ...[['-1'], ['-9'], ['-0'], ['-D'], ['-X'], ['-fd'], ['-fz'], ['-UN=UTF8']].map(
    (options): Harmless => ({ name: `zip ${options.join(' ')}`, tool: 'zip', make: () => infoZip(ENTRIES, options) }),
  ),
  { name: 'zip, with a comment', tool: 'zip', make: () => infoZip(ENTRIES, ['-z'], 'a comment\nof two lines\n.\n') },
  ...[['-mx=0'], ['-mx=1'], ['-mx=9'], ['-mcu=on'], ['-mtc=on', '-mta=on'], ['-mcl=on']].map(
    (options): Harmless => ({
      name: `7-Zip ${options.join(' ')}`,
      tool: '7zz',
      make: () => sevenZip(ENTRIES, options),
    }),
  ),
];

describe.each(HARMLESS)('harmless: $name', ({ tool, make }) => {
  test.skipIf(!PRESENT[tool])('no false alarm', async () => {
    const archive = make();
    const run = await runOf(archive);
    const { findings, verdict } = await verify(run, { source: run.source, ...log(logOf(ENTRIES, archive)) });
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(verdict.verdict).toBe('COMPLETE');
  });
});

const LOGS: Record<string, (values: LogValues) => string | Buffer> = {
  'CRLF and indented': (values) => JSON.stringify(values, null, 2).replaceAll('\n', '\r\n'),
  'with a byte order mark': (values) => `\uFEFF${JSON.stringify(values)}\n`,
  'hash in capitals': (values) => JSON.stringify({ ...values, sha384Hash: values['sha384Hash']?.toUpperCase() }),
  'names in lower case': (values) =>
    JSON.stringify(Object.fromEntries(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]))),
  'numbers, not strings': (values) =>
    JSON.stringify({
      ...values,
      totalMessages: Number(values['totalMessages']),
      totalBytes: Number(values['totalBytes']),
    }),
  'within another object': (values) => JSON.stringify({ version: 1, export: { summary: values } }),
  'within a list': (values) => JSON.stringify([values]),
  'with keys nobody documents': (values) => JSON.stringify({ mailbox: 'a@example.com', ...values, retries: 3 }),
  'name=value': (values) =>
    Object.entries(values)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  'name: value, CRLF': (values) =>
    Object.entries(values)
      .map(([key, value]) => `${key}: ${value}\r\n`)
      .join(''),
  'CSV of a heading and a row': (values) =>
    `${Object.keys(values).join(',')}\r\n${Object.values(values).join(',')}\r\n`,
  'CSV with quotes and semicolons': (values) =>
    `"${Object.keys(values).join('";"')}"\n"${Object.values(values).join('";"')}"`,
  'CSV of pairs with quotes': (values) =>
    Object.entries(values)
      .map(([key, value]) => `"${key}","${value}"`)
      .join('\n'),
  backwards: (values) => JSON.stringify(Object.fromEntries(Object.entries(values).reverse())),
};

describe.each(Object.entries(LOGS))('a log %s', (_, write) => {
  test('is read, agrees with its own archive and not with one that is short', async () => {
    const run = await runOfEntries(ENTRIES);
    const path = `${fresh()}.log`;
    writeFileSync(path, write(logOf(ENTRIES, run.archive)));
    const outputLogs = [await readOutputLogFile(path)];
    expect((await verify(run, { source: run.source, outputLogs })).verdict.verdict).toBe('COMPLETE');
    const short = await runOfEntries(without('Inbox/3.eml'));
    expect((await verify(short, { source: short.source, outputLogs })).verdict.verdict).toBe('INCOMPLETE');
  });
});

test.each([
  '',
  '{}',
  'totalMessages=1',
  '[1,2,3]',
  'a,b\n1,2',
  '{"totalMessages":',
  `a${' '.repeat(60_000)}=x`,
  '['.repeat(50_000),
])('what is no log is refused in no time: %.20s', async (text) => {
  const path = `${fresh()}.log`;
  writeFileSync(path, text);
  await expect(readOutputLogFile(path)).rejects.toMatchObject({ code: 'USAGE' });
});

interface Loss {
  readonly name: string;
  readonly tool: Tool;
  /** The archive that is processed, and what else is known. */
  readonly plant: () =>
    | { archive: Buffer; input?: Partial<CheckRunInput>; since?: Buffer }
    | Promise<{ archive: Buffer; input?: Partial<CheckRunInput>; since?: Buffer }>;
  readonly verdict: VerdictName;
  /** What some reason or finding must say. */
  readonly says: RegExp;
}

/** Rebuilt by a tool before it was processed: the log is the original's. */
const short = (
  name: string,
  tool: Tool,
  make: () => Buffer,
  says = /counts more messages/,
  verdict: VerdictName = 'INCOMPLETE',
): Loss => ({
  name,
  tool,
  plant: () => ({ archive: make(), input: log(logOf(ENTRIES, python(ENTRIES))) }),
  verdict,
  says,
});
/** Of the archive itself; its log is whole. */
const damaged = (name: string, tool: Tool, make: () => Buffer, says: RegExp): Loss => ({
  ...short(name, tool, make, says),
});
const logged = (
  name: string,
  alter: (values: LogValues) => LogValues,
  says: RegExp,
  verdict: VerdictName,
  input: Partial<CheckRunInput> = {},
): Loss => ({
  name,
  tool: 'python3',
  plant: () => {
    const archive = python(ENTRIES);
    return { archive, input: { ...log(alter(logOf(ENTRIES, archive))), ...input } };
  },
  verdict,
  says,
});
const after = (name: string, tool: Tool, make: (archive: Buffer) => Buffer, says: RegExp): Loss => ({
  name,
  tool,
  plant: () => {
    const archive = python(ENTRIES);
    return { archive, since: make(archive), input: log(logOf(ENTRIES, archive)) };
  },
  verdict: 'INCOMPLETE',
  says,
});
const plus = (key: string, amount: number) => (values: LogValues) => ({
  ...values,
  [key]: String(Number(values[key]) + amount),
});
const inFolder = (name: string) => ENTRIES.filter(({ path }) => !path.startsWith(name));
const directoryAt = (archive: Buffer) => archive.readUInt32LE(archive.length - 6);
const dataOf = (archive: Buffer, path: string) => {
  const name = archive.indexOf(path);
  return name + Buffer.byteLength(path) + archive.readUInt16LE(name - 2);
};

const LOSSES: readonly Loss[] = [
  short('python: a message left out', 'python3', () => python(without('Inbox/0.eml'))),
  short('python: the last message left out, to a pipe', 'python3', () =>
    python(without('Projekte/Größe/29.eml'), { pipe: true }),
  ),
  short('python: three messages left out, zip64', 'python3', () =>
    python(without('Inbox/3.eml', 'Inbox/6.eml', 'Sent Items/4.eml'), { zip64: true }),
  ),
  short('python: a folder left out', 'python3', () => python(inFolder('Sent Items/'))),
  short('python: all mail left out', 'python3', () =>
    python(inFolder('Inbox/').filter(({ path }) => path.endsWith('.ics'))),
  ),
  short('zip -d of a message', 'zip', () => altered(python(ENTRIES), 'zip', '-q', '-d', 'ARCHIVE', 'Inbox/9.eml')),
  short('zip -d of a folder', 'zip', () => altered(python(ENTRIES), 'zip', '-q', '-d', 'ARCHIVE', 'Inbox/*')),
  short('7-Zip d of a message', '7zz', () => altered(python(ENTRIES), '7zz', 'd', 'ARCHIVE', 'Inbox/12.eml')),
  short('7-Zip d of a folder', '7zz', () => altered(python(ENTRIES), '7zz', 'd', 'ARCHIVE', 'Sent Items')),
  short('zip: rebuilt from a folder without a message', 'zip', () => infoZip(without('Inbox/15.eml'), [])),
  short('7-Zip: rebuilt from a folder without a message', '7zz', () => sevenZip(without('Inbox/15.eml'))),
  short(
    'a message under the name of another, which is gone',
    'python3',
    () => python([...without('Inbox/18.eml'), { path: 'Inbox/21.eml', bytes: named('Inbox/21.eml').bytes }]),
    /totalBytes|occur more than once|sha384Hash/,
    'UNPROVEN',
  ),
  short(
    'a message replaced by a copy of another',
    'python3',
    () => python(replaced('Inbox/18.eml', () => named('Inbox/21.eml').bytes)),
    /sha384Hash|totalBytes/,
    'UNPROVEN',
  ),
  short(
    'a message cut within its base64',
    'python3',
    () => python(replaced('Inbox/6.eml', (old) => old.subarray(0, old.length - 400))),
    /in mid-part|ends within|base64|Inbox\/6\.eml/,
    'INCOMPLETE',
  ),
  short(
    'a message cut within its base64, by 7-Zip',
    '7zz',
    () => sevenZip(replaced('Inbox/6.eml', (old) => old.subarray(0, old.length - 404))),
    /Inbox\/6\.eml/,
    'INCOMPLETE',
  ),
  short(
    'a message cut within its header',
    'python3',
    () => python(replaced('Inbox/9.eml', (old) => old.subarray(0, 60))),
    /totalBytes|sha384Hash|octets/,
    'UNPROVEN',
  ),
  short(
    'a message emptied',
    'python3',
    () => python(replaced('Inbox/9.eml', () => Buffer.alloc(0))),
    /Inbox\/9\.eml/,
    'INCOMPLETE',
  ),
  short(
    'a calendar cut',
    'python3',
    () => python(replaced('Calendar/2.ics', (old) => old.subarray(0, 120))),
    /Calendar\/2\.ics/,
    'INCOMPLETE',
  ),
  short('a message turned into a file of another kind', 'python3', () =>
    python(
      ENTRIES.map((entry) =>
        entry.path === 'Inbox/9.eml' ? { path: 'Inbox/9.bin', bytes: Buffer.alloc(entry.bytes.length, 1) } : entry,
      ),
    ),
  ),
  damaged(
    'entries encrypted with a password',
    'zip',
    () => infoZip(ENTRIES, ['-P', 'secret']),
    /encrypted|could not be read|cannot be read/i,
  ),
  damaged(
    'an entry compressed with bzip2',
    'python3',
    () => python(ENTRIES, {}, (at) => (at === 4 ? { method: 'bzip2' } : {})),
    /Sent Items\/4\.eml|method/,
  ),
  damaged(
    'an entry compressed with LZMA',
    'python3',
    () => python(ENTRIES, {}, (at) => (at === 4 ? { method: 'lzma' } : {})),
    /Sent Items\/4\.eml|method/,
  ),
  damaged(
    'cut in the middle, descriptors',
    'python3',
    () => {
      const whole = python(ENTRIES, { pipe: true });
      return whole.subarray(0, whole.length / 2);
    },
    /end is missing/,
  ),
  damaged(
    'cut in the middle, zip64',
    'python3',
    () => {
      const whole = python(ENTRIES, { zip64: true });
      return whole.subarray(0, whole.length / 2);
    },
    /end is missing/,
  ),
  damaged(
    'cut in the middle, 7-Zip',
    '7zz',
    () => {
      const whole = sevenZip(ENTRIES);
      return whole.subarray(0, whole.length / 2);
    },
    /end is missing/,
  ),
  damaged(
    'an octet of a stored message altered',
    'python3',
    () => {
      const whole = python(ENTRIES, { method: 'stored' });
      return flipped(whole, dataOf(whole, 'Inbox/3.eml') + 50);
    },
    /Inbox\/3\.eml/,
  ),
  damaged(
    'an octet altered, zip64 and descriptors',
    'python3',
    () => {
      const whole = python(ENTRIES, { pipe: true, zip64: true });
      return flipped(whole, dataOf(whole, 'Inbox/3.eml') + 50);
    },
    /Inbox\/3\.eml/,
  ),
  damaged(
    'a record of the directory taken out',
    'python3',
    () => {
      const whole = python(ENTRIES);
      const start = directoryAt(whole);
      const length =
        46 + whole.readUInt16LE(start + 28) + whole.readUInt16LE(start + 30) + whole.readUInt16LE(start + 32);
      const cut = Buffer.concat([whole.subarray(0, start), whole.subarray(start + length)]);
      for (const at of [cut.length - 14, cut.length - 12]) cut.writeUInt16LE(cut.readUInt16LE(at) - 1, at);
      cut.writeUInt32LE(cut.readUInt32LE(cut.length - 10) - length, cut.length - 10);
      return cut;
    },
    /no entry|disagree|not name it|directory/i,
  ),
  logged('the log: a message more', plus('totalMessages', 1), /totalMessages matches no known reading/, 'UNPROVEN'),
  logged(
    'the log: more messages than there are entries',
    plus('totalMessages', 6),
    /counts more messages/,
    'INCOMPLETE',
  ),
  logged('the log: octets of a message more', plus('totalBytes', 2000), /totalBytes/, 'UNPROVEN'),
  logged('the log: a folder too few', plus('totalFolders', -3), /fewer folders/, 'UNPROVEN'),
  logged('the log of another mailbox', () => logOf(OTHERS, python(OTHERS)), /sha384Hash|totalMessages/, 'UNPROVEN'),
  logged(
    'the log of a larger mailbox',
    () => {
      const more = makeMailbox({ seed: 4, messages: 80 });
      return logOf(more, python(more));
    },
    /counts more/,
    'INCOMPLETE',
  ),
  logged(
    'the log of another mailbox without its hash',
    () => ({ ...logOf(OTHERS, python(OTHERS)), sha384Hash: '' }),
    /totalMessages|sha384Hash/,
    'UNPROVEN',
  ),
  logged(
    'the log of a job of another day',
    (values) => ({ ...values, startTime: '1767000000', endTime: '1767003600' }),
    /log of another export/,
    'UNPROVEN',
    { facts: { job: JOB, object: null, outputLogs: [], mailbox: null } },
  ),
  {
    name: 'another key than the job’s',
    tool: 'python3',
    plant: () => {
      const archive = python(ENTRIES);
      const object = {
        ...objectOf(archive),
        kmsKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/99999999-2222-3333-4444-555555555555',
      };
      return {
        archive,
        input: { ...log(logOf(ENTRIES, archive)), facts: { job: JOB, object, outputLogs: [], mailbox: null } },
      };
    },
    verdict: 'INCOMPLETE',
    says: /key/i,
  },
  {
    name: 'written days after its job, and no hash to confirm it',
    tool: 'python3',
    plant: () => {
      const archive = python(ENTRIES);
      const object = { ...objectOf(archive), lastModified: '2026-01-09T00:00:00.000Z' };
      return {
        archive,
        input: {
          ...log(Object.fromEntries(Object.entries(logOf(ENTRIES, archive)).filter(([key]) => key !== 'sha384Hash'))),
          facts: { job: JOB, object, outputLogs: [], mailbox: null },
        },
      };
    },
    verdict: 'INCOMPLETE',
    says: /window|after the job|modified|written/i,
  },
  {
    name: 'an earlier manifest that knows of more',
    tool: 'python3',
    plant: async () => {
      const earlier = await (
        await runOf(python([...ENTRIES, ...makeMailbox({ seed: 5, messages: 40 }).slice(35, 38)]))
      ).reader();
      return { archive: python(ENTRIES), input: { earlier } };
    },
    verdict: 'INCOMPLETE',
    says: /earlier/,
  },
  after(
    'since then: zip -d of a message',
    'zip',
    (archive) => altered(archive, 'zip', '-q', '-d', 'ARCHIVE', 'Inbox/3.eml'),
    /Inbox\/3\.eml is in the manifest and not in the archive/,
  ),
  after(
    'since then: 7-Zip d of a message',
    '7zz',
    (archive) => altered(archive, '7zz', 'd', 'ARCHIVE', 'Inbox/3.eml'),
    /Inbox\/3\.eml is in the manifest and not in the archive/,
  ),
  after(
    'since then: rebuilt with other contents',
    'python3',
    () => python(replaced('Inbox/3.eml', (old) => Buffer.concat([Buffer.from('X-Y: 1\r\n'), old]))),
    /octets of Inbox\/3\.eml/,
  ),
  after(
    'since then: rebuilt by another tool, same contents',
    'python3',
    () => python(ENTRIES, { level: 1 }),
    /sha256 is not the one/,
  ),
  after(
    'since then: a second entry of the same name',
    'python3',
    () => python([...ENTRIES, { path: 'Inbox/3.eml', bytes: named('Inbox/6.eml').bytes }]),
    /Inbox\/3\.eml/,
  ),
  after('since then: a comment added', 'zip', () => python(ENTRIES, { comment: 'x' }), /sha256 is not the one/),
];

test('there are at least thirty losses and twenty harmless variants', () => {
  expect(LOSSES.length).toBeGreaterThanOrEqual(30);
  expect(HARMLESS.length).toBeGreaterThanOrEqual(20);
});

describe.each(LOSSES)('planted: $name', ({ tool, plant, verdict: expected, says }) => {
  test.skipIf(!PRESENT[tool] || !PRESENT.python3)(`is ${expected}, and named`, async () => {
    const { archive, input = {}, since } = await plant();
    const run = await runOf(archive);
    const source = since === undefined ? run.source : memorySource(since, 's3://bucket/exports/mailbox.zip');
    const { findings, verdict } = await verify(run, { source, ...input });
    const said = [...findings, ...verdict.reasons].map(({ message, entry = '' }) => `${entry} ${message}`);
    expect(
      said.filter((text) => says.test(text)),
      said.join('\n'),
    ).not.toEqual([]);
    expect(verdict.verdict, said.join('\n')).toBe(expected);
  });
});
