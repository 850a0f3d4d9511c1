import type { ByteSource } from '../model/index.ts';
import { compareOctets } from '../model/octet-order.ts';
import type { IndexColumn } from './calendar-row.ts';
import { readLines } from './lines.ts';

/** One line of an index: the key, the record it stands for, and where that record's octets lie. */
export interface IndexRow {
  readonly key: string;
  readonly id: string;
  readonly shard: number;
  readonly offset: number;
  readonly length: number;
  /** What the rows of this index have beside: `CalendarColumns` in that of uids. */
  readonly more?: readonly IndexColumn[];
}

/** The order of an index: by key, then by the record's place. */
export function compareRows(left: IndexRow, right: IndexRow): number {
  return compareOctets(left.key, right.key) || left.shard - right.shard || left.offset - right.offset;
}

/** An index row as its line, line feed included. */
export const rowLine = (row: IndexRow): string =>
  `${JSON.stringify([row.key, row.id, row.shard, row.offset, row.length, ...(row.more ?? [])])}\n`;

/** Reads a line that `rowLine` wrote; null where it is none. */
export function parseRow(line: string): IndexRow | null {
  const value: unknown = JSON.parse(line);
  if (!Array.isArray(value)) return null;
  const [key, id, shard, offset, length, ...more]: unknown[] = value;
  if (typeof key !== 'string' || typeof id !== 'string') return null;
  if (typeof shard !== 'number' || typeof offset !== 'number' || typeof length !== 'number') return null;
  if (more.length === 0) return { key, id, shard, offset, length };
  return more.every(isColumn) ? { key, id, shard, offset, length, more } : null;
}

const isColumn = (value: unknown): value is IndexColumn =>
  value === null || typeof value === 'string' || typeof value === 'number';

async function* rowsOf(run: ByteSource, signal?: AbortSignal): AsyncGenerator<IndexRow[]> {
  for await (const lines of readLines(run, signal)) {
    const rows: IndexRow[] = [];
    for (const line of lines) {
      const row = parseRow(line.text);
      if (row !== null) rows.push(row);
    }
    yield rows;
  }
}

/** A run being merged: its rows as they come, and the one at its head. */
interface Head {
  readonly source: AsyncGenerator<IndexRow[]>;
  rows: IndexRow[];
  place: number;
}

async function advance(head: Head): Promise<boolean> {
  head.place++;
  while (head.place >= head.rows.length) {
    const next = await head.source.next();
    if (next.done === true) return false;
    head.rows = next.value;
    head.place = 0;
  }
  return true;
}

const first = (head: Head): IndexRow => {
  const row = head.rows[head.place];
  if (row === undefined) throw new RangeError('a run without a row cannot be merged');
  return row;
};

/** Moves the head at `place` down the binary heap until its children come later. */
function sift(heap: Head[], place: number): void {
  for (let at = place; ; ) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      const left = heap[child];
      const right = heap[least];
      if (left !== undefined && right !== undefined && compareRows(first(left), first(right)) < 0) least = child;
    }
    const one = heap[at];
    const other = heap[least];
    if (least === at || one === undefined || other === undefined) return;
    heap[at] = other;
    heap[least] = one;
    at = least;
  }
}

/**
 * Merges runs that are each sorted, in batches of at most 1,024 rows. Holds one chunk of each run: a heap of heads, so
 * that ten thousand runs cost log2(10,000) comparisons a row.
 */
export async function* mergeRuns(runs: readonly ByteSource[], signal?: AbortSignal): AsyncGenerator<IndexRow[]> {
  const heap: Head[] = [];
  for (const run of runs) {
    const head: Head = { source: rowsOf(run, signal), rows: [], place: -1 };
    if (await advance(head)) heap.push(head);
  }
  for (let place = heap.length >> 1; place >= 0; place--) sift(heap, place);
  let batch: IndexRow[] = [];
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    batch.push(first(head));
    if (batch.length === 1024) {
      yield batch;
      batch = [];
    }
    // A batch of rows is at hand far more often than not: only its end costs a wait.
    if (head.place + 1 < head.rows.length) head.place++;
    else if (!(await advance(head))) {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
    }
    if (heap.length > 0) sift(heap, 0);
  }
  if (batch.length > 0) yield batch;
}
