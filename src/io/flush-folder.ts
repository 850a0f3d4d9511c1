import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeError } from './file-errors.ts';
import { listFolder } from './folder-list.ts';

/**
 * Makes every file below a folder survive a loss of power. On Linux by one syncfs(2), which Node does not have and coreutils'
 * `sync -f` does: a hundred thousand files take a second and not a minute. Elsewhere file by file, then folder by folder.
 */
export async function flushFolder(root: string): Promise<void> {
  if (process.platform === 'linux' && (await syncFileSystem(root))) return;
  const folders = new Set<string>([root, dirname(root)]);
  for await (const { path } of listFolder(root, '')) {
    await syncOne(join(root, path));
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.add(join(root, folder));
  }
  // File systems that cannot sync a folder keep their own promise.
  for (const folder of folders) await syncOne(folder).catch(() => undefined);
}

const syncFileSystem = async (folder: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile('sync', ['-f', folder], (error) => resolve(error === null));
  });

async function syncOne(path: string): Promise<void> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw writeError(error, path);
  });
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
