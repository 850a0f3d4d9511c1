import type { JsonObject, JsonValue } from '../../model/index.ts';
import { isList, isObject } from '../jcal/json.ts';
import { civilOf } from '../time/date-time.ts';

/** Frequencies from coarse to fine: a smaller number is a longer period. */
export const FREQUENCIES = ['yearly', 'monthly', 'weekly', 'daily', 'hourly', 'minutely', 'secondly'] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** RFC 8984 §4.3.3 names; 0 is Sunday as in `weekdayOfDay`. */
const WEEKDAYS: readonly string[] = ['su', 'mo', 'tu', 'we', 'th', 'fr', 'sa'];

const weekdayNumber = (name: JsonValue | undefined): number => (typeof name === 'string' ? WEEKDAYS.indexOf(name) : -1);

export interface NthWeekday {
  /** 0 for Sunday. */
  readonly weekday: number;
  /** The how manieth of its month or year, from the end where negative; 0 for every. */
  readonly nth: number;
}

/** A rule ready to be expanded. An absent BY part is null; a list is sorted, without doubles, never empty. */
export interface CompiledRule {
  readonly frequency: Frequency;
  readonly interval: number;
  readonly firstDayOfWeek: number;
  readonly skip: 'omit' | 'backward' | 'forward';
  readonly byMonth: readonly number[] | null;
  readonly byDay: readonly NthWeekday[] | null;
  readonly byMonthDay: readonly number[] | null;
  readonly byYearDay: readonly number[] | null;
  readonly byWeekNo: readonly number[] | null;
  readonly byHour: readonly number[] | null;
  readonly byMinute: readonly number[] | null;
  readonly bySecond: readonly number[] | null;
  readonly bySetPosition: readonly number[] | null;
  readonly count: number | null;
  /** The last civil second, included. */
  readonly until: number | null;
}

function numbers(value: JsonValue | undefined): readonly number[] | null {
  if (!isList(value)) return null;
  const found = value.map(Number).filter(Number.isSafeInteger);
  return found.length === 0 ? null : [...new Set(found)].sort((a, b) => a - b);
}

function nthWeekdays(value: JsonValue | undefined): readonly NthWeekday[] | null {
  if (!isList(value)) return null;
  const found = value.filter(isObject).flatMap((entry) => {
    const weekday = weekdayNumber(entry['day']);
    const nth = entry['nthOfPeriod'];
    return weekday === -1 ? [] : [{ weekday, nth: typeof nth === 'number' ? nth : 0 }];
  });
  return found.length === 0 ? null : found;
}

const positive = (value: JsonValue | undefined): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;

/**
 * Makes a JSCalendar RecurrenceRule (RFC 8984 §4.3.3) ready to be expanded. Null where its frequency is unknown or it is
 * of another calendar scale than Gregorian (RFC 7529), which cannot be expanded here.
 */
export function compileRule(rule: JsonObject): CompiledRule | null {
  const frequency = FREQUENCIES.find((name) => name === rule['frequency']);
  const scale = rule['rscale'];
  if (frequency === undefined || (typeof scale === 'string' && scale !== 'gregorian')) return null;
  // A leap month (`5L`) is another calendar's: leaving it out would make the rule mean more than it says.
  const months = rule['byMonth'];
  if (isList(months) && months.some((month) => !Number.isSafeInteger(Number(month)))) return null;
  const skip = rule['skip'];
  const until = rule['until'];
  const first = weekdayNumber(rule['firstDayOfWeek']);
  return {
    frequency,
    interval: positive(rule['interval']) ?? 1,
    firstDayOfWeek: first === -1 ? 1 : first,
    skip: skip === 'forward' || skip === 'backward' ? skip : 'omit',
    byMonth: numbers(rule['byMonth']),
    byDay: nthWeekdays(rule['byDay']),
    byMonthDay: numbers(rule['byMonthDay']),
    byYearDay: numbers(rule['byYearDay']),
    byWeekNo: numbers(rule['byWeekNo']),
    byHour: numbers(rule['byHour']),
    byMinute: numbers(rule['byMinute']),
    bySecond: numbers(rule['bySecond']),
    bySetPosition: numbers(rule['bySetPosition']),
    count: positive(rule['count']),
    until: typeof until === 'string' ? civilOf(until) : null,
  };
}
