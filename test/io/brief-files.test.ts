import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { folderSink } from '../../src/io/index.ts';
import { BRIEF_OCTETS } from '../../src/model/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'brief-files-'));
  folders.push(folder);
  return join(folder, 'out');
}
const BRIEF = { durable: false, ifAbsent: true } as const;
const sha256 = (octets: Uint8Array) => `sha256:${createHash('sha256').update(octets).digest('hex')}`;

test.each([0, 1, BRIEF_OCTETS, BRIEF_OCTETS + 1])(
  'a file of %d octets that need not be durable is what was put',
  async (size) => {
    const root = place();
    const sink = folderSink(root);
    const octets = Buffer.alloc(size, 'x');
    expect(await sink.put('a/b/c.bin', octets, BRIEF)).toEqual({ size, digest: sha256(octets) });
    await sink.flush?.();
    expect(readFileSync(join(root, 'a/b/c.bin')).equals(octets)).toBe(true);
    expect(readdirSync(join(root, 'a/b'))).toEqual(['c.bin']);
  },
);

test('a name that is taken stays as it is', async () => {
  const root = place();
  const sink = folderSink(root);
  await sink.put('a.txt', Buffer.from('first'), BRIEF);
  await expect(sink.put('a.txt', Buffer.from('second'), BRIEF)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  expect(readFileSync(join(root, 'a.txt'), 'utf8')).toBe('first');
});

test('a folder that was removed on the way is made again', async () => {
  const root = place();
  const sink = folderSink(root);
  await sink.put('a/one.txt', Buffer.from('1'), BRIEF);
  rmSync(join(root, 'a'), { recursive: true });
  await sink.put('a/two.txt', Buffer.from('2'), BRIEF);
  expect(existsSync(join(root, 'a/two.txt'))).toBe(true);
});

test.each([
  ['a link out of the folder', (root: string) => symlinkSync(tmpdir(), join(root, 'a')), 'USAGE'],
  ['a file where a folder is needed', (root: string) => writeFileSync(join(root, 'a'), ''), 'OUTPUT_UNWRITABLE'],
  [
    'a folder where a file is to be',
    (root: string) => mkdirSync(join(root, 'a/b.txt'), { recursive: true }),
    'OUTPUT_EXISTS',
  ],
] as const)('%s is refused', async (_name, prepare, code) => {
  const root = place();
  mkdirSync(root);
  prepare(root);
  await expect(folderSink(root).put('a/b.txt', Buffer.from('x'), BRIEF)).rejects.toMatchObject({ code });
});

test.each(['../x', 'a/../x', '/x', 'a//x', 'a/./x', 'a\\x', 'a\nx', '', 'a/', '.mailproof-partial-1/x'])(
  '%j is no path within the output',
  async (path) => {
    await expect(folderSink(place()).put(path, Buffer.from('x'), BRIEF)).rejects.toMatchObject({ code: 'USAGE' });
  },
);

test.each(['a/...', '..a', 'a..b/c', '.a/b', 'a/.b'])('%j is one', async (path) => {
  const root = place();
  await folderSink(root).put(path, Buffer.from('x'), BRIEF);
  expect(existsSync(join(root, path))).toBe(true);
});
