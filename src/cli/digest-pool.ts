import { availableParallelism } from 'node:os';
import type { BatchDigester } from '../verify/archive-pass/entry-digest.ts';

/** As many threads as asked for, by default one a core. Run from TypeScript source there is no compiled thread to start. */
export async function makeDigestPool(workers: number | undefined): Promise<BatchDigester & { close(): Promise<void> }> {
  if (!import.meta.url.endsWith('.ts')) {
    const [{ DigestPool }, { leaveCoresToNativeCode }] = await Promise.all([
      import('../pipeline/digest-pool.ts'),
      import('../io/heap-growth.ts'),
    ]);
    leaveCoresToNativeCode();
    return new DigestPool(workers ?? availableParallelism());
  }
  const { inlineDigester } = await import('../verify/archive-pass/entry-digest.ts');
  return { ...inlineDigester, close: async () => undefined };
}
