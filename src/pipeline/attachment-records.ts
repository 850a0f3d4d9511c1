import { Buffer } from 'node:buffer';
import { contradictingType, digestsOf, nativeOf, SNIFF_LENGTH } from '../mime/index.ts';
import type { CalendarAttachment, EmailBodyPart, ItemRecord } from '../model/index.ts';
import type { BatchWriter } from './batch-writer.ts';

/** The part an attachment is, as a message's are described. */
function partOf({ partId, name, mediaType, bytes }: CalendarAttachment): EmailBodyPart {
  const described = { name, type: mediaType, charset: null, disposition: 'attachment', cid: null };
  const base = { partId, ...described, language: null, location: null };
  if (bytes === null) return { ...base, blobId: null, size: 0 };
  const digests = digestsOf(bytes);
  const part = { ...base, blobId: `sha256-${digests.sha256}`, size: bytes.length, digests };
  const detectedType = contradictingType(Buffer.from(bytes.subarray(0, SNIFF_LENGTH)), mediaType);
  return detectedType === null ? part : { ...part, detectedType };
}

/**
 * The records of what stands within a calendar item, which follow its own: `00000123.a1`. Each counts as a part; one that
 * cannot be read has no native, and its item's issue says why.
 */
export function attachmentRecords(
  writer: BatchWriter,
  item: ItemRecord,
  attachments: readonly CalendarAttachment[] = [],
): ItemRecord[] {
  return attachments.map((each) => {
    const part = partOf(each);
    const { type, size, digests } = part;
    const native = digests === undefined ? null : nativeOf(type, size, digests);
    writer.tally.partsDeclared++;
    writer.tally[native === null ? 'partsFailed' : 'partsExtracted']++;
    return {
      id: `${item.id}.${each.partId}`,
      type: 'Other',
      source: item.source,
      folderPath: item.folderPath,
      native,
      family: { root: item.family.root, parent: item.id, part: each.partId, depth: item.family.depth + 1 },
      identity: { messageId: null, mih: null, contentHash: null, familyHash: null },
      issues: [],
      ...(item.keywords !== undefined && { keywords: item.keywords }),
      attachment: part,
      other: { kind: 'attachment', detail: null },
    };
  });
}
