interface Waiting {
  readonly chunk: Uint8Array;
  readonly taken: () => void;
  readonly refused: (cause: unknown) => void;
}

/**
 * Hands chunks from who makes them to who reads them, one at a time: `push` resolves when its chunk was taken, and rejects
 * when the reader has stopped, so that nobody waits for a reader that is gone.
 */
export class Feed implements AsyncIterable<Uint8Array> {
  #waiting: Waiting | null = null;
  #wake: (() => void) | null = null;
  #ended = false;
  #stopped: { readonly cause: unknown } | null = null;
  #failure: { readonly cause: unknown } | null = null;

  async push(chunk: Uint8Array): Promise<void> {
    if (chunk.length === 0) return;
    if (this.#stopped !== null) throw this.#stopped.cause;
    await new Promise<void>((taken, refused) => {
      this.#waiting = { chunk, taken, refused };
      this.#wake?.();
    });
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Makes the reader fail with `cause`: what it was writing must not look whole. */
  fail(cause: unknown): void {
    this.#failure = { cause };
    this.#wake?.();
  }

  /** Says that nobody reads any more, perhaps nobody ever did: whoever pushes fails with `cause`. */
  stop(cause: unknown): void {
    this.#stopped ??= { cause };
    this.#waiting?.refused(cause);
    this.#waiting = null;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (this.#failure !== null) throw this.#failure.cause;
        const waiting = this.#waiting;
        if (waiting !== null) {
          yield waiting.chunk;
          this.#waiting = null;
          waiting.taken();
          continue;
        }
        if (this.#ended) return;
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
        this.#wake = null;
      }
    } finally {
      this.stop(new Error('the output has stopped taking octets'));
    }
  }
}
