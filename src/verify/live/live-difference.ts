import { entryId } from '../../manifest/index.ts';
import type { Side } from './held-messages.ts';
import type { LiveSide } from './live-messages.ts';
import { MOVED, type Pairing, SAME, UNPAIRED } from './pair-messages.ts';

export interface LiveCounts {
  /** `=`: in both, in the same folder. */
  same: number;
  /** `-`: in the mailbox, not in the export, and there before the export began. */
  missing: number;
  /** `-` too, but arrived after the export began. */
  arrivedSince: number;
  /** `+`: in the export, no longer in the mailbox. */
  added: number;
  /** `*`: in both, in another folder. */
  moved: number;
}

export interface LiveFolderComparison extends LiveCounts {
  /** `/`-joined, of the mailbox; of the export where the mailbox has it no longer. */
  readonly folder: string;
  /** The export's name of it, where that is another; null where the export has none. */
  readonly heldAs: string | null;
  /** Messages before and after it was read; null where the mailbox has no such folder. */
  readonly before: number | null;
  readonly after: number | null;
  /** Messages of the export. */
  readonly held: number;
}

/** One message that is not the same on both sides. */
export interface LiveDifference {
  readonly sign: '-' | '+' | '*';
  readonly folder: string;
  /** Where it is in the export, where that is another folder. */
  readonly heldIn: string | null;
  readonly uid: number | null;
  readonly record: string | null;
  /** RFC 3339 in UTC. */
  readonly arrived: string | null;
  /** Whether it came after the export began. */
  readonly since: boolean;
}

/** Both sides, paired. */
export interface Compared {
  readonly live: LiveSide;
  readonly held: Side;
  readonly heldFolder: readonly number[];
  readonly pairing: Pairing;
  /** Milliseconds since 1970. */
  readonly cutoff: number;
  /** Whether the cutoff is the job's own start. */
  readonly known: boolean;
}

export const joined = (path: readonly string[] | undefined): string => (path ?? []).join('/');

/** Every message that is not the same, the mailbox's first, folder by folder. */
export function* differences({ live, held, heldFolder, pairing, cutoff }: Compared): Generator<LiveDifference> {
  const { messages } = live;
  for (let place = 0; place < messages.count; place++) {
    const state = pairing.live[place];
    if (state === SAME) continue;
    const partner = pairing.partner[place] ?? 0;
    const arrived = messages.arrived[place] ?? Number.NaN;
    const moved = state === MOVED;
    yield {
      sign: moved ? '*' : '-',
      folder: joined(live.folders[messages.folder[place] ?? 0]),
      heldIn: moved ? joined(held.folders[held.messages.folder[partner] ?? 0]) : null,
      uid: messages.name[place] ?? 0,
      record: moved ? entryId(held.messages.name[partner] ?? 0) : null,
      arrived: Number.isNaN(arrived) ? null : new Date(arrived).toISOString(),
      since: arrived > cutoff,
    };
  }
  for (let place = 0; place < held.messages.count; place++) {
    if (pairing.held[place] !== UNPAIRED) continue;
    const folder = held.messages.folder[place] ?? 0;
    const there = live.folders[heldFolder[folder] ?? -1];
    const heldIn = joined(held.folders[folder]);
    const record = entryId(held.messages.name[place] ?? 0);
    yield {
      sign: '+',
      folder: there === undefined ? heldIn : joined(there),
      heldIn,
      uid: null,
      record,
      arrived: null,
      since: false,
    };
  }
}

/** What became of the messages of each folder; folders that only the export has come last. */
export function folderRows({
  live,
  held,
  heldFolder,
  pairing,
  cutoff,
}: Compared): (LiveFolderComparison & LiveCounts)[] {
  const none = (): LiveCounts => ({ same: 0, missing: 0, arrivedSince: 0, added: 0, moved: 0 });
  const nameOf = new Map(heldFolder.map((to, from) => [to, joined(held.folders[from])]));
  const rows = live.listed.map((listed, place) => {
    const folder = joined(listed.path);
    const heldAs = nameOf.get(place) ?? null;
    return { folder, heldAs, before: listed.total, after: live.after[place] ?? null, held: 0, ...none() };
  });
  const apart = new Map<number, LiveFolderComparison & LiveCounts & { held: number }>();
  const rowOf = (place: number) => {
    const row = rows[place] ?? apart.get(place);
    if (row !== undefined) return row;
    const folder = nameOf.get(place) ?? '';
    const made = { folder, heldAs: folder, before: null, after: null, held: 0, ...none() };
    apart.set(place, made);
    return made;
  };
  for (let place = 0; place < live.messages.count; place++) {
    const row = rowOf(live.messages.folder[place] ?? 0);
    const state = pairing.live[place];
    if (state === SAME) row.same++;
    else if (state === MOVED) row.moved++;
    else if ((live.messages.arrived[place] ?? Number.NaN) > cutoff) row.arrivedSince++;
    else row.missing++;
  }
  for (let place = 0; place < held.messages.count; place++) {
    const row = rowOf(heldFolder[held.messages.folder[place] ?? 0] ?? 0);
    row.held++;
    if (pairing.held[place] === UNPAIRED) row.added++;
  }
  return [...rows, ...apart.values()];
}

/** Pairs whose sizes differ. */
export function countSizes({ live, held, pairing }: Compared): number {
  let differ = 0;
  for (let place = 0; place < live.messages.count; place++) {
    if (pairing.live[place] === UNPAIRED) continue;
    if (live.messages.size[place] !== held.messages.size[pairing.partner[place] ?? 0]) differ++;
  }
  return differ;
}
