import type { PackedEntries } from '../archive/zip/packed-entries.ts';
import type { DigestColumns } from '../verify/archive-pass/digest-columns.ts';
import type { DigestsWanted, WholeDigests } from '../verify/archive-pass/whole-digests.ts';

/** What the main thread asks of a thread that digests. Each is answered, in order. */
export type DigestRequest =
  | {
      readonly task: 'entries';
      readonly format: string;
      readonly index: number;
      readonly offset: number;
      readonly bytes: Uint8Array;
      readonly entries: PackedEntries;
    }
  | { readonly task: 'begin'; readonly wanted: DigestsWanted }
  | { readonly task: 'update'; readonly chunk: Uint8Array }
  | { readonly task: 'finish' };

/** A failure is a bug of ours, for no input makes a batch throw. */
export type DigestReply =
  | { readonly columns: DigestColumns }
  | { readonly done: true }
  | { readonly whole: WholeDigests }
  | { readonly failure: { readonly message: string; readonly stack: string } };
