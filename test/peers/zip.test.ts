import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { memorySource } from '../archive/memory-source.ts';
import { type ReadArchive, readAll } from '../archive/read-all.ts';
import { writeZip, type ZipMember } from '../archive/zip-writer.ts';

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
const python = has('python3', '--version');
const infoZip = has('zip', '-v') && has('unzip', '-v');
const tar = has('tar', '--version');
for (const [name, present] of Object.entries({ python3: python, 'zip and unzip': infoZip, tar }))
  if (!present) console.warn(`zip peers: ${name} is not there; its tests are skipped.`);

const folder = mkdtempSync(join(tmpdir(), 'mailproof-zip-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FILES: Record<string, string> = {
  'Inbox/1.eml': 'Subject: one\r\n\r\none\r\n',
  'Inbox/2.eml': `Subject: two\r\n\r\n${'the same again\r\n'.repeat(5000)}`,
  'Sent Items/3.eml': '',
  'Gelöschte/ünïcode →.eml': 'Subject: three\r\n\r\n\r\n',
};
mkdirSync(join(folder, 'mail'));
for (const [name, content] of Object.entries(FILES)) {
  mkdirSync(join(folder, 'mail', name, '..'), { recursive: true });
  writeFileSync(join(folder, 'mail', name), content);
}

function expectWhole(read: ReadArchive): void {
  const files = read.entries.filter((entry) => !entry.path.endsWith('/'));
  expect(
    Object.fromEntries(files.map((entry) => [entry.path.replace(/^\.\//, ''), entry.content?.toString()])),
  ).toEqual(FILES);
  expect(read.errors).toEqual([]);
  // Info-ZIP writes UTF-8 names without saying so.
  expect(read.entries.flatMap((entry) => entry.codes).filter((code) => code !== 'NAME_CHARSET_GUESSED')).toEqual([]);
  expect(read.unaccounted).toBe(0);
}

/** What Python's zipfile writes, by a snippet that has `z`'s arguments and the files at hand. */
const PYTHON: Record<string, string> = {
  deflated: "z = zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED)",
  stored: "z = zipfile.ZipFile(out, 'w', zipfile.ZIP_STORED)",
  'to a pipe': "z = zipfile.ZipFile(Pipe(out), 'w', zipfile.ZIP_DEFLATED)",
  'stored, to a pipe': "z = zipfile.ZipFile(Pipe(out), 'w', zipfile.ZIP_STORED)",
  'behind a prefix': "open(out, 'wb').write(b'#!prefix' * 99); z = zipfile.ZipFile(out, 'a', zipfile.ZIP_DEFLATED)",
};
const WRITE = (open: string, zip64: boolean) => `
import io, sys, zipfile
out, root, names = sys.argv[1], sys.argv[2], sys.argv[3:]
class Pipe(io.RawIOBase):
    def __init__(self, path): self.file = open(path, 'wb')
    def writable(self): return True
    def write(self, octets): return self.file.write(octets)
    def flush(self): self.file.flush()
${open}
for name in names:
    with z.open(name, 'w', force_zip64=${zip64 ? 'True' : 'False'}) as entry:
        entry.write(open(root + '/' + name, 'rb').read())
z.close()
`;

test.skipIf(!python).each(Object.entries(PYTHON))('python zipfile, %s', async (_, open) => {
  for (const zip64 of [false, true]) {
    const out = join(folder, 'python.zip');
    execFileSync('python3', ['-c', WRITE(open, zip64), out, join(folder, 'mail'), ...Object.keys(FILES)]);
    const read = await readAll(memorySource(readFileSync(out)));
    expectWhole(read);
    rmSync(out);
  }
});

const INFO_ZIP: Record<string, string[]> = {
  'the usual way': ['-r', 'OUT', '.'],
  stored: ['-r', '-0', 'OUT', '.'],
  'without extra fields': ['-r', '-X', 'OUT', '.'],
  'without folders, with zip64': ['-r', '-D', '-fz', 'OUT', '.'],
};
test.skipIf(!infoZip).each(Object.entries(INFO_ZIP))('Info-ZIP, %s', async (_, args) => {
  const out = join(folder, `info${args.join('')}.zip`);
  execFileSync('zip', ['-q', ...args.map((arg) => (arg === 'OUT' ? out : arg))], { cwd: join(folder, 'mail') });
  expectWhole(await readAll(memorySource(readFileSync(out))));
  rmSync(out);
});

test.skipIf(!infoZip)('Info-ZIP to a pipe, with data descriptors', async () => {
  const octets = execFileSync('zip', ['-q', '-r', '-', '.'], { cwd: join(folder, 'mail') });
  expectWhole(await readAll(memorySource(octets)));
});

const STYLES: Record<string, Partial<ZipMember>> = {
  deflated: {},
  stored: { method: 0 },
  descriptors: { descriptor: 'signed' },
  'zip64 with descriptors': { descriptor: 'signed64', zip64: true },
};
test.skipIf(!infoZip || !python).each(Object.entries(STYLES))(
  'unzip and python accept our test writer: %s',
  async (_, style) => {
    const { bytes } = writeZip(
      Object.entries(FILES).map(([name, content]) => ({ ...style, name, content })),
      { zip64: style.zip64 === true },
    );
    const path = join(folder, 'ours.zip');
    writeFileSync(path, bytes);
    execFileSync('unzip', ['-tq', path]);
    const listed = execFileSync('python3', [
      '-c',
      'import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps([[i.filename, i.file_size, i.compress_size, i.CRC, i.header_offset] for i in z.infolist()]))',
      path,
    ]);
    const { openArchive } = await import('../../src/archive/index.ts');
    const ours: unknown[] = [];
    for await (const piece of (await openArchive(memorySource(bytes))).pieces())
      if (piece.kind === 'batch')
        for (const entry of piece.batch.entries)
          ours.push([entry.path, entry.size, entry.storedSize, entry.crc32, entry.offset]);
    expect(ours).toEqual(JSON.parse(listed.toString()));
  },
);

test.skipIf(!tar).each(['ustar', 'pax', 'gnu', 'v7', 'oldgnu'])('GNU tar, %s', async (format) => {
  const octets = execFileSync('tar', [`--format=${format}`, '-cf', '-', '.'], { cwd: join(folder, 'mail') });
  expectWhole(await readAll(memorySource(octets)));
  expectWhole(await readAll(memorySource(execFileSync('gzip', ['-c'], { input: octets }))));
});
