import type { Tuning } from '../../src/aws/index.ts';

/** No waiting, no chance. `pauses` records what would have been waited. */
export function quickTuning(changes: Partial<Tuning> = {}): Partial<Tuning> & { readonly pauses: number[] } {
  const pauses: number[] = [];
  return {
    random: () => 0.5,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    stallMilliseconds: 10_000,
    ...changes,
    pauses,
  };
}
