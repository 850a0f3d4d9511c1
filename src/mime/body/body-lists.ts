import type { EmailBodyPart } from '../../model/index.ts';

/** The flat lists RFC 8621 §4.1.4 derives from a body's structure. */
export interface BodyLists {
  readonly textBody: EmailBodyPart[];
  readonly htmlBody: EmailBodyPart[];
  readonly attachments: EmailBodyPart[];
}

/** Derives textBody, htmlBody and attachments: the algorithm RFC 8621 §4.1.4 suggests, step by step. */
export function bodyLists(structure: EmailBodyPart): BodyLists {
  const lists: BodyLists = { textBody: [], htmlBody: [], attachments: [] };
  sort([structure], { multipart: 'mixed', inAlternative: false }, lists.htmlBody, lists.textBody, lists.attachments);
  return lists;
}

interface Place {
  readonly multipart: string;
  readonly inAlternative: boolean;
}

function sort(
  parts: readonly EmailBodyPart[],
  place: Place,
  html: EmailBodyPart[] | null,
  text: EmailBodyPart[] | null,
  attachments: EmailBodyPart[],
): void {
  let htmlBody = html;
  let textBody = text;
  const textLength = textBody?.length ?? -1;
  const htmlLength = htmlBody?.length ?? -1;
  for (const [index, part] of parts.entries()) {
    if (part.subParts !== undefined) {
      const multipart = part.type.slice(part.type.indexOf('/') + 1);
      const inAlternative = place.inAlternative || multipart === 'alternative';
      sort(part.subParts, { multipart, inAlternative }, htmlBody, textBody, attachments);
      continue;
    }
    if (!isInline(part, index, place.multipart)) {
      attachments.push(part);
      continue;
    }
    if (place.multipart === 'alternative') {
      if (part.type === 'text/plain' && textBody !== null) textBody.push(part);
      else if (part.type === 'text/html' && htmlBody !== null) htmlBody.push(part);
      else attachments.push(part);
      continue;
    }
    if (place.inAlternative) {
      if (part.type === 'text/plain') htmlBody = null;
      if (part.type === 'text/html') textBody = null;
    }
    textBody?.push(part);
    htmlBody?.push(part);
    if ((textBody === null || htmlBody === null) && isInlineMedia(part.type)) attachments.push(part);
  }
  if (place.multipart !== 'alternative' || textBody === null || htmlBody === null) return;
  // Only one of the two was found: it stands for the other.
  const onlyHtml = textLength === textBody.length && htmlLength !== htmlBody.length;
  const onlyText = htmlLength === htmlBody.length && textLength !== textBody.length;
  if (onlyHtml) for (const part of htmlBody.slice(htmlLength)) textBody.push(part);
  if (onlyText) for (const part of textBody.slice(textLength)) htmlBody.push(part);
}

function isInline(part: EmailBodyPart, index: number, multipart: string): boolean {
  if (part.disposition === 'attachment') return false;
  const media = isInlineMedia(part.type);
  if (!media && part.type !== 'text/plain' && part.type !== 'text/html') return false;
  return index === 0 || (multipart !== 'related' && (media || part.name === null));
}

function isInlineMedia(type: string): boolean {
  return /^(?:image|audio|video)\//.test(type);
}
