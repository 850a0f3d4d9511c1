import { basename, dirname, resolve } from 'node:path';
import { folderSink } from '../io/index.ts';
import { MailproofError, type Sink } from '../model/index.ts';
import type { ProgressStore } from '../verify/index.ts';

/** Beside the manifest; the checks know the name. */
export const STATE_PATH = 'verify-state.json';

/**
 * Where `verify` keeps how far it is: in the file given, or beside the manifest where that is a folder. Null for a
 * manifest in S3 without a file given: nothing is written there unasked.
 */
export function progressStore(dest: string, file: string | undefined): ProgressStore | null {
  if (file !== undefined) return storeIn(folderSink(dirname(resolve(file))), basename(file));
  return dest.startsWith('s3://') ? null : storeIn(folderSink(dest), STATE_PATH);
}

function storeIn(sink: Sink, path: string): ProgressStore {
  return {
    location: `${sink.location}/${path}`,
    async load() {
      try {
        const source = await sink.open(path);
        try {
          return await source.bytes(0, source.size);
        } finally {
          await source.close();
        }
      } catch (error) {
        if (error instanceof MailproofError && error.code === 'SOURCE_NOT_FOUND') return null;
        throw error;
      }
    },
    async save(octets) {
      await sink.put(path, octets, { mediaType: 'application/json' });
    },
    clear: async () => sink.remove(path),
  };
}
