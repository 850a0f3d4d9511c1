import type { BatchOutput } from '../manifest/index.ts';
import type { EntryBatch } from '../model/index.ts';

/** What the main thread asks of a worker. */
export interface WorkerRequest {
  readonly format: string;
  readonly batch: EntryBatch;
}

/** What it answers. A failure is a bug of ours, for no input makes a batch throw. */
export type WorkerReply =
  | { readonly output: BatchOutput }
  | { readonly failure: { readonly message: string; readonly stack: string } };
