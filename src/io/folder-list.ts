import type { Dirent } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { compareOctets } from '../model/octet-order.ts';
import { readError, systemCode } from './file-errors.ts';
import { PARTIAL_PREFIX } from './sink-path.ts';

/** The files below `root` whose path begins with `prefix`, in the order of the paths' octets, as S3 lists keys. */
export async function* listFolder(root: string, prefix: string): AsyncGenerator<{ path: string; size: number }> {
  // A stack, last in first out, holding what is still to be visited: no recursion, however deep the folders are.
  const stack: string[] = [];
  const base = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  for (const name of await sortedNames(root, base)) stack.push(name);
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    if (path.endsWith('/')) {
      if (!path.startsWith(prefix) && !prefix.startsWith(path)) continue;
      for (const name of await sortedNames(root, path)) stack.push(name);
    } else if (path.startsWith(prefix)) {
      const state = await lstat(join(root, path)).catch(() => null);
      // Removed since the folder was read: no longer a file of the sink.
      if (state?.isFile() === true) yield { path, size: state.size };
    }
  }
}

/** Last name first, folders as `name/`: `a.txt` sorts before `a/b` only when the slash takes part in the comparison. */
async function sortedNames(root: string, base: string): Promise<string[]> {
  let members: Dirent[];
  try {
    members = await readdir(join(root, base), { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw readError(error, join(root, base));
  }
  return members
    .filter((member) => (member.isFile() || member.isDirectory()) && !member.name.startsWith(PARTIAL_PREFIX))
    .map((member) => `${base}${member.name}${member.isDirectory() ? '/' : ''}`)
    .sort((one, other) => compareOctets(other, one));
}

/** Removes the files in the making that a killed process left below `root`. */
export async function sweepFolder(root: string): Promise<void> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const members = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return [];
      throw readError(error, folder ?? root);
    });
    for (const member of members) {
      const path = join(folder, member.name);
      if (member.isDirectory()) folders.push(path);
      else if (member.name.startsWith(PARTIAL_PREFIX)) await unlink(path).catch(() => undefined);
    }
  }
}
