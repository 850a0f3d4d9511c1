import type { EmailAddress } from '../../model/index.ts';

/**
 * One mailbox of the kind nearly all mail has, and the comma behind it: a plain or quoted name and an address in brackets,
 * or an address alone: a word before one without brackets is no name for certain. Every repetition is bounded, so that a
 * field which is of another kind is given up at once; only printable ASCII is, as anything else has to be decoded.
 */
const MAILBOX =
  /[ \t]{0,8}(?:(?:"((?:[ !#-;?-[\]-~]|\\["\\]){1,80})"|([A-Za-z][A-Za-z0-9.'_-]{0,40}(?: [A-Za-z0-9.'_-]{1,40}){0,5})|((?:=\?[A-Za-z0-9_-]{1,30}\?[BbQq]\?[!-;=>@-~]{0,100}\?= ?){1,8})) ?(?=<))?(?:<([A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,200})>|([A-Za-z0-9.!#$%&'*+/?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,200}))[ \t]{0,8}(?:,|$)/y;

export interface SimpleOptions {
  readonly maxAddresses: number;
  /** Decodes a name that is made of encoded words. */
  readonly decode: (words: string) => string;
}

/**
 * Reads a list of plain mailboxes in one pass without taking it apart; null where anything in it needs the full reader,
 * whose answer for such lists is the same. `text` is unfolded.
 */
export function readSimpleAddresses(text: string, options: SimpleOptions): EmailAddress[] | null {
  const found: { name: string | null; words: string | null; email: string }[] = [];
  let at = 0;
  while (at < text.length) {
    MAILBOX.lastIndex = at;
    const match = MAILBOX.exec(text);
    if (match === null || found.length >= options.maxAddresses) return null;
    const [whole, quoted, plain, words, bracketed, bare] = match;
    const name = quoted === undefined ? (plain ?? null) : unquoted(quoted);
    found.push({ name: name === '' ? null : name, words: words ?? null, email: bracketed ?? bare ?? '' });
    at += whole.length;
    if (at >= text.length && whole.endsWith(',')) return null;
  }
  if (found.length === 0) return null;
  return found.map(({ name, words, email }) => ({ name: words === null ? name : options.decode(words), email }));
}

function unquoted(text: string): string {
  return (text.includes('\\') ? text.replaceAll(/\\(.)/g, '$1') : text).trim();
}
