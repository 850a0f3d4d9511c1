const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** RFC 5322 §3.3 date-time of seconds since 1970, as a clock `offset` minutes east of Greenwich shows it. */
export function mailDate(seconds: number, offset: number): string {
  const moment = new Date((seconds + offset * 60) * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const zone = Math.abs(offset);
  const sign = offset < 0 ? '-' : '+';
  return `${DAYS[moment.getUTCDay()]}, ${moment.getUTCDate()} ${MONTHS[moment.getUTCMonth()]} ${moment.getUTCFullYear()} ${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}:${two(moment.getUTCSeconds())} ${sign}${two(Math.floor(zone / 60))}${two(zone % 60)}`;
}

/** RFC 5545 §3.3.5 form `20260101T090000`, of seconds since 1970 read as UTC. */
export function calendarTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[-:]/g, '');
}
