import { MailproofError } from '../model/index.ts';
import type { DigestsWanted, WholeDigests, WholeHashing } from '../verify/archive-pass/whole-digests.ts';
import type { DigestThread } from './digest-thread.ts';

/** Octets that may wait to be hashed: more would be memory, should the thread fall behind. */
const MOST_WAITING = 32 * 1024 * 1024;

const failed = (cause: unknown): MailproofError =>
  new MailproofError(
    'UNEXPECTED',
    `The thread that hashes the archive ended: ${cause instanceof Error ? cause.message : String(cause)}.`,
    { cause, advice: 'Run again; if it ends again, report it.' },
  );

/** The whole archive's hashes, taken in a thread of their own. */
export class WholeThread implements WholeHashing {
  readonly #thread: DigestThread;
  #size = 0;
  #waiting = 0;
  #last: Promise<void>;

  constructor(thread: DigestThread, wanted: DigestsWanted) {
    this.#thread = thread;
    this.#last = this.#told(thread.ask({ task: 'begin', wanted }));
  }

  get size(): number {
    return this.#size;
  }

  update(chunk: Uint8Array): Promise<void> | undefined {
    const { length } = chunk;
    this.#size += length;
    this.#waiting += length;
    this.#last = this.#told(
      this.#hash(chunk).then(() => {
        this.#waiting -= length;
      }),
    );
    return this.#waiting > MOST_WAITING ? this.#last : undefined;
  }

  /** A view would cross with the whole of its buffer, however little of it is meant: what is not shared is copied and moved. */
  async #hash(chunk: Uint8Array): Promise<unknown> {
    if (chunk.buffer instanceof SharedArrayBuffer) return this.#thread.ask({ task: 'update', chunk });
    // Not `slice`: that of a Buffer is a view.
    const own = new Uint8Array(chunk);
    return this.#thread.ask({ task: 'update', chunk: own }, [own.buffer]);
  }

  async settled(): Promise<void> {
    await this.#last;
  }

  async finish(): Promise<WholeDigests> {
    const reply = await this.#thread.ask({ task: 'finish' }).catch((cause: unknown) => {
      throw failed(cause);
    });
    if ('whole' in reply) return reply.whole;
    throw failed('it answered another question');
  }

  /** A failure is thrown where somebody waits for it; until then it must not count as unhandled. */
  #told(answered: Promise<unknown>): Promise<void> {
    const told = answered.then(
      () => undefined,
      (cause: unknown) => {
        throw failed(cause);
      },
    );
    told.catch(() => undefined);
    return told;
  }
}
