import { compareOctets, type IndexRow, type ManifestReader, parseRow, readLines } from '../../manifest/index.ts';
import { openIfThere } from '../../model/index.ts';

/** The rows of two indexes that have one key. */
export interface SharedKey {
  readonly earlier: readonly IndexRow[];
  readonly later: readonly IndexRow[];
}

/** One index, read group by group. */
class Groups {
  readonly #batches: AsyncGenerator<IndexRow[]>;
  #rows: IndexRow[] = [];
  #place = 0;

  constructor(batches: AsyncGenerator<IndexRow[]>) {
    this.#batches = batches;
  }

  async #peek(): Promise<IndexRow | null> {
    while (this.#place >= this.#rows.length) {
      const next = await this.#batches.next();
      if (next.done === true) return null;
      this.#rows = next.value;
      this.#place = 0;
    }
    return this.#rows[this.#place] ?? null;
  }

  /** All rows of the next key; empty at the end. */
  async next(): Promise<IndexRow[]> {
    const group: IndexRow[] = [];
    for (let row = await this.#peek(); row !== null; row = await this.#peek()) {
      if (group[0] !== undefined && group[0].key !== row.key) break;
      group.push(row);
      this.#place++;
    }
    return group;
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}

async function* rowsOf(manifest: ManifestReader, signal?: AbortSignal): AsyncGenerator<IndexRow[]> {
  const index = manifest.root.indexes.find(({ name }) => name === 'digest');
  const file = await openIfThere(manifest.sink, index?.rows.annotations?.['path'] ?? 'index/digest.jsonl');
  if (file === null) return;
  try {
    for await (const lines of readLines(file, signal)) {
      yield lines.flatMap(({ text }) => parseRow(text) ?? []);
    }
  } finally {
    await file.close();
  }
}

/** The digests that two manifests share: their sorted indexes are merged, one chunk of each at a time. */
export async function* sharedDigests(
  earlier: ManifestReader,
  later: ManifestReader,
  signal?: AbortSignal,
): AsyncGenerator<SharedKey> {
  const left = new Groups(rowsOf(earlier, signal));
  const right = new Groups(rowsOf(later, signal));
  try {
    let [one, other] = [await left.next(), await right.next()];
    while (one[0] !== undefined && other[0] !== undefined) {
      const order = compareOctets(one[0].key, other[0].key);
      if (order === 0) yield { earlier: one, later: other };
      const next = [order <= 0 ? await left.next() : one, order >= 0 ? await right.next() : other] as const;
      [one, other] = [...next];
    }
  } finally {
    await left.close();
    await right.close();
  }
}
