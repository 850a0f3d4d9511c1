import type { JsonObject, JsonValue } from '../../model/index.ts';
import { isList, textOf } from '../jcal/json.ts';
import type { JcalRecur } from '../jcal/recur.ts';
import { formatLocal } from '../time/civil.ts';
import { readDateTime, type WrittenTime } from '../time/date-time.ts';

/** A JSCalendar RecurrenceRule, or null where the RECUR cannot be followed; and what was repaired or left out. */
export interface ReadRule {
  readonly rule: JsonObject | null;
  readonly faults: readonly string[];
}

/** The BY parts of numbers: JSCalendar's name and the largest magnitude; whether 0 and negatives are allowed. */
const PARTS: readonly (readonly [string, string, number, 'from-0' | 'from-1' | 'signed'])[] = [
  ['byweekno', 'byWeekNo', 53, 'signed'],
  ['byyearday', 'byYearDay', 366, 'signed'],
  ['bymonthday', 'byMonthDay', 31, 'signed'],
  ['byhour', 'byHour', 23, 'from-0'],
  ['byminute', 'byMinute', 59, 'from-0'],
  ['bysecond', 'bySecond', 60, 'from-0'],
  ['bysetpos', 'bySetPosition', 366, 'signed'],
];
const KNOWN_PARTS = new Set(['byday', 'bymonth', ...PARTS.map(([name]) => name)]);
const FREQUENCIES = new Set(['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY', 'SECONDLY']);
const WEEKDAY = /^(?:([+-]?\d{1,2}))?(SU|MO|TU|WE|TH|FR|SA)$/;
const MONTH = /^\d{1,2}L?$/;

const list = (value: JsonValue | undefined): readonly JsonValue[] =>
  value === undefined ? [] : isList(value) ? value : [value];

class RuleReader {
  readonly faults: string[] = [];
  readonly entries: [string, JsonValue][] = [['@type', 'RecurrenceRule']];
  /** A BY part none of whose values can be read: without it the rule would mean more than it says. */
  broken = false;
  readonly #recur: JcalRecur;

  constructor(recur: JcalRecur) {
    this.#recur = recur;
  }

  /** Keeps those values of a part that a test lets pass, once each; says which did not. */
  part<T extends JsonValue>(name: string, key: string, read: (value: JsonValue) => T | null): void {
    const values = list(this.#recur[name]);
    if (values.length === 0) return;
    const kept: T[] = [];
    const seen = new Set<string>();
    for (const value of values) {
      const found = read(value);
      if (found === null) this.faults.push(`${name.toUpperCase()} has ${JSON.stringify(value).slice(0, 24)}`);
      else if (!seen.has(JSON.stringify(found))) {
        seen.add(JSON.stringify(found));
        kept.push(found);
      }
    }
    if (kept.length === 0) this.broken = true;
    else this.entries.push([key, kept]);
  }

  positive(name: string): number | null {
    const value = this.#recur[name];
    if (value === undefined) return null;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    this.faults.push(`${name.toUpperCase()} is ${JSON.stringify(value).slice(0, 24)}`);
    return 0;
  }
}

function weekday(value: JsonValue): JsonObject | null {
  const [, nth, day] = WEEKDAY.exec(textOf(value)) ?? [];
  if (day === undefined) return null;
  const number = nth === undefined ? 0 : Number(nth);
  if (nth !== undefined && (number === 0 || Math.abs(number) > 53)) return null;
  return number === 0
    ? { '@type': 'NDay', day: day.toLowerCase() }
    : { '@type': 'NDay', day: day.toLowerCase(), nthOfPeriod: number };
}

/**
 * Maps a RECUR to a JSCalendar RecurrenceRule (RFC 8984 §4.3.3). `untilLocal` brings UNTIL into the item's own zone.
 * What is out of range is left out and named; a rule that would then mean more than it says is not followed.
 */
export function readRule(recur: JcalRecur, untilLocal: (until: WrittenTime) => number): ReadRule {
  const reader = new RuleReader(recur);
  const { entries, faults } = reader;
  const frequency = textOf(recur['freq']).toUpperCase();
  if (!FREQUENCIES.has(frequency)) return { rule: null, faults: [`FREQ is ${JSON.stringify(frequency).slice(0, 24)}`] };
  entries.push(['frequency', frequency.toLowerCase()]);

  const interval = reader.positive('interval');
  if (interval !== null && interval > 1) entries.push(['interval', interval]);
  if (recur['rscale'] !== undefined) entries.push(['rscale', textOf(recur['rscale']).toLowerCase()]);
  if (recur['skip'] !== undefined) entries.push(['skip', textOf(recur['skip']).toLowerCase()]);
  const first = textOf(recur['wkst']);
  if (WEEKDAY.test(first)) entries.push(['firstDayOfWeek', first.slice(-2).toLowerCase()]);

  reader.part('byday', 'byDay', weekday);
  reader.part('bymonth', 'byMonth', (value) => {
    const month = Number.parseInt(textOf(value), 10);
    return MONTH.test(textOf(value)) && month >= 1 && month <= 13 ? textOf(value) : null;
  });
  for (const [name, key, most, kind] of PARTS) {
    reader.part(name, key, (value) => {
      if (typeof value !== 'number' || Math.abs(value) > most) return null;
      if (kind === 'signed' ? value === 0 : value < (kind === 'from-0' ? 0 : 1)) return null;
      return value;
    });
  }

  for (const name of Object.keys(recur)) {
    if (!name.startsWith('by') || KNOWN_PARTS.has(name)) continue;
    faults.push(`${name.toUpperCase().slice(0, 24)} is unknown`);
    reader.broken = true;
  }

  const count = reader.positive('count');
  if (count === 0) reader.broken = true;
  else if (count !== null) entries.push(['count', count]);
  const written = recur['until'];
  if (written !== undefined) {
    const until = readDateTime(textOf(written));
    if (until === null) {
      faults.push(`UNTIL is ${JSON.stringify(written).slice(0, 24)}`);
      reader.broken = true;
    } else {
      if (count !== null) faults.push('COUNT and UNTIL stand together');
      entries.push(['until', formatLocal(untilLocal(until))]);
    }
  }
  return { rule: reader.broken ? null : Object.fromEntries(entries), faults };
}
