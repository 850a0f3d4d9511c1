import { baseSubject } from './base-subject.ts';
import { epochSeconds } from './instant.ts';
import { type ThreadKey, type ThreadLinks, threadLinks } from './thread-links.ts';

export type { ThreadKey } from './thread-links.ts';

export interface ThreadMember {
  /** The record. */
  readonly id: string;
  /** The record of the nearest ancestor that is there, or null. */
  readonly parent: string | null;
  /** Ancestors above it, those that are not there included. */
  readonly depth: number;
}

/** An ancestor that messages name and the export does not hold: evidence of a gap. */
export interface MissingAncestor {
  readonly messageId: string;
  /** The first record that names it. */
  readonly referencedBy: string;
}

export interface Thread {
  /** The Message-ID of the first message, there or not; null where it has none. */
  readonly root: string | null;
  /** Depth first: each message is followed by its replies, in the order of their dates. */
  readonly members: readonly ThreadMember[];
  /** In the same order. */
  readonly missing: readonly MissingAncestor[];
}

export interface ThreadOptions {
  /**
   * RFC 5256's step 5: trees whose base subjects are equal become one. Off by default: "Invoice" is not one conversation.
   */
  readonly mergeSubjects?: boolean;
}

/** By date, messages without a readable one last, then in the order given. */
function byDate(keys: readonly ThreadKey[], links: ThreadLinks): number[] {
  const dates = links.messages.map((positions) => {
    const seconds = positions.map((position) => epochSeconds(keys[position]?.sentAt ?? null));
    return seconds.reduce<number>((least, value) => Math.min(least, value ?? Infinity), Infinity);
  });
  // An absent container has the date of its earliest child: children have no fixed place in the list, so parents are raised.
  const order = dates.map((_, number) => number);
  const compare = (left: number, right: number) => {
    const difference = (dates[left] ?? Infinity) - (dates[right] ?? Infinity);
    return Number.isNaN(difference) || difference === 0 ? left - right : difference;
  };
  for (const number of [...order].sort(compare)) {
    const date = dates[number] ?? Infinity;
    for (
      let at = links.parents[number] ?? -1;
      at >= 0 && links.messages[at]?.length === 0;
      at = links.parents[at] ?? -1
    ) {
      if ((dates[at] ?? Infinity) <= date) break;
      dates[at] = date;
    }
  }
  return order.sort(compare);
}

/** Which trees belong together by base subject: for each root the root it is shown with. */
function subjectGroups(
  roots: readonly number[],
  keys: readonly ThreadKey[],
  firstMessage: readonly number[],
): Map<number, number> {
  const byBase = new Map<string, number>();
  const groups = new Map<number, number>();
  for (const root of roots) {
    const base = baseSubject(keys[firstMessage[root] ?? -1]?.subject ?? '');
    const first = base === '' ? undefined : byBase.get(base);
    if (first === undefined && base !== '') byBase.set(base, root);
    groups.set(root, first ?? root);
  }
  return groups;
}

/**
 * Threads by RFC 5256's REFERENCES (Zawinski's algorithm). Every key is in exactly one thread. Linear but for sorting by date,
 * and iterative: a chain of a million replies is a chain of a million replies, not a stack overflow.
 */
export function threads(keys: readonly ThreadKey[], options: ThreadOptions = {}): Thread[] {
  const links = threadLinks(keys);
  const children: number[][] = links.parents.map(() => []);
  const roots: number[] = [];
  for (const number of byDate(keys, links)) {
    const parent = links.parents[number] ?? -1;
    if (parent < 0) roots.push(number);
    else children[parent]?.push(number);
  }
  const trees = roots.map((root) => walk(root, keys, links, children));
  if (options.mergeSubjects !== true)
    return trees.map((tree) => tree.thread).filter((thread) => thread.members.length > 0);
  const first: number[] = [];
  roots.forEach((root, index) => {
    first[root] = trees[index]?.first ?? -1;
  });
  const groups = subjectGroups(roots, keys, first);
  const merged = new Map<number, { root: string | null; members: ThreadMember[]; missing: MissingAncestor[] }>();
  trees.forEach(({ thread }, index) => {
    const root = roots[index] ?? -1;
    const group = merged.get(groups.get(root) ?? root);
    if (group === undefined)
      merged.set(root, { ...thread, members: [...thread.members], missing: [...thread.missing] });
    else {
      for (const member of thread.members) group.members.push(member);
      for (const ancestor of thread.missing) group.missing.push(ancestor);
    }
  });
  return [...merged.values()].filter((thread) => thread.members.length > 0);
}

function walk(
  root: number,
  keys: readonly ThreadKey[],
  links: ThreadLinks,
  children: readonly (readonly number[])[],
): { thread: Thread; first: number } {
  const members: ThreadMember[] = [];
  const missing: MissingAncestor[] = [];
  let first = -1;
  const waiting: { number: number; parent: string | null; depth: number }[] = [
    { number: root, parent: null, depth: 0 },
  ];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const positions = links.messages[at.number] ?? [];
    for (const position of positions) {
      if (first < 0) first = position;
      members.push({ id: keys[position]?.id ?? '', parent: at.parent, depth: at.depth });
    }
    const messageId = links.messageIds[at.number] ?? null;
    const referencedBy = keys[links.namedBy[at.number] ?? -1]?.id;
    if (positions.length === 0 && messageId !== null && referencedBy !== undefined)
      missing.push({ messageId, referencedBy });
    const parent = keys[positions[0] ?? -1]?.id ?? at.parent;
    for (const child of children[at.number]?.toReversed() ?? []) {
      waiting.push({ number: child, parent, depth: at.depth + 1 });
    }
  }
  return { thread: { root: links.messageIds[root] ?? null, members, missing }, first };
}
