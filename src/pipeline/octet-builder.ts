/** Octets that grow by doubling: appending is linear in all that is appended. */
export class OctetBuilder {
  #octets: Buffer<ArrayBuffer>;
  #length = 0;

  constructor(capacity: number) {
    this.#octets = Buffer.from(new ArrayBuffer(capacity));
  }

  get length(): number {
    return this.#length;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#octets.length) return;
    const grown = Buffer.from(new ArrayBuffer(Math.max(needed, this.#octets.length * 2)));
    this.#octets.copy(grown, 0, 0, this.#length);
    this.#octets = grown;
  }

  /** Appends a string as UTF-8 and says how many octets that were. */
  write(text: string): number {
    // Three octets a UTF-16 unit is the most UTF-8 needs; asking for the exact length would read the string twice.
    if (this.#octets.length - this.#length < text.length * 3) {
      this.#reserve(text.length < 4096 ? text.length * 3 : Buffer.byteLength(text));
    }
    const written = this.#octets.write(text, this.#length);
    this.#length += written;
    return written;
  }

  /** What was written from one place to another, not copied: valid until the next write. */
  view(start: number, end: number): Uint8Array {
    return this.#octets.subarray(start, end);
  }

  /** A copy of exactly what was written, over an ArrayBuffer of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#octets.buffer.slice(0, this.#length));
  }
}
