import type { KeyColumns } from './key-columns.ts';

/** What became of a message. `apart` is in another folder; `altered` was recognised by its content alone. */
export const UNPAIRED = 0;
export const SAME = 1;
export const MOVED = 2;

export interface Pairing {
  /** For each live message UNPAIRED, SAME or MOVED. */
  readonly live: Uint8Array;
  readonly held: Uint8Array;
  /** For each paired live message its partner's place. */
  readonly partner: Uint32Array;
  /** How many were paired by content because their Message-IDs differ or are missing. */
  byContent: number;
}

type Key = 'id' | 'content';

/** Places of unpaired messages that have the key, in the order of key, folder and place. */
export function sortedPlaces(
  columns: KeyColumns,
  key: Key,
  taken: Uint8Array,
  folder: (place: number) => number,
): Uint32Array {
  const keys = columns[key];
  let count = 0;
  const places = new Uint32Array(columns.count);
  for (let place = 0; place < columns.count; place++) {
    if (taken[place] === UNPAIRED && keys[place] !== 0) places[count++] = place;
  }
  return places
    .subarray(0, count)
    .sort((left, right) => (keys[left] ?? 0) - (keys[right] ?? 0) || folder(left) - folder(right) || left - right);
}

/**
 * Pairs messages that share a key, each with one other. Both sides are sorted and walked together: a mailbox with a million
 * copies of one Message-ID costs a sort, not their square.
 */
function pairBy(
  live: KeyColumns,
  held: KeyColumns,
  folders: { readonly live: (place: number) => number; readonly held: (place: number) => number },
  pairing: Pairing,
  how: { readonly key: Key; readonly sameFolder: boolean },
): void {
  const { key, sameFolder } = how;
  const left = sortedPlaces(live, key, pairing.live, folders.live);
  const right = sortedPlaces(held, key, pairing.held, folders.held);
  let [atLeft, atRight] = [0, 0];
  while (atLeft < left.length && atRight < right.length) {
    const one = left[atLeft] ?? 0;
    const other = right[atRight] ?? 0;
    const byKey = (live[key][one] ?? 0) - (held[key][other] ?? 0);
    const order = byKey !== 0 || !sameFolder ? byKey : folders.live(one) - folders.held(other);
    if (order < 0) atLeft++;
    else if (order > 0) atRight++;
    else {
      const state = sameFolder ? SAME : MOVED;
      pairing.live[one] = state;
      pairing.held[other] = state;
      pairing.partner[one] = other;
      if (key === 'content') pairing.byContent++;
      atLeft++;
      atRight++;
    }
  }
}

/**
 * Pairs the messages of both sides: by Message-ID in the same folder, then anywhere; what is left by content in the same
 * folder, then anywhere. `heldFolder` gives a live folder's number for each folder of the export, or one beyond them.
 */
export function pairMessages(live: KeyColumns, held: KeyColumns, heldFolder: readonly number[]): Pairing {
  const pairing: Pairing = {
    live: new Uint8Array(live.count),
    held: new Uint8Array(held.count),
    partner: new Uint32Array(live.count),
    byContent: 0,
  };
  const folders = {
    live: (place: number) => live.folder[place] ?? 0,
    held: (place: number) => heldFolder[held.folder[place] ?? 0] ?? 0,
  };
  for (const key of ['id', 'content'] as const) {
    for (const sameFolder of [true, false]) pairBy(live, held, folders, pairing, { key, sameFolder });
  }
  return pairing;
}
