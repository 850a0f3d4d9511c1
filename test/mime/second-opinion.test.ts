import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { parseMessage } from '../../src/mime/index.ts';
import type { EmailBodyPart, ParsedMessage } from '../../src/model/index.ts';
import { corpusMessages, present } from './corpora.ts';

/** Differences that no rule below explains: message, field, why ours stands. */
const EXPLAINED: readonly (readonly [string, string, string])[] = [
  ['cpython/test_email/data/msg_02.txt', 'text', 'they put the texts of attached messages in between'],
  ['cpython/test_email/data/msg_10.txt', 'text', 'they leave out a part in quoted-printable'],
  ['cpython/test_email/data/msg_38.txt', 'text', 'they take boundaries within the text for their own'],
  [
    'enmime/testdata/mail/epilogue-sample.raw',
    'attachment',
    'a closing boundary with junk behind it closes nothing there',
  ],
  ['enmime/testdata/mail/malformed-multiple-address-header-values.raw', 'from', 'they leave out the second mailbox'],
  ['enmime/testdata/parts/multi-malformed.raw', 'text', 'they leave out a part without a header'],
  [
    'rubymail/spec/fixtures/emails/plain_emails/raw_email_multiple_from.eml',
    'from',
    'they make a name of the second address',
  ],
  [
    'rubymail/spec/fixtures/emails/plain_emails/raw_email_multiple_from.eml',
    'to',
    'they make a name of the second address',
  ],
  [
    'rubymail/spec/fixtures/emails/rfc2822/example11.eml',
    'to',
    'blanks around a dot belong to no address (RFC 5322 §4.4)',
  ],
  ['sisimai/maildir/bsd/lhost-kddi-02.eml', 'messageId', 'of two fields the last counts (RFC 8621 §4.1.2)'],
  ['sisimai/maildir/bsd/lhost-kddi-03.eml', 'messageId', 'of two fields the last counts (RFC 8621 §4.1.2)'],
  ['split-from-mbox/cpython__test_email_data_msg_25.txt.eml', 'to', 'of two fields the last counts (RFC 8621 §4.1.2)'],
  [
    'split-from-mbox/rubymail__spec_fixtures_emails_mime_emails_raw_email_with_binary_encoded.eml.eml',
    'subject',
    'of two fields the last counts (RFC 8621 §4.1.2)',
  ],
  [
    'split-from-mbox/rubymail__spec_fixtures_emails_mime_emails_raw_email_with_multipart_mixed_quoted_boundary.eml.eml',
    'subject',
    'of two fields the last counts (RFC 8621 §4.1.2)',
  ],
  [
    'split-from-mbox/rubymail__spec_fixtures_emails_rfc2822_example13.eml.eml',
    'to',
    'they stop reading the field at a damaged line',
  ],
];

type Difference = readonly [message: string, field: string, ours: unknown, theirs: unknown];

const squeezed = (text: string | null | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim();

/** Their addresses in order, groups flattened. */
function theirAddresses(value: AddressObject | AddressObject[] | undefined): string[] {
  const objects = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return objects
    .flatMap((object) => object.value.flatMap((entry) => entry.group ?? [entry]))
    .map(({ address }) => address ?? '');
}

/** Every digest in a message and in the messages within it: of parts, and of items as they stand. */
function digestsIn(message: ParsedMessage): Set<string> {
  const found = new Set<string>();
  const visit = (part: EmailBodyPart): void => {
    if (part.digests !== undefined) found.add(part.digests.sha256);
    for (const child of part.subParts ?? []) visit(child);
  };
  visit(message.email.bodyStructure);
  for (const part of message.email.attachments) visit(part);
  for (const child of message.children) {
    if (child.type === 'Email') for (const digest of digestsIn(child)) found.add(digest);
  }
  return found;
}

function differences(name: string, ours: ParsedMessage, theirs: ParsedMail, started: number): Difference[] {
  const { email } = ours;
  const found: Difference[] = [];
  const compare = (field: string, mine: unknown, other: unknown, explained: boolean): void => {
    if (JSON.stringify(mine) !== JSON.stringify(other) && !explained) found.push([name, field, mine, other]);
  };
  const subject = squeezed(theirs.subject);
  // They read raw 8-bit subjects as UTF-8 whatever they are.
  compare('subject', squeezed(email.subject), subject, subject.includes('\ufffd'));
  const sent = email.sentAt === null ? null : Date.parse(email.sentAt);
  const invented = theirs.date !== undefined && theirs.date.getTime() >= started;
  compare('date', sent, theirs.date?.getTime() ?? null, invented);
  compare('messageId', email.messageId?.[0] ?? null, theirs.messageId?.replace(/^<|>$/g, '') ?? null, false);
  for (const field of ['from', 'to'] as const) {
    const mine = (email[field] ?? []).map((address) => address.email);
    const other = theirAddresses(theirs[field]);
    // A mailbox without "@" has no address there, and an empty member is one.
    const atOnly = (list: readonly string[]): string => list.filter((address) => address.includes('@')).join();
    compare(field, mine, other, atOnly(mine) === atOnly(other));
  }
  const [text, theirText] = [squeezed(ours.text), squeezed(theirs.text)];
  // They add the texts of reports, of attached messages and of named inline texts; we keep these apart.
  const added = text === '' ? ours.email.attachments.length > 0 : theirText.includes(text);
  // Of a report whose text is HTML they give the fields alone.
  const reported = email.report !== undefined;
  const garbled = theirText.includes('\ufffd');
  compare('text', text, theirText, added || reported || garbled || (text.includes(theirText) && text !== ''));
  const known = digestsIn(ours);
  for (const attachment of theirs.attachments) {
    const digest = createHash('sha256').update(attachment.content).digest('hex');
    compare('attachment', known.has(digest), true, false);
  }
  return found;
}

test.skipIf(!present)('mailparser differs from us nowhere to our loss', { timeout: 300_000 }, async () => {
  const started = Date.now() - 1_000;
  const found: Difference[] = [];
  let compared = 0;
  for (const { name, path } of corpusMessages()) {
    // It knows no lines that end in CR.
    if (/[/_]mac[/_]/.test(name)) continue;
    const bytes = readFileSync(path);
    const options = { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true };
    const theirs = await simpleParser(bytes, options).catch(() => null);
    if (theirs === null) continue;
    compared++;
    found.push(...differences(name, parseMessage(bytes), theirs, started));
  }
  expect(compared).toBeGreaterThan(900);
  const unexplained = found.filter(
    ([name, field]) => !EXPLAINED.some(([message, about]) => name === message && field === about),
  );
  expect(unexplained).toEqual([]);
  const idle = EXPLAINED.filter(
    ([message, about]) => !found.some(([name, field]) => name === message && field === about),
  );
  expect(idle).toEqual([]);
});
