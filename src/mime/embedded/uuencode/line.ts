const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** One line as offsets: `end` is before its line break, `next` after it. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** The line that starts at `start`; CRLF, LF and CR each end one. */
export function lineAt(bytes: Uint8Array, start: number): Line {
  let end = start;
  while (end < bytes.length && bytes[end] !== LINE_FEED && bytes[end] !== CARRIAGE_RETURN) end++;
  if (end >= bytes.length) return { start, end, next: bytes.length };
  const pair = bytes[end] === CARRIAGE_RETURN && bytes[end + 1] === LINE_FEED;
  return { start, end, next: end + (pair ? 2 : 1) };
}

export function startsLine(bytes: Uint8Array, at: number): boolean {
  const before = bytes[at - 1];
  return before === undefined || before === LINE_FEED || before === CARRIAGE_RETURN;
}

/** Without the white space at its end. */
export function trimmedEnd(bytes: Uint8Array, line: Line): number {
  let end = line.end;
  while (end > line.start && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0x09)) end--;
  return end;
}
