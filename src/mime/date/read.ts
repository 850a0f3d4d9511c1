import { withoutComments } from '../header/comments.ts';
import { unfold } from '../header/unfold.ts';
import { readZone } from './zones.ts';

/** What a date field says. */
export interface DateReading {
  /** RFC 3339 with the sender's offset; `-00:00` where the sender named none that is known. Null when unreadable. */
  readonly dateTime: string | null;
  /** It was not written as RFC 5322 §3.3 wants it today. */
  readonly obsolete: boolean;
}

const UNREADABLE: DateReading = { dateTime: null, obsolete: false };
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const FULL_MONTHS = /^(january|february|march|april|june|july|august|sept|september|october|november|december)$/;
const STRICT =
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ?)?\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [12]\d{3} \d\d:\d\d(?::\d\d)? [+-]\d{4}$/;
/** The form nearly all dates have, read at once: what `readWords` would make of it, in a fraction of the time. */
const USUAL =
  /^[ \t]*(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([12]\d{3}) (\d\d:\d\d(?::\d\d)?) ([+-]\d{4})(?: \([A-Z]{1,5}\))?[ \t\r\n]*$/;
/** No date is longer; what is, is cut before any pattern sees it. Comments go before, in linear time. */
const MAX_LENGTH = 1_000;

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly time: RegExpExecArray;
  readonly zone: string | null;
}

/**
 * Reads a Date value: RFC 5322 §3.3, its obsolete forms (§4.3), and those that are seen in mail and mean one thing only:
 * asctime, ISO 8601, dashes between day, month and year, slashes where the year is first. Nothing is filled in: a date without a time, or one
 * whose order of day and month has to be guessed, is unreadable.
 */
export function readDate(value: string): DateReading {
  const usual = value.length < 80 ? readUsual(value) : null;
  if (usual !== null) return write(usual, false);
  let text = withoutComments(unfold(value)).slice(-MAX_LENGTH);
  const semicolon = text.lastIndexOf(';'); // the form of a Received field
  if (semicolon >= 0) text = text.slice(semicolon + 1);
  text = text.replace(/\s+/g, ' ').trim();
  // RFC 5322 §4.3: blanks and comments may stand around the colons of a time.
  const joined = text.replace(/(\d) ?: ?(?=\d)/g, '$1:');
  const fields = readIso(joined) ?? readWords(joined);
  if (fields === null) return UNREADABLE;
  return write(fields, !STRICT.test(text));
}

function readUsual(value: string): Fields | null {
  const match = USUAL.exec(value);
  if (match === null) return null;
  const time = readTime(match[4] ?? '');
  if (time === null) return null;
  const [, day, month = '', year, , zone = null] = match;
  return { year: Number(year), month: monthOf(month), day: Number(day), time, zone };
}

function readIso(text: string): Fields | null {
  // `20260302T093000Z` is ISO 8601's basic form.
  const written = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/i, '$1-$2-$3T$4:$5:$6');
  const match = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})[T ](\d{1,2}:\d\d(?::\d\d)?)(?:[.,]\d+)? ?(\S+)?/i.exec(written);
  if (match === null) return null;
  const time = readTime(match[5] ?? '');
  if (time === null) return null;
  return { year: Number(match[1]), month: Number(match[3]), day: Number(match[4]), time, zone: match[6] ?? null };
}

function readTime(token: string): RegExpExecArray | null {
  return /^(\d{1,2})[:.](\d{1,2})(?:[:.](\d{1,2})(?:[.,]\d+)?)?$/.exec(token);
}

/** Reads `[day-name] day month year time [zone]`, and `[day-name] month day time [zone] year`. */
function readWords(text: string): Fields | null {
  // `1-Jul-2003` and `1 Jul 2003,` are the same words; a comma or dash before a digit of a zone stays with it.
  const words = text
    .replace(/^[a-z]{2,12}\.?(?:, ?| ,? ?)(?=[a-z\d])/i, (name) => (isMonth(name) ? name : ''))
    .replace(/^(\d{1,2})[-/. ]([a-z]{3,9})\.?[-/. ,]+(?=\d)/i, '$1 $2 ')
    .replace(/(\d),(?= )/g, '$1')
    .split(' ')
    .filter((word) => word !== '' && word !== ',');
  const first = words[0] ?? '';
  return isMonth(first) ? readAsctime(words) : readDayFirst(words);
}

function readDayFirst(words: readonly string[]): Fields | null {
  const [dayWord = '', monthWord = '', yearWord = '', timeWord = ''] = words;
  if (!/^0{0,2}\d{1,2}$/.test(dayWord)) return null;
  const day = Number(dayWord);
  let month = monthOf(monthWord);
  // `20 11 1979`: only one of the two can be the month.
  if (month === 0 && day > 12 && /^\d{1,2}$/.test(monthWord)) month = Number(monthWord);
  const year = readYear(yearWord);
  const { time, rest } = timeAndRest(timeWord, words.slice(4));
  if (month === 0 || year === null || time === null) return null;
  return { year, month, day, time, zone: rest };
}

function readAsctime(words: readonly string[]): Fields | null {
  const [monthWord = '', dayWord = '', third = '', fourth = '', fifth] = words;
  if (!/^0{0,2}\d{1,2}$/.test(dayWord)) return null;
  const day = Number(dayWord);
  const month = monthOf(monthWord);
  const early = readTime(third);
  if (early !== null) {
    // `Jul 1 10:52:37 2003`, `Jul 1 10:52:37 MST 2003`, `Jul 1 10:52:37 2003 -0700`
    const yearFourth = /^\d{4}$/.test(fourth);
    const year = readYear(yearFourth ? fourth : (fifth ?? ''));
    return year === null ? null : { year, month, day, time: early, zone: yearFourth ? (fifth ?? null) : fourth };
  }
  const year = /^\d{4}$/.test(third) ? Number(third) : null;
  const { time, rest } = timeAndRest(fourth, words.slice(4));
  return year === null || time === null ? null : { year, month, day, time, zone: rest };
}

/** A time, with `AM` or `PM` where they follow, and the zone after it. */
function timeAndRest(word: string, rest: readonly string[]): { time: RegExpExecArray | null; rest: string | null } {
  const attached = /^(\d{1,2}[:.]\d\d(?:[:.]\d\d)?)([A-Z+-].*)$/i.exec(word);
  const token = attached?.[1] ?? word;
  const tail = attached?.[2] === undefined ? rest : [attached[2], ...rest];
  const half = /^([AP])M$/i.exec(tail[0] ?? '')?.[1]?.toUpperCase();
  const time = readTime(token);
  if (half === undefined || time === null) return { time, rest: joinZone(tail) };
  const hour = Number(time[1]);
  if (hour < 1 || hour > 12) return { time: null, rest: null };
  const full = (hour % 12) + (half === 'P' ? 12 : 0);
  return { time: readTime(`${full}${token.slice((time[1] ?? '').length)}`), rest: joinZone(tail.slice(1)) };
}

/** `GMT +0200` means what `GMT+0200` means; whatever else follows a zone is junk. */
function joinZone(words: readonly string[]): string | null {
  const [first, second] = words;
  if (first === undefined) return null;
  if (/^(?:GMT|UTC|UT)$/i.test(first) && second !== undefined && /^[+-]\d/.test(second)) return first + second;
  return first.replace(/[,;.]+$/, '');
}

function isMonth(word: string): boolean {
  return monthOf(word.trim()) > 0;
}

/** 1 to 12, or 0 for what is no English month. `Sjj` and `All` are none, though they begin like one. */
function monthOf(word: string): number {
  const lower = word.toLowerCase().replace(/[.,]$/, '');
  if (lower.length !== 3 && !FULL_MONTHS.test(lower)) return 0;
  return MONTHS.indexOf(lower.slice(0, 3)) + 1;
}

/** RFC 5322 §4.3: two digits below 50 are of this century, other short ones count from 1900. `0021` is a padded one. */
function readYear(word: string): number | null {
  if (!/^\d{2,4}$/.test(word)) return null;
  const year = Number(word);
  if (year >= 1000) return year;
  return year < 50 && word.length !== 3 ? 2000 + year : 1900 + year;
}

function write(fields: Fields, obsolete: boolean): DateReading {
  const { year, month, day, time } = fields;
  const hour = Number(time[1]);
  const minute = Number(time[2]);
  const second = Number(time[3] ?? '0');
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return UNREADABLE;
  // A second of 60 is a leap second (RFC 5322 §3.3), which RFC 3339 can write too.
  if (hour > 23 || minute > 59 || second > 60) return UNREADABLE;
  const offset = fields.zone === null ? null : readZone(fields.zone);
  const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  const clock = `${pad(hour, 2)}:${pad(minute, 2)}:${pad(second, 2)}`;
  return {
    dateTime: `${date}T${clock}${writeOffset(offset)}`,
    obsolete: obsolete || (offset === null && fields.zone !== '-0000'),
  };
}

function writeOffset(offset: number | null): string {
  if (offset === null) return '-00:00';
  const minutes = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}`;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
