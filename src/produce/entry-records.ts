import type { ManifestReader } from '../manifest/index.ts';
import type { ItemRecord } from '../model/index.ts';

/** The records of a manifest by the entry they come from, in the archive's order, some entries at a time. */
export async function* recordsByEntry(
  reader: ManifestReader,
  signal?: AbortSignal,
): AsyncGenerator<readonly (readonly ItemRecord[])[]> {
  let open: ItemRecord[] = [];
  for await (const records of reader.records(signal)) {
    const entries: (readonly ItemRecord[])[] = [];
    for (const record of records) {
      if (open.length > 0 && open[0]?.source.index !== record.source.index) {
        entries.push(open);
        open = [];
      }
      open.push(record);
    }
    if (entries.length > 0) yield entries;
  }
  if (open.length > 0) yield [open];
}

/** Kinds of `Other` that are no document: they hold nothing a reviewer could open. */
const NO_DOCUMENT: ReadonlySet<string> = new Set(['directory', 'empty', 'output-log']);

/** Whether an entry's records can be documents at all. */
export const isDocument = (record: ItemRecord): boolean =>
  record.type !== 'Other' || !NO_DOCUMENT.has(record.other?.kind ?? '');
