import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeCharset, parseMessage } from '../../src/mime/index.ts';
import type { EmailBodyPart, ParsedMessage } from '../../src/model/index.ts';
import { CORPORA, present } from './corpora.ts';
import { DIVERGENCES } from './stalwart-divergences.ts';

/**
 * Stalwart's mail-parser publishes what it reads from each of its test messages, with LF and with CRLF. Headers, parts,
 * texts and octets are compared; each difference stands in the table with its reason, and none that is not there may occur.
 */
const ROOT = join(CORPORA, 'messages/stalwart/resources/eml');

interface Field {
  readonly name: string | Readonly<Record<string, string>>;
  readonly value: unknown;
}
interface TheirMessage {
  readonly text_body: readonly number[];
  readonly html_body: readonly number[];
  readonly attachments: readonly number[];
  readonly parts: readonly {
    readonly headers: readonly Field[];
    readonly body: string | Readonly<Record<string, unknown>>;
  }[];
}
interface TheirLeaf {
  readonly kind: string;
  readonly body: unknown;
}

const files = present
  ? readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.eml'))
      .toSorted()
  : [];

// Where the corpora are absent there is no row, and a file without a test counts as failed.
test.skipIf(!present)('the messages of stalwart are there', () => {
  expect(files.length).toBeGreaterThan(0);
});

test.skipIf(!present).each(files)('%s', (file) => {
  const name = file.replaceAll('\\', '/');
  const native = readFileSync(join(ROOT, file));
  const base = join(ROOT, file.replace(/\.eml$/, ''));
  const found = new Set<string>();
  for (const crlf of [false, true]) {
    const path = `${base}${crlf ? '.crlf' : ''}.json`;
    if (!existsSync(path)) continue;
    const bytes = crlf ? Buffer.from(native.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1') : native;
    const theirs = JSON.parse(readFileSync(path, 'utf8')) as TheirMessage;
    compare(parseMessage(bytes), theirs, 0, (what) => found.add(what));
  }
  const explained = DIVERGENCES.filter(([message]) => message === name).map(([, what]) => what);
  expect([...found].toSorted()).toEqual(explained.toSorted());
});

type Report = (what: string) => void;

function compare(ours: ParsedMessage, theirs: TheirMessage, depth: number, report: Report): void {
  compareHeader(ours, theirs.parts[0]?.headers ?? [], (what) => report(`depth ${depth} ${what}`));
  const their = theirLeaves(theirs);
  const own = ourLeaves(ours);
  if (their.length !== own.length) {
    report(`depth ${depth} leaf count`);
    return;
  }
  for (const [index, leaf] of their.entries()) {
    const mine = own[index];
    if (mine === undefined) continue;
    if (leaf.kind === 'Message' && mine.message !== null) {
      compare(mine.message, leaf.body as TheirMessage, depth + 1, report);
    } else if (leaf.kind === 'Message' || mine.message !== null || !sameContent(leaf, mine)) {
      report(`depth ${depth} leaf ${index}`);
    }
  }
  const { textBody, htmlBody, attachments } = ours.email;
  const counts = [textBody.length, htmlBody.length, attachments.length];
  const theirCounts = [theirs.text_body.length, theirs.html_body.length, theirs.attachments.length];
  if (counts.join() !== theirCounts.join()) report(`depth ${depth} lists`);
}

function compareHeader(ours: ParsedMessage, fields: readonly Field[], report: Report): void {
  const { email } = ours;
  const properties: Readonly<Record<string, unknown>> = {
    subject: email.subject,
    from: email.from,
    to: email.to,
    cc: email.cc,
    reply_to: email.replyTo,
    message_id: email.messageId,
    in_reply_to: email.inReplyTo,
    references: email.references,
    date: email.sentAt,
  };
  const last = new Map<string, unknown>();
  for (const { name, value } of fields) if (typeof name === 'string' && name in properties) last.set(name, value);
  for (const [name, value] of last) {
    if (JSON.stringify(properties[name]) !== JSON.stringify(theirValue(name, value))) report(name);
  }
  const names = fields.map(({ name }) =>
    typeof name === 'string' ? name.replaceAll('_', '-') : Object.values(name)[0],
  );
  const own = email.headers.map(({ name }) => name.toLowerCase());
  if (own.join('\n') !== names.map((name) => name?.toLowerCase()).join('\n')) report('field names');
}

function theirValue(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  const [kind, content] = Object.entries(value)[0] ?? ['', null];
  if (kind === 'Text') return name === 'subject' ? content : [content];
  if (kind === 'TextList') return content;
  if (kind === 'DateTime') return theirDate(content as Record<string, number | boolean>);
  const address = content as { List?: unknown; Group?: unknown };
  const groups = (address.Group ?? [{ addresses: address.List }]) as {
    addresses: { name: string; address: string | null }[];
  }[];
  return groups.flatMap(({ addresses }) =>
    addresses.map((mailbox) => ({ name: mailbox.name, email: mailbox.address ?? '' })),
  );
}

function theirDate(date: Record<string, number | boolean>): string {
  const pad = (part: unknown, width = 2): string => String(part).padStart(width, '0');
  const day = `${pad(date['year'], 4)}-${pad(date['month'])}-${pad(date['day'])}`;
  const time = `${pad(date['hour'])}:${pad(date['minute'])}:${pad(date['second'])}`;
  return `${day}T${time}${date['tz_before_gmt'] === true ? '-' : '+'}${pad(date['tz_hour'])}:${pad(date['tz_minute'])}`;
}

function theirLeaves(message: TheirMessage): TheirLeaf[] {
  const leaves: TheirLeaf[] = [];
  const visit = (index: number): void => {
    const body = message.parts[index]?.body ?? '';
    const [kind, content] = typeof body === 'string' ? [body, null] : (Object.entries(body)[0] ?? ['', null]);
    if (kind === 'Multipart') for (const child of content as number[]) visit(child);
    else leaves.push({ kind, body: content });
  };
  visit(0);
  return leaves;
}

interface OurLeaf {
  readonly part: EmailBodyPart;
  readonly octets: Buffer;
  readonly message: ParsedMessage | null;
}

function ourLeaves(message: ParsedMessage): OurLeaf[] {
  const leaves: OurLeaf[] = [];
  const visit = (part: EmailBodyPart): void => {
    for (const child of part.subParts ?? []) visit(child);
    if (part.partId === null) return;
    const embedded = message.children.find((child) => child.partId === part.partId && child.type === 'Email');
    const octets = Buffer.from(message.content(part.partId) ?? []);
    leaves.push({ part, octets, message: embedded?.type === 'Email' ? embedded : null });
  };
  visit(message.email.bodyStructure);
  return leaves;
}

function sameContent(theirs: TheirLeaf, ours: OurLeaf): boolean {
  if (theirs.kind === 'Binary' || theirs.kind === 'InlineBinary') {
    return Buffer.from(theirs.body as number[]).equals(ours.octets);
  }
  const charset = ours.part.charset === 'us-ascii' ? null : ours.part.charset;
  const lines = (text: string): string => text.replaceAll('\r\n', '\n');
  return lines(decodeCharset(ours.octets, charset).text) === lines(String(theirs.body));
}
