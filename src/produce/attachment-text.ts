import { decodeCharset, htmlToText } from '../mime/index.ts';
import type { EmailBodyPart } from '../model/index.ts';

/** Texts longer than this are left in their natives. */
const TEXT_OCTETS = 32 * 1024 * 1024;
const TEXT_TYPES =
  /^(?:text\/|message\/(?:delivery-status|disposition-notification|feedback-report)$|application\/(?:json|xml)$)/;

/**
 * The text of a plain attachment that is text: decoded by its charset, HTML without its marks. Null for all that a program of
 * its own would have to open.
 */
export function attachmentText(part: EmailBodyPart, octets: Uint8Array): string | null {
  if (!TEXT_TYPES.test(part.type) || octets.length > TEXT_OCTETS) return null;
  const { text } = decodeCharset(
    Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength),
    part.charset ?? 'utf-8',
  );
  return (part.type === 'text/html' ? htmlToText(text) : text).replace(/\r\n?/g, '\n');
}
