const SHA1 = 20;

/**
 * What became of each document's octets, 26 octets a document: SHA-1, which a manifest does not have, the length of the text,
 * and whether native and text were written.
 */
export class Outcomes {
  #sha1 = Buffer.alloc(SHA1 * 1024);
  #textLength = new Uint32Array(1024);
  #state = new Uint8Array(1024);
  natives = 0;
  nativeBytes = 0;
  texts = 0;
  missing = 0;

  #reach(position: number): void {
    if (position < this.#state.length) return;
    const size = Math.max(position + 1, this.#state.length * 2);
    const sha1 = Buffer.alloc(SHA1 * size);
    this.#sha1.copy(sha1);
    this.#sha1 = sha1;
    const textLength = new Uint32Array(size);
    textLength.set(this.#textLength);
    this.#textLength = textLength;
    const state = new Uint8Array(size);
    state.set(this.#state);
    this.#state = state;
  }

  /** The octets were read and, unless they are shared, written. */
  native(position: number, sha1: string, octets: number): void {
    this.#reach(position);
    this.#sha1.write(sha1, position * SHA1, 'hex');
    this.#state[position] = (this.#state[position] ?? 0) | 1;
    this.natives++;
    this.nativeBytes += octets;
  }

  /** The octets should be there and are not. */
  noNative(position: number): void {
    this.#reach(position);
    this.#state[position] = (this.#state[position] ?? 0) | 4;
    this.missing++;
  }

  /** So many octets of UTF-8 of text were written. */
  text(position: number, octets: number): void {
    this.#reach(position);
    this.#textLength[position] = octets;
    this.#state[position] = (this.#state[position] ?? 0) | 2;
    this.texts++;
  }

  hasNative(position: number): boolean {
    return ((this.#state[position] ?? 0) & 1) !== 0;
  }

  isMissing(position: number): boolean {
    return ((this.#state[position] ?? 0) & 4) !== 0;
  }

  hasText(position: number): boolean {
    return ((this.#state[position] ?? 0) & 2) !== 0;
  }

  textLength(position: number): number {
    return this.#textLength[position] ?? 0;
  }

  /** Lower-case hexadecimal; null where the octets were not read. */
  sha1(position: number): string | null {
    if (!this.hasNative(position)) return null;
    return this.#sha1.toString('hex', position * SHA1, (position + 1) * SHA1);
  }
}
