import type { ManifestReader } from '../../manifest/index.ts';
import type { ItemRecord } from '../../model/index.ts';
import type { PlacedRecord } from '../check.ts';
import { FindingList } from '../finding-list.ts';
import { placedRecords } from '../record-pass.ts';
import { sharedDigests } from './digest-merge.ts';
import { ItemTable, isCompared, STATE } from './item-table.ts';
import { type MovedFrom, pairCopies } from './pairing.ts';
import { addToSummary, type ComparedItem, type ComparisonSummary, emptySummary } from './summary.ts';
import { type Recognised, UnmatchedItems } from './unmatched.ts';

export interface CompareOptions {
  /** Called for every item, in the later manifest's order, the missing ones last. Equal ones only if `includeSame`. */
  readonly onItem?: (item: ComparedItem) => void;
  readonly includeSame?: boolean;
  readonly signal?: AbortSignal;
}

async function* recordsOf(manifest: ManifestReader, signal?: AbortSignal): AsyncGenerator<readonly PlacedRecord[]> {
  const pass = { faults: new FindingList('record-schema', 0), files: new Map(), signal };
  for await (const { records } of placedRecords(manifest, pass)) yield records;
}

async function tableOf(manifest: ManifestReader, signal?: AbortSignal): Promise<ItemTable> {
  const table = new ItemTable();
  for await (const records of recordsOf(manifest, signal)) for (const record of records) table.add(record);
  return table;
}

/**
 * Compares two manifests of one mailbox, item by item: `=` the same, `-` only in the earlier, `+` only in the later,
 * `*` the same item with other content, `!` unreadable on a side. Octets decide, then content; a moved item is the same
 * item. Memory: some 21 octets an item, and what differs.
 */
export async function compareManifests(
  earlier: ManifestReader,
  later: ManifestReader,
  options: CompareOptions = {},
): Promise<ComparisonSummary> {
  const { signal } = options;
  const before = await tableOf(earlier, signal);
  const after = await tableOf(later, signal);
  const movedFrom: MovedFrom = new Map();
  for await (const shared of sharedDigests(earlier, later, signal)) {
    const left = shared.earlier.map((row) => before.find(row.shard, row.offset)).filter((item) => item !== -1);
    const right = shared.later.map((row) => after.find(row.shard, row.offset)).filter((item) => item !== -1);
    pairCopies(before, after, left, right, movedFrom);
  }
  const unmatched = new UnmatchedItems();
  for await (const records of recordsOf(earlier, signal)) {
    for (const { record, shard, offset } of records) {
      const item = isCompared(record) ? before.find(shard, offset) : -1;
      const state = item === -1 ? STATE.same : before.state(item);
      if (state === STATE.unmatched || state === STATE.unreadable) unmatched.add(record);
    }
  }
  const summary = emptySummary();
  const emit = (item: ComparedItem) => {
    addToSummary(summary, item);
    if (item.sign !== '=' || item.movedFrom !== null || item.note !== null || options.includeSame === true) {
      options.onItem?.(item);
    }
  };
  for await (const records of recordsOf(later, signal)) {
    for (const { record, shard, offset } of records) {
      const item = isCompared(record) ? after.find(shard, offset) : -1;
      if (item !== -1) emit(judge(record, after.state(item), movedFrom.get(item) ?? null, unmatched));
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
  unmatched: UnmatchedItems,
): ComparedItem {
  const base = {
    record: record.id,
    earlierRecord: null,
    entry: record.source.entry,
    folder: record.folderPath.join('/'),
    movedFrom: null,
    note: null,
  };
  if (state === STATE.same) return { ...base, sign: '=' };
  if (state === STATE.moved) return { ...base, sign: '=', movedFrom };
  if (state === STATE.unreadable) {
    const was = unmatched.ofEntry(base.entry, base.folder);
    return { ...base, sign: '!', earlierRecord: was?.record ?? null, note: 'it cannot be read in the later archive' };
  }
  const found = unmatched.recognise(record);
  return found === null ? { ...base, sign: '+' } : recognised(base, found);
}

function recognised(base: Omit<ComparedItem, 'sign'>, { item, by }: Recognised): ComparedItem {
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
