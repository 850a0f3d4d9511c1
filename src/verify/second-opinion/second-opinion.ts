import { createHash } from 'node:crypto';
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
 * Parses a message by `mailparser`, an independent reader, and lists where it disagrees with the record. Never throws for
 * input: a message it cannot parse is a difference. mailparser is loaded on first use: it takes longer than our start.
 */
export async function secondOpinion(bytes: Uint8Array, record: ItemRecord): Promise<SecondOpinion> {
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
    const note =
      leavesOf(email.bodyStructure).length > THEIR_PARTS
        ? `it takes ${THEIR_PARTS} parts at most`
        : 'it cannot read it';
    return { differences: [{ field: 'message', kind: 'trait', ours: 'read', theirs, note }] };
  }
  const found: (OpinionDifference | null)[] = [
    difference('subject', plain(email.subject), plain(mail.subject)),
    ...addressDifferences(email, mail),
    dateDifference(email, mail),
    difference('message-id', bare(email.messageId?.[0]), bare(mail.messageId)),
    difference('header-count', String(email.headers.length), String(mail.headerLines.length)),
    ...attachmentDifferences(email, mail.attachments),
  ];
  return { differences: found.filter((each) => each !== null) };
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

const joined = (addresses: readonly string[]): string =>
  addresses.map((address) => address.trim().toLowerCase()).join(', ');

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
  const written = email.headers.some(({ name }) => name.toLowerCase() === 'date');
  if (email.sentAt === null && theirs !== null) {
    const note = written
      ? 'it reads dates that RFC 5322 does not know, and may guess'
      : 'it invents a date where there is none';
    return { field: 'date', kind: 'trait', ours: null, theirs, note };
  }
  const instant = Date.parse(email.sentAt ?? '');
  // A leap second and the like: RFC 3339 allows what Date does not.
  const ours = Number.isNaN(instant) ? email.sentAt : new Date(instant).toISOString();
  return difference('date', ours, theirs);
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

/** Their attachments must be among our parts, octet for octet; ours that they lack are counted. */
function attachmentDifferences(email: Email, attachments: readonly Attachment[]): (OpinionDifference | null)[] {
  const ours = new Map<string, number>();
  for (const part of leavesOf(email.bodyStructure)) {
    const digest = part.blobId?.replace('sha256-', '') ?? '';
    ours.set(digest, (ours.get(digest) ?? 0) + 1);
  }
  const differences: (OpinionDifference | null)[] = [];
  for (const attachment of attachments) {
    const digest = createHash('sha256').update(attachment.content).digest('hex');
    const held = ours.get(digest) ?? 0;
    if (held > 0) ours.set(digest, held - 1);
    else differences.push(unknownAttachment(attachment, digest));
  }
  const [count, theirCount] = [email.attachments.length, attachments.length];
  // A part more on our side is a text they show inline; a part less is one that we lack.
  const kind = count < theirCount ? 'loss' : 'richer';
  if (count !== theirCount) {
    differences.push({ field: 'attachment-count', kind, ours: String(count), theirs: String(theirCount) });
  }
  return differences;
}

function unknownAttachment({ contentType, filename }: Attachment, digest: string): OpinionDifference {
  const theirs = `${digest} ${contentType} ${filename ?? ''}`.trim();
  if (contentType.startsWith('text/')) {
    const note = 'it converts the charset and line ends of attached text';
    return { field: 'attachment-digest', kind: 'trait', ours: null, theirs, note };
  }
  return { field: 'attachment-digest', kind: 'loss', ours: null, theirs };
}
