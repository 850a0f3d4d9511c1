/** A boundary line that was recognised: whose it is, and whether it closes its multipart. */
export interface BoundaryMatch {
  readonly level: number;
  readonly closes: boolean;
  /** Something stands behind the closing dashes: it may be text that only begins like a boundary. */
  readonly doubtful?: boolean;
}

/** No boundary line is longer: 70 characters by RFC 2046 §5.1.1, a line of mail 998 by RFC 5322 §2.1.1. */
export const MAX_BOUNDARY_LINE = 1_024;

/**
 * The boundaries of the multiparts that are open, by their text: a line is looked up, not compared with each of them,
 * so that lines that begin with `--` cost the same however deep they stand.
 */
export class Boundaries {
  private readonly levels = new Map<string, number[]>();

  open(boundary: string, level: number): void {
    const stack = this.levels.get(boundary);
    if (stack === undefined) this.levels.set(boundary, [level]);
    else stack.push(level);
  }

  close(boundary: string): void {
    const stack = this.levels.get(boundary);
    stack?.pop();
    if (stack?.length === 0) this.levels.delete(boundary);
  }

  /** `line` is what follows `--`, without its line break and the blanks a transport may have added (RFC 2046 §5.1.1). */
  match(line: string): BoundaryMatch | null {
    const level = this.levels.get(line)?.at(-1);
    if (level !== undefined) return { level, closes: false };
    return this.matchClosing(line);
  }

  /**
   * A closing boundary, also one with something behind it: RFC 2046 §5.1.1 compares beginnings of lines. That is not done
   * with opening ones, as senders make the boundary of an inner multipart by adding to that of the outer one.
   */
  private matchClosing(line: string): BoundaryMatch | null {
    let dashes = line.indexOf('--', 1);
    for (let tries = 0; dashes > 0 && tries < MAX_DASHES; tries++) {
      const level = this.levels.get(line.slice(0, dashes).trimEnd())?.at(-1);
      if (level !== undefined) return { level, closes: true, doubtful: dashes + 2 < line.length };
      dashes = line.indexOf('--', dashes + 1);
    }
    return null;
  }
}

/** Boundaries begin with dashes themselves; a line of nothing else must not be tried at each of them. */
const MAX_DASHES = 64;

/** The text of the line that begins with `--` at `start`, without these, the line break and trailing blanks. */
export function boundaryLine(view: Buffer, start: number): string {
  const text = view.toString('latin1', start + 2, Math.min(view.length, start + MAX_BOUNDARY_LINE));
  const feed = text.indexOf('\n');
  return (feed < 0 ? text : text.slice(0, feed)).trimEnd();
}
