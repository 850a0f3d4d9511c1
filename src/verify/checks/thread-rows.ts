import { ThreadGroups } from '../../manifest/index.ts';
import type { ItemRecord } from '../../model/index.ts';

/** Grows by doubling: eight octets a number. */
class Numbers {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const values = new Float64Array(this.length * 2);
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[this.length++] = value;
  }

  at(place: number): number {
    return this.#values[place] ?? 0;
  }
}

/**
 * The rows the thread index must hold. A thread has its name only once every message was seen, so each message's hash and
 * place wait in typed arrays: some 32 octets a message beside its id.
 */
export class ThreadRows {
  readonly #groups = new ThreadGroups();
  readonly #hashes = new Numbers();
  readonly #ids: string[] = [];
  readonly #places = new Numbers();

  add(record: ItemRecord, shard: number, offset: number, length: number): void {
    const { email } = record;
    if (email === undefined) return;
    const own = email.messageId?.[0] ?? `no-message-id:${record.id}`;
    const ids = new Set([own, ...(email.references ?? []), ...(email.inReplyTo ?? [])]);
    const hashes = [...ids].map((id) => ThreadGroups.hash(id));
    this.#groups.join(hashes);
    this.#hashes.push(hashes[0] ?? 0);
    this.#ids.push(record.id);
    for (const number of [shard, offset, length]) this.#places.push(number);
  }

  /** Every row: its shard, and its JSON. */
  *rows(): Generator<{ shard: number; row: string }> {
    for (const [at, id] of this.#ids.entries()) {
      const [shard, offset, length] = [0, 1, 2].map((column) => this.#places.at(at * 3 + column));
      const key = this.#groups.name(this.#hashes.at(at));
      yield { shard: shard ?? 0, row: JSON.stringify([key, id, shard, offset, length]) };
    }
  }
}
