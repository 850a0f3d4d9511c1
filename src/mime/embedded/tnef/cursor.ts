const NOTHING = new Uint8Array(0);

/**
 * Reads little-endian numbers forward. Past the end it answers 0 and sets `overrun`, which stays set:
 * callers check once a structure instead of once a field.
 */
export class LittleEndianCursor {
  readonly bytes: Uint8Array;
  offset = 0;
  overrun = false;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  uint8(): number {
    const at = this.#advance(1);
    return at < 0 ? 0 : this.#view.getUint8(at);
  }

  uint16(): number {
    const at = this.#advance(2);
    return at < 0 ? 0 : this.#view.getUint16(at, true);
  }

  uint32(): number {
    const at = this.#advance(4);
    return at < 0 ? 0 : this.#view.getUint32(at, true);
  }

  /** The next `length` octets as a view, or as many as there are (and `overrun`). */
  take(length: number): Uint8Array {
    if (length === 0) return NOTHING;
    const start = this.offset;
    if (length > this.remaining) {
      this.overrun = true;
      this.offset = this.bytes.length;
    } else this.offset += length;
    return this.bytes.subarray(start, this.offset);
  }

  /** Steps over padding; padding cut off at the very end is no loss. */
  skip(length: number): void {
    this.offset = Math.min(this.offset + length, this.bytes.length);
  }

  #advance(length: number): number {
    const at = this.offset;
    if (length > this.remaining) {
      this.overrun = true;
      this.offset = this.bytes.length;
      return -1;
    }
    this.offset += length;
    return at;
  }
}
