import type { Digest } from './descriptor.ts';
import type { Issue } from './issue.ts';
import type { JsonObject, JsonValue } from './json.ts';

/** One instant as a calendar writes it. */
export interface CalendarTime {
  /** RFC 8984 LocalDateTime, `2026-03-01T09:30:00`; a date alone is midnight. */
  readonly local: string;
  /** IANA name, `Etc/UTC`, a custom id defined in the calendar, or null when floating. */
  readonly timeZone: string | null;
  /** RFC 3339 UTC, `2026-03-01T08:30:00Z`; null for floating and all-day values. */
  readonly utc: string | null;
}

/** An attachment that stands within a calendar item (ATTACH;ENCODING=BASE64), decoded. */
export interface CalendarAttachment {
  /** Its place among the item's: `a1`, `a2`, … */
  readonly partId: string;
  readonly name: string | null;
  /** Lower case, `type/subtype`, as declared; `application/octet-stream` where nothing is. */
  readonly mediaType: string;
  /** Null where nothing of it could be decoded: an issue says so. */
  readonly bytes: Uint8Array | null;
  readonly digest: Digest | null;
}

export type CalendarComponent = 'VEVENT' | 'VTODO' | 'VJOURNAL' | 'VFREEBUSY';

/** One calendar component: a master, an override, or one that stands alone. */
export interface CalendarItem {
  readonly uid: string | null;
  /** The RECURRENCE-ID of an override. */
  readonly recurrenceId: CalendarTime | null;
  readonly component: CalendarComponent;
  /** The iTIP METHOD of the calendar it came in (RFC 5546), upper case. */
  readonly method: string | null;
  /** RFC 8984 JSCalendar: `@type` Event or Task. */
  readonly event: JsonObject;
  /** RFC 7265, verbatim: every property and parameter as read. */
  readonly jcal: JsonValue;
  readonly start: CalendarTime | null;
  /** The end of an event, or the due time of a task. */
  readonly end: CalendarTime | null;
  readonly issues: readonly Issue[];
  /** Absent where the item holds none. */
  readonly attachments?: readonly CalendarAttachment[];
}

export interface ParsedCalendar {
  readonly items: readonly CalendarItem[];
  /** Issues of the file as a whole. */
  readonly issues: readonly Issue[];
}
