import { contentHash, familyHash, messageIdentificationHash, rawMessageId } from '../identity/index.ts';
import { childName } from '../manifest/record-id.ts';
import type { EmailBodyPart, Issue, ItemRecord, Native, ParsedChild, ParsedMessage } from '../model/index.ts';
import { attachmentRecords } from './attachment-records.ts';
import type { BatchWriter } from './batch-writer.ts';
import { calendarRecord, calendarText, type Origin } from './calendar-record.ts';

/** Attached messages below this depth are described by their parents; the reader of mail stops earlier. */
const DEPTH_LIMIT = 200;

/** A record that waits for its children's hashes. */
interface Pending {
  readonly record: ItemRecord;
  readonly text: string;
  readonly archiveIssues: number;
}

/** Adds a message's record and, directly after it, those of everything in it, in the order of their parts. */
export function addMessage(
  writer: BatchWriter,
  origin: Origin,
  archiveIssues: readonly Issue[],
  native: Native,
  message: ParsedMessage,
): void {
  const pending: Pending[] = [];
  const place = { root: origin.id, parent: null, part: null, depth: 0 };
  collect(pending, writer, origin, archiveIssues, native, message, place);
  for (const { record, text, archiveIssues: count } of pending) writer.add(record, text, count);
}

function collect(
  pending: Pending[],
  writer: BatchWriter,
  origin: Origin,
  archiveIssues: readonly Issue[],
  native: Native,
  message: ParsedMessage,
  family: ItemRecord['family'],
): string | null {
  const { email, text } = message;
  const issues = [...archiveIssues, ...message.issues];
  countParts(writer, email.bodyStructure, message.issues);
  writer.tally[issues.length === 0 ? 'read' : 'readWithIssues']++;
  const own = contentHash({ email, text });
  const messageId = rawMessageId(email);
  const place = pending.length;
  const hashes: (string | null)[] = [];
  const base: ItemRecord = {
    id: origin.id,
    type: 'Email',
    source: origin.source,
    folderPath: origin.folderPath,
    native,
    family,
    identity: { messageId, mih: messageIdentificationHash(messageId), contentHash: own, familyHash: null },
    issues,
    ...(origin.keywords !== undefined && { keywords: origin.keywords }),
    email:
      family.parent === null && origin.receivedAt !== undefined ? { ...email, receivedAt: origin.receivedAt } : email,
  };
  pending.push({ record: base, text, archiveIssues: archiveIssues.length });
  for (const child of message.children) hashes.push(collectChild(pending, writer, origin, child, family));
  const whole = familyHash(own, hashes);
  const record = { ...base, identity: { ...base.identity, familyHash: whole } };
  pending[place] = { record, text, archiveIssues: archiveIssues.length };
  return whole;
}

function collectChild(
  pending: Pending[],
  writer: BatchWriter,
  parent: Origin,
  child: ParsedChild,
  above: ItemRecord['family'],
): string | null {
  const origin: Origin = { ...parent, id: `${parent.id}.${childName(child)}` };
  const family = { root: above.root, parent: parent.id, part: child.partId, depth: above.depth + 1 };
  if (child.type === 'Email') {
    // mime/ bounds nesting; this guards the stack against a reader with other limits.
    if (family.depth > DEPTH_LIMIT) return null;
    return collect(pending, writer, origin, [], child.native, child, family);
  }
  writer.tally[child.issues.length === 0 ? 'read' : 'readWithIssues']++;
  const record = calendarRecord(origin, child, child.native, child.issues, family);
  pending.push({ record, text: calendarText(child), archiveIssues: 0 });
  for (const each of attachmentRecords(writer, record, child.attachments)) {
    pending.push({ record: each, text: '', archiveIssues: 0 });
  }
  return record.identity.familyHash;
}

/** Counts the parts a message declares, and of those the ones whose octets could not be read whole. */
function countParts(writer: BatchWriter, root: EmailBodyPart, issues: readonly Issue[]): void {
  const failed = new Set(issues.filter((issue) => issue.severity === 'error').map((issue) => issue.part));
  const open: EmailBodyPart[] = [root];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.subParts !== undefined) {
      for (const subPart of part.subParts) open.push(subPart);
      continue;
    }
    writer.tally.partsDeclared++;
    const unread = part.blobId === null || (part.partId !== null && failed.has(part.partId));
    writer.tally[unread ? 'partsFailed' : 'partsExtracted']++;
  }
}
