/** Fields that no prose begins with: what follows a damaged line is a header only if it looks like one of these. */
const WELL_KNOWN =
  /^(?:from|to|cc|bcc|reply-to|sender|subject|date|message-id|in-reply-to|references|received|return-path|delivered-to|mime-version|content-[a-z-]+|x-[a-z0-9-]+|dkim-signature|authentication-results|arc-[a-z-]+|list-[a-z-]+|thread-[a-z]+|user-agent|importance|priority|resent-[a-z-]+|errors-to|return-receipt-to|disposition-notification-to|auto-submitted|precedence|organization|received-spf|envelope-to)[ \t]*:/i;

/** Whether the text of a line is a header field whose name is in use. */
export function isWellKnownField(line: string): boolean {
  return WELL_KNOWN.test(line);
}

/** As much of a line as its judgement needs. */
export const LINE_HEAD = 200;

/** Whether a field stands without any value and the line behind it can only be that: some hosts break lines without a fold. */
export function valueWasForgotten(offsets: readonly number[], view: Buffer, next: number, end: number): boolean {
  const empty = offsets.length > 0 && offsets.at(-1) === (offsets.at(-2) ?? 0) + 1;
  return empty && (view[next] === 10 || view[next] === 13 || fieldFollows(view, next, end));
}

/** Whether a line is a fold that lost its blank: the field before it ends in a semicolon, and the line is a parameter. */
export function continuesParameters(
  offsets: readonly number[],
  view: Buffer,
  lineStart: number,
  lineEnd: number,
): boolean {
  const last = (offsets[offsets.length - 1] ?? 0) - 1;
  const octet = view[last];
  if (octet !== 0x3b && octet !== 0x20 && octet !== 0x09) return false;
  // The field may end in blanks that a transport added.
  const tail = view.toString('latin1', Math.max(0, last - 8), last + 1).trimEnd();
  const head = view.toString('latin1', lineStart, Math.min(lineEnd, lineStart + 60));
  return tail.endsWith(';') && /^[A-Za-z][\w*-]{0,40}[ \t]*=/.test(head);
}

/**
 * Whether a field in use comes next, or behind folds and fields that nobody knows. Only a few of these are passed over: this
 * is asked of every stray line.
 */
export function fieldFollows(view: Buffer, start: number, end: number): boolean {
  let at = start;
  for (let lines = 0; lines < 6 && at < end; lines++) {
    const line = view.toString('latin1', at, Math.min(end, at + LINE_HEAD));
    if (isWellKnownField(line)) return true;
    const feed = line.indexOf('\n');
    if (feed < 0 || !UNKNOWN_OR_FOLD.test(line)) return false;
    at += feed + 1;
  }
  return false;
}

/** A fold, or a name that prose has none like: with a hyphen, up to the colon (`Feedback-ID:`). */
const UNKNOWN_OR_FOLD = /^(?:[ \t]|[A-Za-z][A-Za-z0-9]{0,30}(?:-[A-Za-z0-9]{1,30}){1,5}:)/;

/** Each of these is looked for in the header before it: more of them are stray lines. */
export const MAX_DASHED_LINES = 8;

/** Whether the line is the boundary that a field of this very header names: no empty line ended it, and parts follow. */
export function isOwnBoundary(view: Buffer, start: number, lineStart: number, lineEnd: number): boolean {
  const name = view.toString('latin1', lineStart + 2, Math.min(lineEnd, lineStart + LINE_HEAD)).trimEnd();
  const header = view.toString('latin1', start, lineStart);
  return ['="', '=', '= "'].some((sign) => {
    const place = name === '' ? -1 : header.indexOf(`${sign}${name}`);
    return place > 0 && /boundary[ \t]?$/i.test(header.slice(Math.max(0, place - 10), place));
  });
}

/** Whether the octets end within the name of a field that is in use: the message was cut off, and this is no body. */
export function isCutField(view: Buffer, start: number, end: number): boolean {
  if (end - start > 40 || view[end - 1] === 10) return false;
  const begun = view.toString('latin1', start, end).toLowerCase();
  return begun.length > 1 && CUT_NAMES.some((name) => name.startsWith(begun));
}

/** The fields that most headers of parts and messages end with. */
const CUT_NAMES = [
  'content-transfer-encoding',
  'content-disposition',
  'content-description',
  'content-type',
  'content-id',
  'message-id',
  'mime-version',
  'received',
  'subject',
];
