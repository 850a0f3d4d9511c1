import type { JobFacts, ObjectFacts } from '../facts.ts';
import { logNumber, type ValueReading } from './log-value.ts';

/** Below this, a time since 1970 is in seconds (until the year 5138); above, in milliseconds (since March 1973). */
const MILLISECONDS_FROM = 100_000_000_000;

/** The log is written as the job ends: its clock and the service's may differ, and its last step comes after. */
const SLACK_MILLISECONDS = 15 * 60 * 1000;

/** WorkMail was announced in January 2015: no export began before. */
const FIRST_EXPORT = Date.UTC(2015, 0, 1);

const instant = (value: string | null): number | null => {
  const time = value === null ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? null : time;
};

const unitOf = (said: number): 'seconds' | 'milliseconds' => (said >= MILLISECONDS_FROM ? 'milliseconds' : 'seconds');

/** Milliseconds since 1970, or null. */
function timeIn(value: string | undefined): number | null {
  const said = logNumber(value);
  return said === null ? null : said * (unitOf(said) === 'seconds' ? 1000 : 1);
}

/**
 * Whether no export can have had these times: it began before there was WorkMail, it ended before it began, or it began
 * after the archive lay in S3. A file's own time says nothing: copies get new ones, and may get old ones.
 */
function areImpossible(start: number | null, end: number | null, object: ObjectFacts | null): boolean {
  if ([start, end].some((time) => time !== null && time < FIRST_EXPORT)) return true;
  if (start !== null && end !== null && end < start) return true;
  const written = object?.location.startsWith('s3://') === true ? instant(object.lastModified) : null;
  return start !== null && written !== null && start > written + SLACK_MILLISECONDS;
}

/**
 * `startTime` and `endTime` of a log against its job's, in seconds or in milliseconds, whichever they are; and, job or
 * none, against what any export's can be.
 */
export function readTimes(
  values: Readonly<Record<string, string>>,
  job: JobFacts | null,
  object: ObjectFacts | null = null,
): ValueReading[] {
  const given = (key: string) => (Object.hasOwn(values, key) ? values[key] : undefined);
  const impossible = areImpossible(timeIn(given('startTime')), timeIn(given('endTime')), object);
  const read: ValueReading[] = [];
  for (const [key, of] of [
    ['startTime', job?.startTime ?? null],
    ['endTime', job?.endTime ?? null],
  ] as const) {
    const value = given(key);
    if (value === undefined) continue;
    const said = logNumber(value);
    const time = timeIn(value);
    const expected = instant(of);
    const reading = said === null ? null : `${unitOf(said)} since 1970`;
    if (reading === null || time === null || impossible) {
      read.push({ key, value, state: 'unknown', reading: null, readings: [] });
    } else if (expected === null) read.push({ key, value, state: 'open', reading, readings: [] });
    else {
      const agrees = Math.abs(time - expected) <= SLACK_MILLISECONDS;
      const state = agrees ? 'agrees' : 'unknown';
      read.push({
        key,
        value,
        state,
        reading: agrees ? reading : null,
        readings: [{ name: reading, found: of ?? '' }],
      });
    }
  }
  return read;
}
