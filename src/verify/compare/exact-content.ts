import type { ManifestReader } from '../../manifest/index.ts';
import { type ItemRecord, MailproofError } from '../../model/index.ts';
import { hash48 } from '../number-set.ts';
import type { Candidate, Recognised, Unmatched } from './unmatched.ts';

/**
 * What the content hash leaves out of a mail and no storage may alter: it is made to find one mail in many mailboxes, where
 * a Bcc, a mark of punctuation and the mail it answers differ. Here it is one mailbox, and `1.000` is not `10.00`.
 */
export function fieldsHash({ email }: ItemRecord): number {
  if (email === undefined) return 0;
  const subject = (email.subject ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
  const people = [email.bcc, email.replyTo, email.sender].map((list) => (list ?? []).map(({ email: one }) => one));
  return hash48(JSON.stringify([subject, people, email.inReplyTo ?? [], email.references ?? []]));
}

/** The octets of all parts, decoded: where they are the same, no text has to be read to say so. */
export function partsHash({ email }: ItemRecord): number {
  if (email === undefined) return 0;
  const digests: string[] = [];
  const open = [email.bodyStructure];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.subParts === undefined) digests.push(part.blobId ?? '');
    else for (const child of part.subParts) open.push(child);
  }
  return hash48(digests.join());
}

/** White space and the composition of accents are a matter of how a text was stored. */
const charactersOf = (text: string): string => text.normalize('NFC').replace(/\s+/g, '');

const GONE = /^(SOURCE_NOT_FOUND|SOURCE_TRUNCATED|MANIFEST_INVALID|USAGE)$/;

/** The text of an item; null where its file does not hold it any more. */
async function textOf(manifest: ManifestReader, item: Unmatched | Candidate): Promise<string | null> {
  try {
    return charactersOf(await manifest.text(item));
  } catch (error) {
    if (error instanceof MailproofError && GONE.test(error.code)) return null;
    throw error;
  }
}

export const OTHER_FIELDS = 'the same text, and another Subject, Bcc, Reply-To, Sender, In-Reply-To or References';
export const OTHER_TEXT = 'the same letters and digits, and other characters between them';

export const NO_TEXT = 'its text cannot be read any more, and may be another';

/** What differs all the same between items of one content hash: a sentence for each item of the later manifest. */
export async function inexactContents(
  earlier: ManifestReader,
  later: ManifestReader,
  recognised: ReadonlyMap<number, Recognised>,
): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (const [number, { item, candidate, by }] of recognised) {
    if (by !== 'content') continue;
    if (item.fields !== candidate.fields) found.set(number, OTHER_FIELDS);
    else if (item.parts !== candidate.parts) {
      const [before, after] = [await textOf(earlier, item), await textOf(later, candidate)];
      if (before === null || after === null) found.set(number, NO_TEXT);
      else if (before !== after) found.set(number, OTHER_TEXT);
    }
  }
  return found;
}
