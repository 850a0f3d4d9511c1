const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,20})?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** Seconds since 1970 of an RFC 3339 date-time, a fraction cut off; null where it is not one. */
export function epochSeconds(dateTime: string | null): number | null {
  const match = dateTime === null ? null : RFC3339.exec(dateTime);
  if (match === null) return null;
  const field = (index: number) => Number(match[index] ?? 0);
  const instant = new Date(0);
  // Not Date.UTC, which reads the years 0-99 as 1900-1999.
  instant.setUTCFullYear(field(1), field(2) - 1, field(3));
  instant.setUTCHours(field(4), field(5), field(6));
  const offset = (field(8) * 60 + field(9)) * 60 * (match[7] === '-' ? -1 : 1);
  return instant.getTime() / 1000 - offset;
}

/** `2026-03-01T08:30:00Z` of seconds since 1970; null where the year needs more than four digits. */
export function utcSecond(seconds: number): string | null {
  const instant = new Date(seconds * 1000);
  const year = instant.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return null;
  return `${instant.toISOString().slice(0, 19)}Z`;
}
