import { createHash } from 'node:crypto';
import type { Email, EmailBodyPart } from '../model/index.ts';
import { compareOctets } from '../model/octet-order.ts';
import { canonicalAddress } from './canonical.ts';
import { epochSeconds, utcSecond } from './instant.ts';
import { lettersOf } from './letters.ts';

/** The version of the canonical form. A change of the form is a new version, never a correction. */
export const CONTENT_HASH_VERSION = 1;

export interface HashedMessage {
  readonly email: Email;
  /** The extracted text of the message itself. */
  readonly text: string;
  /** SHA-256 of each attachment in order, hexadecimal; by default taken from `email` (`attachmentDigests`). */
  readonly attachments?: readonly string[];
}

/**
 * SHA-256 (hexadecimal) of every leaf part that is not a body text, in the order of the MIME tree: attachments, inline
 * images, calendar parts. The tree is walked with a list of its own: its depth is the sender's choice.
 */
export function attachmentDigests(email: Email): string[] {
  const bodies = new Set([...email.textBody, ...email.htmlBody].filter(isText).map((part) => part.partId));
  const digests: string[] = [];
  const waiting: EmailBodyPart[] = [email.bodyStructure];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    for (const child of part.subParts?.toReversed() ?? []) waiting.push(child);
    if (part.digests !== undefined && !(isText(part) && bodies.has(part.partId))) digests.push(part.digests.sha256);
  }
  return digests;
}

function isText(part: EmailBodyPart): boolean {
  return part.type === 'text/plain' || part.type === 'text/html';
}

/**
 * What makes two copies one mail, whatever their Message-IDs, header order, transfer encodings and line lengths:
 * the SHA-256, in lower-case hexadecimal, of these lines in UTF-8, each ended by LF:
 *
 *     mailproof content 1
 *     from ADDRESS              the first From address, else the first Sender address, else nothing after the space
 *     to ADDRESS                one line for each To and Cc address, sorted by their octets, each once
 *     date YYYY-MM-DDThh:mm:ssZ the sent date in UTC, a fraction cut off; nothing after the space where it cannot be read
 *     subject LETTERS           the decoded subject
 *     body LETTERS              the extracted text of the message without its attachments
 *     attachment SHA-256        one line for each part `attachmentDigests` names, in order, lower-case hexadecimal
 *
 * ADDRESS is the addr-spec without U+0000-U+0020 and U+007F-U+009F, with A-Z in lower case. LETTERS are ASCII letters and
 * digits, case kept, and every code point above U+007F outside `DROPPED_RANGES`; nothing is normalised.
 * Bcc is left out: only the sender's copy has it, and that copy and the recipients' are the same mail.
 * Null where sender, date, subject, body and attachments are all empty: nothing can be said of such a message,
 * and one hash for all of them would make them copies of each other. Test vectors: fixtures/identity/content-hash.json.
 */
export function contentHash(message: HashedMessage): string | null {
  const { email } = message;
  const sender = (email.from ?? [])[0] ?? (email.sender ?? [])[0];
  const from = sender === undefined ? '' : canonicalAddress(sender.email);
  const recipients = new Set(
    [...(email.to ?? []), ...(email.cc ?? [])].map((address) => canonicalAddress(address.email)),
  );
  recipients.delete('');
  const to = [...recipients].sort(compareOctets).map((address) => `to ${address}\n`);
  const seconds = epochSeconds(email.sentAt);
  const date = (seconds === null ? null : utcSecond(seconds)) ?? '';
  const attachments = message.attachments ?? attachmentDigests(email);

  const state = createHash('sha256');
  let letters = 0;
  const take = (utf8: Uint8Array) => {
    letters += utf8.byteLength;
    state.update(utf8);
  };
  state.update(`mailproof content ${CONTENT_HASH_VERSION}\nfrom ${from}\n${to.join('')}date ${date}\nsubject `);
  lettersOf(email.subject ?? '', take);
  state.update('\nbody ');
  lettersOf(message.text, take);
  state.update(`\n${attachments.map((digest) => `attachment ${digest.toLowerCase()}\n`).join('')}`);
  if (from === '' && date === '' && letters === 0 && attachments.length === 0) return null;
  return state.digest('hex');
}

/**
 * One hash for a parent and everything in it: SHA-256 over `mailproof family 1`, the parent's content hash and each child's
 * family hash (its content hash where it has no children) in part order, a line each, `-` for a child without one.
 * Null where the parent has no content hash.
 */
export function familyHash(own: string | null, childrenHashes: readonly (string | null)[]): string | null {
  if (own === null) return null;
  const state = createHash('sha256').update(`mailproof family 1\n${own}\n`);
  for (const child of childrenHashes) state.update(`${child ?? '-'}\n`);
  return state.digest('hex');
}
