import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { AddressObject, Attachment, ParsedMail, EmailAddress as TheirAddress } from 'mailparser';
import type { Email, EmailAddress, EmailBodyPart, ItemRecord } from '../../model/index.ts';
import { difference, type OpinionDifference, type OpinionField } from './difference.ts';

/** What mailparser makes of a message, against its record. */
export interface SecondOpinion {
  readonly differences: readonly OpinionDifference[];
}

/** It rejects more parts than this (its default), as a guard of its own. */
const THEIR_PARTS = 1000;

/**
 * Parses a message by `mailparser`, an independent reader, and lists where it disagrees with the record. `within` are the
 * records of what lies within the message: it descends where we make records of their own. Never throws for input: a
 * message it cannot parse is a difference. mailparser is loaded on first use: it takes longer than our start.
 */
export async function secondOpinion(
  bytes: Uint8Array,
  record: ItemRecord,
  within: readonly ItemRecord[] = [],
): Promise<SecondOpinion> {
  const { email } = record;
  if (email === undefined) return { differences: [] };
  const { simpleParser } = await import('mailparser');
  let mail: ParsedMail;
  try {
    const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Keeping inline images as they are: their octets are compared, not their places in the HTML.
    mail = await simpleParser(octets, { skipHtmlToText: true, skipTextToHtml: true, skipImageLinks: true });
  } catch (error) {
    const theirs = error instanceof Error ? error.message : String(error);
    const many = leavesOf(email.bodyStructure).length > THEIR_PARTS;
    const note = many ? `it takes ${THEIR_PARTS} parts at most` : 'it cannot read it';
    return { differences: [{ field: 'message', kind: 'trait', ours: 'read', theirs, note }] };
  }
  const found: (OpinionDifference | null)[] = [
    difference('subject', plain(email.subject), plain(mail.subject)),
    ...addressDifferences(email, mail),
    dateDifference(email, mail),
    difference('message-id', bare(email.messageId?.[0]), bare(mail.messageId)),
    headerDifference(email.headers.length, mail.headerLines.filter(isField).length),
    ...attachmentDifferences(email, within, mail.attachments),
  ];
  return { differences: found.filter((each) => each !== null).map((each) => ofRepeatedField(record, each)) };
}

const headerDifference = (ours: number, theirs: number): OpinionDifference | null =>
  ours === theirs
    ? null
    : { field: 'header-count', kind: ours < theirs ? 'loss' : 'richer', ours: String(ours), theirs: String(theirs) };

/** It takes lines without a colon for fields; RFC 5322 §2.2 does not. */
const isField = ({ line }: { readonly line: string }): boolean => /^[!-9;-~]+[ \t]*:/.test(line);

/** Of a repeated field the last instance counts (RFC 8621 §4.1.2); it takes the first, or joins them. */
function ofRepeatedField(record: ItemRecord, found: OpinionDifference): OpinionDifference {
  const repeated = record.issues.some(
    ({ code, part }) => code === 'FIELD_REPEATED' && (part === undefined || part.toLowerCase() === found.field),
  );
  if (found.kind !== 'different' || !repeated) return found;
  return { ...found, kind: 'trait', note: 'of a repeated field it takes another instance' };
}

/** White space is folded: RFC 5322 leaves open what folding leaves behind. */
const plain = (text: string | null | undefined): string | null => text?.replace(/\s+/g, ' ').trim() ?? null;
const bare = (id: string | null | undefined): string | null => id?.trim().replace(/^<|>$/g, '') ?? null;

function theirAddresses(field: AddressObject | AddressObject[] | undefined): string[] {
  const open: TheirAddress[] = (Array.isArray(field) ? field : field === undefined ? [] : [field]).flatMap(
    ({ value }) => value,
  );
  return open.flatMap((address) => {
    const group = address.group?.flatMap(({ address: member }) => member ?? []) ?? [];
    return address.address === undefined || address.address === '' ? group : [address.address, ...group];
  });
}

const ourAddresses = (list: readonly EmailAddress[] | null): string[] =>
  (list ?? []).flatMap(({ email }) => (email === '' ? [] : [email]));

/** It shows an internationalized domain in its letters (RFC 5890); the record has it as the message has it. */
function inAscii(address: string): string {
  const at = address.lastIndexOf('@');
  const domain = domainToASCII(address.slice(at + 1));
  return at === -1 || domain === '' ? address : `${address.slice(0, at + 1)}${domain}`;
}

const joined = (addresses: readonly string[]): string =>
  addresses.flatMap((address) => inAscii(address.trim().toLowerCase()) || []).join(', ');

function addressDifferences(email: Email, mail: ParsedMail): (OpinionDifference | null)[] {
  const fields: readonly [OpinionField, readonly EmailAddress[] | null, AddressObject | AddressObject[] | undefined][] =
    [
      ['from', email.from, mail.from],
      ['to', email.to, mail.to],
      ['cc', email.cc, mail.cc],
    ];
  return fields.map(([field, ours, theirs]) =>
    difference(field, joined(ourAddresses(ours)), joined(theirAddresses(theirs))),
  );
}

function dateDifference(email: Email, mail: ParsedMail): OpinionDifference | null {
  const theirs = mail.date === undefined || Number.isNaN(mail.date.getTime()) ? null : mail.date.toISOString();
  const instant = Date.parse(email.sentAt ?? '');
  // A leap second and the like: RFC 3339 allows what Date does not.
  const ours = Number.isNaN(instant) ? email.sentAt : new Date(instant).toISOString();
  const found = difference('date', ours, theirs);
  if (found === null || theirs === null) return found;
  const lines = mail.headerLines.filter(({ key }) => key === 'date');
  const readable = lines.some(({ line }) => !Number.isNaN(Date.parse(line.replace(/^[^:]*:/, '').trim())));
  if (!readable) return { ...found, kind: 'trait', note: 'it gives the present time where it can read no date' };
  if (ours !== null) {
    return Number.isNaN(instant) ? { ...found, kind: 'trait', note: 'it knows no leap second' } : found;
  }
  return { ...found, kind: 'trait', note: 'it reads dates that RFC 5322 does not know, and may guess' };
}

function leavesOf(root: EmailBodyPart): EmailBodyPart[] {
  const leaves: EmailBodyPart[] = [];
  const open = [root];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.subParts === undefined) leaves.push(part);
    else for (const subPart of part.subParts) open.push(subPart);
  }
  return leaves;
}

/** Every part's octets of a message and of what lies within it: SHA-256, with how often. */
function partDigests(email: Email, within: readonly ItemRecord[]): Map<string, number> {
  const digests = new Map<string, number>();
  const bodies = [email, ...within.flatMap((record) => record.email ?? [])];
  for (const { blobId } of bodies.flatMap(({ bodyStructure }) => leavesOf(bodyStructure))) {
    const digest = blobId?.replace('sha256-', '') ?? '';
    digests.set(digest, (digests.get(digest) ?? 0) + 1);
  }
  return digests;
}

/**
 * Their attachments must be among our parts, octet for octet. How many there are is a matter of definition: RFC 8621 counts
 * a picture shown inline as body and an attached message as attachment, and mailparser the other way round.
 */
function attachmentDifferences(
  email: Email,
  within: readonly ItemRecord[],
  attachments: readonly Attachment[],
): (OpinionDifference | null)[] {
  const ours = partDigests(email, within);
  const differences: (OpinionDifference | null)[] = [];
  for (const attachment of attachments) {
    const digest = createHash('sha256').update(attachment.content).digest('hex');
    const held = ours.get(digest) ?? 0;
    if (held > 0) ours.set(digest, held - 1);
    else differences.push(unknownAttachment(attachment, digest));
  }
  const [count, theirCount] = [email.attachments.length, attachments.length];
  if (count === theirCount) return differences;
  const base = { field: 'attachment-count', ours: String(count), theirs: String(theirCount) } as const;
  if (differences.length > 0 && count < theirCount) return [...differences, { ...base, kind: 'loss' }];
  const note = 'what is shown inline is no attachment by RFC 8621; all their octets are among our parts';
  return [...differences, count < theirCount ? { ...base, kind: 'trait', note } : { ...base, kind: 'richer' }];
}

function unknownAttachment({ contentType, filename }: Attachment, digest: string): OpinionDifference {
  const theirs = `${digest} ${contentType} ${filename ?? ''}`.trim();
  if (contentType.startsWith('text/')) {
    const note = 'it converts the charset and line ends of attached text';
    return { field: 'attachment-digest', kind: 'trait', ours: null, theirs, note };
  }
  return { field: 'attachment-digest', kind: 'loss', ours: null, theirs };
}
