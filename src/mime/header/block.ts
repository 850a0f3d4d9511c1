import type { WorkCounter } from '../work-counter.ts';
import { cutFields, type HeaderField } from './field.ts';
import {
  continuesParameters,
  fieldFollows,
  isCutField,
  isOwnBoundary,
  isWellKnownField,
  LINE_HEAD,
  MAX_DASHED_LINES,
  valueWasForgotten,
} from './stray-line.ts';

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
  let dashedLines = 0;
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
    } else if (continuesParameters(offsets, view, at, lineEnd)) {
      offsets[offsets.length - 1] = lineEnd;
      strayLines++;
    } else {
      let fieldStart = at;
      if (folded && isWellKnownField(view.toString('latin1', at, Math.min(lineEnd, at + LINE_HEAD)).trimStart())) {
        // The first field, set off by blanks: there is nothing it could be a fold of.
        while (view[fieldStart] === 0x20 || view[fieldStart] === 0x09) fieldStart++;
        strayLines++;
      }
      const colon = fieldColon(view, fieldStart, lineEnd);
      const dashes = colon < 0 && octet === 0x2d && view[at + 1] === 0x2d;
      if (colon >= 0) offsets.push(fieldStart, colon, lineEnd);
      else if (dashes && ++dashedLines <= MAX_DASHED_LINES && isOwnBoundary(view, first, at, lineEnd)) {
        endedBy = 'body';
        bodyStart = at;
        break;
      } else if (valueWasForgotten(offsets, view, next, end)) {
        offsets[offsets.length - 1] = lineEnd;
        strayLines++;
      } else if (fieldFollows(view, next, end) || isCutField(view, at, end)) strayLines++;
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
  // `From : a@b` is a field with the blanks of RFC 5322 §4.5, not an mbox line.
  if (/^>?From (?![ \t]*:)/.test(view.toString('latin1', from, Math.min(end, from + LINE_HEAD)))) {
    const feed = view.indexOf(10, from);
    if (feed >= 0 && feed < end) at = feed + 1;
  }
  return at;
}
