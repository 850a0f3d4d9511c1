/**
 * Loads what `items` names, in order, up to `depth` of them ahead of the consumer. Breaking off stops what is under way and
 * leaves nothing behind; an error surfaces where its item's turn comes.
 */
export async function* fetchAhead<Item, Loaded>(
  items: Iterator<Item>,
  load: (item: Item, signal: AbortSignal) => Promise<Loaded>,
  depth: number,
  signal?: AbortSignal,
): AsyncGenerator<{ readonly item: Item; readonly loaded: Loaded }> {
  const stop = new AbortController();
  const combined = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const queue: { readonly item: Item; readonly loading: Promise<Loaded> }[] = [];
  const top = (): void => {
    while (queue.length <= depth) {
      const next = items.next();
      if (next.done === true) return;
      const loading = load(next.value, combined);
      // Whoever never comes to await this must not be told of it as an unhandled rejection.
      loading.catch(() => undefined);
      queue.push({ item: next.value, loading });
    }
  };
  try {
    top();
    for (let head = queue.shift(); head !== undefined; head = queue.shift()) {
      const loaded = await head.loading;
      top();
      yield { item: head.item, loaded };
    }
  } finally {
    stop.abort();
    await Promise.allSettled(queue.map((each) => each.loading));
  }
}
