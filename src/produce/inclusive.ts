import { attachmentDigests, inclusiveMarks, threads } from '../identity/index.ts';
import { type IndexRow, parseRow, readLines } from '../manifest/index.ts';
import type { ItemRecord } from '../model/index.ts';
import type { ProduceManifest } from './options.ts';

/** Which messages another one holds whole. Both are `manifest:record`. */
export interface Covering {
  readonly asked: boolean;
  readonly coveredBy: ReadonlyMap<string, string>;
  readonly targets: ReadonlySet<string>;
}

export const NOTHING_COVERED: Covering = { asked: false, coveredBy: new Map(), targets: new Set() };

/** Octets of text of one thread that are compared at once. A longer thread's messages all count as inclusive: the safe side. */
const THREAD_TEXT = 64 * 1024 * 1024;

/** The rows of the thread index, a thread at a time. */
async function* threadRows(manifest: ProduceManifest, signal?: AbortSignal): AsyncGenerator<readonly IndexRow[]> {
  const { reader } = manifest;
  const index = reader.root.indexes.find(({ name }) => name === 'thread');
  if (index === undefined || index.count === 0) return;
  const source = await reader.sink.open(index.rows.annotations?.['path'] ?? '');
  try {
    let open: IndexRow[] = [];
    for await (const lines of readLines(source, signal)) {
      for (const { text } of lines) {
        const row = parseRow(text);
        if (row === null) continue;
        if (open[0] !== undefined && open[0].key !== row.key) {
          if (open.length > 1) yield open;
          open = [];
        }
        open.push(row);
      }
    }
    if (open.length > 1) yield open;
  } finally {
    await source.close();
  }
}

/** Reads each thread of each manifest once and says which of its messages another one holds. */
export async function findCovered(manifests: readonly ProduceManifest[], signal?: AbortSignal): Promise<Covering> {
  const coveredBy = new Map<string, string>();
  for (const [number, manifest] of manifests.entries()) {
    for await (const rows of threadRows(manifest, signal)) {
      const records: ItemRecord[] = [];
      let octets = 0;
      for (const row of rows) {
        const record = await manifest.reader.at(row.shard, row.offset, row.length);
        octets += record.text?.length ?? 0;
        if (octets > THREAD_TEXT) break;
        records.push(record);
      }
      if (octets > THREAD_TEXT) continue;
      for (const [covered, covering] of await coveredIn(manifest, records)) {
        coveredBy.set(`${number}:${covered}`, `${number}:${covering}`);
      }
    }
  }
  return { asked: true, coveredBy, targets: new Set(coveredBy.values()) };
}

async function coveredIn(manifest: ProduceManifest, records: readonly ItemRecord[]): Promise<[string, string][]> {
  const byId = new Map(records.map((record) => [record.id, record]));
  const keys = records.flatMap(({ id, email }) =>
    email === undefined
      ? []
      : [
          {
            id,
            messageId: email.messageId?.[0] ?? null,
            references: email.references ?? [],
            inReplyTo: email.inReplyTo ?? [],
            subject: email.subject,
            sentAt: email.sentAt,
          },
        ],
  );
  const found: [string, string][] = [];
  for (const thread of threads(keys)) {
    const candidates = [];
    for (const { id, parent } of thread.members) {
      const record = byId.get(id);
      if (record?.email === undefined) continue;
      const text = await manifest.reader.text(record);
      candidates.push({ id, parent, text, attachments: attachmentDigests(record.email) });
    }
    for (const mark of inclusiveMarks(candidates)) if (mark.coveredBy !== null) found.push([mark.id, mark.coveredBy]);
  }
  return found;
}
