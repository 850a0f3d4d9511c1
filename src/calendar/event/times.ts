import type { CalendarTime } from '../../model/index.ts';
import { type IssueList, quote } from '../issue-list.ts';
import { type JcalProperty, values } from '../jcal/types.ts';
import { formatLocal, formatUtc, isWritable } from '../time/civil.ts';
import { readDateTime } from '../time/date-time.ts';
import { type ResolvedZone, resolvedByName, type ZoneResolver } from '../zone/resolve.ts';
import { zoneId } from '../zone/vtimezone.ts';
import { civilOfUtc, fixedZone, UTC, utcOfCivil } from '../zone/zone.ts';

/** One instant of an item, with what arithmetic needs. */
export interface ItemTime {
  /** Civil seconds. */
  readonly civil: number;
  readonly dateOnly: boolean;
  /** Null where it floats, is a date, or its zone is unknown. */
  readonly zone: ResolvedZone | null;
  /** Seconds since 1970 in UTC; null where there is no zone. */
  readonly utc: number | null;
}

/** An instant by its parts. */
export function itemTime(civil: number, dateOnly: boolean, zone: ResolvedZone | null): ItemTime {
  const utc = zone === null || dateOnly ? null : utcOfCivil(zone.zone, civil);
  // On the first and last day of the four-digit years UTC may lie outside of them: then it cannot be written.
  return { civil, dateOnly, zone, utc: utc !== null && isWritable(utc) ? utc : null };
}

/** As the model writes it. */
export function calendarTime(time: ItemTime | null): CalendarTime | null {
  if (time === null) return null;
  return {
    local: formatLocal(time.civil),
    timeZone: time.zone?.name ?? null,
    utc: time.utc === null ? null : formatUtc(time.utc),
  };
}

/** The same instant on another zone's clocks; itself where either has no zone. */
export function inZoneOf(time: ItemTime, zone: ResolvedZone | null): ItemTime {
  if (time.utc === null || zone === null || time.zone === zone) return time;
  return { civil: civilOfUtc(zone.zone, time.utc), dateOnly: false, zone, utc: time.utc };
}

const UTC_ZONE = resolvedByName(UTC);

/** Reads the instants of one item. */
export class TimeReader {
  readonly #resolver: ZoneResolver;
  readonly #issues: IssueList;
  /** What a time without a zone is in: vCalendar 1.0's TZ, else nothing. */
  readonly #otherwise: ResolvedZone | null;

  constructor(resolver: ZoneResolver, issues: IssueList, otherwise: ResolvedZone | null = null) {
    this.#resolver = resolver;
    this.#issues = issues;
    this.#otherwise = otherwise;
  }

  /** The zone a property names; null, with an issue, where nobody knows it. */
  #zone(property: JcalProperty): ResolvedZone | null {
    const id = zoneId(property);
    if (id === null) return this.#otherwise;
    const label = property[0].toUpperCase();
    const zone = this.#resolver.resolve(id);
    if (zone === null) this.#issues.add('ZONE_UNKNOWN', `The zone ${quote(id)} is unknown: its times float.`, label);
    else if (zone.guessed) this.#issues.add('ZONE_GUESSED', `The zone ${quote(id)} was taken for ${zone.name}.`, label);
    return zone;
  }

  /** One written value with the zone its property names. */
  value(property: JcalProperty, text: string): ItemTime | null {
    const written = readDateTime(text);
    if (written === null) return null;
    if (written.dateOnly) return itemTime(written.civil, true, null);
    if (written.offset === 0) return itemTime(written.civil, false, UTC_ZONE);
    if (written.offset !== null) return itemTime(written.civil, false, resolvedByName(fixedZone(written.offset)));
    const time = itemTime(written.civil, false, this.#zone(property));
    const { zone, utc } = time;
    if (zone?.standard && utc !== utcOfCivil(zone.standard, written.civil)) {
      const text = `The calendar's own definition of ${zone.name} gives another instant than IANA's; it is followed.`;
      this.#issues.add('ZONE_DIFFERS', text, property[0].toUpperCase());
    }
    return time;
  }

  /** The first value of a property, or null where there is none that can be read. */
  first(property: JcalProperty | null): ItemTime | null {
    const value = property?.[3];
    return property === null || typeof value !== 'string' || property[2] === 'unknown'
      ? null
      : this.value(property, value);
  }

  /** The first value of a property as RFC 3339 UTC; null where it cannot be read or floats. */
  instant(property: JcalProperty | null): string | null {
    const utc = this.first(property)?.utc ?? null;
    return utc === null ? null : formatUtc(utc);
  }

  /** Every value of a property that can be read, with the end or duration of periods (RFC 5545 §3.3.9). */
  *all(property: JcalProperty): Generator<{ readonly time: ItemTime; readonly end: string | null }> {
    if (property[2] === 'unknown') return;
    for (const value of values(property)) {
      const [start, end] = Array.isArray(value) ? value : [value, null];
      const time = typeof start === 'string' ? this.value(property, start) : null;
      if (time !== null) yield { time, end: typeof end === 'string' ? end : null };
    }
  }
}
