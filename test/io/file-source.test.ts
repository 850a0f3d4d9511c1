import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { memorySource, openFile } from '../../src/io/index.ts';
import { collect, describeByteSource, expectSame, numbered } from '../conformance/source.ts';

const folder = mkdtempSync(join(tmpdir(), 'file-source-'));
afterAll(() => rmSync(folder, { recursive: true }));
let count = 0;
function fresh(): string {
  count += 1;
  return join(folder, `${count}.bin`);
}

describeByteSource('a file', async (content) => {
  const path = fresh();
  writeFileSync(path, content);
  // The clock of a file system ticks every few milliseconds: a change at once would carry the same time.
  utimesSync(path, 1_000_000, 1_000_000);
  return {
    open: () => openFile(path),
    replace: async (other) => writeFileSync(path, other),
    remove: async () => rmSync(path),
  };
});

describeByteSource('memory', async (content) => ({ open: async () => memorySource(content), remove: async () => {} }));
describeByteSource('memory in a Buffer', async (content) => ({
  open: async () => memorySource(Buffer.from(content)),
  remove: async () => {},
}));

test.each([
  ['nothing there', join(folder, 'absent'), 'SOURCE_NOT_FOUND'],
  ['a path through a file', join(import.meta.filename, 'below'), 'SOURCE_NOT_FOUND'],
  ['a name too long for any file system', join(folder, 'x'.repeat(5_000)), 'SOURCE_NOT_FOUND'],
  ['a folder', folder, 'SOURCE_UNREADABLE'],
  ['a device', '/dev/null', 'SOURCE_UNREADABLE'],
])('%s is %3$s', async (_, path, code) => {
  await expect(openFile(path)).rejects.toMatchObject({ code, message: expect.stringContaining(path.slice(0, 20)) });
});

test('a named pipe nobody writes to is refused, not waited for', async () => {
  const path = fresh();
  execFileSync('mkfifo', [path]);
  await expect(openFile(path)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
});

const root = process.getuid?.() === 0;
if (root) console.warn('skipped, a file that may not be read: root may read everything');
test.skipIf(root)('a file this user may not read is ACCESS_DENIED', async () => {
  const path = fresh();
  writeFileSync(path, 'x');
  chmodSync(path, 0);
  await expect(openFile(path)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('a file cut short behind the reader is SOURCE_TRUNCATED and says where it ends', async () => {
  const path = fresh();
  writeFileSync(path, numbered(4_000_000));
  const source = await openFile(path);
  truncateSync(path, 1_500_000);
  await expect(source.bytes(1_000_000, 4_000_000)).rejects.toMatchObject({
    code: 'SOURCE_TRUNCATED',
    message: expect.stringContaining('1500000'),
  });
  await source.close();
});

test('a file that grows while it is read is SOURCE_CHANGED', async () => {
  const path = fresh();
  writeFileSync(path, numbered(100));
  const source = await openFile(path);
  appendFileSync(path, 'more');
  await expect(source.bytes(0, 100)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  await source.close();
});

test('a file replaced by rename keeps giving what was opened', async () => {
  const path = fresh();
  writeFileSync(path, numbered(2_000_000));
  const source = await openFile(path);
  writeFileSync(`${path}.new`, 'other');
  renameSync(`${path}.new`, path);
  expectSame(await collect(source.read(0, 2_000_000)), numbered(2_000_000));
  await source.close();
});

test('the identity holds place, time, inode and size', async () => {
  const path = fresh();
  writeFileSync(path, 'abc');
  utimesSync(path, 1_700_000_000, 1_700_000_000);
  const source = await openFile(path);
  expect(source.identity).toMatchObject({
    location: path,
    version: null,
    lastModified: '2023-11-14T22:13:20.000Z',
    etag: expect.stringMatching(/^\d+-3-1700000000000000000$/),
  });
  await source.close();
});
