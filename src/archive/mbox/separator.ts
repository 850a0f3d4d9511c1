import type { Buffer } from 'node:buffer';

/** What a separator line begins with, and the line end before it. */
export const SEPARATOR = '\nFrom ';
/** A separator above this is a line of text. */
export const LONGEST = 1000;
const FROM = 'From ';

/**
 * The length of the separator line that begins at `at`, its line end included; null where none does. RFC 4155's form is
 * `From address date`; since people write "From " too, the date must be there: a time of day and a year.
 */
export function separatorLength(octets: Buffer, at: number): number | null {
  if (octets.toString('latin1', at, at + FROM.length) !== FROM) return null;
  const end = octets.subarray(at, at + LONGEST).indexOf(0x0a);
  if (end < 0) return null;
  const line = octets.toString('latin1', at, at + end);
  return /\d\d?:\d\d/.test(line) && /(?:^|[^\d])(?:19|20)\d\d(?:[^\d]|$)/.test(line) ? end + 1 : null;
}

/** The `Content-Length` of a message's header, or null: mboxcl writes it, and others leave old ones in. */
export function contentLength(message: Buffer): { readonly headerLength: number; readonly length: number } | null {
  const blank = /\r?\n\r?\n/.exec(message.toString('latin1', 0, 64 * 1024));
  if (blank === null) return null;
  const header = message.toString('latin1', 0, blank.index + 1);
  const field = /^content-length:[ \t]*(\d{1,12})[ \t]*\r?$/im.exec(header);
  return field === null ? null : { headerLength: blank.index + blank[0].length, length: Number(field[1]) };
}
