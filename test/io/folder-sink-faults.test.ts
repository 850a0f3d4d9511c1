import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { folderSink } from '../../src/io/index.ts';
import { describeSink } from '../conformance/sink.ts';
import { numbered } from '../conformance/source.ts';

/** System calls that fail in this test, by name, with the code they fail with. */
const failing = vi.hoisted(() => new Map<string, string>());
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const fail = (name: string) => {
    const code = failing.get(name);
    if (code !== undefined) throw Object.assign(new Error(`${code}: ${name}`), { code });
  };
  return {
    ...real,
    link: async (...parameters: Parameters<typeof real.link>) => {
      fail('link');
      return real.link(...parameters);
    },
    rename: async (...parameters: Parameters<typeof real.rename>) => {
      fail('rename');
      return real.rename(...parameters);
    },
    unlink: async (...parameters: Parameters<typeof real.unlink>) => {
      fail('unlink');
      return real.unlink(...parameters);
    },
    readdir: async (...parameters: Parameters<typeof real.readdir>) => {
      fail('readdir');
      return real.readdir(...parameters);
    },
    open: async (...parameters: Parameters<typeof real.open>) => {
      const handle = await real.open(...parameters);
      const write = async (buffer: Uint8Array) => {
        fail('write');
        // Some file systems report a full disk by writing nothing.
        return { bytesWritten: 0, buffer };
      };
      if (failing.has('write') || failing.has('full')) Object.defineProperty(handle, 'write', { value: write });
      return handle;
    },
  };
});
afterEach(() => failing.clear());

describe('without hard links', () => {
  describeSink('a folder on a file system that refuses link()', async () => {
    failing.set('link', 'EPERM');
    const parent = mkdtempSync(join(tmpdir(), 'folder-sink-'));
    const root = join(parent, 'out');
    return {
      sink: folderSink(root),
      another: () => folderSink(root),
      leftovers: async () => {
        if (!existsSync(root)) return [];
        return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('partial'));
      },
      remove: async () => rmSync(parent, { recursive: true }),
    };
  });
});

describe('every system call may fail', () => {
  const withFolder = async (run: (folder: string) => Promise<void>) => {
    const folder = mkdtempSync(join(tmpdir(), 'folder-sink-'));
    await run(folder).finally(() => rmSync(folder, { recursive: true }));
  };

  test.each([
    ['write', 'ENOSPC', false],
    ['write', 'EIO', true],
    ['full', '', false],
    ['rename', 'EIO', false],
    ['link', 'EIO', true],
  ])('%s fails with %s: OUTPUT_UNWRITABLE, and nothing is left', (call, code, ifAbsent) =>
    withFolder(async (folder) => {
      failing.set(call, code);
      await expect(folderSink(folder).put('a', numbered(100), { ifAbsent })).rejects.toMatchObject({
        code: 'OUTPUT_UNWRITABLE',
      });
      expect(readdirSync(folder)).toEqual([]);
    }),
  );

  test('rename fails after an exclusive create: the empty name is taken away again', () =>
    withFolder(async (folder) => {
      failing.set('link', 'EPERM').set('rename', 'EIO');
      await expect(folderSink(folder).put('a', numbered(100), { ifAbsent: true })).rejects.toMatchObject({
        code: 'OUTPUT_UNWRITABLE',
      });
      expect(readdirSync(folder)).toEqual([]);
    }));

  test('content is stopped where writing fails', () =>
    withFolder(async (folder) => {
      failing.set('write', 'ENOSPC');
      let released = false;
      const content = async function* () {
        try {
          for (;;) yield numbered(10);
        } finally {
          released = true;
        }
      };
      await expect(folderSink(folder).put('a', content())).rejects.toMatchObject({
        code: 'OUTPUT_UNWRITABLE',
        details: { system: 'ENOSPC' },
      });
      expect(released).toBe(true);
    }));

  test('a folder that cannot be listed or emptied says so', () =>
    withFolder(async (folder) => {
      const sink = folderSink(folder);
      await sink.put('a', numbered(1));
      failing.set('unlink', 'EROFS').set('readdir', 'EACCES');
      await expect(sink.remove('a')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
      await expect(sink.list('')[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    }));
});
