import type { Family } from './document.ts';

type Octets = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** A file that grows while families go by: a load file, a register, a list of digests. */
export interface FamilyFile {
  readonly path: string;
  /** Begins the file; again where its size must stand before it, so that whoever makes it counts from the start. */
  begin(): FileMaker;
}

/** One making of a file: what it begins with, what each family adds, and what it ends with. */
export interface FileMaker {
  head?(): Octets;
  take(family: Family): Iterable<Uint8Array>;
  end(): Iterable<Uint8Array>;
}

/** UTF-16 units gathered before they are handed on: fewer, larger writes. */
const CHUNK = 256 * 1024;

const inUtf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');

/** One making of a file of text. */
export interface TextMaker {
  /** Octets of an earlier file, or a byte order mark. */
  octets?(): Octets;
  readonly head?: string;
  rows(family: Family): Iterable<string>;
  tail?(): Iterable<string>;
}

/** What a file of text is made of. */
export interface TextParts {
  readonly path: string;
  readonly begin: () => TextMaker;
  readonly encode?: (text: string) => Uint8Array;
}

/** A file of text: lines are joined to chunks before they are encoded. */
export const textFile = ({ path, begin, encode = inUtf8 }: TextParts): FamilyFile => ({
  path,
  begin() {
    const text = begin();
    const held = new HeldText(encode);
    return {
      async *head() {
        yield* text.octets?.() ?? [];
        yield* held.add(text.head ?? '');
      },
      *take(family) {
        for (const row of text.rows(family)) yield* held.add(row);
      },
      *end() {
        for (const row of text.tail?.() ?? []) yield* held.add(row);
        yield* held.rest();
      },
    };
  },
});

class HeldText {
  readonly #encode: (text: string) => Uint8Array;
  #texts: string[] = [];
  #length = 0;

  constructor(encode: (text: string) => Uint8Array) {
    this.#encode = encode;
  }

  *add(text: string): Generator<Uint8Array> {
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length >= CHUNK) yield* this.rest();
  }

  *rest(): Generator<Uint8Array> {
    if (this.#length === 0) return;
    const text = this.#texts.join('');
    this.#texts = [];
    this.#length = 0;
    yield this.#encode(text);
  }
}
