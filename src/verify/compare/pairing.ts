import { type ItemTable, STATE } from './item-table.ts';

/** Items of the later manifest that lie elsewhere than they did: item → the folder it was in. */
export type MovedFrom = Map<number, string>;

/**
 * Pairs the copies of one content: first those of the same folder and name, then of the same folder, then the others,
 * which have moved. Copies beyond a pair stay unmatched: one copy of two that is gone is a loss.
 */
export function pairCopies(
  earlier: ItemTable,
  later: ItemTable,
  left: readonly number[],
  right: readonly number[],
  movedFrom: MovedFrom,
): void {
  const folderAndName = (table: ItemTable, item: number) => `${table.entry(item)} ${table.folder(item)}`;
  const folder = (table: ItemTable, item: number) => table.folder(item);
  let [ours, theirs] = [left, right];
  for (const key of [folderAndName, folder, () => '']) {
    const waiting = new Map<string, number[]>();
    for (const item of ours) {
      const place = key(earlier, item);
      const held = waiting.get(place);
      if (held === undefined) waiting.set(place, [item]);
      else held.push(item);
    }
    const unpaired: number[] = [];
    for (const item of theirs) {
      const partner = waiting.get(key(later, item))?.pop();
      if (partner === undefined) {
        unpaired.push(item);
        continue;
      }
      const moved = earlier.folder(partner) !== later.folder(item);
      if (moved) movedFrom.set(item, earlier.folder(partner));
      earlier.mark(partner, STATE.same);
      later.mark(item, moved ? STATE.moved : STATE.same);
    }
    ours = [...waiting.values()].flat();
    theirs = unpaired;
  }
}
