import { containsOctets } from './contains.ts';
import { wordsOf } from './words.ts';

/** How many descendants, nearest first, are asked whether they hold a message. Beyond them a message is inclusive: the safe side. */
export const DESCENDANTS_ASKED = 32;
/** Octets of words below which a body may stand in another by chance ("ok" in "it is ok"): it must then be whole lines there. */
export const SHORT_BODY = 40;

export interface InclusiveCandidate {
  /** The record. */
  readonly id: string;
  /** The record of the nearest ancestor, as in `ThreadMember.parent`. */
  readonly parent: string | null;
  /** The extracted text. */
  readonly text: string;
  /** SHA-256 of each attachment, as `attachmentDigests` gives them. */
  readonly attachments: readonly string[];
}

export interface InclusiveMark {
  readonly id: string;
  /** True where a reviewer must read this message itself. */
  readonly inclusive: boolean;
  /** The descendant that holds all of it; null where it is inclusive. */
  readonly coveredBy: string | null;
}

const LINE_END = Uint8Array.of(0x0a);

/** The words of each line that has any, between line ends. */
function lineWords(text: string): Uint8Array {
  const pieces: Uint8Array[] = [LINE_END];
  for (const line of text.split('\n')) {
    const words = wordsOf(line);
    if (words.length > 0) pieces.push(words, LINE_END);
  }
  return Buffer.concat(pieces);
}

class Body {
  readonly words: Uint8Array;
  readonly attachments: ReadonlySet<string>;
  readonly #text: string;
  #lines: Uint8Array | undefined;

  constructor(candidate: InclusiveCandidate) {
    this.#text = candidate.text;
    this.words = wordsOf(candidate.text);
    this.attachments = new Set(candidate.attachments);
  }

  get lines(): Uint8Array {
    this.#lines ??= lineWords(this.#text);
    return this.#lines;
  }

  holds(other: Body): boolean {
    for (const attachment of other.attachments) if (!this.attachments.has(attachment)) return false;
    // A body of signs alone ("👍") has no words to be found again: only a blank one is held by any other.
    if (other.words.length === 0) return other.#text.trim() === '';
    if (other.words.length < SHORT_BODY) return containsOctets(this.lines, other.lines);
    return containsOctets(this.words, other.words);
  }
}

/** The nearest descendants, a level after the other. */
function descendants(from: number, children: readonly (readonly number[])[]): number[] {
  const found: number[] = [...(children[from] ?? [])].slice(0, DESCENDANTS_ASKED);
  for (let at = 0; at < found.length && found.length < DESCENDANTS_ASKED; at += 1) {
    for (const child of children[found[at] ?? -1] ?? []) if (found.length < DESCENDANTS_ASKED) found.push(child);
  }
  return found;
}

/**
 * Marks the messages of one thread that a reviewer need not read, because a descendant holds their whole body (its words, so that
 * quoting marks and line breaks do not count) and every one of their attachments; names that descendant, the nearest one.
 * The messages are given in the order of `Thread.members`: a parent before its replies. Each text is searched at
 * most `DESCENDANTS_ASKED` times, so the time is linear in the thread's size.
 */
export function inclusiveMarks(candidates: readonly InclusiveCandidate[]): InclusiveMark[] {
  const places = new Map(candidates.map((candidate, place) => [candidate.id, place]));
  const children: number[][] = candidates.map(() => []);
  candidates.forEach((candidate, place) => {
    const parent = candidate.parent === null ? undefined : places.get(candidate.parent);
    // Only a parent that stands before: two messages that claim to be each other's must not both be held by the other.
    if (parent !== undefined && parent < place) children[parent]?.push(place);
  });
  const bodies = candidates.map((candidate) => new Body(candidate));
  return candidates.map(({ id }, place) => {
    const own = bodies[place];
    const covering = descendants(place, children).find(
      (other) => own !== undefined && bodies[other]?.holds(own) === true,
    );
    const coveredBy = covering === undefined ? null : (candidates[covering]?.id ?? null);
    return { id, inclusive: coveredBy === null, coveredBy };
  });
}
