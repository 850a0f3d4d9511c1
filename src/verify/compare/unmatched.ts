import type { ItemRecord } from '../../model/index.ts';
import { hash48 } from '../number-set.ts';

/** An item of the earlier manifest whose octets the later one does not have. */
export interface Unmatched {
  readonly record: string;
  readonly entry: string;
  readonly folder: string;
  readonly unreadable: boolean;
  taken: boolean;
}

/** How an item of the later manifest was recognised as one of the earlier. */
export interface Recognised {
  readonly item: Unmatched;
  /** `content`: what it says is the same, its octets are not. `identity`: it is the same item, with other content. */
  readonly by: 'content' | 'identity' | 'name';
}

/** What makes an item itself when its content has changed: Message-ID, or UID and RECURRENCE-ID. */
function identityOf(record: ItemRecord): string | null {
  if (record.identity.messageId !== null) return record.identity.messageId;
  const item = record.event ?? record.task;
  return item === undefined || item.uid === null ? null : `${item.uid} ${item.recurrenceId?.local ?? ''}`;
}

/** Items under a key, taken each once. Items are found by key and folder first, by key alone else. */
class Shelf {
  readonly #items = new Map<number, Unmatched[]>();

  put(key: string, item: Unmatched): void {
    for (const name of [`${key}\n${item.folder}`, key]) {
      const hash = hash48(name);
      const held = this.#items.get(hash);
      if (held === undefined) this.#items.set(hash, [item]);
      else held.push(item);
    }
  }

  take(key: string, folder: string): Unmatched | null {
    for (const name of [`${key}\n${folder}`, key]) {
      const held = this.#items.get(hash48(name)) ?? [];
      // Each item is on two places of the shelf and may be gone from this one: every item is looked at twice at most.
      for (let item = held.pop(); item !== undefined; item = held.pop()) {
        if (item.taken) continue;
        item.taken = true;
        return item;
      }
    }
    return null;
  }
}

/** The earlier manifest's unmatched items, found again by content, by identity, by name. Holds only what differs. */
export class UnmatchedItems {
  readonly #all: Unmatched[] = [];
  readonly #byContent = new Shelf();
  readonly #byIdentity = new Shelf();
  readonly #byName = new Shelf();
  readonly #byEntry = new Shelf();

  add(record: ItemRecord): void {
    const { entry } = record.source;
    const folder = record.folderPath.join('/');
    const item: Unmatched = { record: record.id, entry, folder, unreadable: record.native === null, taken: false };
    this.#all.push(item);
    const identity = identityOf(record);
    if (record.identity.contentHash !== null) this.#byContent.put(record.identity.contentHash, item);
    if (identity !== null) this.#byIdentity.put(identity, item);
    // A name alone is weak: exports number their entries, and one deletion renames all that follow.
    if (identity === null || item.unreadable) this.#byName.put(entry, item);
    this.#byEntry.put(entry, item);
  }

  /** Finds an item of the later manifest among them, and takes it. */
  recognise(record: ItemRecord): Recognised | null {
    const folder = record.folderPath.join('/');
    const { contentHash } = record.identity;
    const identity = identityOf(record);
    const content = contentHash === null ? null : this.#byContent.take(contentHash, folder);
    if (content !== null) return { item: content, by: 'content' };
    const same = identity === null ? null : this.#byIdentity.take(identity, folder);
    if (same !== null) return { item: same, by: 'identity' };
    const named = this.#byName.take(record.source.entry, folder);
    return named === null ? null : { item: named, by: 'name' };
  }

  /** An unreadable entry of the later manifest stands for the item of that name, whatever it was. */
  ofEntry(entry: string, folder: string): Unmatched | null {
    return this.#byEntry.take(entry, folder);
  }

  /** Those nobody took. */
  *left(): Generator<Unmatched> {
    for (const item of this.#all) if (!item.taken) yield item;
  }
}
