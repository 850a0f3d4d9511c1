import { hash48 } from '../number-set.ts';

const MODULUS = 0x1_0000_0000_0000;

/**
 * A fingerprint of a multiset of index rows, whatever their order: counts and sums of 48-bit hashes, by shard. Two indexes
 * with the same fingerprint hold the same rows (but for one chance in 2^48), and no row had to be kept.
 */
export class RowSum {
  count = 0;
  readonly #sums: number[] = [];

  /** `row` is the row's JSON without line feed. */
  add(shard: number, row: string): void {
    this.count++;
    this.#sums[shard] = ((this.#sums[shard] ?? 0) + hash48(row)) % MODULUS;
  }

  /** Shards whose rows differ, in order. */
  differing(other: RowSum): number[] {
    const length = Math.max(this.#sums.length, other.#sums.length);
    return Array.from({ length }, (_, shard) => shard).filter(
      (shard) => (this.#sums[shard] ?? 0) !== (other.#sums[shard] ?? 0),
    );
  }
}
