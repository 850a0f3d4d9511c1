import type { PutResult } from '../model/index.ts';
import { Feed } from './bundle/feed.ts';
import type { Family } from './document.ts';
import type { FamilyFile, FileMaker } from './family-file.ts';
import type { ProductionRun } from './run.ts';

interface OpenFile {
  readonly maker: FileMaker;
  readonly feed: Feed;
  readonly written: Promise<PutResult>;
}

/**
 * Writes files that grow with the families. To a folder or prefix all of them grow at once, in the pass that writes the natives:
 * the manifest is not read again for each. An archive takes one file at a time, and wants its size first: there each file
 * is a pass of its own.
 */
export class FamilyFiles {
  readonly #run: ProductionRun;
  readonly #files: readonly FamilyFile[];
  #open: readonly OpenFile[] | null = null;

  constructor(run: ProductionRun, files: readonly FamilyFile[]) {
    this.#run = run;
    this.#files = files;
  }

  /** Begins the files. */
  async open(): Promise<void> {
    if (this.#run.output.concurrency === 1) return;
    this.#open = this.#files.map((file) => {
      const feed = new Feed();
      const written = this.#run.output.put(file.path, () => feed);
      // Whoever pushes next is told; until then the failure must not count as unhandled.
      written.catch((cause: unknown) => feed.stop(cause));
      return { maker: file.begin(), feed, written };
    });
    for (const { maker, feed } of this.#open) for await (const chunk of maker.head?.() ?? []) await feed.push(chunk);
  }

  /** Adds a family whose octets were read. */
  async take(family: Family): Promise<void> {
    for (const { maker, feed } of this.#open ?? []) {
      for (const chunk of maker.take(family)) await feed.push(chunk);
    }
  }

  /** Ends the files, in their order; `put` may say what became of each. */
  async close(done?: (path: string, result: PutResult) => Promise<void> | void): Promise<void> {
    const { output, files } = this.#run;
    for (const [at, file] of this.#files.entries()) {
      const open = this.#open?.[at];
      if (open !== undefined) {
        for (const chunk of open.maker.end()) await open.feed.push(chunk);
        open.feed.end();
      }
      const result = await (open === undefined ? output.put(file.path, () => this.#octets(file)) : open.written);
      files.push(file.path);
      await done?.(file.path, result);
    }
  }

  /** Gives up what was begun: no file may look whole. The error that says most is given back. */
  async fail(cause: unknown): Promise<unknown> {
    if (this.#open === null) return cause;
    for (const { feed } of this.#open) feed.fail(cause);
    const ends = await Promise.allSettled(this.#open.map(async ({ written }) => written));
    const own = ends.find((end) => end.status === 'rejected' && end.reason !== cause);
    // A file's own failure says more than the feed that found it gone.
    return own?.status === 'rejected' ? own.reason : cause;
  }

  /** Writes the files without anything else: one pass where that can be. */
  async pass(): Promise<void> {
    try {
      await this.open();
      if (this.#open !== null) {
        for await (const families of this.#run.production.families(this.#run.signal)) {
          for (const family of families) await this.take(family);
        }
      }
      await this.close();
    } catch (error) {
      throw await this.fail(error);
    }
  }

  /** A file by a pass of its own. */
  async *#octets(file: FamilyFile): AsyncGenerator<Uint8Array> {
    const maker = file.begin();
    yield* maker.head?.() ?? [];
    for await (const families of this.#run.production.families(this.#run.signal)) {
      for (const family of families) yield* maker.take(family);
    }
    yield* maker.end();
  }
}
