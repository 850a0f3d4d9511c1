import type { ItemRecord } from '../../model/index.ts';
import { hash48 } from '../number-set.ts';
import { fieldsHash, partsHash } from './exact-content.ts';

/** An item whose octets only one of the two manifests has. */
interface Loose {
  readonly entry: string;
  readonly folder: string;
  readonly unreadable: boolean;
  readonly contentHash: string | null;
  readonly identity: string | null;
  /** Of what the content hash leaves out. */
  readonly fields: number;
  readonly parts: number;
  readonly text: ItemRecord['text'];
}

/** An item of the earlier manifest whose octets the later one does not have. */
export interface Unmatched extends Loose {
  readonly record: string;
  taken: boolean;
}

/** An item of the later manifest whose octets the earlier one does not have, by its number in the table. */
export interface Candidate extends Loose {
  readonly item: number;
}

/** How an item of the later manifest was recognised as one of the earlier. */
export interface Recognised {
  readonly item: Unmatched;
  readonly candidate: Candidate;
  /**
   * `content`: what it says is the same, its octets are not. `identity`: it is the same item, with other content. `entry`:
   * it cannot be read in the later one, and stands for the item of its name.
   */
  readonly by: 'content' | 'identity' | 'name' | 'entry';
}

/** Folders compare as people read them: one archive composes the accents of its names, another does not. */
export const folderOf = (record: ItemRecord): string => record.folderPath.join('/').normalize('NFC');

/** What makes an item itself when its content has changed: Message-ID, or UID and RECURRENCE-ID. */
function identityOf(record: ItemRecord): string | null {
  if (record.identity.messageId !== null) return record.identity.messageId;
  const item = record.event ?? record.task;
  return item === undefined || item.uid === null ? null : `${item.uid} ${item.recurrenceId?.local ?? ''}`;
}

const looseOf = (record: ItemRecord): Loose => ({
  entry: record.source.entry,
  folder: folderOf(record),
  unreadable: record.native === null,
  contentHash: record.identity.contentHash,
  identity: identityOf(record),
  fields: fieldsHash(record),
  parts: partsHash(record),
  text: record.text,
});

/** How near two items with one key lie: in the same folder under the same name, in the same folder, anywhere. */
const NEARNESS: readonly ((key: string, item: Loose) => string)[] = [
  (key, { folder, entry }) => `${key}\n${folder}\n${entry}`,
  (key, { folder }) => `${key}\n${folder}`,
  (key) => key,
];

/** By what an item of the later manifest is known again, the strongest first. Null: not by this. */
const SIGNS: readonly {
  readonly by: Recognised['by'];
  readonly earlier: (item: Loose) => string | null;
  readonly later: (item: Loose) => string | null;
}[] = [
  { by: 'content', earlier: ({ contentHash }) => contentHash, later: ({ contentHash }) => contentHash },
  { by: 'identity', earlier: ({ identity }) => identity, later: ({ identity }) => identity },
  {
    by: 'name',
    // A name alone is weak: exports number their entries, and one deletion renames all that follow.
    earlier: ({ entry, identity, unreadable }) => (identity === null || unreadable ? entry : null),
    later: ({ entry, unreadable }) => (unreadable ? null : entry),
  },
  { by: 'entry', earlier: ({ entry }) => entry, later: ({ entry, unreadable }) => (unreadable ? entry : null) },
];

/** The unmatched items of both manifests, paired by content, by identity, by name. Holds only what differs. */
export class UnmatchedItems {
  readonly #earlier: Unmatched[] = [];
  readonly #later: Candidate[] = [];

  addEarlier(record: ItemRecord): void {
    this.#earlier.push({ ...looseOf(record), record: record.id, taken: false });
  }

  addLater(item: number, record: ItemRecord): void {
    this.#later.push({ ...looseOf(record), item });
  }

  /** Whether there is anything to be missing. */
  get isEmpty(): boolean {
    return this.#earlier.length === 0;
  }

  /**
   * Pairs them, each with one other: all by the strongest sign before any by the next, so that no item is taken, by its
   * Message-ID, from another that says what it said.
   */
  recognise(): Map<number, Recognised> {
    const found = new Map<number, Recognised>();
    for (const { by, earlier, later } of SIGNS) {
      for (const near of NEARNESS) {
        const shelf = new Map<number, Unmatched[]>();
        // From the end: the first of several is taken first.
        for (const item of [...this.#earlier].reverse()) {
          const key = item.taken ? null : earlier(item);
          if (key === null) continue;
          const place = hash48(near(key, item));
          const held = shelf.get(place);
          if (held === undefined) shelf.set(place, [item]);
          else held.push(item);
        }
        if (shelf.size === 0) continue;
        for (const candidate of this.#later) {
          const key = found.has(candidate.item) ? null : later(candidate);
          const item = key === null ? undefined : shelf.get(hash48(near(key, candidate)))?.pop();
          if (item === undefined) continue;
          item.taken = true;
          found.set(candidate.item, { item, candidate, by });
        }
      }
    }
    return found;
  }

  /** Those nobody took. */
  *left(): Generator<Unmatched> {
    for (const item of this.#earlier) if (!item.taken) yield item;
  }
}
