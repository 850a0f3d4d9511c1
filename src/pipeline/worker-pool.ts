import { Worker } from 'node:worker_threads';
import type { BatchOutput } from '../manifest/index.ts';
import type { EntryBatch } from '../model/index.ts';
import { processBatch } from './batch.ts';
import { lost } from './lost-batch.ts';
import type { WorkerReply, WorkerRequest } from './worker-messages.ts';

/** Turns batches into records, somewhere. */
export interface BatchPool {
  /** How many batches it can work on at once. */
  readonly size: number;
  run(format: string, batch: EntryBatch): Promise<BatchOutput>;
  /** Says that about so many batches will come, so that what works on them can get ready meanwhile. */
  expect(batches: number): void;
  close(): Promise<void>;
}

/** Works in the calling thread: for small archives, tests and places without threads. */
export function inlinePool(): BatchPool {
  return {
    size: 1,
    run: async (format, batch) => processBatch(format, batch),
    expect: () => undefined,
    close: async () => undefined,
  };
}

/** V8 lets the young generation grow to three times 16 MiB a thread; the short-lived strings of a batch need no more than this. */
const YOUNG_GENERATION_MEGABYTES = 12;

interface Waiting {
  readonly request: WorkerRequest;
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: unknown) => void;
}

/** What went wrong in the thread, with the stack it had there. */
function failureOf({ failure }: Extract<WorkerReply, { readonly failure: unknown }>): Error {
  return Object.assign(new Error(failure.message), { stack: failure.stack });
}

/**
 * Worker threads, started when there is work for them or it is expected, one batch each at a time. `script` is the
 * compiled `worker.js`.
 * The batch's octets are transferred, not copied: the caller's array is empty afterwards.
 */
export class WorkerPool implements BatchPool {
  readonly size: number;
  readonly #script: URL;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();
  readonly #queue: Waiting[] = [];

  constructor(size: number, script: URL = new URL('./worker.js', import.meta.url)) {
    this.size = size;
    this.#script = script;
  }

  /** A thread needs as long to load its files as the archive's directory takes to be read. */
  expect(batches: number): void {
    while (this.#all.size < Math.min(this.size, batches)) this.#idle.push(this.#start());
  }

  async run(format: string, batch: EntryBatch): Promise<BatchOutput> {
    const reply = await this.#ask({ format, batch });
    if ('output' in reply) return reply.output;
    throw lost(batch, failureOf(reply));
  }

  #ask(request: WorkerRequest): Promise<WorkerReply> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, resolve, reject });
      this.#next();
    });
  }

  async close(): Promise<void> {
    const workers = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #next(): void {
    if (this.#queue.length === 0) return;
    const worker = this.#idle.pop() ?? (this.#all.size < this.size ? this.#start() : undefined);
    const work = worker === undefined ? undefined : this.#queue.shift();
    if (worker === undefined || work === undefined) return;
    // Our own listeners only: removeAllListeners() would take Node's with them, and no message would ever arrive again.
    const settle = (act: () => void) => {
      worker.off('message', answered).off('error', gone).off('exit', ended);
      act();
      this.#next();
    };
    const answered = (reply: WorkerReply) =>
      settle(() => {
        this.#idle.push(worker);
        work.resolve(reply);
      });
    const gone = (cause: unknown) =>
      settle(() => {
        this.#forget(worker);
        work.reject(lost(work.request.batch, cause));
      });
    const ended = (code: number) => gone(new Error(`exit code ${code}`));
    worker.on('message', answered).on('error', gone).on('exit', ended);
    const { buffer } = work.request.batch.bytes;
    worker.postMessage(work.request, buffer instanceof ArrayBuffer ? [buffer] : []);
  }

  #forget(worker: Worker): void {
    this.#all.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MEGABYTES },
    });
    // One that ends while it has nothing to do takes nothing with it: the next batch starts another, and says what is wrong.
    worker.on('error', () => undefined).on('exit', () => this.#forget(worker));
    this.#all.add(worker);
    return worker;
  }
}
