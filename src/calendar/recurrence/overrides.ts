import type { CalendarTime } from '../../model/index.ts';
import { isList, isObject, textOf } from '../jcal/json.ts';
import { DAY } from '../time/civil.ts';
import { civilOf } from '../time/date-time.ts';
import { type Expandable, readSeries, type Series } from './series.ts';

/** Whether an override speaks for all later instances too (RFC 5545 §3.2.13). */
function isRange({ jcal }: Expandable): boolean {
  const properties = isList(jcal) && isList(jcal[1]) ? jcal[1] : [];
  return properties.some((property) => {
    const parameters = isList(property) && property[0] === 'recurrence-id' ? property[1] : undefined;
    return isObject(parameters) && textOf(parameters['range']).toUpperCase() === 'THISANDFUTURE';
  });
}

const sequenceOf = ({ event }: Expandable): number => (typeof event['sequence'] === 'number' ? event['sequence'] : 0);

/** DTSTAMP, where both have one: RFC 3339 in UTC sorts by time. */
function stampOf({ jcal }: Expandable): string {
  const properties = isList(jcal) && isList(jcal[1]) ? jcal[1] : [];
  const stamp = properties.find((property) => isList(property) && property[0] === 'dtstamp');
  return isList(stamp) ? textOf(stamp[3]) : '';
}

/** Whether the first item is a newer revision than the second: by SEQUENCE, then by DTSTAMP. */
function isNewer(first: Expandable, second: Expandable): boolean {
  const [one, other] = [sequenceOf(first), sequenceOf(second)];
  return one !== other ? one > other : stampOf(first) > stampOf(second) && stampOf(second) !== '';
}

/**
 * The civil second of the instance a RECURRENCE-ID names: by instant where both have a zone, else by the clock. One that is
 * a date names the instance of that day, and one with a time an instance of whole days, as Exchange writes them.
 */
function instanceId({ utc, local }: CalendarTime, { zone, start, dateOnly }: Series): number | null {
  const instant = utc === null || zone === null ? null : civilOf(utc);
  if (instant !== null && zone !== null) return instant + zone.offsetAt(instant);
  const civil = civilOf(local);
  if (civil === null) return null;
  const midnight = Math.floor(civil / DAY) * DAY;
  if (dateOnly) return midnight;
  return civil === midnight && zone !== null ? midnight + (start - Math.floor(start / DAY) * DAY) : civil;
}

/** Overrides by the instance they stand for, on the series' own clocks. */
export class Overrides {
  readonly byId = new Map<number, { readonly item: Expandable; readonly series: Series }>();
  /** Those with RANGE=THISANDFUTURE, in order. */
  readonly ranges: {
    readonly id: number;
    readonly item: Expandable;
    readonly series: Series;
    readonly shift: number;
  }[] = [];
  /** How far a range moves instances at most, in seconds. */
  readonly reach: number;

  constructor(master: Expandable, series: Series, items: readonly Expandable[]) {
    for (const item of items) {
      if (item.recurrenceId === null || item.uid !== master.uid) continue;
      const id = instanceId(item.recurrenceId, series);
      const own = readSeries(item);
      if (id === null || own === null) continue;
      // Of two for one instance the newer revision stands (RFC 5546 §2.1.5), of two of one revision the later in the file.
      const known = this.byId.get(id);
      if (known !== undefined && isNewer(known.item, item)) continue;
      this.byId.set(id, { item, series: own });
      if (isRange(item)) this.ranges.push({ id, item, series: own, shift: own.start - id });
    }
    this.ranges.sort((a, b) => a.id - b.id);
    this.reach = this.ranges.reduce((most, range) => Math.max(most, Math.abs(range.shift)), 0);
  }

  rangeAt(id: number): Overrides['ranges'][number] | null {
    return this.ranges.findLast((range) => range.id <= id) ?? null;
  }
}
