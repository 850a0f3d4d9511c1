import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { CalendarAttachment } from '../../model/index.ts';
import type { IssueList } from '../issue-list.ts';
import { type JcalProperty, type PropertyIndex, parameter } from '../jcal/types.ts';

/** Names attachments go by: RFC 8607 §4.3, then what Apple, Oracle and Evolution write. */
const NAMES = [
  'filename',
  'x-filename',
  'x-apple-filename',
  'x-oracle-filename',
  'x-evolution-caldav-attach-name',
  'x-label',
];

/** The name an ATTACH declares, or null. */
export function attachmentName(property: JcalProperty): string | null {
  for (const name of NAMES) {
    const value = parameter(property, name);
    if (value !== null && value !== '') return value;
  }
  return null;
}

/** Decodes what stands within the item: ATTACH (RFC 5545 §3.8.1.1), then IMAGE (RFC 7986 §5.10). */
export function inlineAttachments(properties: PropertyIndex, issues: IssueList): readonly CalendarAttachment[] {
  const attachments: CalendarAttachment[] = [];
  for (const property of [...properties.all('attach'), ...properties.all('image')]) {
    const text = property[3];
    if (property[2] !== 'binary' || typeof text !== 'string') continue;
    const bytes = Buffer.from(text, 'base64');
    // Node skips what is not base64 without a word: fewer octets than the letters promise is how it shows.
    let letters = text.length;
    while (letters > 0 && text.charAt(letters - 1) === '=') letters--;
    const promised = Math.floor((letters * 3) / 4);
    if (bytes.length !== promised)
      issues.add('BASE64_MALFORMED', 'An attachment holds what is not base64; the rest was decoded.', 'ATTACH');
    const mediaType = parameter(property, 'fmttype')?.trim().toLowerCase() ?? '';
    attachments.push({
      name: attachmentName(property),
      mediaType: /^[^\s/;]+\/[^\s/;]+/.exec(mediaType)?.[0] ?? 'application/octet-stream',
      bytes,
      digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    });
  }
  return attachments;
}

/** RFC 6920: a name for content by its digest, so that a link to inline content need not hold it again. */
export function digestUri(attachment: CalendarAttachment): string {
  return `ni:///sha-256;${Buffer.from(attachment.digest.slice(7), 'hex').toString('base64url')}`;
}
