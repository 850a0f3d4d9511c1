import type { ItemRecord } from '../../model/index.ts';
import type { PlacedRecord } from '../check.ts';
import { hash48 } from '../number-set.ts';
import { folderOf } from './unmatched.ts';

/** What has been found out about an item of one of the two manifests. */
export const STATE = { unmatched: 0, same: 1, moved: 2, unreadable: 3 } as const;
type State = (typeof STATE)[keyof typeof STATE];

/** Whether a record stands for something to be compared: folders and logs are not, nor what lies within a message. */
export function isCompared(record: ItemRecord): boolean {
  return record.family.depth === 0 && record.other?.kind !== 'directory' && record.other?.kind !== 'output-log';
}

/**
 * The items of a manifest by their place, 21 octets each, so that a row of an index finds its folder without reading
 * the record: a million items on each side take 42 MB.
 */
export class ItemTable {
  readonly folders: string[] = [];
  /** The item number each shard begins with. */
  readonly #starts: number[] = [];
  readonly #folderNumbers = new Map<string, number>();
  #offsets = new Float64Array(1024);
  #folderOf = new Uint32Array(1024);
  #entries = new Float64Array(1024);
  #states = new Uint8Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a record; records come in the order of shards and offsets. */
  add({ record, shard, offset }: PlacedRecord): void {
    while (this.#starts.length <= shard) this.#starts.push(this.#size);
    if (!isCompared(record)) return;
    if (this.#size === this.#offsets.length) this.#grow();
    const folder = folderOf(record);
    let number = this.#folderNumbers.get(folder);
    if (number === undefined) {
      number = this.folders.push(folder) - 1;
      this.#folderNumbers.set(folder, number);
    }
    this.#offsets[this.#size] = offset;
    this.#folderOf[this.#size] = number;
    this.#entries[this.#size] = hash48(record.source.entry);
    this.#states[this.#size] = record.native === null ? STATE.unreadable : STATE.unmatched;
    this.#size++;
  }

  /** The item whose record begins at this octet of a shard, or -1. */
  find(shard: number, offset: number): number {
    let low = this.#starts[shard] ?? this.#size;
    let high = (this.#starts[shard + 1] ?? this.#size) - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = this.#offsets[middle] ?? -1;
      if (at === offset) return middle;
      if (at < offset) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  folder(item: number): string {
    return this.folders[this.#folderOf[item] ?? -1] ?? '';
  }

  /** 48 bits of the entry's name. */
  entry(item: number): number {
    return this.#entries[item] ?? 0;
  }

  state(item: number): State {
    const state = this.#states[item];
    return state === STATE.same || state === STATE.moved || state === STATE.unreadable ? state : STATE.unmatched;
  }

  mark(item: number, state: State): void {
    this.#states[item] = state;
  }

  #grow(): void {
    const grown = <T extends Float64Array | Uint32Array | Uint8Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    const length = this.#size * 2;
    this.#offsets = grown(new Float64Array(length), this.#offsets);
    this.#folderOf = grown(new Uint32Array(length), this.#folderOf);
    this.#entries = grown(new Float64Array(length), this.#entries);
    this.#states = grown(new Uint8Array(length), this.#states);
  }
}
