/** A key and how often it came. */
export interface FrequentCount {
  readonly key: string;
  readonly count: number;
  /** Octets that came with it. */
  readonly octets: number;
}

/**
 * Counts of the keys that come most often, in bounded memory and deterministically (Misra and Gries 1982, in the batched
 * form of Agarwal et al., "Mergeable Summaries", 2012). Exact as long as no more than `capacity` keys were seen; after
 * that a count is too low by `error` at most, and a key that came more often than that is never lost.
 */
export class FrequentCounts {
  readonly #capacity: number;
  #counts = new Map<string, { count: number; octets: number }>();
  #error = 0;

  constructor(capacity = 5000) {
    this.#capacity = capacity;
  }

  /** By how much a count may be too low. */
  get error(): number {
    return this.#error;
  }

  /** Keys held: all that were seen where `error` is 0. */
  get size(): number {
    return this.#counts.size;
  }

  add(key: string, octets = 0): void {
    const held = this.#counts.get(key);
    if (held !== undefined) {
      held.count++;
      held.octets += octets;
      return;
    }
    this.#counts.set(key, { count: 1, octets });
    // Twice the capacity before it is cut back: each cut then costs a constant per key added.
    if (this.#counts.size > this.#capacity * 2) this.#cut();
  }

  /** The most frequent keys, ties in the order of their code units. */
  top(limit: number): FrequentCount[] {
    return [...this.#counts]
      .map(([key, { count, octets }]) => ({ key, count, octets }))
      .sort((left, right) => right.count - left.count || (left.key < right.key ? -1 : 1))
      .slice(0, limit);
  }

  #cut(): void {
    const counts = Array.from(this.#counts.values(), ({ count }) => count).sort((left, right) => right - left);
    const floor = counts[this.#capacity] ?? 0;
    this.#error += floor;
    const kept = new Map<string, { count: number; octets: number }>();
    for (const [key, held] of this.#counts) {
      if (held.count <= floor) continue;
      held.count -= floor;
      kept.set(key, held);
    }
    this.#counts = kept;
  }
}
