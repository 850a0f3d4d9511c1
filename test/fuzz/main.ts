/**
 * A fuzzing process: `main SEED FIRST SECONDS [NAME…]`. Runs each target's attack with the seed and the run's number, so that a run can be
 * had again by itself. Each run is announced before it is begun: who watches knows which one hangs, or ran out of memory.
 */
import { writeSync } from 'node:fs';
import { ARCHIVE_TARGETS } from './archives.ts';
import { ENVELOPE_TARGETS } from './envelopes.ts';
import { MESSAGE_TARGETS } from './messages.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

const TARGETS: readonly FuzzTarget[] = [...ARCHIVE_TARGETS, ...ENVELOPE_TARGETS, ...MESSAGE_TARGETS];
/** What the watch is tried on; only by name. */
const TRIALS: readonly FuzzTarget[] = [
  {
    name: 'a hang',
    runs: 1,
    prepare: async () => async () => {
      for (;;);
    },
  },
  {
    name: 'a hoard',
    runs: 64,
    prepare: async () => {
      const kept: Buffer[] = [];
      return async () => void kept.push(...Array.from({ length: 16 }, () => Buffer.alloc(4 << 20, 1)));
    },
  },
];
/** Of the whole process: the heap's limit is Node's to hold, octets outside of it are counted here. */
const RESIDENT_LIMIT = 900 * 1024 * 1024;

const [seed = '1', first = '0', seconds = '0', ...names] = process.argv.slice(2);

function tell(line: object): void {
  const octets = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let written = 0; written < octets.length; ) {
    try {
      written += writeSync(1, octets, written);
    } catch (error) {
      // The pipe is full until whoever watches has read it.
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

process.on('unhandledRejection', (error) => {
  tell({ failed: `unhandled rejection: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}` });
  process.exit(1);
});

for (const target of names.length > 0 ? [...TARGETS, ...TRIALS] : TARGETS) {
  if (names.length > 0 && !names.includes(target.name)) continue;
  const attack = await target.prepare();
  const end = performance.now() + Number(seconds) * 1000;
  let run = Number(first);
  const last = Number(seconds) > 0 ? Number.POSITIVE_INFINITY : run + target.runs;
  for (; run < last; run += 1) {
    if (Number(seconds) > 0 && performance.now() > end) break;
    tell({ target: target.name, run });
    try {
      await attack(new Random(Number(seed) * 1_000_003 + run * 7919));
    } catch (error) {
      tell({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      process.exit(1);
    }
    if (run % 16 === 0 && process.memoryUsage.rss() > RESIDENT_LIMIT) {
      tell({ failed: `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB are resident` });
      process.exit(1);
    }
  }
  tell({ done: target.name, runs: run - Number(first), peak: Math.round(process.resourceUsage().maxRSS / 1024) });
}
process.exit(0);
