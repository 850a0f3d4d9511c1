/** What is known of one message, as numbers. */
export interface KeyRow {
  /** Hash of its Message-ID, or 0. */
  readonly id: number;
  /** Hash of its date, sender and subject, or 0. */
  readonly content: number;
  readonly folder: number;
  readonly size: number;
  /** What names it: a UID, or the ordinal of its entry. */
  readonly name: number;
  /** Arrival, milliseconds since 1970; NaN where it is unknown. */
  readonly arrived: number;
}

const NUMBERS = ['id', 'content', 'size', 'arrived'] as const;
const PLACES = ['folder', 'name'] as const;

/**
 * Messages as columns of numbers: 40 octets each, so that a million messages cost 40 MB and no text of any is held. The
 * columns double as they fill.
 */
export class KeyColumns {
  id = new Float64Array(1024);
  content = new Float64Array(1024);
  size = new Float64Array(1024);
  arrived = new Float64Array(1024);
  folder = new Uint32Array(1024);
  name = new Uint32Array(1024);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(row: KeyRow): void {
    if (this.#count === this.id.length) this.#grow();
    for (const column of NUMBERS) this[column][this.#count] = row[column];
    for (const column of PLACES) this[column][this.#count] = row[column];
    this.#count++;
  }

  #grow(): void {
    for (const column of NUMBERS) {
      const wider = new Float64Array(this.#count * 2);
      wider.set(this[column]);
      this[column] = wider;
    }
    for (const column of PLACES) {
      const wider = new Uint32Array(this.#count * 2);
      wider.set(this[column]);
      this[column] = wider;
    }
  }
}
