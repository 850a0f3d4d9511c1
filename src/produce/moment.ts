import { civilOfUtc, type Zone } from '../calendar/index.ts';
import { epochSeconds } from '../identity/instant.ts';
import type { CalendarTime } from '../model/index.ts';

/** A time of a document: an instant, or what a clock of no known zone showed. */
export type Moment =
  | { readonly kind: 'instant'; readonly seconds: number }
  /** Floating and whole-day times: RFC 8984 LocalDateTime. */
  | { readonly kind: 'local'; readonly local: string };

/** The moment of an RFC 3339 date-time; null where it is none. */
export function instant(dateTime: string | null): Moment | null {
  const seconds = epochSeconds(dateTime);
  return seconds === null ? null : { kind: 'instant', seconds };
}

/** The moment of a calendar's time. */
export function calendarMoment(time: CalendarTime | null): Moment | null {
  if (time === null) return null;
  return instant(time.utc) ?? { kind: 'local', local: time.local };
}

/** A date and time in the production's zone. */
export interface ClockTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Seconds east of UTC; null where the zone is not known. */
  readonly offset: number | null;
}

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})/;

/** What a clock of the zone showed; null where no calendar has such a date. */
export function clockTime(moment: Moment, zone: Zone): ClockTime | null {
  if (moment.kind === 'local') {
    const match = LOCAL.exec(moment.local);
    if (match === null) return null;
    const field = (at: number) => Number(match[at] ?? 0);
    return {
      year: field(1),
      month: field(2),
      day: field(3),
      hour: field(4),
      minute: field(5),
      second: field(6),
      offset: null,
    };
  }
  const civil = civilOfUtc(zone, moment.seconds);
  const date = new Date(civil * 1000);
  if (Number.isNaN(date.getTime())) return null;
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    offset: civil - moment.seconds,
  };
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

const offsetText = (offset: number | null): string => {
  if (offset === null) return '';
  const minutes = Math.trunc(Math.abs(offset) / 60);
  return `${offset < 0 ? '-' : '+'}${pad(Math.trunc(minutes / 60))}:${pad(minutes % 60)}`;
};

/** How dates are written. `american` is `MM/DD/YYYY HH:MM:SS`; `twelve` has its time as `hh:mm tt zzz`. */
export type DateStyle = 'american' | 'twelve' | 'iso';

export const dateText = (time: ClockTime, style: DateStyle): string =>
  style === 'iso'
    ? `${pad(time.year, 4)}-${pad(time.month)}-${pad(time.day)}`
    : `${pad(time.month)}/${pad(time.day)}/${pad(time.year, 4)}`;

export function timeText(time: ClockTime, style: DateStyle): string {
  if (style === 'twelve') {
    const half = time.hour < 12 ? 'AM' : 'PM';
    return `${pad(time.hour % 12 === 0 ? 12 : time.hour % 12)}:${pad(time.minute)} ${half} ${offsetText(time.offset)}`.trimEnd();
  }
  return `${pad(time.hour)}:${pad(time.minute)}:${pad(time.second)}`;
}

/** ISO 8601 with its offset (`Z` for UTC); the other styles leave the zone to its own column. */
export function dateTimeText(time: ClockTime, style: DateStyle): string {
  if (style !== 'iso') return `${dateText(time, style)} ${timeText(time, 'american')}`;
  const zone = time.offset === 0 ? 'Z' : offsetText(time.offset);
  return `${dateText(time, style)}T${timeText(time, style)}${zone}`;
}
