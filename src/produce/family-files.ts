import type { PutResult } from '../model/index.ts';
import { Feed } from './bundle/feed.ts';
import type { Family } from './document.ts';
import type { FamilyFile, FileMaker } from './family-file.ts';
import { Measure } from './measured.ts';
import type { ProductionRun } from './run.ts';

interface OpenFile {
  readonly maker: FileMaker;
  readonly feed: Feed;
  readonly written: Promise<PutResult>;
}

interface MeasuredFile {
  readonly maker: FileMaker;
  readonly measure: Measure;
}

/**
 * Writes files that grow with the families, in the pass that writes the natives: the manifest is not read again for each. To a
 * folder or prefix all of them grow at once. An archive takes one file at a time, and wants its size first: there they are
 * measured in that pass, and held while there is room; only a file too large for it is made once more, by a pass of its own.
 */
export class FamilyFiles {
  readonly #run: ProductionRun;
  readonly #files: readonly FamilyFile[];
  #open: readonly OpenFile[] = [];
  #measured: readonly MeasuredFile[] = [];

  constructor(run: ProductionRun, files: readonly FamilyFile[]) {
    this.#run = run;
    this.#files = files;
  }

  /** Begins the files. */
  async open(): Promise<void> {
    if (this.#run.output.concurrency === 1) return this.#beginMeasuring();
    this.#open = this.#files.map((file) => {
      const feed = new Feed();
      const written = this.#run.output.put(file.path, () => feed);
      // Whoever pushes next is told; until then the failure must not count as unhandled.
      written.catch((cause: unknown) => feed.stop(cause));
      return { maker: file.begin(), feed, written };
    });
    for (const { maker, feed } of this.#open) for await (const chunk of maker.head?.() ?? []) await feed.push(chunk);
  }

  async #beginMeasuring(): Promise<void> {
    const budget = { left: this.#run.heldLimit };
    this.#measured = this.#files.map((file) => ({ maker: file.begin(), measure: new Measure(budget) }));
    for (const { maker, measure } of this.#measured)
      for await (const chunk of maker.head?.() ?? []) measure.take(chunk);
  }

  /** Adds a family whose octets were read. */
  async take(family: Family): Promise<void> {
    for (const { maker, measure } of this.#measured) for (const chunk of maker.take(family)) measure.take(chunk);
    for (const { maker, feed } of this.#open) {
      for (const chunk of maker.take(family)) await feed.push(chunk);
    }
  }

  /** Ends the files, in their order; `put` may say what became of each. */
  async close(done?: (path: string, result: PutResult) => Promise<void> | void): Promise<void> {
    const { output, files } = this.#run;
    for (const { maker, measure } of this.#measured) for (const chunk of maker.end()) measure.take(chunk);
    for (const [at, file] of this.#files.entries()) {
      const open = this.#open[at];
      if (open !== undefined) {
        for (const chunk of open.maker.end()) await open.feed.push(chunk);
        open.feed.end();
      }
      const known = this.#measured[at]?.measure.done(() => this.#octets(file));
      const result = await (open?.written ?? output.put(file.path, known ?? (() => this.#octets(file))));
      files.push(file.path);
      await done?.(file.path, result);
    }
  }

  /** Gives up what was begun: no file may look whole. The error that says most is given back. */
  async fail(cause: unknown): Promise<unknown> {
    for (const { feed } of this.#open) feed.fail(cause);
    const ends = await Promise.allSettled(this.#open.map(async ({ written }) => written));
    const own = ends.find((end) => end.status === 'rejected' && end.reason !== cause);
    // A file's own failure says more than the feed that found it gone.
    return own?.status === 'rejected' ? own.reason : cause;
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
