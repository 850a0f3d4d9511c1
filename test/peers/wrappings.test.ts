import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../src/io/index.ts';
import { zipOf } from '../pipeline/export.ts';
import { items, MESSAGES, processed, runOf } from '../wrappings/workshop.ts';
import { writeFolder } from '../wrappings/writers.ts';

/** Archives by Python's standard library: other people's tar, mbox, Maildir, gzip and zip. */
const MAKE = `
import gzip, io, mailbox, os, shutil, sys, tarfile, zipfile
root, out = sys.argv[1], sys.argv[2]
files = sorted(os.path.relpath(os.path.join(base, name), root) for base, _, names in os.walk(root) for name in names)
read = lambda name: open(os.path.join(root, name), 'rb').read()
for name, form in (('gnu', tarfile.GNU_FORMAT), ('pax', tarfile.PAX_FORMAT)):
    with tarfile.open(os.path.join(out, name + '.tar'), 'w', format=form) as tar:
        tar.add(root, arcname='.', recursive=True)
with tarfile.open(os.path.join(out, 'pax.tar.gz'), 'w:gz') as tar:
    for name in files: tar.add(os.path.join(root, name), arcname=name)
# Two gzip members, as pigz and log rotation write them.
data = open(os.path.join(out, 'gnu.tar'), 'rb').read()
with open(os.path.join(out, 'members.tar.gz'), 'wb') as file:
    file.write(gzip.compress(data[:70001])); file.write(gzip.compress(data[70001:]))
with zipfile.ZipFile(os.path.join(out, 'all.zip'), 'w', zipfile.ZIP_DEFLATED) as z:
    for name in files: z.write(os.path.join(root, name), name)
with zipfile.ZipFile(os.path.join(out, 'outer.zip'), 'w') as z: z.write(os.path.join(out, 'all.zip'), 'export.zip')
box = mailbox.mbox(os.path.join(out, 'all.mbox'))
for name in files: box.add(read(name))
box.close()
maildir = mailbox.Maildir(os.path.join(out, 'maildir'))
folders = {}
for at, name in enumerate(files):
    folder = os.path.dirname(name).replace('&', '&-').replace('/', '.')
    if not folder.isascii(): folder = 'Other'
    if folder not in folders: folders[folder] = maildir.add_folder(folder)
    # As octets: a MaildirMessage would be parsed, and written as Python's email package writes mail.
    key = folders[folder].add(read(name))
    path = folders[folder]._path
    os.rename(os.path.join(path, 'new', key), os.path.join(path, 'cur', key + ':2,' + ('RS' if at % 2 else 'F')))
`;

const python = spawnSync('python3', ['--version']).status === 0;
if (!python) console.warn('skipped: python3 is not installed');

/** Python writes an mbox and a Maildir with line ends of its own: compare what is in the mail and not its octets. */
const loose = (records: Parameters<typeof items>[0]) =>
  records
    .filter(({ type }) => type === 'Email')
    .map(({ identity }) => JSON.stringify(identity))
    .sort();

describe.skipIf(!python)('archives made by Python', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailproof-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'messages');
  await writeFolder(root, MESSAGES);
  const made = spawnSync('python3', ['-c', MAKE, root, folder], { encoding: 'utf8' });
  const expected = (await runOf(memorySource(await zipOf(MESSAGES)))).records;

  test('were made', () => {
    expect(made.stderr).toBe('');
  });

  const folders = (records: typeof expected) =>
    items(records.map((record) => ({ ...record, folderPath: record.folderPath.filter((name) => name !== '.') })));
  test.each(['gnu.tar', 'pax.tar', 'pax.tar.gz', 'members.tar.gz', 'all.zip', 'outer.zip'])('%s', async (name) => {
    const { records, result } = await processed(join(folder, name));
    expect(folders(records)).toEqual(folders(expected));
    expect([result.ledger.balanced, result.archiveErrors]).toEqual([true, 0]);
  });

  test('all.mbox', async () => {
    const { records, result } = await processed(join(folder, 'all.mbox'));
    expect(loose(records)).toEqual(loose(expected));
    expect([result.root.archive.format, result.ledger.balanced]).toEqual(['mbox', true]);
  });

  test('maildir', async () => {
    const { records, result } = await processed(join(folder, 'maildir'));
    expect(loose(records)).toEqual(loose(expected));
    expect([result.root.archive.format, result.ledger.balanced]).toEqual(['maildir', true]);
    // Beside the mail lie the marker files `maildirfolder`.
    const messages = records.filter(({ type, family }) => type === 'Email' && family.parent === null);
    const flags = new Set(messages.map(({ keywords }) => keywords?.join()));
    expect(flags).toEqual(new Set(['$flagged', '$answered,$seen']));
    expect(new Set(records.map(({ folderPath }) => folderPath.join('/')))).toContain('Projects/Alpha & Beta');
  });
});
