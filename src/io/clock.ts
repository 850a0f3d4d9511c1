import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, throwIfCancelled } from '../model/cancelled.ts';
import type { Clock } from '../model/index.ts';

/** The machine's clock. `sleep` rejects with CANCELLED as soon as its signal aborts, and leaves no timer behind. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    throwIfCancelled(signal);
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      if (signal?.aborted === true) throw cancelled(signal);
      throw error;
    }
  },
};
