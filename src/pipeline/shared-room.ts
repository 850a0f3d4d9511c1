import type { BatchRoom } from '../verify/archive-pass/entry-digest.ts';

/** Octets of an array: a batch, and what is read beyond it to see whether the next entry begins there. */
const ARRAY_OCTETS = (4 << 20) + (64 << 10);

/**
 * Arrays that several threads read at once, used again and again. Fresh ones cost more than the hashing: the system clears
 * every page of them, and V8 collects garbage all the time, for it counts them as its own.
 */
export class SharedRoom implements BatchRoom {
  readonly #free: Uint8Array[] = [];

  take(length: number): Uint8Array {
    if (length > ARRAY_OCTETS) return new Uint8Array(new SharedArrayBuffer(length));
    const array = this.#free.pop() ?? new Uint8Array(new SharedArrayBuffer(ARRAY_OCTETS));
    return array.subarray(0, length);
  }

  give({ buffer }: Uint8Array): void {
    if (buffer instanceof SharedArrayBuffer && buffer.byteLength === ARRAY_OCTETS)
      this.#free.push(new Uint8Array(buffer));
  }
}
