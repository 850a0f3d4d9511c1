import type { JsonObject, JsonValue } from '../../model/index.ts';
import type { IssueList } from '../issue-list.ts';
import { isObject, textOf } from '../jcal/json.ts';
import type { JcalProperty, PropertyIndex } from '../jcal/types.ts';
import { readRule } from '../recurrence/read-rule.ts';
import { compileRule } from '../recurrence/rule.ts';
import { DAY, formatLocal } from '../time/civil.ts';
import type { WrittenTime } from '../time/date-time.ts';
import { formatDuration, readDuration } from '../time/duration.ts';
import { civilOfUtc } from '../zone/zone.ts';
import { type ItemTime, inZoneOf, type TimeReader } from './times.ts';

const timeOfDay = (civil: number): number => ((civil % DAY) + DAY) % DAY;

/** UNTIL on the start's clocks (RFC 8984 §4.3.3). A date means the whole of that day. */
function untilLocal(until: WrittenTime, start: ItemTime): number {
  if (until.dateOnly) return start.dateOnly ? until.civil : until.civil + DAY - 1;
  if (until.offset === null || start.zone === null) return until.civil;
  return civilOfUtc(start.zone.zone, until.civil - until.offset);
}

/** Frequencies that mean nothing where the start is a date (RFC 5545 §3.3.10). */
const WITHIN_DAY = new Set(['hourly', 'minutely', 'secondly']);

function rules(properties: readonly JcalProperty[], start: ItemTime, issues: IssueList): JsonObject[] {
  const found: JsonObject[] = [];
  for (const property of properties) {
    const label = property[0].toUpperCase();
    const recur = property[3];
    // A rule without FREQ has its issue from the reader.
    if (!isObject(recur)) continue;
    const { rule, faults } = readRule(recur, (until) => untilLocal(until, start));
    for (const fault of faults) issues.add('RULE_UNREADABLE', `${label}: ${fault}.`, label);
    if (rule === null) {
      issues.add('RULE_UNREADABLE', `${label} cannot be followed.`, label);
      continue;
    }
    if (compileRule(rule) === null)
      issues.add('RULE_UNSUPPORTED', `${label} counts by another calendar; it is not expanded.`, label);
    else if (start.dateOnly && WITHIN_DAY.has(textOf(rule['frequency']))) {
      issues.add(
        'RULE_UNSUPPORTED',
        `${label} repeats within a day what has no time of day; it is not expanded.`,
        label,
      );
    }
    found.push(rule);
  }
  return found;
}

/** An instance's local start on the item's own clocks: a date takes the start's time of day, a time on a date its day. */
function instanceLocal(time: ItemTime, start: ItemTime): string {
  if (start.dateOnly) return formatLocal(time.civil - timeOfDay(time.civil));
  if (time.dateOnly) return formatLocal(time.civil + timeOfDay(start.civil));
  return formatLocal(inZoneOf(time, start.zone).civil);
}

/** How long a period of an RDATE lasts, as JSCalendar writes it. */
function periodPatch(time: ItemTime, end: string | null, reader: TimeReader, property: JcalProperty): JsonObject {
  if (end === null) return {};
  const duration = readDuration(end);
  if (duration !== null) return { duration: formatDuration(Math.max(0, duration.days), Math.max(0, duration.seconds)) };
  const until = reader.value(property, end);
  if (until === null) return {};
  return { duration: formatDuration(0, Math.max(0, (until.utc ?? until.civil) - (time.utc ?? time.civil))) };
}

/**
 * RRULE, EXRULE, RDATE and EXDATE as JSCalendar has them (RFC 8984 §4.3.3-5). An RDATE adds an empty override, an EXDATE
 * one that is excluded, which wins.
 */
export function recurrenceEntries(
  properties: PropertyIndex,
  start: ItemTime | null,
  reader: TimeReader,
  issues: IssueList,
): [string, JsonValue][] {
  if (start === null) {
    if (isObject(properties.first('rrule')?.[3]))
      issues.add('RULE_UNSUPPORTED', 'RRULE stands without a start; it is not expanded.', 'RRULE');
    return [];
  }
  const entries: [string, JsonValue][] = [];
  const included = rules(properties.all('rrule'), start, issues);
  if (included.length > 0) entries.push(['recurrenceRules', included]);
  const excluded = rules(properties.all('exrule'), start, issues);
  if (excluded.length > 0) entries.push(['excludedRecurrenceRules', excluded]);
  const overrides = new Map<string, JsonObject>();
  for (const property of properties.all('rdate')) {
    for (const { time, end } of reader.all(property)) {
      overrides.set(instanceLocal(time, start), periodPatch(time, end, reader, property));
    }
  }
  for (const property of properties.all('exdate')) {
    for (const { time } of reader.all(property)) overrides.set(instanceLocal(time, start), { excluded: true });
  }
  if (overrides.size > 0) {
    entries.push([
      'recurrenceOverrides',
      Object.fromEntries([...overrides].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
    ]);
  }
  return entries;
}
