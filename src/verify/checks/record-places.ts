import { ordinalOf } from '../../manifest/index.ts';
import type { Finding } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { FindingList } from '../finding-list.ts';

interface ShardSeen {
  readonly places: unknown;
  count: number;
  first: string;
  last: string;
}

/**
 * Every record lies where its shard's own index says, ids ascend without a hole, and texts lie within their files.
 * Holds the index of one shard at a time.
 */
export class RecordPlaces implements RecordCheck {
  readonly name = 'record-places';
  readonly #findings = new FindingList('record-places');
  readonly #shards: Omit<ShardSeen, 'places'>[] = [];
  readonly #textEnds = new Map<string, number>();
  #open: ShardSeen | null = null;
  #lastOrdinal = -1;

  begin(shard: number, places: unknown): void {
    this.#closeShard();
    this.#open = { places, count: 0, first: '', last: '' };
    this.#shards[shard] = this.#open;
    if (typeof places === 'object' && places !== null) return;
    this.#findings.add('error', `The index of places of shard ${shard} cannot be read.`);
  }

  take({ record, offset, length }: PlacedRecord): void {
    this.#takeOrder(record.id, record.source.index);
    if (this.#open !== null) this.#takePlace(this.#open, record.id, offset, length);
    const { text } = record;
    if (text === undefined) return;
    const end = text.offset + text.length;
    if (end > (this.#textEnds.get(text.path) ?? -1)) this.#textEnds.set(text.path, end);
  }

  #takePlace(shard: ShardSeen, id: string, offset: number, length: number): void {
    if (shard.count++ === 0) shard.first = id;
    shard.last = id;
    const { places } = shard;
    if (typeof places !== 'object' || places === null) return;
    const place: unknown = Object.hasOwn(places, id) ? Reflect.get(places, id) : undefined;
    if (Array.isArray(place) && place[0] === offset && place[1] === length) return;
    const message =
      place === undefined ? 'is not in the index of its shard' : 'is not where the index of its shard says';
    this.#findings.add('error', `Record ${id} ${message}.`, { record: id });
  }

  #takeOrder(id: string, index: number): void {
    const ordinal = ordinalOf(id) ?? -1;
    if (ordinal !== index) {
      this.#findings.add('error', `Record ${id} says it comes from entry ${index}.`, { record: id });
    }
    if (ordinal < this.#lastOrdinal) {
      this.#findings.add('error', `Record ${id} stands after a record of entry ${this.#lastOrdinal}.`, { record: id });
    } else if (ordinal > this.#lastOrdinal + 1) {
      const missing = `${this.#lastOrdinal + 1}${ordinal - this.#lastOrdinal > 2 ? ` to ${ordinal - 1}` : ''}`;
      this.#findings.add('error', `There is no record of entry ${missing} of the archive.`);
    }
    this.#lastOrdinal = Math.max(this.#lastOrdinal, ordinal);
  }

  /** An index that lists more than its shard holds names records that are gone. */
  #closeShard(): void {
    const shard = this.#open;
    this.#open = null;
    if (shard === null || typeof shard.places !== 'object' || shard.places === null) return;
    const listed = Object.keys(shard.places).length;
    if (listed <= shard.count) return;
    const message = `The index of the shard of ${shard.first} lists ${listed} records; the shard holds ${shard.count}.`;
    this.#findings.add('error', message, { expected: String(listed), found: String(shard.count) });
  }

  *run({ manifest }: CheckContext): Generator<Finding> {
    this.#closeShard();
    const findings = this.#findings;
    for (const [shard, entry] of manifest.root.shards.entries()) {
      const seen = this.#shards[shard];
      if (seen === undefined) continue;
      if (seen.count === entry.count && seen.first === entry.firstId && seen.last === entry.lastId) continue;
      const expected = `${entry.count} records, ${entry.firstId} to ${entry.lastId}`;
      const found = `${seen.count} records, ${seen.first} to ${seen.last}`;
      findings.add('error', `Shard ${shard} holds ${found}; the manifest says ${expected}.`, { expected, found });
    }
    const sizes = new Map<string, number>();
    for (const { text } of manifest.root.shards)
      if (text !== null) sizes.set(text.annotations?.['path'] ?? '', text.size);
    for (const [path, end] of this.#textEnds) {
      const size = sizes.get(path);
      if (size !== undefined && end <= size) continue;
      const why = size === undefined ? 'which the manifest does not list' : `which has ${size} octets`;
      findings.add('error', `A record's text ends at octet ${end} of ${path}, ${why}.`, { entry: path });
    }
    yield* findings;
  }
}
