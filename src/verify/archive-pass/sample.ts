import { hash48 } from '../number-set.ts';

/** Which entries a partial verification reads again. */
export type WantedEntries = (ordinal: number) => boolean;

export const EVERY_ENTRY: WantedEntries = () => true;

/**
 * A share of the entries (0 to 1), the same for the same seed: another seed, such as the month of the check, draws
 * another share, so that a yearly round of samples comes to see all.
 */
export function sampleOf(share: number, seed: string): WantedEntries {
  const below = Math.max(0, Math.min(1, share)) * 0x1_0000_0000_0000;
  return (ordinal) => hash48(`${seed}:${ordinal}`) < below;
}

/** What a verification was asked to read. */
export interface Selection {
  readonly sample?: number;
  readonly sampleSeed?: string;
  readonly since?: string;
}

/** In words: which entries were to be read. Null where all were. */
export function coverage({ sample, sampleSeed = '', since }: Selection): string | null {
  const parts: string[] = [];
  if (sample !== undefined) {
    const seed = sampleSeed === '' ? '' : ` drawn by the seed "${sampleSeed}"`;
    parts.push(`a sample of ${Number((sample * 100).toFixed(6))} %${seed}`);
  }
  if (since !== undefined) parts.push(`the items sent since ${since}, and those without a date`);
  return parts.length === 0 ? null : parts.join(' of ');
}

/** A set of entry ordinals, one bit each. */
export class OrdinalSet {
  #bits = new Uint8Array(1024);

  add(ordinal: number): void {
    const octet = ordinal >>> 3;
    if (octet >= this.#bits.length) {
      const bits = new Uint8Array(Math.max(octet + 1, this.#bits.length * 2));
      bits.set(this.#bits);
      this.#bits = bits;
    }
    this.#bits[octet] = (this.#bits[octet] ?? 0) | (1 << (ordinal & 7));
  }

  has(ordinal: number): boolean {
    return ((this.#bits[ordinal >>> 3] ?? 0) & (1 << (ordinal & 7))) !== 0;
  }
}
