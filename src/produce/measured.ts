import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PutResult } from '../model/index.ts';

/** A file whose size and digests are known before its octets are asked for: what an archive wants to be told first. */
export interface Measured extends PutResult {
  readonly crc32: number;
  readonly octets: () => AsyncIterable<Uint8Array>;
}

/** Octets that files of one pass may hold together, so that they need not be made again. */
export const HELD_LIMIT = 64 << 20;

/** What is left of the octets that may be held. */
export interface HeldBudget {
  left: number;
}

/** Measures a file as it grows, and keeps its octets while there is room: else it is made once more to be written. */
export class Measure {
  readonly #budget: HeldBudget;
  readonly #sha256 = createHash('sha256');
  #crc32 = 0;
  #size = 0;
  #chunks: Uint8Array[] | null = [];

  constructor(budget: HeldBudget) {
    this.#budget = budget;
  }

  take(chunk: Uint8Array): void {
    this.#sha256.update(chunk);
    this.#crc32 = crc32(chunk, this.#crc32);
    this.#size += chunk.length;
    if (this.#chunks === null) return;
    if (chunk.length > this.#budget.left) {
      // What it held is given back: a smaller file may have it.
      for (const held of this.#chunks) this.#budget.left += held.length;
      this.#chunks = null;
      return;
    }
    this.#budget.left -= chunk.length;
    this.#chunks.push(chunk);
  }

  /** Whether its octets are still there. */
  get held(): boolean {
    return this.#chunks !== null;
  }

  /** The file, all of which was taken; `again` makes its octets where they are no longer held. */
  done(again: () => AsyncIterable<Uint8Array>): Measured {
    const chunks = this.#chunks;
    async function* held(): AsyncGenerator<Uint8Array> {
      yield* chunks ?? [];
    }
    return {
      size: this.#size,
      digest: `sha256:${this.#sha256.digest('hex')}`,
      crc32: this.#crc32,
      octets: chunks === null ? again : held,
    };
  }
}

/** Measures octets by making them once; they are made again to be written. */
export async function measured(octets: () => AsyncIterable<Uint8Array>): Promise<Measured> {
  const measure = new Measure({ left: -1 });
  for await (const chunk of octets()) measure.take(chunk);
  return measure.done(octets);
}
