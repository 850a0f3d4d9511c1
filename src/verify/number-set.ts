import { hash } from 'node:crypto';

/**
 * 48 bits of a text's SHA-256, never 0: among a million texts two share them with a chance of one in 560. By way of
 * hexadecimal, because a Buffer for each costs more than the hash.
 */
export function hash48(text: string): number {
  return Number.parseInt(hash('sha256', text, 'hex').slice(0, 12), 16) || 1;
}

/**
 * A set of positive whole numbers in one typed array, by open addressing: 11 to 22 octets each where a `Set` takes
 * about 40, so that a million Message-IDs cost some 16 MB. Numbers are hashes already, hence no hashing of our own.
 */
export class NumberSet {
  #slots = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(value: number): boolean {
    return this.#slots[this.#slot(value)] === value;
  }

  /** Adds a number; false where it was there already. */
  add(value: number): boolean {
    if (this.#size * 4 > this.#slots.length * 3) this.#grow();
    const slot = this.#slot(value);
    if (this.#slots[slot] === value) return false;
    this.#slots[slot] = value;
    this.#size++;
    return true;
  }

  *[Symbol.iterator](): Generator<number> {
    for (const value of this.#slots) if (value !== 0) yield value;
  }

  /** The slot that holds the number, or the empty one where it would go. The table is never full. */
  #slot(value: number): number {
    const mask = this.#slots.length - 1;
    let slot = (value % 0x1_0000_0000) & mask;
    for (let held = this.#slots[slot]; held !== 0 && held !== value; held = this.#slots[slot]) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2);
    for (const value of old) if (value !== 0) this.#slots[this.#slot(value)] = value;
  }
}
