import type { ManifestReader } from '../manifest/index.ts';
import type { EmailAddress, Issue, ItemRecord, RecordType, Severity } from '../model/index.ts';
import { RunCounts } from '../verify/index.ts';
import { FrequentCounts } from './frequent-counts.ts';
import { monthOf } from './measures.ts';

/** Upper bounds of the size classes, in octets; the last class has none. */
export const SIZE_BOUNDS = [10_000, 100_000, 1_000_000, 10_000_000] as const;
/** Examples kept of each issue. */
export const ISSUE_EXAMPLES = 5;
/** Longer keys are cut: an address of a megabyte must not become a megabyte of memory. */
const KEY_LIMIT = 320;

export interface CountAndOctets {
  count: number;
  octets: number;
}

export interface IssueExample {
  readonly record: string;
  readonly entry: string;
  readonly message: string;
}

export interface IssueClass {
  readonly code: string;
  readonly severity: Severity;
  count: number;
  readonly examples: IssueExample[];
}

export interface CalendarYear {
  events: number;
  tasks: number;
  /** Of both: those that repeat by a rule. */
  recurring: number;
  /** Of both: single instances that were changed. */
  overrides: number;
}

/** What the report says of the mail itself: counts only, never a text. Memory does not grow with the number of items. */
export interface Statistics {
  /** Months since year 0, by the sender's own clock, as messages carry it. Messages only, none that is within another. */
  readonly months: ReadonlyMap<number, CountAndOctets>;
  readonly undated: number;
  readonly messages: number;
  /** By type, items within other items apart. */
  readonly types: ReadonlyMap<string, CountAndOctets>;
  /** One for each class of `SIZE_BOUNDS` and one beyond. */
  readonly sizes: readonly CountAndOctets[];
  readonly folders: FrequentCounts;
  readonly senders: FrequentCounts;
  readonly recipients: FrequentCounts;
  /** Media types of attachments. */
  readonly attachments: FrequentCounts;
  readonly issues: ReadonlyMap<string, IssueClass>;
  /** By year; year -1 stands for items without a date. */
  readonly calendar: ReadonlyMap<number, CalendarYear>;
  /** For the readings of an output log. */
  readonly counts: RunCounts;
}

function take<Key>(counts: Map<Key, CountAndOctets>, key: Key, octets: number): void {
  const held = counts.get(key);
  if (held === undefined) counts.set(key, { count: 1, octets });
  else {
    held.count++;
    held.octets += octets;
  }
}

const sizeClass = (size: number): number => {
  const place = SIZE_BOUNDS.findIndex((bound) => size < bound);
  return place === -1 ? SIZE_BOUNDS.length : place;
};

/** Takes records one by one. */
export class StatisticsCollector {
  readonly #counts = new RunCounts();
  readonly #months = new Map<number, CountAndOctets>();
  readonly #types = new Map<string, CountAndOctets>();
  readonly #sizes: CountAndOctets[] = Array.from({ length: SIZE_BOUNDS.length + 1 }, () => ({ count: 0, octets: 0 }));
  readonly #folders = new FrequentCounts();
  readonly #senders = new FrequentCounts();
  readonly #recipients = new FrequentCounts();
  readonly #attachments = new FrequentCounts(500);
  readonly #issues = new Map<string, IssueClass>();
  readonly #calendar = new Map<number, CalendarYear>();
  #messages = 0;
  #undated = 0;

  take(record: ItemRecord): void {
    this.#counts.take({ record, shard: 0, offset: 0, length: 0 });
    const size = record.native?.size ?? 0;
    for (const issue of record.issues) this.#takeIssue(record, issue);
    if (record.type === 'Other') return;
    take(this.#types, typeName(record.type, record.family.depth > 0), size);
    for (const part of record.email?.attachments ?? []) this.#attachments.add(part.type.slice(0, KEY_LIMIT), part.size);
    if (record.type !== 'Email') this.#takeCalendar(record);
    if (record.family.depth > 0) return;
    this.#folders.add(record.folderPath.join(' / ').slice(0, KEY_LIMIT), size);
    const class_ = this.#sizes[sizeClass(size)];
    if (class_ !== undefined) {
      class_.count++;
      class_.octets += size;
    }
    if (record.email !== undefined) this.#takeMessage(record, size);
  }

  finish(): Statistics {
    return {
      months: this.#months,
      undated: this.#undated,
      messages: this.#messages,
      types: this.#types,
      sizes: this.#sizes,
      folders: this.#folders,
      senders: this.#senders,
      recipients: this.#recipients,
      attachments: this.#attachments,
      issues: this.#issues,
      calendar: this.#calendar,
      counts: this.#counts,
    };
  }

  #takeMessage({ email }: ItemRecord, size: number): void {
    this.#messages++;
    const month = monthOf(email?.sentAt);
    if (month === null) this.#undated++;
    else take(this.#months, month, size);
    addPeople(this.#senders, email?.from ?? null);
    addPeople(this.#recipients, email?.to ?? null, email?.cc ?? null);
  }

  #takeIssue(record: ItemRecord, { code, severity, message }: Issue): void {
    let held = this.#issues.get(code);
    if (held === undefined) {
      held = { code, severity, count: 0, examples: [] };
      this.#issues.set(code, held);
    }
    held.count++;
    if (held.examples.length >= ISSUE_EXAMPLES) return;
    held.examples.push({
      record: record.id,
      entry: record.source.entry.slice(0, 1000),
      message: message.slice(0, 1000),
    });
  }

  #takeCalendar(record: ItemRecord): void {
    const item = record.event ?? record.task;
    const written = item?.start?.local ?? item?.end?.local ?? '';
    const year = /^\d{4}-/.test(written) ? Number(written.slice(0, 4)) : -1;
    let held = this.#calendar.get(year);
    if (held === undefined) {
      held = { events: 0, tasks: 0, recurring: 0, overrides: 0 };
      this.#calendar.set(year, held);
    }
    held[record.type === 'Task' ? 'tasks' : 'events']++;
    if (item?.recurrenceId) held.overrides++;
    else if (item?.jscalendar['recurrenceRules'] !== undefined || item?.jscalendar['recurrenceRule'] !== undefined) {
      held.recurring++;
    }
  }
}

const TYPE_NAMES: Readonly<Record<RecordType, readonly [string, string]>> = {
  Email: ['Messages', 'Messages within messages'],
  CalendarEvent: ['Calendar events', 'Calendar events within messages'],
  Task: ['Tasks and journal entries', 'Tasks within messages'],
  Other: ['Other entries', 'Other entries'],
};
const typeName = (type: RecordType, within: boolean): string => TYPE_NAMES[type][within ? 1 : 0];

/** Each person once a message, however often the message names them. */
function addPeople(counts: FrequentCounts, ...lists: readonly (readonly EmailAddress[] | null)[]): void {
  const seen = new Set<string>();
  for (const list of lists) {
    for (const { email } of list ?? []) if (email !== '') seen.add(email.slice(0, KEY_LIMIT).toLowerCase());
  }
  for (const key of seen) counts.add(key);
}

/** One pass over the records of a run. Throws MANIFEST_INVALID, CANCELLED. */
export async function collectStatistics(reader: ManifestReader, signal?: AbortSignal): Promise<Statistics> {
  const collector = new StatisticsCollector();
  for await (const records of reader.records(signal)) for (const record of records) collector.take(record);
  return collector.finish();
}
