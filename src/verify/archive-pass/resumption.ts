import type { ManifestReader } from '../../manifest/index.ts';
import type { ByteSource } from '../../model/index.ts';
import type { ArchivePass } from './archive-reading.ts';
import { bindOf } from './bind.ts';
import type { CarriedOver } from './carried-over.ts';
import { KeptProgress, type KeptState, keptState, type ProgressStore } from './kept-progress.ts';
import type { NativeJoin } from './native-join.ts';
import type { Selection } from './sample.ts';

/** How an interrupted verification is gone on with. */
export interface Resumption {
  readonly store: ProgressStore;
  /** Name and version of the program: another one is refused what this one kept. */
  readonly tool: string;
  /** RFC 3339, now. */
  readonly now: () => string;
  /** Octets of the archive between two savings. */
  readonly everyOctets?: number;
}

/** The progress of this very verification; null where none is kept, or where the source cannot be pinned. */
export function keptProgress(
  resumption: Resumption | undefined,
  manifest: ManifestReader,
  source: ByteSource,
  { sample, sampleSeed = '', since }: Selection,
): KeptProgress<KeptState> | null {
  if (resumption === undefined) return null;
  const { store, tool, now, everyOctets } = resumption;
  const settings = { check: 'archive', sample: sample ?? null, seed: sampleSeed, since: since ?? null };
  const bind = bindOf(manifest, source, tool, settings);
  return bind === null ? null : new KeptProgress({ store, bind, schema: keptState, now, everyOctets });
}

/** How far both sides are; null where that cannot be gone on with. */
export function stateOf(
  reading: ArchivePass | null,
  join: NativeJoin | null,
): { readonly state: KeptState; readonly entries: number } | null {
  const [pass, walk] = [reading?.state ?? null, join?.state ?? null];
  return pass === null || walk === null ? null : { state: { pass, join: walk }, entries: pass.entriesRead };
}

/** What this verification owes to earlier parts of it; null where it read everything itself. */
export function carriedOver(kept: KeptProgress<KeptState> | null, reading: ArchivePass | null): CarriedOver | null {
  if (kept === null || reading === null || kept.parts.length === 0) return null;
  return { entries: kept.parts.at(-1)?.entries ?? 0, parts: kept.parts, archiveDigests: reading.digests !== null };
}
