import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwIfCancelled } from '../model/cancelled.ts';
import { writeError } from './file-errors.ts';

export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder and all in it; calling it again does nothing. */
  remove(): Promise<void>;
}

export interface TemporaryFolderOptions {
  /** Where to make it; the system's folder for temporary files by default. */
  readonly parent?: string;
  /** Its abort removes the folder. */
  readonly signal?: AbortSignal;
}

/** One listener for all folders: a listener each would make Node warn of a leak after ten. */
const remaining = new Set<string>();
let listening = false;

function removeRemaining(): void {
  for (const path of remaining) rmSync(path, { recursive: true, force: true });
  remaining.clear();
}

/**
 * Makes a folder only this user may enter (0700: it holds mail), removed by `remove()`, by the signal's abort, or when the
 * process exits. Throws OUTPUT_UNWRITABLE.
 */
export async function createTemporaryFolder(options: TemporaryFolderOptions = {}): Promise<TemporaryFolder> {
  const { signal, parent = tmpdir() } = options;
  throwIfCancelled(signal);
  let path: string;
  try {
    path = await mkdtemp(join(parent, 'mailproof-'));
  } catch (error) {
    throw writeError(error, parent);
  }
  remaining.add(path);
  if (!listening) {
    listening = true;
    process.on('exit', removeRemaining);
  }
  const remove = async () => {
    signal?.removeEventListener('abort', onAbort);
    await rm(path, { recursive: true, force: true, maxRetries: 2 });
    remaining.delete(path);
  };
  // What cannot be removed now is tried once more when the process exits.
  const onAbort = () => void remove().catch(() => {});
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted === true) {
    await remove();
    throwIfCancelled(signal);
  }
  return { path, remove };
}
