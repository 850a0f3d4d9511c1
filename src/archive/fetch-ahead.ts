/** How many are fetched ahead before anything is known of the link. */
const FIRST_DEPTH = 2;

interface Fetching<Item, Loaded> {
  readonly item: Item;
  readonly loading: Promise<Loaded>;
  arrived: boolean;
}

/**
 * Loads what `items` names, in order, some ahead of the consumer: one more whenever it had to wait, one fewer whenever
 * all that was asked for had arrived before it came, never more than `most`. A fast disk stays near one, a distant bucket
 * goes up to `most`. Breaking off stops what is under way and leaves nothing behind; an error surfaces where its item's
 * turn comes.
 */
export async function* fetchAhead<Item, Loaded>(
  items: Iterator<Item>,
  load: (item: Item, signal: AbortSignal) => Promise<Loaded>,
  most: number,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly item: Item; readonly loaded: Loaded }> {
  const stop = new AbortController();
  const combined = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const queue: Fetching<Item, Loaded>[] = [];
  let depth = Math.min(most, FIRST_DEPTH);
  const top = (): void => {
    while (queue.length <= depth) {
      const next = items.next();
      if (next.done === true) return;
      const fetching = { item: next.value, loading: load(next.value, combined), arrived: false };
      const arrive = () => {
        fetching.arrived = true;
      };
      // Whoever never comes to await this must not be told of it as an unhandled rejection.
      fetching.loading.then(arrive, arrive);
      queue.push(fetching);
    }
  };
  try {
    top();
    for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
      if (!head.arrived) depth = Math.min(most, depth + 1);
      else if (queue.every(({ arrived }) => arrived)) depth = Math.max(Math.min(most, 1), depth - 1);
      const loaded = await head.loading;
      top();
      yield { item: head.item, loaded };
    }
  } finally {
    stop.abort();
    await Promise.allSettled(queue.map((each) => each.loading));
  }
}
