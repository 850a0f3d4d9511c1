import { chmod, lstat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { folderSink } from '../io/index.ts';
import { MailproofError, openIfThere, type Sink } from '../model/index.ts';
import type { ProgressStore } from '../verify/index.ts';

/** Beside the manifest; the checks know the name. */
export const STATE_PATH = 'verify-state.json';

/** What goes before the pass over the archive keeps its own. */
const OPINION_ENDING = '.second-opinion';

export interface ProgressStores {
  readonly archive: ProgressStore;
  readonly secondOpinion: ProgressStore;
}

/**
 * Where `verify` keeps how far it is: in the file given, or beside the manifest where that is a folder. Null for a
 * manifest in S3 without a file given: nothing is written there unasked.
 */
export function progressStores(dest: string, file: string | undefined): ProgressStores | null {
  if (file === undefined && dest.startsWith('s3://')) return null;
  const sink = folderSink(file === undefined ? dest : dirname(resolve(file)));
  const name = file === undefined ? STATE_PATH : basename(file);
  return { archive: storeIn(sink, name), secondOpinion: storeIn(sink, `${name}${OPINION_ENDING}`) };
}

/** Others than its owner may write to it. */
const OTHERS_WRITE = 0o022;

/**
 * Kept progress says what need not be read again, and holds no secret that would prove who wrote it: a file that somebody
 * else owns or may write to could vouch for octets nobody read. Systems without owners are taken at their word.
 */
async function checkOwner(path: string): Promise<void> {
  const owner = process.getuid?.();
  if (owner === undefined) return;
  const { uid, mode } = await lstat(path);
  if (uid === owner && (mode & OTHERS_WRITE) === 0) return;
  const why = uid === owner ? 'others may write to it' : 'another user owns it';
  throw new MailproofError('STATE_REFUSED', `${path} cannot be gone on with: ${why}.`, {
    advice: 'Remove the file to begin anew, and keep progress where only you can write (--state FILE).',
    details: { path },
  });
}

function storeIn(sink: Sink, path: string): ProgressStore {
  const location = `${sink.location}/${path}`;
  return {
    location,
    async load() {
      const source = await openIfThere(sink, path);
      if (source === null) return null;
      try {
        await checkOwner(location);
        return await source.bytes(0, source.size);
      } finally {
        await source.close();
      }
    },
    async save(octets) {
      await sink.put(path, octets, { mediaType: 'application/json' });
      // A umask that lets a group write would make us refuse our own file.
      await chmod(location, 0o600);
    },
    clear: async () => sink.remove(path),
  };
}
