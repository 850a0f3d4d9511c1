import { type HeaderBlock, readHeaderBlock } from '../header/block.ts';
import type { MimeLimits } from '../limits.ts';
import type { WorkCounter } from '../work-counter.ts';
import type { BoundaryMatch } from './boundaries.ts';
import { OpenMultiparts } from './open-multiparts.ts';
import { openPart } from './open-part.ts';
import type { Part, Stretch } from './part.ts';

/** Told of the parts as they go by. `start` and `end` are offsets in the window that is being scanned. */
export interface StructureHandler {
  /** Octets of a leaf's body; of a multipart before its first part, which are its body should no part follow. */
  body(part: Part, start: number, end: number): void;
  /** A multipart's first part has come: what was told of its body was its prologue. */
  prologueEnded(part: Part): void;
  /** A leaf is complete. */
  leaf(part: Part): void;
}

export interface ScannerOptions {
  readonly limits: MimeLimits;
  readonly counter: WorkCounter;
  readonly handler: StructureHandler;
  /** Filled with every stretch of the message where given. */
  readonly layout?: Stretch[] | undefined;
}

/** With this much of the message behind the place at hand, no decision depends on what has not come yet. */
const LOOKAHEAD = 4_096;

/**
 * Finds the parts of a message (RFC 2046 §5.1) in one pass, from whole messages and from windows over long ones alike.
 * Boundaries are found by searching for a line break and `--`, and looking the line up; innermost first.
 */
export class StructureScanner {
  root: Part | null = null;
  private readonly options: ScannerOptions;
  private readonly open = new OpenMultiparts();
  private leaf: Part | null = null;
  private mode: 'header' | 'body' | 'done' = 'header';
  private defaultType = 'text/plain';
  /** Nothing of this body has been passed yet: a boundary may stand at its very start. */
  private fresh = false;
  private parts = 0;
  private sealed = false;
  /** The offset in the message of the window's first octet. */
  private base = 0;
  private stretchStart = 0;

  constructor(options: ScannerOptions) {
    this.options = options;
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
    const block = readHeaderBlock(view, at, view.length, {
      isDelimiter: (line) => this.open.depth > 0 && this.open.match(view, line) !== null,
      atMessageStart: this.root === null,
      maxBytes: this.options.limits.maxHeaderBytes,
      maxFields: this.options.limits.maxHeaderFields,
      counter: this.options.counter,
    });
    if (!final && block.bodyStart + LOOKAHEAD > view.length) return null;
    if (this.root !== null && block.bodyStart === at && block.endedBy !== 'body') {
      // Two boundaries in a row, or one at the very end: there is not even an empty line between, so no part.
      this.mode = 'body';
      this.fresh = true;
      this.leaf = null;
      return at;
    }
    this.beginPart(this.place(at, block), block);
    return block.bodyStart;
  }

  private place(at: number, block: HeaderBlock): Part {
    const parent = this.open.innermost;
    const number = (parent?.children.length ?? 0) + 1;
    const path = parent === undefined ? '' : parent.part.path === '' ? `${number}` : `${parent.part.path}.${number}`;
    const headerStart = this.base + at;
    const opened = openPart(block, { path, depth: this.open.depth, defaultType: this.defaultType, headerStart });
    return { ...opened, bodyStart: this.base + block.bodyStart, bodyEnd: this.base + block.bodyStart };
  }

  private beginPart(part: Part, block: HeaderBlock): void {
    const { limits, counter } = this.options;
    counter.steps++;
    this.root ??= part;
    this.open.innermost?.children.push(part);
    headerFaults(part, block, limits);
    this.mark('header', part.bodyStart, part.path);
    this.mode = 'body';
    this.fresh = true;
    if (++this.parts >= limits.maxParts && !this.sealed) {
      this.sealed = true;
      part.faults.add('LIMIT_REACHED', `More parts than maxParts (${limits.maxParts}): the rest is within this one.`);
    }
    if (!part.type.startsWith('multipart/')) this.beginLeaf(part);
    else if (this.open.depth >= limits.maxMultipartDepth) {
      part.faults.add('LIMIT_REACHED', `Deeper than maxMultipartDepth (${limits.maxMultipartDepth}): kept as octets.`);
      part.type = 'application/octet-stream';
      this.beginLeaf(part);
    } else this.beginMultipart(part);
  }

  private beginLeaf(part: Part): void {
    numberRoot(part);
    this.leaf = part;
  }

  private beginMultipart(part: Part): void {
    const children: Part[] = [];
    part.children = children;
    this.leaf = null;
    this.open.push(part, children);
    if (part.encoding !== 'identity' && part.encoding !== 'unknown') {
      part.faults.add('TRANSFER_ENCODING_UNKNOWN', 'A multipart cannot be encoded (RFC 2045 §6.4); read as it stands.');
    }
  }

  private body(view: Buffer, at: number, final: boolean): number | null {
    let search = at;
    const found = this.open.depth === 0 || this.sealed ? null : this.findBoundary(view, at, final);
    if (found !== null && typeof found === 'object') return this.boundary(view, at, found);
    if (final) search = view.length;
    else if (typeof found === 'number') search = found;
    else search = this.open.depth === 0 || this.sealed ? view.length : Math.max(at, view.length - 5);
    this.pass(at, search);
    if (!final) return search === at ? null : search;
    this.finish(this.base + view.length);
    return view.length;
  }

  /** The next boundary line; a number is the place from which on more of the message is needed to tell. */
  private findBoundary(view: Buffer, from: number, final: boolean): FoundBoundary | number | null {
    const { counter } = this.options;
    if (this.fresh && view[from] === 0x2d && view[from + 1] === 0x2d) {
      if (!final && from + LOOKAHEAD > view.length) return from;
      const match = this.open.match(view, from);
      if (match !== null) return { match, contentEnd: from, line: from };
    }
    if (this.fresh && !final && view.length - from < 2) return from;
    let search = from;
    for (;;) {
      const hit = view.indexOf('\n--', search, 'latin1');
      counter.octets += (hit < 0 ? view.length : hit) - search;
      counter.steps++;
      if (hit < 0) return null;
      const contentEnd = beforeLineBreak(view, from, hit);
      if (!final && hit + LOOKAHEAD > view.length) return contentEnd;
      const match = this.open.match(view, hit + 1);
      if (match !== null) return { match, contentEnd, line: hit + 1 };
      search = hit + 1;
    }
  }

  private boundary(view: Buffer, at: number, found: FoundBoundary): number {
    const feed = view.indexOf(10, found.line);
    const next = feed < 0 ? view.length : feed + 1;
    this.pass(at, found.contentEnd);
    this.endLeaf();
    while (this.open.depth - 1 > found.match.level) this.closeMultipart();
    const multipart = this.open.at(found.match.level);
    if (multipart === undefined) return next;
    const { path } = multipart.part;
    this.markBody(this.base + found.contentEnd);
    if (multipart.children.length === 0 && !found.match.closes) {
      multipart.part.bodyEnd = this.base + found.contentEnd;
      this.options.handler.prologueEnded(multipart.part);
    }
    this.mark('delimiter', this.base + next, path);
    // The line break that ended this line may be the one before another boundary.
    this.fresh = true;
    if (found.match.closes) {
      // What follows is its epilogue; of a multipart around it with the same boundary, the next line of that is a part's.
      this.open.markClosed(multipart);
      return next;
    }
    this.defaultType = multipart.part.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    this.mode = 'header';
    return next;
  }

  /** Passes over octets of the body at hand. */
  private pass(start: number, end: number): void {
    if (end <= start) return;
    this.fresh = false;
    const innermost = this.open.innermost;
    if (this.leaf !== null) {
      this.leaf.bodyEnd = this.base + end;
      this.options.handler.body(this.leaf, start, end);
    } else if (innermost !== undefined && !innermost.closed && innermost.children.length === 0) {
      innermost.part.bodyEnd = this.base + end;
      this.options.handler.body(innermost.part, start, end);
    }
    this.options.counter.octets += end - start;
  }

  private endLeaf(): void {
    const { leaf } = this;
    if (leaf === null) return;
    this.markBody(leaf.bodyEnd);
    this.leaf = null;
    this.options.handler.leaf(leaf);
  }

  private closeMultipart(): void {
    const multipart = this.open.pop();
    if (multipart === undefined) return;
    const { part, boundary, closed } = multipart;
    if (multipart.children.length > 0) {
      if (!closed) part.faults.add('PART_UNCLOSED', 'The multipart has no closing boundary.');
      return;
    }
    // No part came: what there is, is one text, as RFC 2045 §5.2 reads what it cannot make out.
    if (boundary !== null) part.faults.add('BOUNDARY_UNSEEN', 'The boundary never occurs; the body is read as text.');
    part.children = null;
    part.type = 'text/plain';
    numberRoot(part);
    this.options.handler.leaf(part);
  }

  private finish(end: number): void {
    this.endLeaf();
    this.markBody(end);
    while (this.open.depth > 0) this.closeMultipart();
    this.mode = 'done';
  }

  private markBody(end: number): void {
    const innermost = this.open.innermost;
    if (this.leaf !== null) this.mark('body', end, this.leaf.path);
    else if (innermost === undefined) this.mark('body', end, '');
    else this.mark(innermost.closed ? 'epilogue' : 'prologue', end, innermost.part.path);
  }

  private mark(kind: Stretch['kind'], end: number, path: string): void {
    if (this.options.layout === undefined || end <= this.stretchStart) return;
    this.options.layout.push({ kind, start: this.stretchStart, end, path });
    this.stretchStart = end;
  }
}

interface FoundBoundary {
  readonly match: BoundaryMatch;
  readonly contentEnd: number;
  readonly line: number;
}

/** RFC 2046 §5.1.1: the line break before a boundary belongs to it. It is LF, CR LF or CR CR LF. */
function beforeLineBreak(view: Buffer, from: number, feed: number): number {
  let end = feed;
  while (end > from && feed - end < 2 && view[end - 1] === 13) end--;
  return end;
}

function headerFaults(part: Part, block: HeaderBlock, limits: MimeLimits): void {
  if (block.endedBy === 'limit') {
    const { maxHeaderBytes, maxHeaderFields } = limits;
    const named = `maxHeaderBytes (${maxHeaderBytes}) or maxHeaderFields (${maxHeaderFields})`;
    part.faults.add('LIMIT_REACHED', `The header passes ${named}: the rest is read as body.`);
  }
  if (block.strayLines > 0) part.faults.add('FIELD_MALFORMED', `${block.strayLines} header lines are no fields.`);
  const unended = block.endedBy === 'body' || (block.endedBy === 'delimiter' && block.fields.length > 0);
  if (unended) part.faults.add('HEADER_UNTERMINATED', 'No empty line ends the header.');
}

/** The only part of a message is number 1. */
function numberRoot(part: Part): void {
  if (part.path !== '') return;
  part.path = '1';
  part.faults.part = '1';
}
