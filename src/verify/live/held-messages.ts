import type { ManifestReader } from '../../manifest/index.ts';
import { KeyColumns } from './key-columns.ts';
import { messageKeys } from './message-keys.ts';

/** The messages of one side, and the folders they are in. */
export interface Side {
  readonly messages: KeyColumns;
  readonly folders: readonly (readonly string[])[];
}

/** The export's messages, none that is within another. One pass over the records. */
export async function heldMessages(manifest: ManifestReader, signal?: AbortSignal): Promise<Side> {
  const messages = new KeyColumns();
  const folders: (readonly string[])[] = [];
  const places = new Map<string, number>();
  for await (const records of manifest.records(signal)) {
    for (const { email, family, folderPath, native, source } of records) {
      if (email === undefined || family.depth > 0) continue;
      const path = JSON.stringify(folderPath);
      let folder = places.get(path);
      if (folder === undefined) {
        folder = folders.push(folderPath) - 1;
        places.set(path, folder);
      }
      messages.push({
        ...messageKeys(email),
        folder,
        size: native?.size ?? 0,
        name: source.index,
        arrived: Number.NaN,
      });
    }
  }
  return { messages, folders };
}
