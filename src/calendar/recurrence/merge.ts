/** Several ordered sequences as one, in order and without doubles. Few sequences: the least is looked for each time. */
export function* mergeInOrder(sources: readonly Iterable<number>[]): Generator<number> {
  const iterators = sources.map((source) => source[Symbol.iterator]());
  const heads = iterators.map((iterator) => iterator.next());
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    let least = Number.POSITIVE_INFINITY;
    for (const head of heads) if (head.done !== true && head.value < least) least = head.value;
    if (least === Number.POSITIVE_INFINITY) return;
    for (const [place, head] of heads.entries()) {
      if (head.done !== true && head.value === least) heads[place] = iterators[place]?.next() ?? head;
    }
    if (least > last) yield least;
    last = least;
  }
}

/** What an ordered sequence holds, asked in order: each question must be no smaller than the one before. */
export class OrderedMembership {
  readonly #iterator: Iterator<number>;
  #head: IteratorResult<number>;

  constructor(source: Iterable<number>) {
    this.#iterator = source[Symbol.iterator]();
    this.#head = this.#iterator.next();
  }

  has(value: number): boolean {
    while (this.#head.done !== true && this.#head.value < value) this.#head = this.#iterator.next();
    return this.#head.done !== true && this.#head.value === value;
  }
}
