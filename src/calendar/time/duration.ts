/** RFC 5545 §3.3.6: weeks and days are nominal (a day may last 23 hours), the rest is exact. Both carry the sign. */
export interface Duration {
  readonly days: number;
  readonly seconds: number;
  /** Not in the order RFC 5545 has it, but plain. */
  readonly fault: boolean;
}

const SHAPE = /^([+-]?)P(?=[0-9T])(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$/;
const PIECE = /(\d{1,9})([WDHMS])/g;
const LOOSE = /^([+-]?)P(?:T?\d{1,9}[WDHMS]){1,8}$/;
/** Ten thousand years: what is longer leads out of every calendar. */
const LONGEST = 3_660_000;
const SECONDS = { H: 3600, M: 60, S: 1 } as const;

/** Reads a DURATION, also one whose units stand in the wrong order (`PT1W1D2H`). Null where it is none. */
export function readDuration(text: string): Duration | null {
  const value = text.trim().toUpperCase();
  const strict = SHAPE.test(value);
  const match = strict ? SHAPE.exec(value) : LOOSE.exec(value);
  if (match === null) return null;
  const sign = match[1] === '-' ? -1 : 1;
  let days = 0;
  let seconds = 0;
  let pieces = 0;
  for (const [, digits = '', unit] of value.matchAll(PIECE)) {
    pieces++;
    if (unit === 'W') days += 7 * Number(digits);
    else if (unit === 'D') days += Number(digits);
    else if (unit === 'H' || unit === 'M' || unit === 'S') seconds += SECONDS[unit] * Number(digits);
  }
  if (pieces === 0 || days + seconds / 86_400 > LONGEST) return null;
  return { days: sign * days + 0, seconds: sign * seconds + 0, fault: !strict };
}

/** RFC 8984 §1.4.6 (Duration): `P1DT2H`, without sign. Days and seconds must not be negative. */
export function formatDuration(days: number, seconds: number): string {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = seconds % 60;
  const time = `${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${rest > 0 ? `${rest}S` : ''}`;
  if (days === 0 && time === '') return 'PT0S';
  return `P${days > 0 ? `${days}D` : ''}${time === '' ? '' : `T${time}`}`;
}

/** RFC 8984 §1.4.7 (SignedDuration). */
export function formatSignedDuration({ days, seconds }: Duration): string {
  const negative = days < 0 || seconds < 0;
  return `${negative ? '-' : ''}${formatDuration(Math.abs(days), Math.abs(seconds))}`;
}
