import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROFILES, type ProduceOptions, type ProfileName } from '../../src/produce/index.ts';
import { HARD_SUBJECTS, hardSubjects } from '../produce/hard-mailbox.ts';
import { HOSTILE_CUSTODIAN, hostileMailbox } from '../produce/hostile-mailbox.ts';
import { goldenMailbox } from '../produce/mailbox.ts';
import { made } from '../produce/production.ts';
import type { ZipEntry } from '../verify/zip.ts';

/** What each of these programs is asked to show that it is there. */
const has = (program: string, ...args: readonly string[]): boolean => {
  const found = spawnSync(program, args, { input: '' }).error === undefined;
  if (!found) console.warn(`skipped: ${program} is not installed`);
  return found;
};
const SCHEMA = join(import.meta.dirname, '../../../shared/facts/edrm12-derived.xsd');
const PYTHON = has('python3', '--version');
const XMLLINT = has('xmllint', '--version') && existsSync(SCHEMA);
if (!existsSync(SCHEMA)) console.warn('skipped: the EDRM schema is not there');
const SHA256SUM = has('sha256sum', '--version');
const FORMAIL = has('formail', '-v');
const UNZIP = has('unzip', '-v');
const PYARROW = PYTHON && spawnSync('python3', ['-c', 'import pyarrow.parquet']).status === 0;
if (!PYARROW) console.warn('skipped: pyarrow is not installed (set PYTHONPATH where it is elsewhere)');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailproof-productions-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isMailbox = (given: object): given is readonly ZipEntry[] => Array.isArray(given);

/** A production in a folder of its own. */
async function produced(
  profile: ProfileName,
  name: string,
  options: ProduceOptions = {},
  mailbox: readonly ZipEntry[] | Readonly<Record<string, readonly ZipEntry[]>> = goldenMailbox(),
): Promise<string> {
  const { files } = await made(isMailbox(mailbox) ? { anna: mailbox } : mailbox, profile, options);
  const target = join(folder, name);
  for (const [path, octets] of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), octets);
  }
  return target;
}

function run(program: string, args: readonly string[], options: { cwd?: string; input?: Buffer } = {}): string {
  const { status, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}${stdout}`);
  return stdout;
}

/** What a Concordance DAT makes of a subject by its own rules. */
const asCarried = (subject: string): string =>
  subject
    .replaceAll('®', '(R)')
    .replaceAll('\u0014', '')
    .replaceAll('\0', '')
    .replace(/\r\n|\r|\n/g, '®');

/** Two custodians of a mailbox made to break loaders, one of them with a name that does. */
const hostile = (profile: ProfileName): Promise<string> => {
  const mailboxes = { [HOSTILE_CUSTODIAN]: hostileMailbox(), other: hostileMailbox() };
  return produced(profile, `hostile-${profile}`, { dedupe: 'global', inclusive: true }, mailboxes);
};
const READER = join(import.meta.dirname, 'python/production.py');

const READ_DAT = `
import csv, json, sys
with open(sys.argv[1], encoding=sys.argv[2], newline='') as file:
    json.dump(list(csv.reader(file, delimiter='\\x14', quotechar='\\xfe', doublequote=True)), sys.stdout)
`;

describe.skipIf(!PYTHON)("Python's csv", () => {
  test.each([
    ['utf-8-bom', 'utf-8-sig', 'Größe', '山田'],
    ['utf-16le', 'utf-16', 'Größe', '山田'],
    ['windows-1252', 'cp1252', 'Größe', '??'],
  ] as const)('reads a DAT in %s and gets the values back', async (encoding, codec, folderName, name) => {
    const target = await produced('relativity', `dat-${encoding}`, { encoding, dedupe: 'global' });
    const rows: unknown = JSON.parse(run('python3', ['-c', READ_DAT, join(target, 'loadfile.dat'), codec]));
    const table = rows as string[][];
    const names = PROFILES.relativity.columns.map(([column]) => column);
    expect(table[0]).toEqual(names);
    expect(new Set(table.map((row) => row.length))).toEqual(new Set([names.length]));
    expect(table).toHaveLength(26);
    const cell = (number: string, column: string) => table.find((row) => row[0] === number)?.[names.indexOf(column)];
    expect(cell('MP0000016', 'Email Subject')).toBe(
      `=HYPERLINK("x") þorn (R) registered  ${encoding === 'windows-1252' ? '?' : '山'}`,
    );
    expect(cell('MP0000016', 'Email To')).toBe(`${name} <yamada@example.jp>; b@example.com`);
    expect(cell('MP0000022', 'Folder Path')).toBe(`Projekte\\${folderName} 100%`);
  });

  test.each([
    ['utf-8-bom', 'utf-8-sig'],
    ['utf-16le', 'utf-16'],
  ] as const)('gets hard subjects back from a DAT in %s', async (encoding, codec) => {
    const target = await produced('relativity', `hard-${encoding}`, { encoding }, hardSubjects());
    const table = JSON.parse(run('python3', ['-c', READ_DAT, join(target, 'loadfile.dat'), codec])) as string[][];
    const subject = PROFILES.relativity.columns.findIndex(([column]) => column === 'Email Subject');
    expect(table.slice(1).map((row) => row[subject])).toEqual(HARD_SUBJECTS.map((each) => asCarried(each.trim())));
    expect(new Set(table.map((row) => row.length))).toEqual(new Set([PROFILES.relativity.columns.length]));
  });

  test('finds no formula in a CSV of hard subjects', async () => {
    const target = await produced('csv', 'hard-csv', {}, hardSubjects());
    const read =
      'import csv,json,sys; json.dump(list(csv.reader(open(sys.argv[1],encoding="utf-8-sig",newline=""))),sys.stdout)';
    const table = JSON.parse(run('python3', ['-c', read, join(target, 'loadfile.csv')])) as string[][];
    expect(table).toHaveLength(HARD_SUBJECTS.length + 1);
    expect(new Set(table.map((row) => row.length)).size).toBe(1);
    expect(table.flat().filter((cell) => /^\s*[=+@-]/.test(cell) && !/^-?\d+$/.test(cell))).toEqual([]);
  });

  test.each([
    ['relativity', 'loadfile.dat', 'Control Number', 'Native File', 'MD5 Hash'],
    ['everlaw', 'loadfile.dat', 'Begin Bates', 'Native Path', 'MD5 Hash'],
    ['disco', 'loadfile.dat', 'Bates Begin', 'Native Path', 'MD5 Hash'],
    ['logikcull', 'loadfile.dat', 'Beg Bates', 'Native File Link', '-'],
    ['sec', 'loadfile.dat', 'FIRSTBATES', 'LINK', 'MD5HASH'],
    ['purview', 'loadfile.csv', 'File_ID', 'Export_native_path', 'Native_MD5'],
    ['csv', 'loadfile.csv', 'control_number', 'native_path', 'md5'],
    ['eml', 'index.csv', 'control_number', 'native_path', 'md5'],
    ['mbox', 'index.csv', 'control_number', 'native_path', 'md5'],
  ] as const)('finds no fault in a hostile mailbox for %s', async (profile, file, ...columns) => {
    const said = run('python3', [READER, await hostile(profile), file, ...columns]);
    expect(said.trim()).toBe('154');
  });

  test('finds the faults of a production that was tampered with', async () => {
    const target = await produced('relativity', 'tampered', { dedupe: 'global' });
    const table = join(target, 'loadfile.dat');
    writeFileSync(
      table,
      readFileSync(table, 'utf8').replace('Lunch?', 'Lun\u001ach?').replace('\nþMP0000003', '\nþMP0000033'),
    );
    writeFileSync(join(target, 'CON.txt'), '');
    writeFileSync(join(target, 'VOL001/NATIVES/0001/MP0000001.eml'), '');
    const said = run('python3', [READER, target, 'loadfile.dat', 'Control Number', 'Native File', 'MD5 Hash']);
    for (const fault of ['control characters', 'not dense', 'no name to Windows', 'is not what its row says'])
      expect(said).toContain(fault);
  });

  test('counts the messages of every mbox, and formail does too', async () => {
    const target = await produced('mbox', 'mbox');
    const files = readdirSync(join(target, 'mbox'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.mbox'),
    );
    let messages = 0;
    for (const file of files) {
      const path = join(target, 'mbox', file);
      const count = Number(run('python3', ['-c', 'import mailbox,sys; print(len(mailbox.mbox(sys.argv[1])))', path]));
      messages += count;
      if (!FORMAIL) continue;
      const said = spawnSync('sh', ['-c', 'formail -s echo message < "$1"', 'sh', path], { encoding: 'utf8' }).stdout;
      expect(said.trim().split('\n'), file).toHaveLength(count);
    }
    expect(messages).toBe(10);
  });
});

describe.skipIf(!XMLLINT)('xmllint', () => {
  test('validates EDRM XML', async () => {
    const target = await produced('edrm-xml', 'edrm');
    run('xmllint', ['--noout', '--schema', SCHEMA, join(target, 'edrm.xml')]);
  });

  test('validates EDRM XML of a hostile mailbox', async () => {
    run('xmllint', ['--noout', '--schema', SCHEMA, join(await hostile('edrm-xml'), 'edrm.xml')]);
  });

  test.skipIf(!UNZIP)('validates what a Nuix image says of itself, and unzip accepts the image', async () => {
    const image = join(await produced('nuix', 'nuix'), 'production.nli');
    expect(run('unzip', ['-t', image])).toMatch(/No errors detected/);
    const xml = spawnSync('unzip', ['-p', image, '._metadata/image_contents.xml']).stdout;
    const path = join(folder, 'image_contents.xml');
    writeFileSync(path, xml);
    run('xmllint', ['--noout', '--schema', SCHEMA, path]);
    const said = spawnSync('unzip', ['-p', image, '._metadata/image_contents.sha1_hash']).stdout.toString('hex');
    expect(run('sha1sum', [path]).slice(0, 40)).toBe(said);
  });
});

test.skipIf(!UNZIP)('unzip accepts a bundle', async () => {
  const target = await produced('everlaw', 'bundle', { bundle: 'zip' });
  expect(run('unzip', ['-t', join(target, 'production.zip')])).toMatch(/No errors detected/);
});

test.skipIf(!SHA256SUM)('sha256sum accepts the bag', async () => {
  const target = await produced('mailbag', 'mailbag');
  for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt'])
    run('sha256sum', ['--strict', '-c', manifest], { cwd: target });
});

test.skipIf(!SHA256SUM)('sha256sum accepts the bag of a hostile mailbox', async () => {
  const target = await hostile('mailbag');
  for (const manifest of ['manifest-sha256.txt', 'tagmanifest-sha256.txt'])
    run('sha256sum', ['--strict', '-c', manifest], { cwd: target });
});

test.skipIf(!PYARROW)('pyarrow reads the Parquet file', async () => {
  const target = await produced('parquet', 'parquet');
  const program =
    'import sys, json, pyarrow.parquet as p; t = p.read_table(sys.argv[1]); print(json.dumps([t.num_rows, t.column("sent_at")[0].as_py().isoformat(), t.column("size").to_pylist(), t.column("subject").to_pylist(), str(t.schema.field("meeting_all_day").type)]))';
  const [rows, sentAt, sizes, subjects, type] = JSON.parse(
    run('python3', ['-c', program, join(target, 'documents.parquet')]),
  ) as [number, string, (number | null)[], (string | null)[], string];
  expect(rows).toBe(25);
  expect(sentAt).toBe('2023-11-14T22:13:20+00:00');
  expect(sizes.every((size) => typeof size === 'number' && size > 0)).toBe(true);
  expect(subjects).toContain('会議の苗');
  expect(type).toBe('bool');
});
