import type { ManifestReader } from '../../manifest/index.ts';
import type { ByteSource } from '../../model/index.ts';
import type { ArchivePass } from './archive-reading.ts';
import { KeptProgress, type KeptState, type ProgressStore, progressKey } from './kept-progress.ts';
import type { NativeJoin } from './native-join.ts';
import type { Selection } from './sample.ts';

/** How an interrupted verification is gone on with. */
export interface Resumption {
  readonly store: ProgressStore;
  /** Name and version of the program: another one begins anew. */
  readonly tool: string;
  /** Octets of the archive between two savings. */
  readonly everyOctets?: number;
}

/** The progress of this very verification; null where none is kept, or where the source cannot be pinned. */
export function keptProgress(
  resumption: Resumption | undefined,
  manifest: ManifestReader,
  source: ByteSource,
  { sample, sampleSeed = '', since }: Selection,
): KeptProgress | null {
  if (resumption === undefined) return null;
  const { store, tool, everyOctets } = resumption;
  const key = progressKey(manifest, source, [tool, sample ?? null, sampleSeed, since ?? null]);
  return key === null ? null : new KeptProgress(store, key, everyOctets);
}

/** How far both sides are; null where that cannot be gone on with. */
export function stateOf(reading: ArchivePass | null, join: NativeJoin | null): KeptState | null {
  const [pass, walk] = [reading?.state ?? null, join?.state ?? null];
  return pass === null || walk === null ? null : { pass, join: walk };
}
