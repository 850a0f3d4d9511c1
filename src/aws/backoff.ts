import { setTimeout as delay } from 'node:timers/promises';
import { cancelled } from '../model/cancelled.ts';

/** How failed requests are tried again. Every field has a default; tests give their own `random` and `sleep`. */
export interface Tuning {
  /** Octets of one ranged GET, and of one part of an upload. */
  readonly rangeBytes: number;
  /** Requests under way at once for one reader or writer. */
  readonly ahead: number;
  /** Tries in a row that bring no octet before giving up. */
  readonly attempts: number;
  readonly backoffMilliseconds: number;
  readonly maximumBackoffMilliseconds: number;
  /** A body that brings no octet for this long is given up and asked for again. */
  readonly stallMilliseconds: number;
  /** Within `0..1`: spreads the tries of many runs that failed at one moment. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

export const DEFAULT_TUNING: Tuning = {
  rangeBytes: 8 << 20,
  ahead: 4,
  attempts: 6,
  backoffMilliseconds: 200,
  maximumBackoffMilliseconds: 20_000,
  stallMilliseconds: 30_000,
  random: Math.random,
  async sleep(milliseconds, signal) {
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted === true) throw cancelled(signal);
      throw error;
    }
  },
};

/** Exponential with full jitter, at least a tenth of the bound. `failures` counts from 1. Milliseconds. */
export function backoff(failures: number, tuning: Tuning): number {
  const bound = Math.min(tuning.maximumBackoffMilliseconds, tuning.backoffMilliseconds * 2 ** (failures - 1));
  return Math.round(bound * (0.1 + 0.9 * tuning.random()));
}
