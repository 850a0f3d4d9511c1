import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { type FilePack, MailproofError, type PutResult } from '../model/index.ts';
import { type BriefPlace, writePack } from './file-pack.ts';
import type { PackReply, PackRequest } from './pack-messages.ts';

interface Waiting {
  readonly resolve: (results: readonly PutResult[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes packs in a thread of their own: creating, writing and reading back a small file keeps a core busy for as long as
 * finding its octets does. Without the compiled `script` beside it, packs are written in the calling thread by the same code.
 */
export class PackWriter {
  readonly #place: BriefPlace;
  readonly #script: URL | null;
  readonly #waiting: Waiting[] = [];
  #worker: Worker | null = null;

  constructor(place: BriefPlace, script: URL = new URL('./pack-thread.js', import.meta.url)) {
    this.#place = place;
    this.#script = existsSync(fileURLToPath(script)) ? script : null;
  }

  async write(pack: FilePack, replace: boolean): Promise<readonly PutResult[]> {
    if (this.#script === null) return writePack(this.#place, pack, replace);
    this.#worker ??= this.#start(this.#script);
    const worker = this.#worker;
    const { root } = this.#place;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      // Only while it is waited for does it keep the process alive.
      worker.ref();
      const request: PackRequest = { root, replace, pack };
      worker.postMessage(request, [pack.octets.buffer]);
    });
  }

  /** Ends the thread; the next pack starts another. */
  async rest(): Promise<void> {
    const worker = this.#worker;
    if (worker !== null) this.#lost(worker, null);
    await worker?.terminate();
  }

  #start(script: URL): Worker {
    const worker = new Worker(script);
    worker.on('message', (reply: PackReply) => {
      const waiting = this.#waiting.shift();
      if (this.#waiting.length === 0) worker.unref();
      if ('results' in reply) waiting?.resolve(reply.results);
      else waiting?.reject(errorOf(reply));
    });
    // A thread that ran out of memory takes with it what was waited for.
    worker.on('error', (cause) => this.#lost(worker, cause));
    worker.on('exit', () => this.#lost(worker, null));
    return worker;
  }

  #lost(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new MailproofError('UNEXPECTED', 'The thread that writes files has ended.', { cause }));
    }
  }
}

function errorOf(reply: Exclude<PackReply, { readonly results: unknown }>): MailproofError {
  if ('failure' in reply) return new MailproofError('UNEXPECTED', reply.failure);
  const { code, message, advice, details } = reply.refused;
  return new MailproofError(code, message, { details, ...(advice !== null && { advice }) });
}
