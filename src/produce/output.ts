import { hash } from 'node:crypto';
import { type FilePack, MailproofError, type PutResult, type Sink } from '../model/index.ts';
import type { Measured } from './measured.ts';

/** Octets, or a way to make them: asked for more than once where a format must know their number first and was not told. */
export type Content = Uint8Array | (() => AsyncIterable<Uint8Array>) | Measured;

/** A stream of content that is not all there. */
export const streamOf = (content: Exclude<Content, Uint8Array>): AsyncIterable<Uint8Array> =>
  typeof content === 'function' ? content() : content.octets();

/** Where a production is written: a folder or prefix, or one archive that is streamed to it. */
export interface Output {
  /** How many files may be written at once. */
  readonly concurrency: number;
  /** `durable`: it survives a loss of power from here on; else from the next `flush` on. */
  put(path: string, content: Content, durable?: boolean): Promise<PutResult>;
  /** Writes small files at once; absent where one after the other costs no more. */
  putPack?(pack: FilePack): Promise<readonly PutResult[]>;
  /** Makes everything that was put survive a loss of power. */
  flush(): Promise<void>;
  /** Ends what was begun; nothing may be put after. */
  close(): Promise<void>;
  /** Gives up what was begun. */
  abort(cause: unknown): Promise<void>;
}

/** Files in flight: enough to hide a disk's or S3's wait, few enough for memory. */
const CONCURRENT = 8;

/**
 * Writes each file to the sink. A production is never written over another: throws OUTPUT_EXISTS. `replace`: what is there is of
 * the same production, interrupted.
 */
export function sinkOutput(sink: Sink, replace: boolean, signal?: AbortSignal): Output {
  const options = { ifAbsent: !replace, ...(signal !== undefined && { signal }) };
  const putPack = sink.putPack?.bind(sink);
  return {
    concurrency: CONCURRENT,
    ...(putPack !== undefined && { putPack: async (pack: FilePack) => putPack(pack, options) }),
    put: async (path, content, durable = false) =>
      sink.put(path, content instanceof Uint8Array ? content : streamOf(content), { ...options, durable }),
    flush: async () => sink.flush?.(),
    close: async () => undefined,
    abort: async () => undefined,
  };
}

/** Holds what a sink says it wrote to what it was given. Throws OUTPUT_UNWRITABLE. */
export async function putChecked(output: Output, path: string, octets: Uint8Array, sha256?: string): Promise<void> {
  const expected = sha256 ?? hash('sha256', octets, 'hex');
  checkWritten(path, await output.put(path, octets), octets.length, expected);
}

/** Throws OUTPUT_UNWRITABLE where a file is not what it should be. */
export function checkWritten(path: string, written: PutResult, size: number, sha256: string): void {
  const expected = `sha256:${sha256}`;
  if (written.size === size && written.digest === expected) return;
  throw new MailproofError('OUTPUT_UNWRITABLE', `${path} was written as ${written.digest}, and should be ${expected}.`);
}

/** Runs tasks, so many at once; the first failure is thrown by `add` or `drain`. */
export class Tasks {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts a task as soon as there is room. */
  async add(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit && this.#failure === null) await Promise.race(this.#running);
    this.#check();
    const running = task()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  /** Waits for all of them. */
  async drain(): Promise<void> {
    await Promise.all(this.#running);
    this.#check();
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
