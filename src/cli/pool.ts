import { availableParallelism } from 'node:os';
import { type BatchPool, inlinePool, WorkerPool } from '../pipeline/worker-pool.ts';

/** As many threads as asked for, by default one a core. Run from TypeScript source there is no compiled thread to start. */
export function makePool(workers: number | undefined): BatchPool {
  if (import.meta.url.endsWith('.ts')) return inlinePool();
  return new WorkerPool(workers ?? availableParallelism());
}
