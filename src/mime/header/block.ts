import { isAscii } from 'node:buffer';
import type { WorkCounter } from '../work-counter.ts';

/** One header field as it stands. */
export interface HeaderField {
  /** In its own case. */
  readonly name: string;
  readonly lowerName: string;
  /** What stands between the colon and the last line break, one character per octet; folds are CRLF and a blank. */
  readonly raw: string;
}

/** A header block that was read whole. Offsets count from the start of the view. */
export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  readonly bodyStart: number;
  /** What ended it: an empty line, the end of the octets, a line that is no field, a boundary, or a limit. */
  readonly endedBy: 'blank' | 'end' | 'body' | 'delimiter' | 'limit';
  /** Lines that are no fields, passed over because fields follow them. */
  readonly strayLines: number;
  /** Blank lines, a byte order mark or an mbox line before the first field. */
  readonly preamble: boolean;
}

export interface HeaderBlockOptions {
  /** Whether the line that begins at this offset with `--` is a boundary of an open multipart. */
  readonly isDelimiter: (lineStart: number) => boolean;
  /** Whether a byte order mark, blank lines and an mbox `From ` line may come first: so with whole messages only. */
  readonly atMessageStart: boolean;
  readonly maxBytes: number;
  readonly maxFields: number;
  readonly counter: WorkCounter;
}

/** Fields that no prose begins with: what follows a damaged line is a header only if it looks like one of these. */
const WELL_KNOWN =
  /^(?:from|to|cc|bcc|reply-to|sender|subject|date|message-id|in-reply-to|references|received|return-path|delivered-to|mime-version|content-[a-z-]+|x-[a-z0-9-]+|dkim-signature|authentication-results|arc-[a-z-]+|list-[a-z-]+|thread-[a-z]+|user-agent|importance|priority|resent-[a-z-]+|errors-to|return-receipt-to|disposition-notification-to|auto-submitted|precedence|organization|received-spf|envelope-to)[ \t]*:/i;

/** Whether the text of a line is a header field whose name is in use. */
export function isWellKnownField(line: string): boolean {
  return WELL_KNOWN.test(line);
}

const LINE_HEAD = 200;

/**
 * Reads a header block (RFC 5322 §2.2) that begins at `start`. Total: whatever stands there, it gives the fields it can
 * see and the place where the body begins.
 */
export function readHeaderBlock(view: Buffer, start: number, end: number, options: HeaderBlockOptions): HeaderBlock {
  const first = options.atMessageStart ? skipPreamble(view, start, end) : start;
  const limit = Math.min(end, first + options.maxBytes);
  const offsets: number[] = []; // of each field: start, colon, end without its line break
  let at = first;
  let strayLines = 0;
  let endedBy: HeaderBlock['endedBy'] = 'end';
  let bodyStart = end;
  while (at < end) {
    const feed = view.indexOf(10, at);
    const next = feed < 0 || feed >= end ? end : feed + 1;
    const lineEnd = trimLineBreak(view, at, next);
    const octet = view[at] ?? 0;
    options.counter.steps++;
    if (lineEnd === at) {
      endedBy = 'blank';
      bodyStart = next;
      break;
    }
    if (at >= limit || offsets.length >= options.maxFields * 3) {
      endedBy = 'limit';
      bodyStart = at;
      break;
    }
    if (octet === 0x2d && view[at + 1] === 0x2d && options.isDelimiter(at)) {
      endedBy = 'delimiter';
      bodyStart = at;
      break;
    }
    const folded = octet === 0x20 || octet === 0x09;
    if (folded && offsets.length > 0) {
      offsets[offsets.length - 1] = lineEnd;
    } else {
      let fieldStart = at;
      if (folded && isWellKnownField(view.toString('latin1', at, Math.min(lineEnd, at + LINE_HEAD)).trimStart())) {
        // The first field, set off by blanks: there is nothing it could be a fold of.
        while (view[fieldStart] === 0x20 || view[fieldStart] === 0x09) fieldStart++;
        strayLines++;
      }
      const colon = fieldColon(view, fieldStart, lineEnd);
      if (colon >= 0) offsets.push(fieldStart, colon, lineEnd);
      else if (valueWasForgotten(offsets, view, next, end)) {
        offsets[offsets.length - 1] = lineEnd;
        strayLines++;
      } else if (fieldFollows(view, next, end)) strayLines++;
      else {
        endedBy = 'body';
        bodyStart = at;
        break;
      }
    }
    at = next;
  }
  options.counter.octets += bodyStart - start;
  const fields = cutFields(view, first, Math.min(at, end), offsets);
  return { fields, bodyStart, endedBy, strayLines, preamble: first !== start };
}

/** The end of a line without its line break: LF and the CRs before it, so that CR CR LF is one line break. */
export function trimLineBreak(view: Buffer, lineStart: number, next: number): number {
  let end = next;
  if (end > lineStart && view[end - 1] === 10) end--;
  while (end > lineStart && view[end - 1] === 13) end--;
  return end;
}

/** The place of the colon of a field, -1 where the line is none. Blanks before the colon are RFC 5322 §4.5's. */
function fieldColon(view: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const octet = view[at] ?? 0;
    if (octet === 0x3a) return at > start ? at : -1;
    if (octet <= 0x20 || octet === 0x7f) break;
    at++;
  }
  while (at < end && (view[at] === 0x20 || view[at] === 0x09)) at++;
  return at > start && view[at] === 0x3a ? at : -1;
}

/** Whether a field stands without any value and the line behind it can only be that: some hosts break lines without a fold. */
function valueWasForgotten(offsets: readonly number[], view: Buffer, next: number, end: number): boolean {
  const empty = offsets.length > 0 && offsets.at(-1) === (offsets.at(-2) ?? 0) + 1;
  return empty && (view[next] === 10 || view[next] === 13 || fieldFollows(view, next, end));
}

/** Whether the next line that is no fold is a field in use. Only a few folds are passed over: this is asked of every stray line. */
function fieldFollows(view: Buffer, start: number, end: number): boolean {
  let at = start;
  for (let folds = 0; folds < 4 && (view[at] === 0x20 || view[at] === 0x09); folds++) {
    const feed = view.subarray(at, Math.min(end, at + LINE_HEAD)).indexOf(10);
    if (feed < 0) return false;
    at += feed + 1;
  }
  return at < end && isWellKnownField(view.toString('latin1', at, Math.min(end, at + LINE_HEAD)));
}

/**
 * Passes over what stands before the first field of a message: a byte order mark, an mbox `From ` line, blank lines.
 * Blank lines only where a well-known field follows: else the message has no header, as RFC 5322 §2.1 says.
 */
function skipPreamble(view: Buffer, start: number, end: number): number {
  let at = start;
  if (view[at] === 0xef && view[at + 1] === 0xbb && view[at + 2] === 0xbf) at += 3;
  let from = at;
  while (from < end && (view[from] === 10 || view[from] === 13 || view[from] === 32 || view[from] === 9)) from++;
  if (from > at) {
    const blankLine = view.subarray(at, from).includes(10);
    if (!blankLine) from = at;
    else if (isWellKnownField(view.toString('latin1', from, Math.min(end, from + LINE_HEAD)))) at = from;
  }
  const line = view.toString('latin1', from, Math.min(end, from + 6));
  if (line.startsWith('From ') || line.startsWith('>From ')) {
    const feed = view.indexOf(10, from);
    if (feed >= 0 && feed < end) at = feed + 1;
  }
  return at;
}

function cutFields(view: Buffer, start: number, end: number, offsets: readonly number[]): HeaderField[] {
  const fields: HeaderField[] = [];
  if (offsets.length === 0) return fields;
  const text = view.toString('latin1', start, end);
  const plain = !text.includes('\0');
  for (let index = 0; index < offsets.length; index += 3) {
    const from = (offsets[index] ?? 0) - start;
    const colon = (offsets[index + 1] ?? 0) - start;
    const to = (offsets[index + 2] ?? 0) - start;
    const name = text.slice(from, colon).trimEnd();
    let raw = text.slice(colon + 1, to);
    // RFC 8621 §4.1.2.1: NUL octets are dropped.
    if (!plain && raw.includes('\0')) raw = raw.replaceAll('\0', '');
    fields.push({ name, lowerName: name.toLowerCase(), raw: canonicalFolds(raw) });
  }
  return fields;
}

/** Folds are written CRLF, as RFC 5322 has them, whatever the file uses: the same message gives the same field. */
function canonicalFolds(raw: string): string {
  let feed = raw.indexOf('\n');
  while (feed >= 0) {
    if (raw[feed - 1] !== '\r' || raw[feed - 2] === '\r')
      return raw.replace(/\r+\n?|\n/g, (run) => (run.endsWith('\n') ? '\r\n' : run));
    feed = raw.indexOf('\n', feed + 1);
  }
  return raw;
}

/** The field as text: what RFC 8621 §4.1.2.1 calls Raw, for 8-bit octets decoded by `decode`. */
export function rawText(raw: string, decode: (octets: Buffer) => string): string {
  if (!/[\x80-\xff]/.test(raw)) return raw;
  const octets = Buffer.from(raw, 'latin1');
  return isAscii(octets) ? raw : decode(octets);
}
