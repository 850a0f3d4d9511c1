import type { JobFacts } from '../facts.ts';
import { logNumber, type ValueReading } from './log-value.ts';

/** Below this, a time since 1970 is in seconds (until the year 5138); above, in milliseconds (since March 1973). */
const MILLISECONDS_FROM = 100_000_000_000;

/** The log is written as the job ends: its clock and the service's may differ, and its last step comes after. */
const SLACK_MILLISECONDS = 15 * 60 * 1000;

const instant = (value: string | null): number | null => {
  const time = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? null : time;
};

/** `startTime` and `endTime` of a log against its job's, in seconds or in milliseconds, whichever they are. */
export function readTimes(values: Readonly<Record<string, string>>, job: JobFacts | null): ValueReading[] {
  const read: ValueReading[] = [];
  for (const [key, of] of [
    ['startTime', job?.startTime ?? null],
    ['endTime', job?.endTime ?? null],
  ] as const) {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    if (value === undefined) continue;
    const said = logNumber(value);
    const expected = instant(of);
    const unit = said !== null && said >= MILLISECONDS_FROM ? 'milliseconds' : 'seconds';
    const reading = `${unit} since 1970`;
    const found = of ?? '';
    if (said === null) read.push({ key, value, state: 'unknown', reading: null, readings: [] });
    else if (expected === null) read.push({ key, value, state: 'open', reading, readings: [] });
    else {
      const distance = Math.abs(said * (unit === 'seconds' ? 1000 : 1) - expected);
      const agrees = distance <= SLACK_MILLISECONDS;
      const state = agrees ? 'agrees' : 'unknown';
      read.push({ key, value, state, reading: agrees ? reading : null, readings: [{ name: reading, found }] });
    }
  }
  return read;
}
