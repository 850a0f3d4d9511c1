import {
  calendarRow,
  compareOctets,
  INDEX_NAMES,
  type IndexColumn,
  type IndexFile,
  type IndexName,
  type ManifestReader,
  parseRow,
  readLines,
} from '../../manifest/index.ts';
import { type Finding, type ItemRecord, MailproofError, openIfThere } from '../../model/index.ts';
import type { AheadContext, CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { FindingList } from '../finding-list.ts';
import { placedRecords, readJson } from '../record-pass.ts';
import { RowSum } from './row-sum.ts';
import { ThreadRows } from './thread-rows.ts';

/** Shards looked at row by row when an index does not agree: enough to name what is wrong. */
const EXAMINED_SHARDS = 3;

type KeyedIndex = Exclude<IndexName, 'thread'>;

/** What the rows of an index say of a record: the key, and what stands after the record's place. */
interface Keyed {
  readonly key: string;
  readonly more?: readonly IndexColumn[];
}

const keysOf: Readonly<Record<KeyedIndex, (record: ItemRecord) => readonly Keyed[]>> = {
  'message-id': (record) => (record.email?.messageId ?? []).map((key) => ({ key })),
  digest: (record) => (record.native === null ? [] : [{ key: record.native.digest }]),
  uid: (record) => [calendarRow(record)].filter((row) => row !== null),
};
const KEYED = ['message-id', 'digest', 'uid'] as const satisfies readonly KeyedIndex[];

const rowOf = ({ key, more = [] }: Keyed, { record, shard, offset, length }: PlacedRecord): string =>
  JSON.stringify([key, record.id, shard, offset, length, ...more]);

/** Every record is in the indexes, and every row of an index leads to the record it names. */
export class IndexRows implements RecordCheck {
  readonly name = 'index-rows';
  readonly #expected = { 'message-id': new RowSum(), digest: new RowSum(), uid: new RowSum(), thread: new RowSum() };
  readonly #threads = new ThreadRows();
  readonly #found = new Map<IndexFile, { readonly rows: RowSum | null; readonly findings: FindingList }>();

  /** The indexes as they lie there: what they should hold is known once every record was seen. */
  async ahead({ manifest, signal }: AheadContext): Promise<void> {
    for (const name of INDEX_NAMES) {
      const file = manifest.root.indexes.find((index) => index.name === name);
      if (file === undefined) continue;
      const findings = new FindingList(this.name);
      this.#found.set(file, { rows: await readIndex(manifest, file, findings, signal), findings });
    }
  }

  take(placed: PlacedRecord): void {
    const { record, shard, offset, length } = placed;
    for (const name of KEYED) {
      for (const key of keysOf[name](record)) this.#expected[name].add(shard, rowOf(key, placed));
    }
    this.#threads.add(record, shard, offset, length);
  }

  async *run({ manifest, signal }: CheckContext): AsyncGenerator<Finding> {
    const findings = new FindingList(this.name);
    for (const { shard, row } of this.#threads.rows()) this.#expected.thread.add(shard, row);
    for (const name of INDEX_NAMES) {
      const file = manifest.root.indexes.find((index) => index.name === name);
      if (file === undefined) {
        findings.add('error', `The manifest lists no ${name} index.`);
        continue;
      }
      const path = file.rows.annotations?.['path'] ?? '';
      const ahead = this.#found.get(file);
      if (ahead === undefined) throw new MailproofError('UNEXPECTED', `${path} was not read ahead.`);
      findings.absorb(ahead.findings);
      const found = ahead.rows;
      if (found === null) continue;
      const expected = this.#expected[name];
      if (found.count !== file.count) {
        findings.add('error', `${path} has ${found.count} rows; the manifest says ${file.count}.`, { entry: path });
      }
      const differing = expected.differing(found);
      if (differing.length === 0) continue;
      const message = `${path} does not lead to the records there are: ${found.count} rows for ${expected.count} keys.`;
      findings.add('error', message, { entry: path, expected: `${expected.count}`, found: `${found.count}` });
      const examined = new Set(differing.slice(0, EXAMINED_SHARDS));
      if (name !== 'thread') await nameRows(manifest, name, path, examined, findings, signal);
    }
    yield* findings;
  }
}

/** Reads an index from end to end: its order, its table of blocks, its rows. Null where it is not there. */
async function readIndex(
  manifest: ManifestReader,
  index: IndexFile,
  findings: FindingList,
  signal: AbortSignal | undefined,
): Promise<RowSum | null> {
  const path = index.rows.annotations?.['path'] ?? '';
  const file = await openIfThere(manifest.sink, path);
  if (file === null) return null;
  const sum = new RowSum();
  const blocks = blocksOf(await readJson(manifest, index.blocks.annotations?.['path'] ?? ''));
  const about = { entry: path };
  let block = 0;
  let lastKey: string | null = null;
  try {
    for await (const lines of readLines(file, signal)) {
      for (const { text, offset } of lines) {
        const row = rowIn(text);
        if (row === null) {
          findings.add('error', `${path} holds a line at octet ${offset} that is no row.`, about);
          continue;
        }
        sum.add(row.shard, text);
        if (lastKey !== null && compareOctets(lastKey, row.key) > 0) {
          findings.add('error', `${path} is not sorted at octet ${offset}.`, about);
        }
        lastKey = row.key;
        if (blocks[block]?.offset === offset && blocks[block]?.key === row.key) block++;
      }
    }
  } catch (error) {
    if (!(error instanceof MailproofError) || error.code !== 'MANIFEST_INVALID') throw error;
    findings.add('error', error.message, about);
  } finally {
    await file.close();
  }
  if (block !== blocks.length || (sum.count > 0 && blocks.length === 0)) {
    findings.add('error', `The table of blocks of ${path} does not point to its rows.`, about);
  }
  return sum;
}

function rowIn(text: string): { key: string; shard: number } | null {
  try {
    return parseRow(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function blocksOf(table: unknown): { key: unknown; offset: unknown }[] {
  if (!Array.isArray(table)) return [];
  return table.map((block: unknown) =>
    Array.isArray(block) ? { key: block[0], offset: block[1] } : { key: null, offset: null },
  );
}

/** Names the rows that are missing or lead nowhere, shard by shard. */
async function nameRows(
  manifest: ManifestReader,
  name: KeyedIndex,
  path: string,
  shards: ReadonlySet<number>,
  findings: FindingList,
  signal: AbortSignal | undefined,
): Promise<void> {
  const expected = new Map<string, ItemRecord>();
  const pass = { faults: new FindingList('record-schema', 0), files: new Map(), signal, only: shards };
  for await (const { records } of placedRecords(manifest, pass)) {
    for (const placed of records) {
      for (const key of keysOf[name](placed.record)) expected.set(rowOf(key, placed), placed.record);
    }
  }
  const file = await openIfThere(manifest.sink, path);
  if (file === null) return;
  try {
    for await (const lines of readLines(file, signal)) {
      for (const { text } of lines) {
        const row = rowIn(text);
        if (row === null || !shards.has(row.shard) || expected.delete(text)) continue;
        findings.add('error', `${path} holds a row that leads to no record: ${text}.`, { entry: path });
      }
    }
  } finally {
    await file.close();
  }
  for (const record of expected.values()) {
    const about = { record: record.id, entry: record.source.entry };
    findings.add('error', `Record ${record.id} is not in ${path}.`, about);
  }
}
