import type { CalendarPayload, ItemRecord, JsonValue } from '../model/index.ts';

/** What a row of the uid index has after its record's place: what iTIP (RFC 5546 §2.1.5) orders and links by. */
export interface CalendarColumns {
  /** The RECURRENCE-ID in UTC where that is known, else as written; null for a whole series. */
  readonly recurrenceId: string | null;
  readonly method: string | null;
  /** Null where it is not said, which means 0 (RFC 5545 §3.8.7.4). */
  readonly sequence: number | null;
  /** As jCal writes it: `2026-03-01T08:00:00Z`. */
  readonly dtstamp: string | null;
}

/** Further columns of an index's rows, after the place. */
export type IndexColumn = string | number | null;

/** The jCal properties (RFC 7265 §3.4) of a calendar record that bear this name, in lower case. */
export function jcalProperties(
  { jcal }: Pick<CalendarPayload, 'jcal'>,
  name: string,
): readonly (readonly JsonValue[])[] {
  const properties: unknown = Array.isArray(jcal) ? jcal[1] : null;
  return isList(properties) ? properties.filter(isList).filter((property) => property[0] === name) : [];
}

const isList = (value: unknown): value is readonly JsonValue[] => Array.isArray(value);

/** The key and the columns of a record's row in the uid index; null where it is no calendar record, or has no UID. */
export function calendarRow(
  record: Pick<ItemRecord, 'event' | 'task'>,
): { readonly key: string; readonly more: readonly IndexColumn[] } | null {
  const payload = record.event ?? record.task;
  if (payload === undefined || payload.uid === null) return null;
  const { recurrenceId, method } = payload;
  const sequence = payload.jscalendar['sequence'];
  const [stamp] = jcalProperties(payload, 'dtstamp');
  return {
    key: payload.uid,
    more: [
      recurrenceId === null ? null : (recurrenceId.utc ?? recurrenceId.local),
      method,
      typeof sequence === 'number' ? sequence : null,
      stamp?.[2] === 'date-time' && typeof stamp[3] === 'string' ? stamp[3] : null,
    ],
  };
}

const text = (value: IndexColumn | undefined): string | null => (typeof value === 'string' ? value : null);

/** The columns by their names. */
export function calendarColumns(more: readonly IndexColumn[] = []): CalendarColumns {
  const [recurrenceId, method, sequence, dtstamp] = more;
  return {
    recurrenceId: text(recurrenceId),
    method: text(method),
    sequence: typeof sequence === 'number' ? sequence : null,
    dtstamp: text(dtstamp),
  };
}
