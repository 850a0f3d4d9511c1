import { count } from '../../manifest/index.ts';
import type { EmailBodyPart, ItemRecord } from '../../model/index.ts';
import type { PlacedRecord } from '../check.ts';

/** Everything that can be counted again from the records, for the ledger and for the output log's readings. */
export class RunCounts {
  records = 0;
  readonly byType: Record<string, number> = {};
  readonly issues: Record<string, number> = {};
  /** Issues of severity error. */
  errors = 0;
  /** Items by the folder of their entry: entries, not records. */
  readonly folders: Record<string, number> = {};
  entries = 0;
  itemEntries = 0;
  directories = 0;
  logs = 0;
  other = 0;
  unreadable = 0;
  read = 0;
  readWithIssues = 0;
  partsDeclared = 0;
  /** Octets of entries that hold items. */
  nativeBytes = 0;
  textBytes = 0;
  /** Entries that are one message each. */
  messages = 0;
  /** Octets of those. */
  messageBytes = 0;
  /** Messages that carry a calendar item: how an export may write calendar items too. */
  messagesWithCalendar = 0;
  calendarEntries = 0;
  /** Components of calendar entries: one entry may hold a series and its exceptions. */
  calendarComponents = 0;
  /** Octets of entries that are neither item, folder nor log. */
  otherBytes = 0;
  /** Folders that hold messages, `/`-joined. */
  readonly messageFolders = new Set<string>();
  /** Folders that have an entry of their own, `/`-joined. */
  readonly directoryPaths = new Set<string>();
  /** Output logs that lay inside the archive: where, and the record's JSON. */
  readonly logsInside: { readonly where: string; readonly detail: string | null }[] = [];
  #lastEntry = -1;
  #calendarOf = '';

  take({ record }: PlacedRecord): void {
    this.records++;
    count(this.byType, record.type);
    for (const { code, severity } of record.issues) {
      count(this.issues, code);
      if (severity === 'error') this.errors++;
    }
    this.textBytes += record.text?.length ?? 0;
    if (record.type !== 'Other') this[record.issues.length === 0 ? 'read' : 'readWithIssues']++;
    if (record.email !== undefined) this.partsDeclared += leafParts(record.email.bodyStructure);
    if (record.attachment !== undefined) this.partsDeclared++;
    const isFirst = record.source.index !== this.#lastEntry;
    this.#lastEntry = record.source.index;
    if (isFirst) this.#takeEntry(record);
    else if (record.family.depth > 0) this.#takeChild(record);
    if (record.family.depth === 0 && isCalendar(record)) this.calendarComponents++;
  }

  #takeEntry(record: ItemRecord): void {
    this.entries++;
    const size = record.native?.size ?? 0;
    if (record.type === 'Other') {
      this.#takeOther(record, size);
      return;
    }
    this.itemEntries++;
    this.nativeBytes += size;
    count(this.folders, record.folderPath.join('/'));
    if (record.type === 'Email') {
      this.messages++;
      this.messageBytes += size;
      this.messageFolders.add(record.folderPath.join('/'));
    } else this.calendarEntries++;
  }

  #takeOther(record: ItemRecord, size: number): void {
    const kind = record.other?.kind;
    if (kind === 'directory') {
      this.directories++;
      this.directoryPaths.add(record.folderPath.join('/'));
    } else if (kind === 'output-log') {
      this.logs++;
      this.logsInside.push({ where: `entry ${record.source.entry}`, detail: record.other?.detail ?? null });
    } else if (kind === 'unreadable') this.unreadable++;
    else {
      this.other++;
      this.otherBytes += size;
    }
  }

  #takeChild(record: ItemRecord): void {
    if (!isCalendar(record) || this.#calendarOf === record.family.root) return;
    this.#calendarOf = record.family.root;
    this.messagesWithCalendar++;
  }
}

const isCalendar = (record: ItemRecord): boolean => record.type === 'CalendarEvent' || record.type === 'Task';

function leafParts(root: EmailBodyPart): number {
  let leaves = 0;
  const open = [root];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (part.subParts === undefined) leaves++;
    else for (const subPart of part.subParts) open.push(subPart);
  }
  return leaves;
}
