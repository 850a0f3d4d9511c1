import { parseCalendar } from '../calendar/index.ts';
import { nativeDigests } from '../identity/index.ts';
import { entryId } from '../manifest/layout.ts';
import { componentId } from '../manifest/record-id.ts';
import { count } from '../manifest/tally.ts';
import { parseMessage } from '../mime/index.ts';
import type { Issue, ItemRecord, Native, ReadEntry } from '../model/index.ts';
import { attachmentRecords } from './attachment-records.ts';
import type { BatchWriter } from './batch-writer.ts';
import { calendarRecord, calendarText, type Origin } from './calendar-record.ts';
import { classify, type EntryKind, readOutputLog } from './classify.ts';
import { addMessage } from './message-records.ts';

const MEDIA_TYPES: Record<EntryKind, string> = {
  message: 'message/rfc822',
  calendar: 'text/calendar',
  'output-log': 'application/json',
  directory: 'application/octet-stream',
  empty: 'application/octet-stream',
  unknown: 'application/octet-stream',
};

/** The folders an entry lies in, as its path says. A directory is its own last folder. */
export function folderPathOf(path: string, directory: boolean): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return directory ? names : names.slice(0, -1);
}

/** What every record of an entry says of its source. */
export function originOf(read: ReadEntry): Origin {
  const { entry } = read;
  return {
    id: entryId(entry.ordinal),
    folderPath: folderPathOf(entry.path, entry.directory),
    ...(entry.keywords !== undefined && { keywords: entry.keywords }),
    ...(entry.receivedAt !== undefined && { receivedAt: entry.receivedAt }),
    source: {
      entry: entry.path,
      index: entry.ordinal,
      offset: entry.offset,
      crc32: entry.crc32 === null ? null : entry.crc32.toString(16).padStart(8, '0'),
    },
  };
}

/** An entry that is no item: kept, counted and said to be so. */
export function addOther(
  writer: BatchWriter,
  read: ReadEntry,
  kind: string,
  native: Native | null,
  detail: string | null,
  ofContent: readonly Issue[] = [],
): void {
  const origin = originOf(read);
  const record: ItemRecord = {
    id: origin.id,
    type: 'Other',
    source: origin.source,
    folderPath: origin.folderPath,
    native,
    family: { root: origin.id, parent: null, part: null, depth: 0 },
    identity: { messageId: null, mih: null, contentHash: null, familyHash: null },
    issues: [...read.issues, ...ofContent],
    other: { kind, detail },
  };
  writer.add(record, '', read.issues.length);
  if (kind === 'directory') writer.tally.directories++;
  else if (kind === 'output-log') writer.tally.logs++;
  else if (kind === 'unreadable') writer.tally.unreadableEntries++;
  else writer.tally.other++;
}

/** Counts an entry's octets of the archive. */
export function countEntry(writer: BatchWriter, read: ReadEntry): void {
  const { tally } = writer;
  tally.found++;
  tally.headers += read.used.header;
  tally.data += read.used.data;
  tally.descriptors += read.used.descriptor;
  const { end } = read.entry;
  if (read.used.gap > 0) tally.gaps.push({ start: end - read.used.gap, end, reason: 'octets after the entry' });
}

/** Counts an entry that held an item. */
export function countItem(writer: BatchWriter, read: ReadEntry, size: number): void {
  writer.tally.itemEntries++;
  writer.tally.nativeBytes += size;
  count(writer.tally.folders, folderPathOf(read.entry.path, false).join('/'));
}

/** Turns one entry into its records. Total: whatever the octets are, at least one record says what became of them. */
export function addEntry(writer: BatchWriter, read: ReadEntry): void {
  countEntry(writer, read);
  const { entry, bytes } = read;
  if (entry.directory || bytes === null) {
    addOther(writer, read, entry.directory ? 'directory' : 'unreadable', null, null);
    return;
  }
  const kind = classify(entry.path, bytes);
  const native: Native = { mediaType: MEDIA_TYPES[kind], size: bytes.length, ...nativeDigests(bytes) };
  if (kind === 'message') {
    countItem(writer, read, bytes.length);
    addMessage(writer, originOf(read), read.issues, native, parseMessage(bytes, { parseCalendar }));
    return;
  }
  if (kind === 'calendar') {
    addCalendar(writer, read, bytes, native);
    return;
  }
  const log = kind === 'output-log' ? readOutputLog(bytes) : null;
  addOther(writer, read, kind, native, log === null ? null : JSON.stringify(log));
}

/** Records of a calendar file's components; one that holds none is kept as something else, with what was wrong with it. */
function addCalendar(writer: BatchWriter, read: ReadEntry, bytes: Uint8Array, native: Native): void {
  const { items, issues } = parseCalendar(bytes);
  if (items.length === 0) {
    addOther(writer, read, 'unknown', native, null, issues);
    return;
  }
  countItem(writer, read, bytes.length);
  const origin = originOf(read);
  const ofFile = [...read.issues, ...issues];
  for (const [place, item] of items.entries()) {
    const id = componentId(origin.id, place, items.length);
    const own = place === 0 ? [...ofFile, ...item.issues] : item.issues;
    const record = calendarRecord({ ...origin, id }, item, native, own, {
      root: id,
      parent: null,
      part: null,
      depth: 0,
    });
    writer.add(record, calendarText(item), place === 0 ? read.issues.length : 0);
    writer.tally[own.length === 0 ? 'read' : 'readWithIssues']++;
    for (const each of attachmentRecords(writer, record, item.attachments)) writer.add(each, '');
  }
}
