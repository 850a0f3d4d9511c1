import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderSink, memorySink } from '../../src/io/index.ts';
import { describeSink } from '../conformance/sink.ts';
import { numbered } from '../conformance/source.ts';

function withFolder<Result>(run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'folder-sink-'));
  return run(folder).finally(() => rmSync(folder, { recursive: true }));
}

describeSink('a folder', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'folder-sink-'));
  const root = join(parent, 'out');
  return {
    sink: folderSink(root),
    another: () => folderSink(root),
    leftovers: async () =>
      existsSync(root)
        ? readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('partial'))
        : [],
    remove: async () => rmSync(parent, { recursive: true }),
  };
});

describeSink('memory', async () => {
  const sink = memorySink();
  return { sink, another: () => sink, leftovers: async () => [], remove: async () => {} };
});

test('a symbolic link out of the folder is not followed', () =>
  withFolder(async (folder) => {
    const root = join(folder, 'out');
    const outside = join(folder, 'outside');
    mkdirSync(root);
    mkdirSync(outside);
    writeFileSync(join(outside, 'secret'), 'kept');
    symlinkSync(outside, join(root, 'link'));
    const sink = folderSink(root);
    await expect(sink.put('link/new', numbered(1))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(sink.put('link/deep/new', numbered(1))).rejects.toMatchObject({ code: 'USAGE' });
    await expect(sink.open('link/secret')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(sink.remove('link/secret')).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(outside)).toEqual(['secret']);
  }));

test('a folder that is itself reached by a link is written to', () =>
  withFolder(async (folder) => {
    mkdirSync(join(folder, 'real'));
    symlinkSync(join(folder, 'real'), join(folder, 'alias'));
    await folderSink(join(folder, 'alias')).put('a/b', numbered(5));
    expect(statSync(join(folder, 'real/a/b')).size).toBe(5);
  }));

test('a link that leads nowhere is not overwritten through', () =>
  withFolder(async (folder) => {
    const root = join(folder, 'out');
    mkdirSync(root);
    symlinkSync(join(folder, 'elsewhere'), join(root, 'file'));
    await folderSink(root).put('file', numbered(5));
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
    expect(statSync(join(root, 'file')).size).toBe(5);
  }));

test.each([
  ['the folder is a file', 'file', 'a'],
  ['a folder on the way is a file', '.', 'file/a'],
  ['a folder has the name', '.', 'taken'],
])('%s: OUTPUT_UNWRITABLE with advice', (_, root, path) =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, 'file'), 'x');
    mkdirSync(join(folder, 'taken/inner'), { recursive: true });
    await expect(folderSink(join(folder, root)).put(path, numbered(3))).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      advice: expect.stringContaining('folder'),
    });
    expect(
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('partial')),
    ).toEqual([]);
  }),
);

test('a disk that is full is OUTPUT_UNWRITABLE, with the system\u2019s code', async () => {
  // /dev/full takes nothing: a folder cannot be made there, which is as far as this can be rehearsed without a quota.
  await expect(folderSink('/dev/full/out').put('a', numbered(3))).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
    details: { system: 'ENOTDIR' },
  });
});

test('names of files in the making are refused and never listed', () =>
  withFolder(async (folder) => {
    writeFileSync(join(folder, '.mailproof-partial-0011223344556677'), 'left by a killed run');
    const sink = folderSink(folder);
    await expect(sink.put('.mailproof-partial-1', numbered(1))).rejects.toMatchObject({ code: 'USAGE' });
    for await (const { path } of sink.list('')) expect(path).toBe('nothing');
  }));

test('a folder ten levels deep is listed without recursion, links and devices left out', () =>
  withFolder(async (folder) => {
    const sink = folderSink(folder);
    const deep = Array.from({ length: 300 }, () => 'd').join('/');
    await sink.put(`${deep}/leaf`, numbered(2));
    symlinkSync('/etc', join(folder, 'etc'));
    const found: string[] = [];
    for await (const { path } of sink.list('')) found.push(path);
    expect(found).toEqual([`${deep}/leaf`]);
  }));
