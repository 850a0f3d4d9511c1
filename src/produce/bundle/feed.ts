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
  #stopped = false;
  #failure: { readonly cause: unknown } | null = null;

  async push(chunk: Uint8Array): Promise<void> {
    if (chunk.length === 0) return;
    if (this.#stopped) throw new Error('the output has stopped taking octets');
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

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        if (this.#failure !== null) throw this.#failure.cause;
        const waiting = this.#waiting;
        if (waiting !== null) {
          this.#waiting = null;
          yield waiting.chunk;
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
      this.#stopped = true;
      this.#waiting?.refused(new Error('the output has stopped taking octets'));
    }
  }
}
