/**
 * Starts up to `limit` pieces of work ahead and yields their results in the order of the pieces. A piece for which
 * `alone` is true is finished before the next is asked for. When the consumer stops, what was started is awaited.
 */
export async function* inOrder<T, R>(
  pieces: AsyncIterable<T>,
  limit: number,
  work: (piece: T) => Promise<R>,
  alone: (piece: T) => boolean,
): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  try {
    for await (const piece of pieces) {
      const result = work(piece);
      // A failure is thrown when its turn comes; until then it must not count as unhandled.
      result.catch(() => undefined);
      started.push(result);
      if (alone(piece)) await result;
      while (started.length >= limit) {
        const next = started.shift();
        if (next !== undefined) yield await next;
      }
    }
    for (let next = started.shift(); next !== undefined; next = started.shift()) yield await next;
  } finally {
    await Promise.allSettled(started);
  }
}
