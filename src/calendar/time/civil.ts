/**
 * The proleptic Gregorian calendar in integers. A civil second counts seconds from 1970-01-01T00:00:00 on a clock that
 * knows no zone: arithmetic on it is arithmetic on wall-clock times, whatever zone this machine is in.
 */
export const DAY = 86_400;

/** Years RFC 3339 and RFC 5545 can write. */
export const FIRST_YEAR = 0;
export const LAST_YEAR = 9999;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334] as const;

export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInYear(year: number): number {
  return isLeapYear(year) ? 366 : 365;
}

/** Days in a month (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_LENGTHS[month - 1] ?? 0);
}

/** Days from 1970-01-01 to a date. */
export function dayNumber(year: number, month: number, day: number): number {
  const before = year - 1;
  const leapDays = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const inYear = (DAYS_BEFORE_MONTH[month - 1] ?? 0) + (month > 2 && isLeapYear(year) ? 1 : 0) + day - 1;
  return before * 365 + leapDays + inYear - 719_162;
}

/** The date so many days from 1970-01-01: in years that begin in March, so that the leap day is the last of them. */
export function dateOfDay(days: number): CivilDate {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const inEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const march = Math.floor((5 * inYear + 2) / 153);
  const month = march < 10 ? march + 3 : march - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: inYear - Math.floor((153 * march + 2) / 5) + 1,
  };
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOfDay(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

/** The civil second of a date and time. */
export function civilSecond(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  return dayNumber(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
}

const FIRST_SECOND = dayNumber(FIRST_YEAR, 1, 1) * DAY;
const LAST_SECOND = dayNumber(LAST_YEAR + 1, 1, 1) * DAY - 1;

/** Whether a second, civil or in UTC, lies in a year of four digits. */
export function isWritable(second: number): boolean {
  return second >= FIRST_SECOND && second <= LAST_SECOND;
}

const pad = (value: number, width: number): string => String(value).padStart(width, '0');

/** `2026-03-01` of a day number. */
export function formatDate(days: number): string {
  const { year, month, day } = dateOfDay(days);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** RFC 8984 LocalDateTime, `2026-03-01T09:30:00`, of a civil second. */
export function formatLocal(civil: number): string {
  const days = Math.floor(civil / DAY);
  const rest = civil - days * DAY;
  return `${formatDate(days)}T${pad(Math.floor(rest / 3600), 2)}:${pad(Math.floor(rest / 60) % 60, 2)}:${pad(rest % 60, 2)}`;
}

/** RFC 3339 in UTC, `2026-03-01T08:30:00Z`, of a second since 1970 in UTC. */
export function formatUtc(second: number): string {
  return `${formatLocal(second)}Z`;
}
