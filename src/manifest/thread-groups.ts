import { hash } from 'node:crypto';

/**
 * Which messages belong together by RFC 5256's REFERENCES, without the subject-merge step: the connected components of
 * Message-IDs and their references. Only 48 bits of each id's hash are held, so that ten million ids cost 300 MB and
 * not three gigabytes; two ids that share them (among a million ids: one chance in 560) would join two threads,
 * which the tree of each thread, built from the full ids, then shows as two roots.
 */
export class ThreadGroups {
  readonly #places = new Map<number, number>();
  #parents = new Uint32Array(1024);
  #hashes = new Float64Array(1024);

  /** 48 bits of a Message-ID's SHA-256. */
  static hash(messageId: string): number {
    return Number.parseInt(hash('sha256', messageId, 'hex').slice(0, 12), 16);
  }

  #place(hash: number): number {
    const known = this.#places.get(hash);
    if (known !== undefined) return known;
    const place = this.#places.size;
    if (place === this.#parents.length) {
      const parents = new Uint32Array(place * 2);
      parents.set(this.#parents);
      this.#parents = parents;
      const hashes = new Float64Array(place * 2);
      hashes.set(this.#hashes);
      this.#hashes = hashes;
    }
    this.#parents[place] = place;
    this.#hashes[place] = hash;
    this.#places.set(hash, place);
    return place;
  }

  #root(place: number): number {
    let at = place;
    for (let parent = this.#parents[at] ?? at; parent !== at; parent = this.#parents[at] ?? at) {
      // Path halving: near-constant time for ever, without recursion.
      this.#parents[at] = this.#parents[parent] ?? parent;
      at = parent;
    }
    return at;
  }

  /** Says that these ids belong to one thread. The smallest hash stands for the thread, whatever the order of calls. */
  join(hashes: readonly number[]): void {
    const [head, ...rest] = hashes;
    if (head === undefined) return;
    for (const hash of rest) {
      const left = this.#root(this.#place(head));
      const right = this.#root(this.#place(hash));
      if (left === right) continue;
      const leftFirst = (this.#hashes[left] ?? 0) < (this.#hashes[right] ?? 0);
      this.#parents[leftFirst ? right : left] = leftFirst ? left : right;
    }
    if (rest.length === 0) this.#place(head);
  }

  /** Twelve hexadecimal digits that name the thread an id belongs to. */
  name(hash: number): string {
    return (this.#hashes[this.#root(this.#place(hash))] ?? 0).toString(16).padStart(12, '0');
  }
}
