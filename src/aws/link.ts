/** A signal that aborts with any of several, and can be aborted by itself. `release` takes the listeners away again. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  release(): void;
}

/**
 * Links signals by listeners that are taken away. `AbortSignal.any` would keep every derived signal alive as long as the
 * outer one lives, and a run makes thousands of requests under one signal.
 */
export function linkSignals(...outer: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const links = outer.flatMap((signal) => {
    if (signal === undefined) return [];
    const onAbort = () => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    return [{ signal, onAbort }];
  });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => {
      for (const { signal, onAbort } of links) signal.removeEventListener('abort', onAbort);
    },
  };
}
