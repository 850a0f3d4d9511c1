import { readDate } from '../date/read.ts';
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
  /** What an ident server, or SMTP AUTH, said of the sender. */
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
  const tokens = receivedTokens(semicolon < 0 ? text : text.slice(0, semicolon));
  const clauses = split(tokens);
  const from = clauses.get('from') ?? [];
  const remarks = from.filter((token) => token.kind === 'comment').map((token) => token.text);
  const host = word(from);
  return {
    from: host,
    ...senderOf(from, remarks),
    by: word(clauses.get('by')),
    via: word(clauses.get('via')),
    with: protocol(clauses.get('with') ?? []),
    id: word(clauses.get('id')),
    for: word(clauses.get('for')),
    date: readDate(semicolon < 0 ? text : text.slice(semicolon)).dateTime,
  };
}

function split(tokens: readonly ReceivedToken[]): Map<Clause, ReceivedToken[]> {
  const clauses = new Map<Clause, ReceivedToken[]>();
  let current: ReceivedToken[] = [];
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
  return first === undefined ? null : bare(first);
}

/** Without the brackets of an address literal or a path. */
function bare(text: string): string | null {
  const inner = text
    .replace(/\](?::\d{1,5})?$/, ']')
    .replace(/^[<[]+|[>\],]+$/g, '')
    .replace(/^IPv6:/i, '');
  return inner === '' ? null : inner;
}

const ADDRESS =
  /(?:^|[\s[(@=])\[?(?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){1,7}:(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}))(?:%\w{1,9})?(?=\]|:\d|[\s),]|$)/i;

/** What the comments beside the `from` host say: `(name [address] helo=… ident=…)` and its relatives. */
function senderOf(
  from: readonly ReceivedToken[],
  remarks: readonly string[],
): Pick<Received, 'fromAddress' | 'fromName' | 'helo' | 'ident'> {
  const literal = from.filter((token) => token.kind === 'word')[1]?.text ?? '';
  const said = [...remarks, literal.startsWith('[') ? literal : ''];
  const address = said.map((remark) => ADDRESS.exec(remark)?.[1]).find((found) => found !== undefined);
  const helo = said.map((remark) => /\b(?:helo|ehlo|lhlo)[= ]\[?([^\s)\]]{1,255})/i.exec(remark)?.[1]).find(Boolean);
  const ident = said
    .map((remark) => /\bident[=:]\[?([^\s)\]]{1,255})/i.exec(remark)?.[1] ?? /^([^\s@[]{1,64})@\[/.exec(remark)?.[1])
    .find(Boolean);
  const name = remarks.map(nameOf).find((found) => found !== null) ?? null;
  return { fromAddress: address ?? null, fromName: name, helo: helo ?? null, ident: ident ?? null };
}

/** The resolved name at the head of a remark: `mail.example [192.0.2.1]`. `unknown` is what is written where there is none. */
function nameOf(remark: string): string | null {
  const match =
    /^(?:ident:\S{0,64}@|\S{0,64}@)?<?([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,20})\.?>?\s{0,5}(?:\[|$)/i.exec(
      remark.trim(),
    );
  const name = match?.[1];
  return name === undefined || /^[\d.]+$/.test(name) ? null : name;
}

const PROTOCOL =
  /^(?:local-)?b?((?:E|UTF8|B)?SMTPS?A?|LMTPS?A?|HTTPS?|IMAP|POP3|MMS|LOCAL)(?:SVC\b.*|-TLS|REST|\/.*)?$/i;

/** `ESMTPS`, `HTTP`: the first word of the clause that is a protocol, with what mailers add to it taken off. */
function protocol(tokens: readonly ReceivedToken[]): string | null {
  for (const { kind, text } of tokens) {
    const name = kind === 'word' ? PROTOCOL.exec(text.replace(/[[\],]/g, ''))?.[1] : undefined;
    if (name !== undefined) return name.toUpperCase();
  }
  return null;
}
