import type { JsonValue } from '../../model/index.ts';
import type { JcalRecur } from '../jcal/recur.ts';
import { readDateTime } from '../time/date-time.ts';

/** vCalendar 1.0 (versit, 1996) separates the values of these with semicolons, iCalendar with commas. */
const SEMICOLON_LISTS = new Set(['categories', 'resources', 'exdate', 'rdate']);

/** A vCalendar 1.0 value in iCalendar's separators. */
export function toCommaList(name: string, value: string): string {
  return SEMICOLON_LISTS.has(name) && value.includes(';') ? value.replace(/;/g, ',') : value;
}

const FREQUENCIES: Readonly<Record<string, readonly [string, string]>> = {
  M: ['MINUTELY', ''],
  D: ['DAILY', ''],
  W: ['WEEKLY', 'byday'],
  MP: ['MONTHLY', 'byday'],
  MD: ['MONTHLY', 'bymonthday'],
  YM: ['YEARLY', 'bymonth'],
  YD: ['YEARLY', 'byyearday'],
};
const FORM = /^(MP|MD|YM|YD|M|D|W)(\d{1,5})$/;
const OCCURRENCE = /^([1-5])([+-])$/;
const WEEKDAY = /^(SU|MO|TU|WE|TH|FR|SA)\$?$/;
const MONTH_DAY = /^(\d{1,3})([+-])?\$?$/;

/** The values of a rule's BY part: days with the occurrences before them (`1+ 2- MO`), `LD` for a month's last day, numbers. */
function byPart(part: string, tokens: readonly string[]): JsonValue[] {
  const list: JsonValue[] = [];
  let occurrences: string[] = [];
  let weekdaySeen = false;
  for (const token of tokens) {
    const [, nth = '', sign = ''] = OCCURRENCE.exec(token) ?? [];
    const [, weekday] = WEEKDAY.exec(token) ?? [];
    const [, number, side] = MONTH_DAY.exec(token) ?? [];
    if (part === 'byday' && nth !== '') {
      if (weekdaySeen) occurrences = [];
      weekdaySeen = false;
      occurrences.push(`${sign === '-' ? '-' : ''}${nth}`);
    } else if (part === 'byday' && weekday !== undefined) {
      weekdaySeen = true;
      if (occurrences.length === 0) list.push(weekday);
      else for (const occurrence of occurrences) list.push(`${occurrence}${weekday}`);
    } else if (token === 'LD') {
      list.push(-1);
    } else if (part !== 'byday' && number !== undefined) {
      list.push(side === '-' ? -Number(number) : Number(number));
    }
  }
  return list;
}

const TIME_OF_DAY = /^([01]\d|2[0-3])([0-5]\d)\$?$/;
/** All that may follow a rule's form: occurrences, weekdays, numbers of days and months, times, a count, an end. */
const TOKENS = [
  OCCURRENCE,
  WEEKDAY,
  MONTH_DAY,
  TIME_OF_DAY,
  /^LD\$?$/,
  /^#\d{1,6}$/,
  /^\d{8}(T\d{4,6}Z?)?$/,
  /^\d{4}-\d\d-\d\d/,
];

/** Times of the day (`D1 0900 1500`) as BYHOUR and BYMINUTE; null where those would mean other times too. */
function timesOfDay(tokens: readonly string[]): [string, JsonValue][] | null {
  const times = tokens.map((token) => TIME_OF_DAY.exec(token)).filter((match) => match !== null);
  const hours = [...new Set(times.map(([, hour]) => Number(hour)))];
  const minutes = [...new Set(times.map(([, , minute]) => Number(minute)))];
  const [hour, minute] = [hours[0], minutes[0]];
  if (hour === undefined || minute === undefined) return [];
  if (hours.length > 1 && minutes.length > 1) return null;
  return [
    ['byhour', hours.length === 1 ? hour : hours],
    ['byminute', minutes.length === 1 ? minute : minutes],
  ];
}

/**
 * A vCalendar 1.0 recurrence rule (`MP1 1+ MO #10`) as the RECUR it means; null where it is none.
 * Without a count or an end it stands for two occurrences, as the specification has it; `#0` is without end.
 */
export function readBasicRule(text: string): JcalRecur | null {
  const tokens = text.trim().toUpperCase().split(/\s+/, 200);
  const [, form = '', interval = '1'] = FORM.exec(tokens[0] ?? '') ?? [];
  const [freq, part] = FREQUENCIES[form] ?? [];
  if (freq === undefined || part === undefined) return null;
  const entries: [string, JsonValue][] = [['freq', freq]];
  if (Number(interval) > 1) entries.push(['interval', Number(interval)]);
  const rest = tokens.slice(1).filter((token) => token !== '');
  // A token that is not understood, such as a second rule within the first, would leave a rule that means something else.
  if (!rest.every((token) => TOKENS.some((shape) => shape.test(token)))) return null;
  const times = timesOfDay(rest);
  if (times === null) return null;
  const count = rest.find((token) => /^#\d{1,6}$/.test(token));
  const until = rest.map((token) => (token.length >= 8 ? readDateTime(token) : null)).find((read) => read !== null);
  const list = part === '' ? [] : byPart(part, rest);
  const [only] = list;
  if (only !== undefined) entries.push([part, list.length === 1 ? only : list]);
  entries.push(...times);
  if (until !== undefined) entries.push(['until', until.jcal]);
  else if (count === undefined) entries.push(['count', 2]);
  else if (count !== '#0') entries.push(['count', Number(count.slice(1))]);
  return Object.fromEntries(entries);
}
