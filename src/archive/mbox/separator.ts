import type { Buffer } from 'node:buffer';

/** What a separator line begins with, and the line end before it. */
export const SEPARATOR = '\nFrom ';
/** A separator above this is a line of text. */
export const LONGEST = 1000;
const FROM = 'From ';

/** `Mon Jan  1 10:00:00 98`: the year of old writers. */
const SHORT_YEAR =
  /(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d\d? +\d\d?:\d\d(?::\d\d)? +(?:[A-Z]{3,4} +)?\d\d\s*$/;
/** Thunderbird has written `From ` alone since 2022, others `From -` or an address without a date. */
const DATELESS = /^From (?:-|\S{1,320})?[ \t]*\r?$/;
const FIELD = /^[!-9;-~]{1,78}[ \t]*:/;

/**
 * The length of the separator line that begins at `at`, its line end included; null where none does. RFC 4155's form is
 * `From address date`; since people write "From " too, the date must be there: a time of day and a year. A line without
 * one separates where an empty line stands before it and a header field behind it.
 */
export function separatorLength(octets: Buffer, at: number): number | null {
  if (octets.toString('latin1', at, at + FROM.length) !== FROM) return null;
  const end = octets.subarray(at, at + LONGEST).indexOf(0x0a);
  if (end < 0) return null;
  const line = octets.toString('latin1', at, at + end);
  const dated = /\d\d?:\d\d/.test(line) && /(?:^|[^\d])(?:19|20)\d\d(?:[^\d]|$)/.test(line);
  return dated || SHORT_YEAR.test(line) || isDateless(octets, at, end, line) ? end + 1 : null;
}

function isDateless(octets: Buffer, at: number, length: number, line: string): boolean {
  if (!DATELESS.test(line)) return false;
  const next = at + length + 1;
  if (!FIELD.test(octets.toString('latin1', next, next + 96))) return false;
  const before = octets.toString('latin1', Math.max(0, at - 3), at);
  return at < 2 || before.endsWith('\n\n') || before.endsWith('\n\r\n') || before === '\r\n';
}

/** The length of what an mbox begins with: its first separator, and a mark of UTF-8 or empty lines before it; null where it is none. */
export function firstSeparatorLength(octets: Buffer): number | null {
  const [blank = ''] =
    /^(?:\u00ef\u00bb\u00bf)?(?:[ \t]{0,16}\r?\n){0,16}/.exec(octets.toString('latin1', 0, 1024)) ?? [];
  const length = separatorLength(octets.subarray(blank.length), 0);
  return length === null ? null : blank.length + length;
}

/** The `Content-Length` of a message's header, or null: mboxcl writes it, and others leave old ones in. */
export function contentLength(message: Buffer): { readonly headerLength: number; readonly length: number } | null {
  const blank = /\r?\n\r?\n/.exec(message.toString('latin1', 0, 64 * 1024));
  if (blank === null) return null;
  const header = message.toString('latin1', 0, blank.index + 1);
  const field = /^content-length:[ \t]*(\d{1,12})[ \t]*\r?$/im.exec(header);
  return field === null ? null : { headerLength: blank.index + blank[0].length, length: Number(field[1]) };
}
