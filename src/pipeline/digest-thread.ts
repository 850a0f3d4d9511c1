import { Worker } from 'node:worker_threads';
import type { DigestReply, DigestRequest } from './digest-messages.ts';

interface Waiting {
  readonly resolve: (reply: DigestReply) => void;
  readonly reject: (error: Error) => void;
}

/** A thread that digests: what it is asked waits in its own queue, and is answered in order. */
export class DigestThread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  /** Why it ended; null while it runs. */
  #ended: Error | null = null;

  constructor(script: URL) {
    this.#worker = new Worker(script);
    this.#worker.on('message', (reply: DigestReply) => this.#waiting.shift()?.resolve(reply));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', (code) => this.#end(new Error(`exit code ${code}`)));
  }

  /** How many questions it has not answered yet. */
  get load(): number {
    return this.#waiting.length;
  }

  /** Rejects where the thread ends first, or where it failed. What lies in a SharedArrayBuffer is not copied. */
  async ask(request: DigestRequest, transfer: readonly ArrayBuffer[] = []): Promise<DigestReply> {
    if (this.#ended !== null) throw this.#ended;
    const reply = await new Promise<DigestReply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request, transfer);
    });
    if ('failure' in reply) throw Object.assign(new Error(reply.failure.message), { stack: reply.failure.stack });
    return reply;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
