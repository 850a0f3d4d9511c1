import type { CalendarPayload, CalendarTime, ItemRecord, JsonValue } from '../model/index.ts';
import { compareOctets } from '../model/octet-order.ts';
import { type CalendarColumns, calendarColumns, jcalProperties } from './calendar-row.ts';
import type { IndexRow } from './index-rows.ts';

/** Who a reply or counter-proposal speaks for, and what it says. */
export interface CalendarReply {
  /** The calendar address as written, without `mailto:`. */
  readonly attendee: string;
  readonly name: string | null;
  /** Upper case: ACCEPTED, DECLINED, TENTATIVE, DELEGATED, …; NEEDS-ACTION where it is not said (RFC 5545 §3.2.12). */
  readonly status: string;
  readonly delegatedTo: string | null;
}

/** One record of an event's history. */
export interface CalendarVersion extends CalendarColumns {
  readonly id: string;
  /** The message it came in; null for an item of the calendar itself. */
  readonly message: string | null;
  readonly entry: string;
  readonly folderPath: readonly string[];
  readonly component: string;
  readonly title: string | null;
  readonly status: string | null;
  readonly start: CalendarTime | null;
  readonly organizer: string | null;
  /** What attendees said by it: of REPLY, COUNTER and REFRESH only. */
  readonly replies: readonly CalendarReply[];
}

/** The last answer of an attendee, for the series or for one instance. */
export interface CalendarAnswer extends CalendarReply {
  readonly recurrenceId: string | null;
  readonly record: string;
  readonly dtstamp: string | null;
}

export interface CalendarHistory {
  readonly uid: string;
  /** By SEQUENCE, then DTSTAMP (RFC 5546 §2.1.5), then by place in the archive. */
  readonly versions: readonly CalendarVersion[];
  /** By attendee, then instance. */
  readonly answers: readonly CalendarAnswer[];
}

/** Methods by which an attendee speaks (RFC 5546 §1.4). */
const ATTENDEES: ReadonlySet<string> = new Set(['REPLY', 'COUNTER', 'REFRESH']);

const text = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const bare = (address: string): string => address.trim().replace(/^mailto:/i, '');

function parameter(property: readonly JsonValue[], name: string): string | null {
  const parameters: unknown = property[1];
  if (typeof parameters !== 'object' || parameters === null || !Object.hasOwn(parameters, name)) return null;
  const value: unknown = Reflect.get(parameters, name);
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : null;
}

function repliesOf(payload: CalendarPayload): CalendarReply[] {
  if (!ATTENDEES.has(payload.method ?? '')) return [];
  return jcalProperties(payload, 'attendee').map((property) => {
    const delegate = parameter(property, 'delegated-to');
    return {
      attendee: bare(text(property[3]) ?? ''),
      name: parameter(property, 'cn'),
      status: (parameter(property, 'partstat') ?? 'NEEDS-ACTION').toUpperCase(),
      delegatedTo: delegate === null ? null : bare(delegate),
    };
  });
}

/** A record of the index with its row, as a version. Null where it is no calendar record: the index is not this run's. */
export function calendarVersion(row: IndexRow, record: ItemRecord): CalendarVersion | null {
  const payload = record.event ?? record.task;
  if (payload === undefined) return null;
  const first = (name: string) => text(jcalProperties(payload, name)[0]?.[3]);
  const organizer = first('organizer');
  return {
    id: record.id,
    ...calendarColumns(row.more),
    message: record.family.parent,
    entry: record.source.entry,
    folderPath: record.folderPath,
    component: payload.component,
    title: text(payload.jscalendar['title']),
    status: first('status')?.toUpperCase() ?? null,
    start: payload.start,
    organizer: organizer === null ? null : bare(organizer),
    replies: repliesOf(payload),
  };
}

/** Orders an event's versions, given in the archive's order, and gathers what each attendee said last. */
export function calendarHistory(uid: string, versions: readonly CalendarVersion[]): CalendarHistory {
  const ordered = versions.toSorted(
    (left, right) =>
      (left.sequence ?? 0) - (right.sequence ?? 0) || compareOctets(left.dtstamp ?? '', right.dtstamp ?? ''),
  );
  const last = new Map<string, CalendarAnswer>();
  for (const { replies, recurrenceId, id, dtstamp, method } of ordered) {
    if (method !== 'REPLY') continue;
    for (const reply of replies) {
      const key = JSON.stringify([reply.attendee.toLowerCase(), recurrenceId ?? '']);
      last.set(key, { ...reply, recurrenceId, record: id, dtstamp });
    }
  }
  const keys = [...last].sort(([left], [right]) => compareOctets(left, right));
  return { uid, versions: ordered, answers: keys.map(([, answer]) => answer) };
}
