const NONE = -1;

/** What threading needs of a message: a few hundred octets, so that a million fit in memory. */
export interface ThreadKey {
  /** The record. */
  readonly id: string;
  /** Without brackets, as in `Email.messageId[0]`; compared case-sensitively. Null where there is none. */
  readonly messageId: string | null;
  readonly references: readonly string[];
  readonly inReplyTo: readonly string[];
  readonly subject: string | null;
  /** RFC 3339, or null. */
  readonly sentAt: string | null;
}

/** RFC 5256's containers, by number: a Message-ID, the messages that bear it, and its parent. */
export interface ThreadLinks {
  readonly messageIds: readonly (string | null)[];
  /** Positions in the list of keys; empty for an ancestor that is named but not there. */
  readonly messages: readonly (readonly number[])[];
  /** The parent's number, or -1. */
  readonly parents: readonly number[];
  /** The first message (its position) that names a container, or bears it. */
  readonly namedBy: readonly number[];
}

class Links {
  readonly messageIds: (string | null)[] = [];
  readonly messages: number[][] = [];
  readonly parents: number[] = [];
  readonly namedBy: number[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #sets: number[] = [];

  add(messageId: string | null, namedBy: number): number {
    const known = messageId === null ? undefined : this.#numbers.get(messageId);
    if (known !== undefined) {
      this.namedBy[known] = Math.min(this.namedBy[known] ?? namedBy, namedBy);
      return known;
    }
    const number = this.parents.length;
    if (messageId !== null) this.#numbers.set(messageId, number);
    this.messageIds.push(messageId);
    this.messages.push([]);
    this.parents.push(NONE);
    this.namedBy.push(namedBy);
    this.#sets.push(number);
    return number;
  }

  #set(number: number): number {
    let at = number;
    for (let next = this.#sets[at] ?? at; next !== at; next = this.#sets[at] ?? at) {
      // Path halving: near-constant time without recursion.
      this.#sets[at] = this.#sets[next] ?? next;
      at = next;
    }
    return at;
  }

  /**
   * Gives a container its parent, unless it has one or a loop would close. A container without a parent is the root of its
   * tree, so a loop closes exactly when both are in one tree: two union-find steps instead of a walk up the chain,
   * which a mailbox of one long thread would make quadratic.
   */
  link(parent: number, child: number): void {
    if (this.parents[child] !== NONE) return;
    const upper = this.#set(parent);
    const lower = this.#set(child);
    if (upper === lower) return;
    this.#sets[lower] = upper;
    this.parents[child] = parent;
  }
}

/** RFC 5256: References where there are any, else the first id of In-Reply-To. */
function referencesOf(key: ThreadKey): readonly string[] {
  return key.references.length > 0 ? key.references : key.inReplyTo.slice(0, 1);
}

/**
 * Steps 1 and 2 of RFC 5256's REFERENCES, made independent of the order of messages as far as it can be: first every message
 * is put below the last id it names itself, which is what it knows best; then the rest of each References field
 * links ids that have no parent yet. Several copies of one Message-ID share a container: a message in Sent and Inbox
 * is one node of the thread.
 */
export function threadLinks(keys: readonly ThreadKey[]): ThreadLinks {
  const links = new Links();
  const numbers = keys.map((key, position) => {
    const number = links.add(key.messageId, position);
    links.messages[number]?.push(position);
    return number;
  });
  keys.forEach((key, position) => {
    const last = referencesOf(key).at(-1);
    const number = numbers[position];
    if (last !== undefined && number !== undefined) links.link(links.add(last, position), number);
  });
  keys.forEach((key, position) => {
    let previous: number | undefined;
    for (const reference of referencesOf(key)) {
      const number = links.add(reference, position);
      if (previous !== undefined) links.link(previous, number);
      previous = number;
    }
  });
  return links;
}
