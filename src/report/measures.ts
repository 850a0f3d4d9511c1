/** `20,000`: grouped by a comma whatever the machine's locale. */
export const number = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1,204 messages`, `1 message`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.3 GB`: powers of ten, as disks and bills count. */
export function octets(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return unit === 0 ? `${value} B` : `${value.toFixed(value < 9.95 ? 1 : 0)} ${UNITS[unit] ?? ''}`;
}

/** `12.3 %`; what is there but rounds to nothing is `< 0.1 %`. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  const percent = (part / whole) * 100;
  return percent < 0.1 ? '< 0.1 %' : `${percent >= 99.95 && part < whole ? '> 99.9' : percent.toFixed(1)} %`;
}

/** Months since year 0 of a date that begins with year and month; null where it does not. */
export function monthOf(date: string | null | undefined): number | null {
  const match = /^(\d{4})-(\d\d)/.exec(date ?? '');
  return match === null ? null : Number(match[1]) * 12 + Number(match[2]) - 1;
}

/** `2026-03`. */
export const monthName = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** `2026-03` or `2026-03 to 2026-07`. */
export const monthSpan = (first: number, last: number): string =>
  first === last ? monthName(first) : `${monthName(first)} to ${monthName(last)}`;
