import { link, open, realpath, rename, unlink } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { MailproofError } from '../model/index.ts';
import { readError, systemCode } from './file-errors.ts';

/** link() is refused by file systems without hard links (exFAT, some network shares): there an exclusive create decides. */
export async function moveIfAbsent(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
    return;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') throw taken(target);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK')
      throw error;
  }
  try {
    await (await open(target, 'wx')).close();
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw taken(target);
    throw error;
  }
  try {
    await rename(temporary, target);
  } catch (error) {
    await unlink(target).catch(() => {});
    throw error;
  }
}

/** The name is another file's. */
export function taken(target: string): MailproofError {
  return new MailproofError('OUTPUT_EXISTS', `${target} exists already.`, {
    advice: 'Choose another output folder, or remove what is there.',
    details: { path: target },
  });
}

/** A symbolic link below the root that leads out of it would let a path leave the folder all the same. */
export async function checkWithin(root: string, target: string): Promise<void> {
  const real = await realpath(root).catch(() => null);
  if (real === null) return;
  for (let folder = dirname(target); folder.length > root.length; folder = dirname(folder)) {
    const found = await realpath(folder).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
      throw readError(error, folder);
    });
    if (found === null) continue;
    if (found !== real && !found.startsWith(real.endsWith(sep) ? real : real + sep)) {
      throw new MailproofError('USAGE', `${target} leads out of ${root} by a symbolic link.`, {
        details: { path: target },
      });
    }
    return;
  }
}

/** A rename is only as durable as its folder's entry. File systems that cannot sync a folder keep their own promise. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
