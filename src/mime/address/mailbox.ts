import type { EmailAddress, EmailAddressGroup } from '../../model/index.ts';
import { decodeHeaderText } from '../encoded-word/decode.ts';
import type { FieldFaults } from '../header/faults.ts';
import { trimBlanks } from '../header/unfold.ts';
import type { WorkCounter } from '../work-counter.ts';
import { cleanAddress } from './clean.ts';
import type { Token } from './tokens.ts';

/** One mailbox with what RFC 8621 leaves out of it. */
export interface Mailbox extends EmailAddress {
  /** Comments within and beside it, decoded. */
  readonly comments: readonly string[];
}

/** A group, or a run of mailboxes outside one (then `name` is null). */
export interface MailboxGroup extends EmailAddressGroup {
  readonly addresses: readonly Mailbox[];
}

export interface AddressOptions {
  readonly faults: FieldFaults;
  readonly hint: string | null;
  readonly maxAddresses: number;
  readonly counter?: WorkCounter;
}

/** The mailbox that tokens make; null where they are comments only. */
export function readMailbox(tokens: readonly Token[], options: AddressOptions): Mailbox | null {
  const place = tokens.findIndex((token) => token.kind === 'angle');
  const angle = tokens[place];
  if (angle !== undefined) {
    const { email, comments } = cleanAddress(angle.text);
    const phrase = readPhrase(nameTokens(tokens, place, options), options);
    const notes = [...phrase.comments, ...comments.map((text) => decode(text, options))];
    if (email === '' && phrase.name === null) return null;
    if (/^[^@"]*:;?$/.test(email)) {
      options.faults.add('ADDRESS_MALFORMED', 'An empty group stands in brackets.');
      return null;
    }
    if (!email.includes('@')) options.faults.add('ADDRESS_MALFORMED', 'An address has no "@".');
    return { name: phrase.name ?? noteBehind(tokens, angle, options) ?? notes[0] ?? null, email, comments: notes };
  }
  return bareMailbox(tokens, options);
}

/** The tokens that make the name of an address in brackets: those behind it only where none stand before. */
function nameTokens(tokens: readonly Token[], angle: number, options: AddressOptions): readonly Token[] {
  const isWord = ({ kind }: Token): boolean => kind === 'atom' || kind === 'quoted';
  if (!tokens.slice(angle + 1).some(isWord)) return tokens;
  options.faults.add('ADDRESS_MALFORMED', 'Words stand behind an address in brackets.');
  return tokens.slice(0, angle).some(isWord)
    ? tokens.filter((token, index) => index < angle || token.kind === 'comment')
    : tokens;
}

/** An address without brackets: the word with the `@`, what belongs to it, and a name where there are more words. */
function bareMailbox(tokens: readonly Token[], options: AddressOptions): Mailbox | null {
  const words = tokens.filter((token) => token.kind !== 'comment');
  const comments = tokens.filter((token) => token.kind === 'comment').map((token) => decode(token.text, options));
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return null;
  const place = words.findIndex((word) => word.kind === 'atom' && word.text.includes('@'));
  if (place < 0) {
    const { name } = readPhrase(tokens, options);
    options.faults.add('ADDRESS_MALFORMED', 'An address has no "@".');
    // One word may be a mailbox of the sending host (`root`); several are a name without an address.
    if (words.length === 1 && first.kind === 'atom' && !first.text.includes('=?')) {
      return { name: comments[0] ?? null, email: name ?? '', comments };
    }
    return { name: name ?? comments[0] ?? null, email: '', comments };
  }
  let from = place;
  let to = place;
  while (from > 0 && joins(words[from - 1], words[from])) from--;
  while (to + 1 < words.length && joins(words[to], words[to + 1])) to++;
  const parts = words.slice(from, to + 1);
  const { email } = cleanAddress(parts.map((word) => (word.kind === 'quoted' ? quote(word.text) : word.text)).join(''));
  const others = words.filter((_, index) => index < from || index > to);
  if (others.length > 0)
    options.faults.add('ADDRESS_MALFORMED', 'An address stands among other words without brackets.');
  const name = others.length === 0 ? null : readPhrase(others, options).name;
  return { name: name ?? noteBehind(tokens, words[to], options) ?? comments[0] ?? null, email, comments };
}

/** RFC 8621 §4.1.2.3: the comment behind an address stands for the name it has not; one within it does not. */
function noteBehind(tokens: readonly Token[], last: Token | undefined, options: AddressOptions): string | null {
  const note = tokens.find(({ kind, start }) => kind === 'comment' && start >= (last?.end ?? 0));
  return note === undefined ? null : decode(note.text, options);
}

/**
 * The tokens of one address each where addresses follow one another without a comma; all in one where there are other
 * words between them.
 */
export function separateAddresses(tokens: readonly Token[], { faults }: AddressOptions): readonly (readonly Token[])[] {
  const runs: Token[][] = [];
  let last: Token | undefined;
  for (const token of tokens) {
    const run = runs.at(-1);
    if (run === undefined || (token.kind !== 'comment' && last !== undefined && !joins(last, token)))
      runs.push([token]);
    else run.push(token);
    if (token.kind !== 'comment') last = token;
  }
  const isAddress = ({ kind, text }: Token): boolean => kind === 'atom' && text.includes('@');
  if (runs.length < 2 || !runs.every((run) => run.some(isAddress))) return [tokens];
  faults.add('ADDRESS_MALFORMED', 'No comma stands between two addresses.');
  return runs;
}

/** The display name that words make, decoded as one text: encoded words next to each other join. */
export function readPhrase(
  tokens: readonly Token[],
  options: AddressOptions,
): { name: string | null; comments: string[] } {
  const pieces: string[] = [];
  const comments: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'angle') continue;
    if (token.kind === 'comment') {
      comments.push(decode(token.text, options));
      continue;
    }
    if (token.spaced && pieces.length > 0) pieces.push(' ');
    pieces.push(token.text);
  }
  const name = trimBlanks(decode(pieces.join(''), options));
  return { name: name === '' ? null : name, comments: comments.filter((comment) => comment !== '') };
}

function decode(text: string, { faults, hint }: AddressOptions): string {
  return trimBlanks(decodeHeaderText(text, faults, hint));
}

/** Whether two words are of one address though blanks stand between them (RFC 5322 §4.4: around `.` and `@`). */
function joins(left: Token | undefined, right: Token | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (!right.spaced && left.end === right.start) return true;
  return /[.@]$/.test(left.text) || /^[.@]/.test(right.text);
}

function quote(text: string): string {
  return `"${text.replace(/(["\\])/g, '\\$1')}"`;
}
