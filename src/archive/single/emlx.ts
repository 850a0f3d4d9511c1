import type { Buffer } from 'node:buffer';

/** The length line of an `.emlx`: digits and spaces, then a line end; the message has so many octets. */
const EMLX = /^(\d{1,12})[ \t]*\r?\n/;
/** Octets that hold that line. */
export const LENGTH_LINE = 32;
/** A property list above this is none: Mail's own have some hundred octets. */
const LONGEST_LIST = 256 * 1024;

/** Octets of the line before the message of an `.emlx` and of the message; null where it is none. */
export function emlxLength(head: Buffer): { readonly line: number; readonly message: number } | null {
  const match = EMLX.exec(head.toString('latin1', 0, LENGTH_LINE));
  return match === null ? null : { line: match[0].length, message: Number(match[1]) };
}

/** What Mail noted of a message, behind it. */
export interface EmlxNotes {
  readonly keywords?: readonly string[];
  /** RFC 3339, UTC. */
  readonly receivedAt?: string;
}

/**
 * Bits of `flags` (https://www.jwz.org/blog/2005/07/emlx-flags/) that have an IMAP or JMAP keyword. Bits 10 to 22 and 26 to 28
 * are numbers: attachments, priority, size of type.
 */
const FLAGS: readonly (readonly [bit: number, keyword: string])[] = [
  [0, '$seen'],
  [1, '$deleted'],
  [2, '$answered'],
  [4, '$flagged'],
  [6, '$draft'],
  [8, '$forwarded'],
  [9, 'emlx-redirected'],
  [24, '$junk'],
  [25, '$notjunk'],
];

/** The notes in an XML property list; nothing where it is none or says nothing. */
export function emlxNotes(list: Buffer): EmlxNotes {
  if (list.length > LONGEST_LIST) return {};
  const text = list.toString('latin1');
  const flags = numberOf(text, 'flags');
  const received = numberOf(text, 'date-received');
  // Beyond 32 bits is what no description names; and bits by arithmetic, since JavaScript's shift is signed.
  const keywords =
    flags === null ? [] : FLAGS.filter(([bit]) => Math.floor(flags / 2 ** bit) % 2 === 1).map(([, keyword]) => keyword);
  return {
    ...(keywords.length > 0 && { keywords }),
    ...(received !== null &&
      received > 0 &&
      received < 253_402_300_800 && {
        receivedAt: `${new Date(Math.floor(received) * 1000).toISOString().slice(0, 19)}Z`,
      }),
  };
}

function numberOf(text: string, key: string): number | null {
  const at = text.indexOf(`<key>${key}</key>`);
  if (at < 0) return null;
  const match = /^\s{0,64}<(?:integer|real)>(\d{1,15})(?:\.\d{1,15})?</.exec(
    text.slice(at + key.length + 11, at + 200),
  );
  return match === null ? null : Number(match[1]);
}
