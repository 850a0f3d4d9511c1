import { Buffer } from 'node:buffer';

/** Where year, month and day of the instance stand (MS-OXOCAL 2.2.1.27). */
const DATE = { start: 16, end: 20 } as const;
const DATA = 40;
/** Leads the UID of a meeting that Exchange did not make itself. */
const FOREIGN_MARK = Buffer.from('vCal-Uid\x01\0\0\0', 'latin1');

/**
 * The iCalendar UID of a GlobalObjectId (MS-OXCICAL 2.1.3.1.1.20.26): the foreign UID it wraps,
 * else its octets in upper-case hexadecimal with the instance's date blanked, so that a series and its exceptions share it.
 */
export function uidOfGlobalObjectId(id: Uint8Array): string | null {
  if (id.length === 0) return null;
  const octets = Buffer.from(id);
  const data = octets.subarray(DATA);
  if (data.subarray(0, FOREIGN_MARK.length).equals(FOREIGN_MARK)) {
    const uid = data.subarray(FOREIGN_MARK.length);
    const end = uid.indexOf(0);
    const text = uid.subarray(0, end < 0 ? uid.length : end).toString('utf8');
    if (text !== '') return text;
  }
  octets.subarray(DATE.start, DATE.end).fill(0);
  return octets.toString('hex').toUpperCase();
}

/** The original date of the one instance a GlobalObjectId is about, `YYYY-MM-DD`; null for all of them. */
export function instanceDateOf(id: Uint8Array): string | null {
  const [high = 0, low = 0, month = 0, day = 0] = id.subarray(DATE.start, DATE.end);
  const year = high * 256 + low;
  if (year < 1601 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return null;
  const digits = (value: number, width: number) => String(value).padStart(width, '0');
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}
