import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/io/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { zipOf } from '../pipeline/export.ts';
import { items, MESSAGES, processed, type Run, runOf } from '../wrappings/workshop.ts';
import { writeFolder, writeMbox } from '../wrappings/writers.ts';

const has = (...command: string[]) => spawnSync(command[0] ?? '', command.slice(1)).status === 0;
const TOOLS = {
  tar: spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar') === true,
  bsdtar: has('bsdtar', '--version'),
  pigz: has('pigz', '--version'),
  python3: has('python3', '--version'),
  zip: has('zip', '-v'),
};
for (const [tool, there] of Object.entries(TOOLS)) if (!there) console.warn(`skipped: ${tool} is not installed`);

const folder = mkdtempSync(join(tmpdir(), 'mailproof-test-'));
const root = join(folder, 'messages');
const at = (name: string) => join(folder, name);
let expected: string[];
beforeAll(async () => {
  await writeFolder(root, MESSAGES);
  expected = mail((await runOf(memorySource(await zipOf(MESSAGES)))).records);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The items without the `.` that an archive made of `.` puts before each folder. */
const mail = (records: Run['records']) =>
  items(records.map((record) => ({ ...record, folderPath: record.folderPath.filter((name) => name !== '.') })));

/** Runs other people's program; its output is what is tested, so it has to succeed. */
function run(command: string, args: readonly string[], input?: Uint8Array): Buffer {
  const made = spawnSync(command, args, { cwd: folder, maxBuffer: 1 << 28, ...(input !== undefined && { input }) });
  if (made.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${made.stderr.toString()}`);
  return made.stdout;
}

/** The same mail, nothing wrong, nothing unaccounted for. */
async function expectWhole(path: string): Promise<void> {
  const { records, result } = await processed(path);
  expect(mail(records)).toEqual(expected);
  expect([result.ledger.balanced, result.archiveErrors]).toEqual([true, 0]);
}

/** Whatever is wrong is said: a refusal, or an error and a balanced ledger. */
async function expectTold(path: string, what: RegExp): Promise<Run | null> {
  try {
    const outcome = await processed(path);
    const told = [
      ...outcome.result.findings.map(({ check, message }) => `${check}: ${message}`),
      ...outcome.records.flatMap(({ issues }) => issues.map(({ code }) => code)),
    ];
    expect(told.join('\n')).toMatch(what);
    expect(outcome.result.ledger.balanced).toBe(true);
    expect(
      outcome.result.archiveErrors + outcome.result.findings.filter(({ severity }) => severity === 'error').length,
    ).toBeGreaterThan(0);
    return outcome;
  } catch (error) {
    if (!(error instanceof MailproofError)) throw error;
    expect(`${error.code} ${error.message}`).toMatch(what);
    return null;
  }
}

describe.skipIf(!TOOLS.tar)('GNU tar', () => {
  test.each(['gnu', 'pax', 'ustar', 'oldgnu', 'v7'])('--format=%s', async (form) => {
    run('tar', [`--format=${form}`, '-cf', `${form}.tar`, '-C', root, '.']);
    await expectWhole(at(`${form}.tar`));
  });

  test('names beyond 100 and 255 octets, and those beyond ASCII', async () => {
    const deep = `${'a-folder-with-a-long-name/'.repeat(14)}Größe/消息.eml`;
    const [first] = MESSAGES;
    if (first === undefined) throw new Error('no message');
    await writeFolder(at('deep'), [{ path: deep, bytes: first.bytes }]);
    for (const form of ['gnu', 'pax', 'oldgnu']) {
      run('tar', [`--format=${form}`, '-cf', 'deep.tar', '-C', 'deep', '.']);
      const { records, result } = await processed(at('deep.tar'));
      expect(records.map(({ source }) => source.entry).filter((path) => path.endsWith('.eml'))).toEqual([`./${deep}`]);
      expect([result.ledger.balanced, result.archiveErrors]).toEqual([true, 0]);
    }
  });

  test.each([
    ['gnu'],
    ['pax', '--sparse-version=0.0'],
    ['pax', '--sparse-version=0.1'],
    ['pax', '--sparse-version=1.0'],
  ])('sparse files, %s %s: refused entry by entry, the others read', async (form, ...more) => {
    mkdirSync(at('sparse'), { recursive: true });
    run('truncate', ['-s', '3M', 'sparse/hole.eml']);
    run('dd', ['if=/dev/urandom', 'of=sparse/hole.eml', 'bs=4096', 'count=1', 'seek=300', 'conv=notrunc']);
    writeFileSync(at('sparse/mail.eml'), MESSAGES[0]?.bytes ?? '');
    run('tar', [`--format=${form}`, '--sparse', ...more, '-cf', 'sparse.tar', '-C', 'sparse', '.']);
    const outcome = await expectTold(at('sparse.tar'), /ENTRY_TYPE_UNSUPPORTED/);
    expect(outcome?.records.filter(({ type }) => type === 'Email').length).toBeGreaterThanOrEqual(1);
    expect(outcome?.result.ledger.entries.unreadable).toBe(1);
  });

  test('a volume of several, the first and the last', async () => {
    run('tar', [
      '-cM',
      '-L',
      '40',
      '-f',
      'one.tar',
      '-f',
      'two.tar',
      '-f',
      'three.tar',
      '-f',
      'four.tar',
      '-f',
      'five.tar',
      '-f',
      'six.tar',
      '-f',
      'seven.tar',
      '-f',
      'eight.tar',
      '-f',
      'nine.tar',
      '-C',
      root,
      '.',
    ]);
    await expectTold(at('one.tar'), /ENTRY_TRUNCATED|archive-truncated/);
    await expectTold(at('two.tar'), /ENTRY_TYPE_UNSUPPORTED|archive-truncated/);
  });

  test('hard and symbolic links: the first name holds the mail, the others say so', async () => {
    mkdirSync(at('links'), { recursive: true });
    writeFileSync(at('links/a.eml'), MESSAGES[0]?.bytes ?? '');
    run('ln', ['-f', 'links/a.eml', 'links/b.eml']);
    run('ln', ['-sf', 'a.eml', 'links/c.eml']);
    run('tar', ['--sort=name', '-cf', 'links.tar', '-C', 'links', '.']);
    const outcome = await expectTold(at('links.tar'), /ENTRY_TYPE_UNSUPPORTED/);
    expect(outcome?.records.filter(({ type, family }) => type === 'Email' && family.parent === null)).toHaveLength(1);
    expect(outcome?.result.ledger.entries.unreadable).toBe(2);
  });

  test('incremental, labelled, appended to, and two in one file', async () => {
    run('tar', ['-cf', 'label.tar', '--label=MAIL', '-C', root, '.']);
    const labelled = await processed(at('label.tar'));
    expect([mail(labelled.records).length, labelled.result.ledger.balanced]).toEqual([expected.length, true]);
    run('tar', ['-cf', 'appended.tar', '-C', root, '--exclude=*1.eml', '.']);
    run('tar', ['-rf', 'appended.tar', '-C', root, '.']);
    const appended = await processed(at('appended.tar'));
    expect(appended.result.ledger.balanced).toBe(true);
    expect(new Set(mail(appended.records))).toEqual(new Set(expected));
    run('sh', ['-c', 'cat gnu.tar pax.tar > two-in-one.tar']);
    const both = await expectTold(at('two-in-one.tar'), /Something follows the zeros/);
    expect(mail(both?.records ?? []).length).toBe(2 * expected.length);
  });

  test('gzip: members, garbage behind, cut, and a byte altered', async () => {
    run('sh', [
      '-c',
      'gzip -c gnu.tar > a.tar.gz; (head -c 70001 gnu.tar | gzip; tail -c +70002 gnu.tar | gzip -1) > members.tar.gz',
    ]);
    await expectWhole(at('a.tar.gz'));
    await expectWhole(at('members.tar.gz'));
    run('sh', ['-c', '(cat a.tar.gz; echo garbage) > garbage.tar.gz; head -c 20000 a.tar.gz > cut.tar.gz']);
    await expectTold(at('garbage.tar.gz'), /Something follows the gzip data/);
    await expectTold(at('cut.tar.gz'), /breaks off/);
    run('sh', ['-c', '(head -c 15000 a.tar.gz; printf XXXX; tail -c +15005 a.tar.gz) > altered.tar.gz']);
    await expectTold(at('altered.tar.gz'), /damaged|checksum/);
  });

  test.skipIf(!TOOLS.pigz)('pigz, its blocks and its zlib and zip forms', async () => {
    writeFileSync(at('pigz.tar.gz'), run('pigz', ['-c', '-b', '128', '-i', 'gnu.tar']));
    await expectWhole(at('pigz.tar.gz'));
    writeFileSync(at('pigz.tar.zz'), run('pigz', ['-c', '-z', 'gnu.tar']));
    await expectTold(at('pigz.tar.zz'), /FORMAT_UNKNOWN/);
    writeFileSync(at('pigz.zip'), run('pigz', ['-c', '-K', 'gnu.tar']));
    await expectWhole(at('pigz.zip'));
  });

  test.each(['xz', 'bzip2'])('%s is refused', async (name) => {
    if (!has(name, '--version')) return console.warn(`skipped: ${name} is not installed`);
    writeFileSync(at(`a.tar.${name}`), run(name, ['-c', 'gnu.tar']));
    await expectTold(at(`a.tar.${name}`), /FORMAT_UNKNOWN/);
  });

  test('a zip in a tar, in a tar.gz, and a tar in a zip: one level', async () => {
    writeFileSync(at('export.zip'), await zipOf(MESSAGES));
    run('tar', ['-cf', 'zip-in.tar', 'export.zip']);
    run('tar', ['-czf', 'zip-in.tar.gz', 'export.zip']);
    await expectWhole(at('zip-in.tar'));
    await expectWhole(at('zip-in.tar.gz'));
    writeFileSync(at('tar-in.zip'), await zipOf([{ path: 'gnu.tar', bytes: run('cat', ['gnu.tar']) }]));
    await expectWhole(at('tar-in.zip'));
  });
});

describe.skipIf(!TOOLS.bsdtar)('bsdtar', () => {
  test.each(['ustar', 'pax', 'gnutar', 'v7', 'zip'])('--format=%s', async (form) => {
    run('bsdtar', ['--format', form, '-cf', `bsd.${form}`, '-C', root, '.']);
    await expectWhole(at(`bsd.${form}`));
  });
  test.each(['cpio', 'shar', 'iso9660', '7zip', 'xar'])('--format=%s is refused', async (form) => {
    const made = spawnSync('bsdtar', ['--format', form, '-cf', `bsd.${form}`, '-C', root, '.'], { cwd: folder });
    if (made.status !== 0) return console.warn(`skipped: this bsdtar does not write ${form}`);
    await expectTold(at(`bsd.${form}`), /FORMAT_UNKNOWN/);
  });
});

const MAILBOXES = `
import mailbox, os, sys
root, out = sys.argv[1], sys.argv[2]
files = sorted(os.path.relpath(os.path.join(b, n), root) for b, _, names in os.walk(root) for n in names)
for kind in ('MMDF', 'Babyl'):
    box = getattr(mailbox, kind)(os.path.join(out, kind.lower() + '.box'))
    for name in files: box.add(open(os.path.join(root, name), 'rb').read())
    box.close()
box = mailbox.mbox(os.path.join(out, 'flags.mbox'))
for at, name in enumerate(files[:6]):
    message = mailbox.mboxMessage(open(os.path.join(root, name), 'rb').read())
    message.set_flags('RO' + 'DFA'[at % 3])
    box.add(message)
box.close()
`;

describe.skipIf(!TOOLS.python3)('Python', () => {
  test('MMDF and Babyl are refused; the flags of its mbox are keywords', async () => {
    run('python3', ['-c', MAILBOXES, root, folder]);
    await expectTold(at('mmdf.box'), /FORMAT_UNKNOWN/);
    await expectTold(at('babyl.box'), /FORMAT_UNKNOWN/);
    const { records } = await processed(at('flags.mbox'));
    const messages = records.filter(({ type, family }) => type === 'Email' && family.parent === null);
    expect(messages.map(({ keywords }) => keywords?.join())).toEqual(
      Array.from({ length: 6 }, (_, place) => `$seen,${['$deleted', '$flagged', '$answered'][place % 3]}`),
    );
  });

  test('tars of Python, whose numbers are base 256 and whose names lie in pax headers', async () => {
    const make = `
import io, sys, tarfile
with tarfile.open(sys.argv[2], 'w', format=tarfile.GNU_FORMAT) as tar:
    info = tarfile.TarInfo('a.eml'); data = b'Subject: x\\r\\n\\r\\ny\\r\\n'; info.size = len(data); info.mtime = 2 ** 35; info.uid = 2 ** 28
    tar.addfile(info, io.BytesIO(data))
with tarfile.open(sys.argv[3], 'w', format=tarfile.PAX_FORMAT, pax_headers={'comment': 'x' * 3000}) as tar:
    info = tarfile.TarInfo('n' * 90 + '/ü.eml'); info.size = len(data); info.mtime = 1.5
    info.pax_headers = {'size': str(len(data)), 'vendor.x': 'é'}
    tar.addfile(info, io.BytesIO(data))
`;
    run('python3', ['-c', make, 'x', at('base256.tar'), at('paxed.tar')]);
    for (const name of ['base256.tar', 'paxed.tar']) {
      const { records, result } = await processed(at(name));
      expect(records.map(({ email }) => email?.subject)).toEqual(['x']);
      expect([result.ledger.balanced, result.archiveErrors]).toEqual([true, 0]);
    }
  });
});

test('mbox: two one after the other, and one within a zip', async () => {
  const mbox = writeMbox(MESSAGES.slice(0, 6));
  writeFileSync(at('two.mbox'), Buffer.concat([mbox, mbox]));
  const { records, result } = await processed(at('two.mbox'));
  expect(records.filter(({ type, family }) => type === 'Email' && family.parent === null)).toHaveLength(12);
  expect(result.ledger.balanced).toBe(true);
  writeFileSync(at('mbox.zip'), await zipOf([{ path: 'all.mbox', bytes: mbox }]));
  expect((await processed(at('mbox.zip'))).result.root.archive.format).toBe('mbox');
});
