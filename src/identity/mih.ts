import { hash } from 'node:crypto';
import type { Email } from '../model/index.ts';

/** RFC 5322 §2.2.3: a line end before white space is no part of the value. Bare LF is what mbox files leave of it. */
function unfold(raw: string): string {
  return raw.replace(/\r?\n(?=[ \t])/g, '').trim();
}

/** From the first `<` to the first `>` after it, both included; null where there is no such pair. */
function bracketed(value: string): string | null {
  const start = value.indexOf('<');
  if (start < 0) return null;
  const end = value.indexOf('>', start);
  return end < 0 ? null : value.slice(start, end + 1);
}

/**
 * The Message-ID as its field has it: unfolded, trimmed, brackets included, case kept; what surrounds the brackets (comments)
 * left out. A value without brackets is returned as it stands. The last field wins where there are several, as
 * everywhere in a record. Null where there is none or it is empty.
 */
export function rawMessageId(email: Email): string | null {
  const field = email.headers.findLast((header) => header.name.toLowerCase() === 'message-id');
  if (field === undefined) return null;
  const value = unfold(field.value);
  return bracketed(value) ?? (value === '' ? null : value);
}

/**
 * EDRM's Message Identification Hash: the MD5, in lower-case hexadecimal, of the Message-ID with its brackets, as UTF-8.
 * Null where there is no bracketed Message-ID: the column never carries a made-up value. Other tools print it in
 * upper case: compare without regard to case.
 */
export function messageIdentificationHash(messageIdFieldRaw: string | null): string | null {
  const identifier = messageIdFieldRaw === null ? null : bracketed(unfold(messageIdFieldRaw));
  return identifier === null ? null : hash('md5', identifier, 'hex');
}
