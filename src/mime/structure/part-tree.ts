import type { HeaderBlock } from '../header/block.ts';
import type { MimeLimits } from '../limits.ts';
import type { BoundaryMatch } from './boundaries.ts';
import { Layout } from './layout.ts';
import { OpenMultiparts } from './open-multiparts.ts';
import { openPart } from './open-part.ts';
import type { Part, StructureHandler, StructureOptions } from './part.ts';

/**
 * The parts of a message as they come: which multiparts are open, which leaf is being read, and what becomes of each at
 * its end. Offsets are those of the message, but where they are said to be the window's.
 */
export class PartTree {
  root: Part | null = null;
  readonly open = new OpenMultiparts();
  /** A limit was passed: all that follows is of the part at hand. */
  sealed = false;
  private readonly limits: MimeLimits;
  private readonly handler: StructureHandler;
  private readonly layout: Layout;
  private leaf: Part | null = null;
  private defaultType = 'text/plain';
  private parts = 0;

  constructor({ limits, handler, layout }: StructureOptions) {
    this.limits = limits;
    this.handler = handler;
    this.layout = new Layout(layout);
  }

  /** A header was read that begins at `headerStart`; `base` is where the window begins whose offsets it has. */
  begin(header: HeaderBlock, headerStart: number, base: number): void {
    const parent = this.open.innermost;
    const number = (parent?.children.length ?? 0) + 1;
    const path = parent === undefined ? '' : parent.part.path === '' ? `${number}` : `${parent.part.path}.${number}`;
    const bodyStart = base + header.bodyStart;
    const place = { path, depth: this.open.depth, defaultType: this.defaultType, headerStart, bodyStart };
    const part = openPart(header, place, this.limits);
    this.root ??= part;
    if (parent?.children.length === 0) this.handler.prologueEnded(parent.part);
    parent?.children.push(part);
    this.layout.mark('header', bodyStart, path);
    const multipart = part.type.startsWith('multipart/');
    const beyond = this.isBeyondLimit(part, multipart);
    if (multipart && !beyond) this.beginMultipart(part);
    else {
      if (multipart) part.type = 'application/octet-stream';
      numberRoot(part);
      this.leaf = part;
    }
  }

  /** Octets of the body at hand went by; the first two offsets are the window's. */
  pass(start: number, end: number, base: number): void {
    const { innermost } = this.open;
    if (this.leaf !== null) {
      this.leaf.bodyEnd = base + end;
      this.handler.body(this.leaf, start, end);
    } else if (innermost !== undefined && !innermost.closed && innermost.children.length === 0) {
      innermost.part.bodyEnd = base + end;
      this.handler.body(innermost.part, start, end);
    }
  }

  /** A boundary line goes by, from `contentEnd` to `next`; gives whether a header follows it. */
  boundary({ level, closes, doubtful = false }: BoundaryMatch, contentEnd: number, next: number): boolean {
    this.endLeaf();
    while (this.open.depth - 1 > level) this.closeMultipart();
    const multipart = this.open.at(level);
    if (multipart === undefined) return false;
    const { part } = multipart;
    this.layout.markAround(multipart, contentEnd);
    this.layout.mark('delimiter', next, part.path);
    // What follows is its epilogue; of a multipart around it with the same boundary, the next line of that is a part's.
    if (closes) this.open.markClosed(multipart, doubtful);
    else {
      if (multipart.closed) part.faults.add('PART_UNCLOSED', REOPENED);
      multipart.closed = false;
      this.defaultType = part.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    }
    return !closes;
  }

  finish(end: number): void {
    this.endLeaf();
    this.layout.markAround(this.open.innermost, end);
    while (this.open.depth > 0) this.closeMultipart();
  }

  /** Whether a limit forbids to look into a part; the part says so. */
  private isBeyondLimit({ faults }: Part, multipart: boolean): boolean {
    const { maxParts, maxMultipartDepth } = this.limits;
    if (++this.parts > maxParts) {
      this.sealed = true;
      faults.add('LIMIT_REACHED', `More parts than maxParts (${maxParts}): the rest is within this one.`);
      return true;
    }
    if (!multipart || this.open.depth < maxMultipartDepth) return false;
    faults.add('LIMIT_REACHED', `Deeper than maxMultipartDepth (${maxMultipartDepth}): kept as octets.`);
    return true;
  }

  private beginMultipart(part: Part): void {
    const children: Part[] = [];
    part.children = children;
    this.open.push(part, children);
    if (part.encoding !== 'identity' && part.encoding !== 'unknown') {
      part.faults.add('TRANSFER_ENCODING_UNKNOWN', 'A multipart cannot be encoded (RFC 2045 §6.4); read as it stands.');
    }
  }

  private endLeaf(): void {
    const { leaf } = this;
    if (leaf === null) return;
    this.layout.mark('body', leaf.bodyEnd, leaf.path);
    this.leaf = null;
    this.handler.leaf(leaf);
  }

  private closeMultipart(): void {
    const multipart = this.open.pop();
    if (multipart === undefined) return;
    const { part, boundary, closed, children } = multipart;
    if (children.length > 0) {
      // Behind a limit nobody looked for the closing boundary.
      if (!closed && !this.sealed) part.faults.add('PART_UNCLOSED', 'The multipart has no closing boundary.');
      return;
    }
    // No part came: what there is, is one text, as RFC 2045 §5.2 reads what it cannot make out.
    if (boundary !== null) part.faults.add('BOUNDARY_UNSEEN', 'The boundary never occurs; the body is read as text.');
    part.children = null;
    part.type = 'text/plain';
    numberRoot(part);
    this.handler.leaf(part);
  }
}

const REOPENED = 'Parts follow a line like the closing boundary; what stands between is in none.';

/** The only part of a message is number 1. */
function numberRoot(part: Part): void {
  if (part.path !== '') return;
  part.path = '1';
  part.faults.part = '1';
}
