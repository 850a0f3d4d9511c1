import {
  type AddressOptions,
  type Mailbox,
  type MailboxGroup,
  readMailbox,
  readPhrase,
  separateAddresses,
} from './mailbox.ts';
import { AddressTokens, type Token } from './tokens.ts';

/**
 * Gathers the tokens of an address field into mailboxes and groups. What stands between two commas is not always a
 * mailbox: the comma may be one of a name that somebody forgot to quote.
 */
export class AddressReader {
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
        if (token.kind === 'angle' && this.holds.angle) this.endAtBracket();
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
    const { name } = readPhrase(this.give(), this.options);
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

  /** `A <a@b> C <c@d>`: somebody forgot the comma. The words before the second bracket are its name. */
  private endAtBracket(): void {
    const tokens = this.give();
    const angle = tokens.findIndex(({ kind }) => kind === 'angle');
    const word = tokens.findIndex(({ kind }, index) => index > angle && kind !== 'comment');
    for (const token of word < 0 ? tokens : tokens.slice(0, word)) this.take(token);
    this.endMailbox(null);
    for (const token of word < 0 ? [] : tokens.slice(word)) this.take(token);
  }

  private releaseHeld(): void {
    const { held } = this;
    this.held = [];
    for (const tokens of held) this.push(tokens.slice(0, -1));
  }

  private push(tokens: readonly Token[]): void {
    for (const each of separateAddresses(tokens, this.options)) {
      const mailbox = readMailbox(each, this.options);
      if (mailbox === null) continue;
      this.count++;
      if (this.open === null) {
        this.open = { name: null, addresses: [] };
        this.groups.push(this.open);
      }
      this.open.addresses.push(mailbox);
    }
  }
}
