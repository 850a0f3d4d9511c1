const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** An MS-DOS date and time (APPNOTE §4.4.6) as `2026-03-01T09:30:00`, in two-second steps; null where it is no date. */
export function dosDateTime(date: number, time: number): string | null {
  const year = 1980 + (date >>> 9);
  const month = (date >>> 5) & 15;
  const day = date & 31;
  const hour = time >>> 11;
  const minute = (time >>> 5) & 63;
  const second = (time & 31) * 2;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return null;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (day > days) return null;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
}
