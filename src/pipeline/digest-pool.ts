// Nothing here leads to the parser: `verify` starts without loading it.
import { packEntries } from '../archive/zip/packed-entries.ts';
import type { EntryBatch } from '../model/index.ts';
import { digestsOf } from '../verify/archive-pass/digest-columns.ts';
import type { BatchDigester, EntryDigest } from '../verify/archive-pass/entry-digest.ts';
import type { DigestsWanted, WholeHashing } from '../verify/archive-pass/whole-digests.ts';
import { DigestThread } from './digest-thread.ts';
import { lost } from './lost-batch.ts';
import { SharedRoom } from './shared-room.ts';
import { WholeThread } from './whole-thread.ts';

const transferable = ({ buffer }: Uint8Array): ArrayBuffer[] => (buffer instanceof ArrayBuffer ? [buffer] : []);

/**
 * Threads that digest entries, and one more that hashes the archive beside them, for its octets cannot be hashed in parts.
 * All are started at once, to be there when the archive is open. `script` is the compiled `digest-worker.js`.
 */
export class DigestPool implements BatchDigester {
  readonly size: number;
  readonly room = new SharedRoom();
  readonly #first: DigestThread;
  readonly #others: readonly DigestThread[];
  readonly #whole: DigestThread;

  constructor(size: number, script: URL = new URL('./digest-worker.js', import.meta.url)) {
    this.size = size;
    this.#first = new DigestThread(script);
    this.#others = Array.from({ length: size - 1 }, () => new DigestThread(script));
    this.#whole = new DigestThread(script);
  }

  /** Every thread has a next batch waiting, lest it wait for this one, which reads records meanwhile. */
  async digest(format: string, batch: EntryBatch): Promise<readonly EntryDigest[]> {
    const { index, offset, bytes, entries } = batch;
    const request = { task: 'entries' as const, format, index, offset, bytes, entries: packEntries(entries) };
    try {
      const reply = await this.#leastLoaded.ask(request, transferable(bytes));
      if ('columns' in reply) return digestsOf(entries, reply.columns);
      throw new Error('it answered another question');
    } catch (cause) {
      throw lost(batch, cause);
    }
  }

  get #leastLoaded(): DigestThread {
    return this.#others.reduce((least, thread) => (thread.load < least.load ? thread : least), this.#first);
  }

  wholeHashing(wanted: DigestsWanted): WholeHashing {
    return new WholeThread(this.#whole, wanted);
  }

  async close(): Promise<void> {
    await Promise.all([this.#first, ...this.#others, this.#whole].map((thread) => thread.close()));
  }
}
