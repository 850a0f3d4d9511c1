import { civilSecond, dayNumber, daysInMonth, isWritable } from './civil.ts';

/** A date or date-time as a calendar wrote it (RFC 5545 §3.3.4, §3.3.5). */
export interface WrittenTime {
  /** The civil second of what was written; midnight of a date. A leap second counts as second 59. */
  readonly civil: number;
  readonly dateOnly: boolean;
  /** Seconds east of UTC where the value itself says so: 0 for `Z`; null where it does not. */
  readonly offset: number | null;
  /** As jCal writes it (RFC 7265 §3.6.4, §3.6.5). */
  readonly jcal: string;
  /** What of it is not as RFC 5545 has it, or null. */
  readonly fault: string | null;
}

const SHAPE =
  /^(\d{4})-?(\d{2})-?(\d{2})(?:[Tt ](\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)? ?([Zz]|[+-]\d{2}:?\d{2})?|[Zz])?$/;
/** Characters of the longest form, blanks around it included. */
const LONGEST = 64;
const STRICT = /^\d{8}(?:T\d{6}Z?)?$/;

const offsetSeconds = (text: string): number => {
  const digits = text.replace(':', '');
  const seconds = Number(digits.slice(1, 3)) * 3600 + Number(digits.slice(3, 5)) * 60;
  return text.startsWith('-') ? -seconds : seconds;
};

/**
 * Reads a DATE or DATE-TIME, also in the shapes real files hold instead: RFC 3339 punctuation, no seconds, hour 24, a
 * numeric offset, a date with a `Z`. Null where no day can be read from it: a date is never made up.
 */
export function readDateTime(text: string): WrittenTime | null {
  // Trimmed and bounded first: a pattern that allowed for blanks could be made to try them in every way.
  const match = text.length > LONGEST ? null : SHAPE.exec(text.trim());
  if (match === null) return null;
  const [, yearText = '', monthText = '', dayText = '', hourText, minuteText = '0', secondText = '0', zone] = match;
  const year = Number(yearText);
  const month = Number(monthText);
  const day = Number(dayText);
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  const date = `${yearText}-${monthText}-${dayText}`;
  const strict = STRICT.test(text) ? null : 'is not written as RFC 5545 has it';
  if (hourText === undefined) {
    return { civil: dayNumber(year, month, day) * 86_400, dateOnly: true, offset: null, jcal: date, fault: strict };
  }
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)];
  // RFC 5545 §3.3.12 allows second 60 and says to take it for 59 where leap seconds are not kept.
  if (hour > 24 || minute > 59 || second > 60 || (hour === 24 && minute + second > 0)) return null;
  const civil = civilSecond(year, month, day, hour, minute, Math.min(second, 59));
  if (!isWritable(civil)) return null;
  const utc = zone === 'Z' || zone === 'z';
  const time = `${hourText.padStart(2, '0')}:${minuteText}:${secondText.padStart(2, '0')}`;
  return {
    civil,
    dateOnly: false,
    offset: utc ? 0 : zone === undefined ? null : offsetSeconds(zone),
    jcal: `${date}T${time}${utc ? 'Z' : (zone ?? '')}`,
    fault: hour === 24 ? 'has an hour 24' : strict,
  };
}

/** The civil second of a string written by `formatLocal`, `formatUtc` or jCal; null where it is none. */
export function civilOf(text: string): number | null {
  return readDateTime(text)?.civil ?? null;
}
