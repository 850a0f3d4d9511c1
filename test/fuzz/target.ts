import type { Random } from './random.ts';

/** One reader under attack. */
export interface FuzzTarget {
  readonly name: string;
  /** Runs of the normal mode, which has 30 seconds for all. */
  readonly runs: number;
  /** Makes the valid files that are altered, once. */
  prepare(): Promise<FuzzAttack>;
}

/** Makes one input and reads it. Throws where the reader breaks its promise; a typed refusal is none. */
export type FuzzAttack = (random: Random) => Promise<void>;
