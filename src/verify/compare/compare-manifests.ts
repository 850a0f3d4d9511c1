import type { ManifestReader } from '../../manifest/index.ts';
import type { ItemRecord } from '../../model/index.ts';
import type { FileRead, PlacedRecord } from '../check.ts';
import { FindingList } from '../finding-list.ts';
import { placedRecords } from '../record-pass.ts';
import { alteredFiles, type FilesRead } from './altered-files.ts';
import { sharedDigests } from './digest-merge.ts';
import { inexactContents } from './exact-content.ts';
import { ItemTable, isCompared, STATE } from './item-table.ts';
import { type MovedFrom, pairCopies } from './pairing.ts';
import { addToSummary, type ComparedItem, type ComparisonSummary, emptySummary } from './summary.ts';
import { folderOf, type Recognised, UnmatchedItems } from './unmatched.ts';

export interface CompareOptions {
  /** Called for every item, in the later manifest's order, the missing ones last. Equal ones only if `includeSame`. */
  readonly onItem?: (item: ComparedItem) => void;
  readonly includeSame?: boolean;
  readonly signal?: AbortSignal;
}

async function* recordsOf(
  manifest: ManifestReader,
  signal?: AbortSignal,
  read: FilesRead & { readonly shards: Map<string, FileRead> } = filesRead(),
): AsyncGenerator<readonly PlacedRecord[]> {
  const pass = { faults: read.faults, files: read.shards, signal };
  for await (const { records } of placedRecords(manifest, pass)) yield records;
}

const filesRead = () => ({ faults: new FindingList('record-schema', 5), shards: new Map<string, FileRead>() });

async function tableOf(
  manifest: ManifestReader,
  signal?: AbortSignal,
): Promise<{ table: ItemTable; altered: readonly string[] }> {
  const table = new ItemTable();
  const read = filesRead();
  for await (const records of recordsOf(manifest, signal, read)) for (const record of records) table.add(record);
  return { table, altered: await alteredFiles(manifest, read, signal) };
}

/** The records whose octets the other manifest does not have, with their numbers. */
async function* looseRecords(
  manifest: ManifestReader,
  table: ItemTable,
  signal?: AbortSignal,
): AsyncGenerator<{ item: number; record: ItemRecord }> {
  for await (const records of recordsOf(manifest, signal)) {
    for (const { record, shard, offset } of records) {
      const item = isCompared(record) ? table.find(shard, offset) : -1;
      const state = item === -1 ? STATE.same : table.state(item);
      if (state === STATE.unmatched || state === STATE.unreadable) yield { item, record };
    }
  }
}

/**
 * Compares two manifests of one mailbox, item by item: `=` the same, `-` only in the earlier, `+` only in the later,
 * `*` the same item with other content, `!` unreadable on a side. Octets decide, then content; a moved item is the same
 * item. Memory: some 21 octets an item, and what differs. What is wrong with the manifests themselves is in the summary:
 * what their files no longer hold cannot be compared.
 */
export async function compareManifests(
  earlier: ManifestReader,
  later: ManifestReader,
  options: CompareOptions = {},
): Promise<ComparisonSummary> {
  const { signal } = options;
  const { table: before, altered: alteredBefore } = await tableOf(earlier, signal);
  const { table: after, altered: alteredAfter } = await tableOf(later, signal);
  const movedFrom: MovedFrom = new Map();
  for await (const shared of sharedDigests(earlier, later, signal)) {
    const left = shared.earlier.map((row) => before.find(row.shard, row.offset)).filter((item) => item !== -1);
    const right = shared.later.map((row) => after.find(row.shard, row.offset)).filter((item) => item !== -1);
    pairCopies(before, after, left, right, movedFrom);
  }
  const unmatched = new UnmatchedItems();
  for await (const { record } of looseRecords(earlier, before, signal)) unmatched.addEarlier(record);
  if (!unmatched.isEmpty) {
    for await (const { item, record } of looseRecords(later, after, signal)) unmatched.addLater(item, record);
  }
  const recognised = unmatched.recognise();
  const inexact = await inexactContents(earlier, later, recognised);
  const summary = emptySummary({ earlier: alteredBefore, later: alteredAfter });
  const emit = (item: ComparedItem) => {
    addToSummary(summary, item);
    if (item.sign !== '=' || item.movedFrom !== null || item.note !== null || options.includeSame === true) {
      options.onItem?.(item);
    }
  };
  for await (const records of recordsOf(later, signal)) {
    for (const { record, shard, offset } of records) {
      const item = isCompared(record) ? after.find(shard, offset) : -1;
      if (item === -1) continue;
      const found = recognised.get(item) ?? null;
      const compared = judge(record, after.state(item), movedFrom.get(item) ?? null, found);
      const note = inexact.get(item);
      emit(note === undefined ? compared : { ...compared, sign: '*', note });
    }
  }
  for (const { record, entry, folder, unreadable } of unmatched.left()) {
    const note = unreadable ? 'it could not be read when the earlier manifest was made' : null;
    emit({ sign: unreadable ? '!' : '-', record: null, earlierRecord: record, entry, folder, movedFrom: null, note });
  }
  return summary;
}

function judge(
  record: ItemRecord,
  state: ReturnType<ItemTable['state']>,
  movedFrom: string | null,
  found: Recognised | null,
): ComparedItem {
  const base = {
    record: record.id,
    earlierRecord: null,
    entry: record.source.entry,
    folder: folderOf(record),
    movedFrom: null,
    note: null,
  };
  if (state === STATE.same) return { ...base, sign: '=' };
  if (state === STATE.moved) return { ...base, sign: '=', movedFrom };
  if (state === STATE.unreadable) {
    const earlierRecord = found?.item.record ?? null;
    return { ...base, sign: '!', earlierRecord, note: 'it cannot be read in the later archive' };
  }
  return found === null ? { ...base, sign: '+' } : ofRecognised(base, found);
}

function ofRecognised(base: Omit<ComparedItem, 'sign'>, { item, by }: Recognised): ComparedItem {
  const earlierRecord = item.record;
  const movedFrom = item.folder === base.folder ? null : item.folder;
  if (by === 'content') {
    return { ...base, sign: '=', earlierRecord, movedFrom, note: 'the same content in other octets' };
  }
  if (item.unreadable) {
    return { ...base, sign: '+', earlierRecord, note: 'it could not be read when the earlier manifest was made' };
  }
  return { ...base, sign: '*', earlierRecord, movedFrom };
}
