import type { BatchOutput } from '../manifest/index.ts';
import type { EntryBatch } from '../model/index.ts';
import type { EntryDigest } from '../verify/index.ts';

/** What the main thread asks of a worker. */
export interface WorkerRequest {
  /** `process`: records; `digest`: the digests of the entries only. */
  readonly task: 'process' | 'digest';
  readonly format: string;
  readonly batch: EntryBatch;
}

/** What it answers. A failure is a bug of ours, for no input makes a batch throw. */
export type WorkerReply =
  | { readonly output: BatchOutput }
  | { readonly digests: readonly EntryDigest[] }
  | { readonly failure: { readonly message: string; readonly stack: string } };
