import type { EmailAddress, EmailAddressGroup } from '../../model/index.ts';
import { decodeHeaderText } from '../encoded-word/decode.ts';
import { FieldFaults } from '../header/faults.ts';
import { toByteString, trimBlanks, unfold } from '../header/unfold.ts';
import type { WorkCounter } from '../work-counter.ts';
import { cleanAddress } from './clean.ts';
import { readSimpleAddresses } from './simple.ts';
import { AddressTokens, type Token } from './tokens.ts';

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

/** Reads an address field given as a string: RFC 8621 §4.1.2.4, with the comments kept beside. */
export function readAddressGroups(value: string): MailboxGroup[] {
  const options = { faults: new FieldFaults(), hint: null, maxAddresses: Number.MAX_SAFE_INTEGER };
  return readAddressField(toByteString(value), options);
}

/** Reads an address field given as a string: RFC 8621 §4.1.2.3, groups flattened. */
export function readAddresses(value: string): EmailAddress[] {
  return flattenGroups(readAddressGroups(value));
}

/** The mailboxes of all groups in order, as RFC 8621 §4.1.2.3 wants them. */
export function flattenGroups(groups: readonly MailboxGroup[]): EmailAddress[] {
  return groups.flatMap((group) => group.addresses.map(({ name, email }) => ({ name, email })));
}

/** The mailboxes of an address field given as a byte string, groups flattened: RFC 8621 §4.1.2.3. */
export function readMailboxes(raw: string, options: AddressOptions): EmailAddress[] {
  const simple = readSimpleAddresses(unfold(raw), {
    maxAddresses: options.maxAddresses,
    decode: (words) => trimBlanks(decodeHeaderText(trimBlanks(words), options.faults, options.hint)),
  });
  if (simple === null) return flattenGroups(readAddressField(raw, options));
  if (options.counter !== undefined) options.counter.steps += simple.length;
  return simple;
}

/**
 * Reads an address field given as a byte string. Total: what is no address is kept as a name or as an address without
 * `@`, with an issue. A comma that stands unquoted in a name (`Doe, John <j@x>`) is put back into it.
 */
export function readAddressField(raw: string, options: AddressOptions): MailboxGroup[] {
  const text = unfold(raw);
  // ISO-2022-JP uses the octets of quotes and commas within its characters: it is decoded before it is cut up.
  const safe = text.includes('\x1b$') ? toByteString(decodeHeaderText(text, options.faults, options.hint)) : text;
  return new AddressReader(safe, options).read();
}

class AddressReader {
  private readonly tokens: AddressTokens;
  private readonly options: AddressOptions;
  private readonly groups: { name: string | null; addresses: Mailbox[] }[] = [];
  private open: { name: string | null; addresses: Mailbox[] } | null = null;
  private current: Token[] = [];
  /** What `current` holds: asking it anew for each of ten thousand colons would be quadratic. */
  private holds = { phrase: false, address: false, angle: false };
  /** Names before a comma that turned out to be none: `Doe` of `Doe, John <j@x>`. */
  private held: Token[][] = [];
  private count = 0;

  constructor(text: string, options: AddressOptions) {
    this.options = options;
    this.tokens = new AddressTokens(text);
  }

  read(): MailboxGroup[] {
    for (let token = this.tokens.next(); token !== null; token = this.tokens.next()) {
      if (this.options.counter !== undefined) this.options.counter.steps++;
      if (this.count >= this.options.maxAddresses) {
        this.options.faults.add(
          'LIMIT_REACHED',
          'More addresses than maxAddresses: the rest is in the header field only.',
        );
        break;
      }
      if (token.kind === ',') this.endMailbox(token);
      else if (token.kind === ';') {
        this.endMailbox(null);
        this.open = null;
      } else if (token.kind === ':') this.colon(token);
      else {
        // `<a@b> <c@d>`: somebody forgot the comma.
        if (token.kind === 'angle' && this.holds.angle) this.endMailbox(null);
        this.take(token);
      }
    }
    this.endMailbox(null);
    return this.groups;
  }

  /** A colon behind a phrase opens a group; behind anything else it is a character like others. */
  private colon(token: Token): void {
    if (!this.holds.phrase || this.holds.address || this.open?.name != null) {
      this.take({ ...token, kind: 'atom' });
      return;
    }
    this.releaseHeld();
    const { name } = this.phrase(this.give());
    this.open = { name, addresses: [] };
    this.groups.push(this.open);
  }

  private take(token: Token): void {
    this.current.push(token);
    const address = token.kind !== 'comment' && token.text.includes('@');
    if (token.kind === 'angle') this.holds.angle = true;
    if (token.kind === 'atom' || token.kind === 'quoted') this.holds.phrase = true;
    if (token.kind === 'angle' || (address && token.kind === 'atom')) this.holds.address = true;
  }

  private give(): Token[] {
    const tokens = this.current;
    this.current = [];
    this.holds = { phrase: false, address: false, angle: false };
    return tokens;
  }

  private endMailbox(comma: Token | null): void {
    const { angle } = this.holds;
    const tokens = this.give();
    if (tokens.length === 0) {
      if (comma === null) this.releaseHeld();
      return;
    }
    const at = tokens.some((token) => token.kind !== 'comment' && token.text.includes('@'));
    if (comma !== null && !angle && !at) {
      this.held.push([...tokens, comma]);
      return;
    }
    if (angle && this.held.length > 0 && tokens[0]?.kind !== 'comment') {
      this.options.faults.add('ADDRESS_MALFORMED', 'A name holds a comma that is not quoted.');
      const name = this.held.flat();
      this.held = [];
      this.push([...name, ...tokens]);
      return;
    }
    this.releaseHeld();
    this.push(tokens);
  }

  private releaseHeld(): void {
    const { held } = this;
    this.held = [];
    for (const tokens of held) this.push(tokens.slice(0, -1));
  }

  private push(tokens: readonly Token[]): void {
    const mailbox = this.mailbox(tokens);
    if (mailbox === null) return;
    this.count++;
    if (this.open === null) {
      this.open = { name: null, addresses: [] };
      this.groups.push(this.open);
    }
    this.open.addresses.push(mailbox);
  }

  private mailbox(tokens: readonly Token[]): Mailbox | null {
    const place = tokens.findIndex((token) => token.kind === 'angle');
    const angle = tokens[place];
    if (angle !== undefined) {
      const { email, comments } = cleanAddress(angle.text);
      const phrase = this.phrase(this.nameTokens(tokens, place));
      const notes = [...phrase.comments, ...comments.map((text) => this.decode(text))];
      if (email === '' && phrase.name === null) return null;
      if (!email.includes('@')) this.malformed('An address has no "@".');
      return { name: phrase.name ?? phrase.comments[0] ?? null, email, comments: notes };
    }
    return this.bare(tokens);
  }

  /** The tokens that make the name of an address in brackets: those behind it only where none stand before. */
  private nameTokens(tokens: readonly Token[], angle: number): readonly Token[] {
    const isWord = ({ kind }: Token): boolean => kind === 'atom' || kind === 'quoted';
    if (!tokens.slice(angle + 1).some(isWord)) return tokens;
    this.malformed('Words stand behind an address in brackets.');
    return tokens.slice(0, angle).some(isWord)
      ? tokens.filter((token, index) => index < angle || token.kind === 'comment')
      : tokens;
  }

  /** An address without brackets: the word with the `@`, what belongs to it, and a name where there are more words. */
  private bare(tokens: readonly Token[]): Mailbox | null {
    const words = tokens.filter((token) => token.kind !== 'comment');
    const comments = tokens.filter((token) => token.kind === 'comment').map((token) => this.decode(token.text));
    const first = words[0];
    const last = words.at(-1);
    if (first === undefined || last === undefined) return null;
    const place = words.findIndex((word) => word.kind === 'atom' && word.text.includes('@'));
    if (place < 0) {
      const { name } = this.phrase(tokens);
      this.malformed('An address has no "@".');
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
    const { email } = cleanAddress(
      parts.map((word) => (word.kind === 'quoted' ? quote(word.text) : word.text)).join(''),
    );
    const others = words.filter((_, index) => index < from || index > to);
    if (others.length > 0) this.malformed('An address stands among other words without brackets.');
    const name = others.length === 0 ? null : this.phrase(others).name;
    return { name: name ?? comments[0] ?? null, email, comments };
  }

  /** The display name that words make, decoded as one text: encoded words next to each other join. */
  private phrase(tokens: readonly Token[]): { name: string | null; comments: string[] } {
    const pieces: string[] = [];
    const comments: string[] = [];
    for (const token of tokens) {
      if (token.kind === 'angle') continue;
      if (token.kind === 'comment') {
        comments.push(this.decode(token.text));
        continue;
      }
      if (token.spaced && pieces.length > 0) pieces.push(' ');
      pieces.push(token.text);
    }
    const name = trimBlanks(this.decode(pieces.join('')));
    return { name: name === '' ? null : name, comments: comments.filter((comment) => comment !== '') };
  }

  private decode(text: string): string {
    return trimBlanks(decodeHeaderText(text, this.options.faults, this.options.hint));
  }

  private malformed(message: string): void {
    this.options.faults.add('ADDRESS_MALFORMED', message);
  }
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
