import { dayNumber, daysInMonth } from '../../calendar/time/civil.ts';
import { SQL_SERVER_YEAR } from '../profile/profile.ts';

const AMERICAN = /^(\d{2})\/(\d{2})\/(\d{4})(?: (\d{2}):(\d{2}):(\d{2}))?$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:Z|[+-]\d{2}:\d{2})?)?$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2}))?(?: (AM|PM))?(?: (?:Z|[+-]\d{2}:\d{2}))?$/;

function clockFault(hour: number, minute: number, second: number, half: boolean): string | null {
  const hours = half ? hour >= 1 && hour <= 12 : hour <= 23;
  return hours && minute <= 59 && second <= 60 ? null : 'there is no such time of day';
}

/** What is wrong with a date (and time) of a load file; null where nothing is. `platform`: dates before 1753 are errors there. */
export function dateFault(text: string, platform: boolean): string | null {
  const american = AMERICAN.exec(text);
  const match = american ?? (platform ? null : ISO.exec(text));
  if (match === null) return platform ? 'it is not MM/DD/YYYY HH:MM:SS' : 'it is neither MM/DD/YYYY nor ISO 8601';
  const field = (at: number) => Number(match[at] ?? 0);
  const [year, month, day] = american === null ? [field(1), field(2), field(3)] : [field(3), field(1), field(2)];
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month) ||
    !Number.isFinite(dayNumber(year, month, day))
  )
    return 'there is no such day';
  if (platform && year < SQL_SERVER_YEAR) return `the year is before ${SQL_SERVER_YEAR}`;
  return clockFault(field(4), field(5), field(6), false);
}

/** What is wrong with a time of day that stands in a column of its own. */
export function timeFault(text: string): string | null {
  const match = TIME.exec(text);
  if (match === null) return 'it is no time of day';
  return clockFault(Number(match[1]), Number(match[2]), Number(match[3] ?? 0), match[4] !== undefined);
}
