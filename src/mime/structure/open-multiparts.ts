import { isWellKnownField } from '../header/stray-line.ts';
import { Boundaries, type BoundaryMatch, boundaryLine, MAX_BOUNDARY_LINE } from './boundaries.ts';
import type { Part } from './part.ts';

/** A multipart whose end has not come. */
export interface OpenMultipart {
  readonly part: Part;
  readonly children: Part[];
  /** As octets; null where none is known. */
  boundary: string | null;
  /** Its closing boundary has come: what follows is its epilogue. */
  closed: boolean;
  /** Its boundary is looked for: also behind a closing one that may have been none. */
  awaited: boolean;
}

/** The multiparts that are open at a place of the message, outermost first, and their boundaries. */
export class OpenMultiparts {
  private readonly stack: OpenMultipart[] = [];
  private readonly boundaries = new Boundaries();

  get depth(): number {
    return this.stack.length;
  }

  get innermost(): OpenMultipart | undefined {
    return this.stack.at(-1);
  }

  at(level: number): OpenMultipart | undefined {
    return this.stack[level];
  }

  push(part: Part, children: Part[]): void {
    // Boundaries are compared as octets: a raw 8-bit one was decoded with its parameter.
    const named = Buffer.from(part.parameters.get('boundary')?.trimEnd() ?? '', 'utf8').toString('latin1');
    const boundary = named !== '' && named.length < MAX_BOUNDARY_LINE - 8 ? named : null;
    if (boundary === null) part.faults.add('BOUNDARY_MISSING', 'The multipart names no usable boundary.');
    else this.boundaries.open(boundary, this.stack.length);
    this.stack.push({ part, children, boundary, closed: false, awaited: boundary !== null });
  }

  pop(): OpenMultipart | undefined {
    const multipart = this.stack.pop();
    if (multipart !== undefined) this.forget(multipart);
    return multipart;
  }

  /** A multipart around it may have the same boundary: the next line of that is its, but where it is doubtful that this closed. */
  markClosed(multipart: OpenMultipart, doubtful: boolean): void {
    if (!doubtful) this.forget(multipart);
    multipart.closed = true;
  }

  /** Whose boundary the line is that begins with `--` at `line`; null where it is none. */
  match(view: Buffer, line: number): BoundaryMatch | null {
    const text = boundaryLine(view, line);
    return this.boundaries.match(text) ?? this.adopt(view, line, text);
  }

  /** A multipart without a boundary takes the first line that can only be one: a part's header follows it. */
  private adopt(view: Buffer, line: number, text: string): BoundaryMatch | null {
    const { innermost } = this;
    if (innermost === undefined || innermost.boundary !== null || innermost.children.length > 0) return null;
    if (text === '' || text.endsWith('--') || text.length > 200 || /\s/.test(text)) return null;
    const head = view.toString('latin1', line, Math.min(view.length, line + MAX_BOUNDARY_LINE));
    const feed = head.indexOf('\n');
    const next = feed < 0 ? '' : head.slice(feed + 1, feed + 81);
    if (!/^content-/i.test(next) || !isWellKnownField(next)) return null;
    innermost.boundary = text;
    innermost.awaited = true;
    this.boundaries.open(text, this.stack.length - 1);
    return { level: this.stack.length - 1, closes: false };
  }

  private forget(multipart: OpenMultipart): void {
    if (multipart.awaited && multipart.boundary !== null) this.boundaries.close(multipart.boundary);
    multipart.awaited = false;
  }
}
