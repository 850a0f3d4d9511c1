import type { Side } from './held-messages.ts';
import { sortedPlaces } from './pair-messages.ts';

/** Copies of one Message-ID beyond so many say nothing of folders, and counting each with each would be their square. */
const COPIES = 8;

/** Names compare without regard to case and to how accents are composed: INBOX is Inbox, and so is what a Mac wrote. */
const plain = (path: readonly string[]): string =>
  JSON.stringify(path.map((name) => name.normalize('NFC').toLowerCase()));

interface Vote {
  readonly live: number;
  readonly held: number;
  count: number;
}

/** How many Message-IDs each live folder shares with each folder of the export, among those not yet paired. */
function votes(
  live: Side,
  held: Side,
  isOpen: { live: (folder: number) => boolean; held: (folder: number) => boolean },
): Vote[] {
  const none = (side: Side) => new Uint8Array(side.messages.count);
  const folderOf = (side: Side) => (place: number) => side.messages.folder[place] ?? 0;
  const left = sortedPlaces(live.messages, 'id', none(live), folderOf(live));
  const right = sortedPlaces(held.messages, 'id', none(held), folderOf(held));
  const key = (side: Side, place: number | undefined) => (place === undefined ? 0 : (side.messages.id[place] ?? 0));
  const found = new Map<number, Vote>();
  const group = (side: Side, places: Uint32Array, from: number): Uint32Array => {
    let to = from + 1;
    while (to < places.length && key(side, places[to]) === key(side, places[from])) to++;
    return places.subarray(from, to);
  };
  let [atLeft, atRight] = [0, 0];
  while (atLeft < left.length && atRight < right.length) {
    const ones = group(live, left, atLeft);
    const others = group(held, right, atRight);
    const order = key(live, ones[0]) - key(held, others[0]);
    if (order <= 0) atLeft += ones.length;
    if (order >= 0) atRight += others.length;
    if (order !== 0 || ones.length > COPIES || others.length > COPIES) continue;
    for (const one of ones) {
      const from = folderOf(live)(one);
      if (!isOpen.live(from)) continue;
      for (const other of others) {
        const to = folderOf(held)(other);
        if (!isOpen.held(to)) continue;
        const at = from * held.folders.length + to;
        const vote = found.get(at);
        if (vote === undefined) found.set(at, { live: from, held: to, count: 1 });
        else vote.count++;
      }
    }
  }
  return [...found.values()].sort(
    (one, other) => other.count - one.count || one.live - other.live || one.held - other.held,
  );
}

const countByFolder = ({ messages, folders }: Side): number[] => {
  const counts = folders.map(() => 0);
  for (let place = 0; place < messages.count; place++) {
    const folder = messages.folder[place] ?? 0;
    counts[folder] = (counts[folder] ?? 0) + 1;
  }
  return counts;
};

/**
 * Which folder of the export is which of the mailbox: by name, then by content, since folders are renamed and an archive may
 * put them all under a root of its own. A pair by content shares at least half the messages of its smaller side. Gives for
 * each folder of the export a live folder's number, or one of its own beyond them.
 */
export function pairFolders(live: Side, held: Side): number[] {
  const paired = held.folders.map((_, place) => live.folders.length + place);
  const byName = new Map(live.folders.map((path, place) => [plain(path), place]));
  const takenLive = new Set<number>();
  const takenHeld = new Set<number>();
  const pair = (from: number, to: number) => {
    paired[to] = from;
    takenLive.add(from);
    takenHeld.add(to);
  };
  for (const [place, path] of held.folders.entries()) {
    const match = byName.get(plain(path));
    if (match !== undefined && !takenLive.has(match)) pair(match, place);
  }
  const counts = { live: countByFolder(live), held: countByFolder(held) };
  const isOpen = { live: (folder: number) => !takenLive.has(folder), held: (folder: number) => !takenHeld.has(folder) };
  for (const { live: from, held: to, count } of votes(live, held, isOpen)) {
    if (takenLive.has(from) || takenHeld.has(to)) continue;
    if (count * 2 >= Math.min(counts.live[from] ?? 0, counts.held[to] ?? 0)) pair(from, to);
  }
  return paired;
}
