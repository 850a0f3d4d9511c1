import type { FolderCount } from './folder-counts.ts';

/** How exports and mail programs call the folders that every mailbox has, behind the names its owner's language gives them. */
const ROLE_NAMES: Readonly<Record<NonNullable<FolderCount['role']>, readonly string[]>> = {
  inbox: ['inbox'],
  sentitems: ['sent items', 'sent', 'sent messages', 'sent mail'],
  drafts: ['drafts'],
  deleteditems: ['deleted items', 'deleted messages', 'trash'],
  junkemail: ['junk e-mail', 'junk email', 'junk', 'spam'],
  calendar: ['calendar'],
};

/** Names compare without regard to case and to how accents are composed. A slash within a name is no other level. */
export const plainPath = (path: readonly string[]): string =>
  JSON.stringify(path.map((name) => name.normalize('NFC').toLowerCase()));

/** A folder an archive may have put all others into: the first level that they all share and the mailbox does not have. */
function rootOf(held: readonly (readonly string[])[], live: readonly FolderCount[]): string | null {
  const root = held[0]?.[0];
  if (root === undefined || held.some((path) => path.length < 2 || path[0] !== root)) return null;
  return live.some(({ path }) => plainPath(path.slice(0, 1)) === plainPath([root])) ? null : root;
}

/**
 * Which folder of the export is which of the mailbox, by name alone, for counts name no message: the same path, or below the
 * archive's own root, or with the first level called by another name of its role. Gives the places in `held`, null where
 * there is none.
 */
export function pairCounts(live: readonly FolderCount[], held: readonly (readonly string[])[]): (number | null)[] {
  const root = rootOf(held, live);
  const places = new Map(held.map((path, place) => [plainPath(root === null ? path : path.slice(1)), place]));
  const roles = new Map(live.flatMap(({ path, role }) => (role && path.length === 1 ? [[path[0], role]] : [])));
  const paired = live.map(({ path }) => places.get(plainPath(path)) ?? null);
  const taken = new Set(paired);
  return paired.map((place, number) => {
    const [top, ...rest] = live[number]?.path ?? [];
    const role = roles.get(top);
    if (place !== null || role === undefined) return place;
    const others = ROLE_NAMES[role].map((name) => places.get(plainPath([name, ...rest])));
    const other = others.find((each) => each !== undefined && !taken.has(each)) ?? null;
    taken.add(other);
    return other;
  });
}
