import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { CalendarAttachment } from '../../model/index.ts';
import type { IssueList } from '../issue-list.ts';
import { type JcalProperty, type PropertyIndex, parameter } from '../jcal/types.ts';
import { inlineContent } from './inline-content.ts';

/** Names attachments go by: RFC 8607 §4.3, then what Apple, Oracle and Evolution write. */
const NAMES = [
  'filename',
  'x-filename',
  'x-apple-filename',
  'x-oracle-filename',
  'x-evolution-caldav-attach-name',
  'x-label',
  'label',
];

/** The name an ATTACH declares, or null. */
export function attachmentName(property: JcalProperty): string | null {
  for (const name of NAMES) {
    const value = parameter(property, name);
    if (value !== null && value !== '') return value;
  }
  return null;
}

/**
 * Decodes what stands within an item: of each holder (the item, then its alarms) ATTACH (RFC 5545 §3.8.1.1), then IMAGE
 * (RFC 7986 §5.10), by the property it stands in.
 */
export function inlineAttachments(
  holders: readonly PropertyIndex[],
  issues: IssueList,
): ReadonlyMap<JcalProperty, CalendarAttachment> {
  const attachments = new Map<JcalProperty, CalendarAttachment>();
  for (const property of holders.flatMap((holder) => [...holder.all('attach'), ...holder.all('image')])) {
    const content = inlineContent(property);
    if (content === null) continue;
    const partId = `a${attachments.size + 1}`;
    const { bytes, fault } = content;
    if (fault !== null) {
      const code = bytes === null ? 'EMBEDDED_UNREADABLE' : 'BASE64_MALFORMED';
      issues.add(code, `An attachment could not be read as it is declared: ${fault}.`, partId);
    }
    const declared = parameter(property, 'fmttype')?.trim().toLowerCase() ?? content.mediaType ?? '';
    attachments.set(property, {
      partId,
      name: attachmentName(property),
      mediaType: /^[^\s/;]+\/[^\s/;]+/.exec(declared)?.[0] ?? 'application/octet-stream',
      bytes,
      digest: bytes === null ? null : `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    });
  }
  return attachments;
}

/** Octets, as SIZE (RFC 8607 §4.1) says; null where it says none. */
export function declaredSize(property: JcalProperty): number | null {
  const size = Number.parseInt(parameter(property, 'size') ?? '', 10);
  return Number.isSafeInteger(size) ? size : null;
}

/** RFC 6920: a name for content by its digest, so that a link to inline content need not hold it again. */
export function digestUri({ digest }: CalendarAttachment): string | null {
  return digest === null ? null : `ni:///sha-256;${Buffer.from(digest.slice(7), 'hex').toString('base64url')}`;
}
