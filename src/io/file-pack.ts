import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FilePack, PutResult } from '../model/index.ts';
import { writeBriefFile } from './brief-file.ts';
import { systemCode, writeError } from './file-errors.ts';
import { checkWithin, taken } from './folder-place.ts';
import { checkSinkPath } from './sink-path.ts';

/** A folder that small files are written into. */
export interface BriefPlace {
  readonly root: string;
  /** Folders known to be there and to lie within the root. */
  readonly folders: Set<string>;
}

/** Writes one small file; with `replace` also where the name is taken. Throws OUTPUT_EXISTS, OUTPUT_UNWRITABLE, and USAGE for a path that leads out of the folder. */
export async function putBriefFile(
  place: BriefPlace,
  name: string,
  content: Uint8Array,
  replace: boolean,
): Promise<PutResult> {
  checkSinkPath(name);
  const target = join(place.root, name);
  const folder = dirname(target);
  try {
    for (let attempt = 1; ; attempt++) {
      if (!place.folders.has(folder)) await prepare(place, folder, target);
      try {
        return writeBriefFile(target, content, replace);
      } catch (error) {
        if (systemCode(error) === 'EEXIST') throw taken(target);
        // Somebody has removed the folder.
        if (systemCode(error) !== 'ENOENT' || attempt > 1) throw error;
        place.folders.delete(folder);
      }
    }
  } catch (error) {
    throw writeError(error, target);
  }
}

async function prepare({ root, folders }: BriefPlace, folder: string, target: string): Promise<void> {
  await checkWithin(root, target);
  await mkdir(folder, { recursive: true });
  folders.add(folder);
}

/** Writes a pack's files in their order; the first that fails ends it. */
export async function writePack(
  place: BriefPlace,
  { octets, files }: FilePack,
  replace: boolean,
): Promise<PutResult[]> {
  const results: PutResult[] = [];
  for (const { path, start, end } of files) {
    results.push(await putBriefFile(place, path, octets.subarray(start, end), replace));
  }
  return results;
}
