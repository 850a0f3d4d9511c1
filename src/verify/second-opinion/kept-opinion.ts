import { z } from 'zod';
import type { ManifestReader } from '../../manifest/index.ts';
import type { ByteSource } from '../../model/index.ts';
import { bindOf } from '../archive-pass/bind.ts';
import { findingListState, KeptProgress } from '../archive-pass/kept-progress.ts';
import type { Resumption } from '../archive-pass/resumption.ts';

const count = z.number().int().nonnegative();
const opinionState = z.object({
  /** The entry to go on with; null where all have been read. */
  nextEntry: count.nullable(),
  messages: count,
  agreed: count,
  differences: z.record(z.string(), count),
  warning: findingListState,
  info: findingListState,
});

export type OpinionState = z.infer<typeof opinionState>;

/** The kept progress of a second opinion; null where none is kept, or where the source cannot be pinned. */
export function keptOpinion(
  resumption: Resumption | undefined,
  manifest: ManifestReader,
  source: ByteSource,
): KeptProgress<OpinionState> | null {
  if (resumption === undefined) return null;
  const { store, tool, now, everyOctets } = resumption;
  const bind = bindOf(manifest, source, tool, { check: 'second-opinion' });
  return bind === null ? null : new KeptProgress({ store, bind, schema: opinionState, now, everyOctets });
}
