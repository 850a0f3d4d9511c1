import type { EmailBodyPart, ItemRecord } from '../model/index.ts';
import { type DocumentKind, nativeFacts, type UnnumberedDocument } from './document.ts';

/**
 * A message above this is produced as one document: its attachments would have to be held whole. WorkMail's own limit is
 * 40 MB encoded.
 */
export const HELD_OCTETS = 128 * 1024 * 1024;
/** Records nest this deep at most when read by Mailproof; a manifest from elsewhere must not exhaust the stack. */
const DEPTH_LIMIT = 300;

const KINDS = { Email: 'message', CalendarEvent: 'calendar', Task: 'task', Other: 'file' } as const;
const kindOf = (record: ItemRecord): DocumentKind => KINDS[record.type];

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * The documents of one entry, a parent before its attachments and each attachment before its own: the order a family is
 * numbered in. `records` are the entry's, in their order. A part that became records is represented by them; a plain
 * attachment, which has no record, by its part. Nothing is left out: a record whose parent is not there follows the first.
 */
export function familyDocuments(records: readonly ItemRecord[]): UnnumberedDocument[] {
  const [root] = records;
  if (root === undefined) return [];
  const documents: UnnumberedDocument[] = [];
  const byParent = new Map<string, ItemRecord[]>();
  for (const record of records) {
    const { parent } = record.family;
    if (parent === null) continue;
    const siblings = byParent.get(parent);
    if (siblings === undefined) byParent.set(parent, [record]);
    else siblings.push(record);
  }
  const placed = new Set<string>();
  const addRecord = (record: ItemRecord, parent: number, shares: number, part: EmailBodyPart | null): void => {
    placed.add(record.id);
    const place = documents.length;
    const own = record.attachment ?? null;
    documents.push({
      id: record.id,
      kind: kindOf(record),
      record,
      part: own,
      fileName: record.family.parent === null ? baseName(record.source.entry) : (part?.name ?? own?.name ?? null),
      mediaType: record.native?.mediaType ?? part?.type ?? 'application/octet-stream',
      parent,
      shares,
      native:
        own?.digests !== undefined
          ? { size: own.size, sha1: null, ...own.digests }
          : record.native && nativeFacts(record.native),
    });
    // What stands within a calendar item comes after it.
    for (const child of byParent.get(record.id) ?? [])
      if (child.attachment !== undefined && !placed.has(child.id)) addRecord(child, place, -1, null);
    if (record.email !== undefined && record.family.depth < DEPTH_LIMIT) addAttachments(record, place);
  };
  const addAttachments = (record: ItemRecord, place: number): void => {
    const children = (byParent.get(record.id) ?? []).filter((child) => child.family.depth > record.family.depth);
    const byPart = new Map<string | null, ItemRecord[]>();
    for (const child of children) byPart.set(child.family.part, [...(byPart.get(child.family.part) ?? []), child]);
    for (const part of record.email?.attachments ?? []) {
      const ofPart = byPart.get(part.partId);
      if (ofPart === undefined) documents.push(attachment(record, part, place));
      else addPart(ofPart, place, part);
      byPart.delete(part.partId);
    }
    for (const ofPart of byPart.values()) addPart(ofPart, place, null);
  };
  /** The records one part became: one message, or the components of one calendar file, which share its octets. */
  const addPart = (ofPart: readonly ItemRecord[], parent: number, part: EmailBodyPart | null): void => {
    const first = documents.length;
    for (const [at, record] of ofPart.entries()) addRecord(record, parent, at === 0 ? -1 : first, part);
  };
  addRecord(root, -1, -1, null);
  if ((root.native?.size ?? 0) > HELD_OCTETS) return documents.slice(0, 1);
  for (const record of records) {
    if (placed.has(record.id)) continue;
    addRecord(record, 0, record.family.parent === null ? 0 : -1, null);
  }
  return documents;
}

function attachment(record: ItemRecord, part: EmailBodyPart, parent: number): UnnumberedDocument {
  const { digests } = part;
  return {
    id: `${record.id}.${part.partId ?? ''}`,
    kind: 'file',
    record,
    part,
    fileName: part.name,
    mediaType: part.type,
    parent,
    shares: -1,
    native: digests === undefined ? null : { size: part.size, sha1: null, ...digests },
  };
}
