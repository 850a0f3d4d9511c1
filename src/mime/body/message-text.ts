import type { EmailBodyPart, Issue } from '../../model/index.ts';
import type { FoundFile } from '../embedded/text-files.ts';
import { cutFiles, findTextFiles } from '../embedded/text-files.ts';
import type { MimeLimits } from '../limits.ts';
import { partText } from '../text/part-text.ts';
import type { BodyLists } from './body-lists.ts';
import type { Leaf } from './leaf.ts';

export interface MessageText {
  readonly text: string;
  /** Files that were found within its plain text, and are not part of it. */
  readonly files: readonly FoundFile[];
  readonly issues: readonly Issue[];
}

/**
 * The text of a message itself: its plain text (the textBody of RFC 8621 §4.1.4), or its HTML turned into text where there
 * is no plain text or only blanks, or text of another kind where there is neither. Files within plain text (uuencode,
 * yEnc) are taken out of it.
 */
export function messageText(
  lists: BodyLists,
  leaves: ReadonlyMap<string, Leaf>,
  octetsOf: (leaf: Leaf) => Buffer | null,
  limits: MimeLimits,
): MessageText {
  const files: FoundFile[] = [];
  const issues: Issue[] = [];
  const read = (parts: readonly EmailBodyPart[], plain: boolean): string => {
    const texts: string[] = [];
    for (const { partId, type } of parts) {
      const leaf = leaves.get(partId ?? '');
      if (leaf === undefined || !type.startsWith('text/')) continue;
      const octets = octetsOf(leaf)?.subarray(0, limits.maxTextBytes);
      if (octets === undefined) continue;
      if (leaf.size > octets.length) {
        const named = `maxTextBytes (${limits.maxTextBytes}) or maxKeptBytes (${limits.maxKeptBytes})`;
        leaf.part.faults.add('LIMIT_REACHED', `The text passes ${named}: cut after ${octets.length} octets.`);
      }
      const found = plain && type === 'text/plain' ? findTextFiles(octets, leaf, limits, issues) : [];
      for (const file of found) files.push(file);
      texts.push(partText(found.length === 0 ? octets : cutFiles(octets, found), leaf.part, limits));
    }
    return joinTexts(texts);
  };
  let text = read(lists.textBody, true);
  if (text.trim() === '') {
    const known = new Set(lists.textBody);
    const html = lists.htmlBody.filter((part) => part.type === 'text/html' && !known.has(part));
    if (html.length > 0) text = read(html, false) || text;
    if (text.trim() === '') text = read(lists.attachments.filter(isOtherText), false) || text;
  }
  return { text, files, issues };
}

/** RFC 2046 §4.1.4: text of an unknown kind is read as plain text. RFC 8621 has it among the attachments. */
function isOtherText({ type, name, disposition }: EmailBodyPart): boolean {
  return type.startsWith('text/') && name === null && disposition !== 'attachment' && !NO_PROSE.test(type);
}

/** Plain text and HTML that are attachments by their place, and what is read elsewhere or says nothing to a reader. */
const NO_PROSE = /^text\/(?:plain|html|rfc822-headers|directory|css|(?:x-)?(?:v?calendar|vcard|(?:java|ecma)script))$/;

function joinTexts(texts: readonly string[]): string {
  return texts.length < 2
    ? (texts[0] ?? '')
    : texts.map((text, index) => (index < texts.length - 1 && !text.endsWith('\n') ? `${text}\n` : text)).join('');
}
