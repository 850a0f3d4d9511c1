import { readDate } from '../date/read.ts';
import { bareHost, senderOf } from './received-sender.ts';
import { type ReceivedToken, receivedTokens } from './received-tokens.ts';
import { unfold } from './unfold.ts';

/** One hop of a message, as the host that took it in wrote it (RFC 5321 §4.4). What it does not say is null. */
export interface Received {
  /** What the sending host called itself; an address literal without its brackets. */
  readonly from: string | null;
  /** The sending host's address, as the receiver saw it. */
  readonly fromAddress: string | null;
  /** The name that address resolved to. */
  readonly fromName: string | null;
  readonly helo: string | null;
  /** The user an ident server, or SMTP AUTH, named: `user`, or `user@host` where a host name was written behind it. */
  readonly ident: string | null;
  readonly by: string | null;
  readonly via: string | null;
  /** Upper case: `ESMTPS`. */
  readonly with: string | null;
  readonly id: string | null;
  readonly for: string | null;
  /** RFC 3339. */
  readonly date: string | null;
}

type Clause = 'from' | 'by' | 'via' | 'with' | 'id' | 'for';
const CLAUSES = new Set<string>(['from', 'by', 'via', 'with', 'id', 'for']);

/** Reads a Received value. Total: every clause that can be made out is given; the first of a repeated one counts. */
export function readReceived(value: string): Received {
  const text = unfold(value);
  const semicolon = text.lastIndexOf(';');
  const dated = text.slice(semicolon + 1);
  const clauses = split(receivedTokens(semicolon < 0 ? text : text.slice(0, semicolon)));
  // Some write `for` behind the date.
  const late = semicolon < 0 ? undefined : split(receivedTokens(dated)).get('for');
  const from = clauses.get('from') ?? [];
  return {
    from: word(from),
    ...senderOf(from),
    by: word(clauses.get('by')),
    via: word(clauses.get('via')),
    with: protocol(clauses.get('with') ?? []),
    id: word(clauses.get('id')),
    for: word(clauses.get('for') ?? late),
    date: readDate(dated.replace(/^[^0-9A-Za-z(]+/, '')).dateTime,
  };
}

function split(tokens: readonly ReceivedToken[]): Map<Clause, ReceivedToken[]> {
  const clauses = new Map<Clause, ReceivedToken[]>();
  let current: ReceivedToken[] = [];
  const [first] = tokens;
  if (first?.kind === 'comment' && /^from\s/i.test(first.text)) {
    // sendmail writes `(from user@localhost)` of a message that came by no network: the comment is the clause.
    clauses.set('from', receivedTokens(first.text).slice(1));
  }
  for (const token of tokens) {
    const clause = token.kind === 'word' ? clauseOf(token.text) : null;
    if (clause === null) current.push(token);
    else {
      current = [];
      if (!clauses.has(clause)) clauses.set(clause, current);
    }
  }
  return clauses;
}

function clauseOf(text: string): Clause | null {
  const lower = text.toLowerCase();
  return CLAUSES.has(lower) ? (lower as Clause) : null;
}

function word(tokens: readonly ReceivedToken[] | undefined): string | null {
  const first = tokens?.find((token) => token.kind === 'word')?.text;
  return first === undefined ? null : bareHost(first);
}

const PROTOCOL =
  /^(?:local-)?b?((?:E|UTF8|B)?SMTPS?A?|LMTPS?A?|HTTPS?|IMAP|POP3|MMS|LOCAL)(?:SVC\b.*|-TLS|REST|\/.*)?$/i;

/** `ESMTPS`, `HTTP`: the first word of the clause that is a protocol, with what mailers add to it taken off. */
function protocol(tokens: readonly ReceivedToken[]): string | null {
  for (const { kind, text } of tokens) {
    const name = kind === 'word' ? PROTOCOL.exec(text.replace(/[[\],]/g, ''))?.[1] : undefined;
    // RFC 3848: ESMTPS is what ESMTP after STARTTLS is called, which some write ESMTP-TLS.
    if (name !== undefined) return name.toUpperCase() + (/SMTP-TLS$/i.test(text) ? 'S' : '');
  }
  return null;
}
