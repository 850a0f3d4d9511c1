import { readHeaderBlock } from '../header/block.ts';
import type { WorkCounter } from '../work-counter.ts';
import { type FoundBoundary, findBoundary, LOOKAHEAD } from './boundary-search.ts';
import type { Part, StructureOptions } from './part.ts';
import { PartTree } from './part-tree.ts';

export interface ScannerOptions extends StructureOptions {
  readonly counter: WorkCounter;
}

/**
 * Finds the parts of a message (RFC 2046 §5.1) in one pass, from whole messages and from windows over long ones alike.
 * A header, a body, a boundary, and again; what that makes of the parts is told to the tree.
 */
export class StructureScanner {
  private readonly options: ScannerOptions;
  private readonly tree: PartTree;
  private mode: 'header' | 'body' | 'done' = 'header';
  /** Nothing of this body has been passed yet: a boundary may stand at its very start. */
  private fresh = false;
  /** The offset in the message of the window's first octet. */
  private base = 0;

  constructor(options: ScannerOptions) {
    this.options = options;
    this.tree = new PartTree(options);
  }

  get root(): Part | null {
    return this.tree.root;
  }

  /**
   * Scans the window from `from` on. `base` is where the window begins in the message, `final` says that nothing
   * follows it. Gives the offset in the window of the first octet that has to be shown again.
   */
  advance(view: Buffer, base: number, from: number, final: boolean): number {
    this.base = base;
    let at = from;
    while (this.mode !== 'done') {
      const next = this.mode === 'header' ? this.header(view, at, final) : this.body(view, at, final);
      if (next === null) return at;
      at = next;
    }
    return at;
  }

  private header(view: Buffer, at: number, final: boolean): number | null {
    const { tree } = this;
    const { limits, counter } = this.options;
    const block = readHeaderBlock(view, at, view.length, {
      isDelimiter: (line) => tree.open.depth > 0 && tree.open.match(view, line) !== null,
      atMessageStart: tree.root === null,
      maxBytes: limits.maxHeaderBytes,
      maxFields: limits.maxHeaderFields,
      counter,
    });
    if (!final && block.bodyStart + LOOKAHEAD > view.length) return null;
    this.mode = 'body';
    this.fresh = true;
    if (tree.root !== null && block.bodyStart === at && block.endedBy !== 'body') {
      // Two boundaries in a row, or one at the very end: there is not even an empty line between, so no part.
      return at;
    }
    counter.steps++;
    tree.begin(block, this.base + at, this.base);
    return block.bodyStart;
  }

  private body(view: Buffer, at: number, final: boolean): number | null {
    const { tree, fresh } = this;
    const { counter } = this.options;
    const bounded = tree.open.depth > 0 && !tree.sealed;
    const found = bounded ? findBoundary(tree.open, view, at, { fresh, final, counter }) : null;
    if (found !== null && typeof found === 'object') return this.boundary(view, at, found);
    let end = view.length;
    if (!final && typeof found === 'number') end = found;
    else if (!final && bounded) end = Math.max(at, view.length - 5);
    this.pass(at, end);
    if (!final) return end === at ? null : end;
    tree.finish(this.base + end);
    this.mode = 'done';
    return end;
  }

  private boundary(view: Buffer, at: number, { match, contentEnd, line }: FoundBoundary): number {
    const feed = view.indexOf(10, line);
    const next = feed < 0 ? view.length : feed + 1;
    this.pass(at, contentEnd);
    // The line break that ended this line may be the one before another boundary.
    this.fresh = true;
    if (this.tree.boundary(match, this.base + contentEnd, this.base + next)) this.mode = 'header';
    return next;
  }

  private pass(start: number, end: number): void {
    if (end <= start) return;
    this.fresh = false;
    this.tree.pass(start, end, this.base);
    this.options.counter.octets += end - start;
  }
}
