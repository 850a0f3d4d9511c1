import type { JsonObject, JsonValue } from '../../model/index.ts';
import type { IssueList } from '../issue-list.ts';
import { isList, isObject, textOf } from '../jcal/json.ts';
import { type JcalComponent, PropertyIndex, parameter, values } from '../jcal/types.ts';
import { readRule } from '../recurrence/read-rule.ts';
import { formatLocal } from '../time/civil.ts';
import { readDateTime, type WrittenTime } from '../time/date-time.ts';
import { offsetOf } from './defined.ts';

/** Observances and dates kept of one VTIMEZONE: the database's fullest zone has about 250. */
const OBSERVANCE_LIMIT = 2000;

/** A VTIMEZONE as JSCalendar defines zones. */
export interface ZoneDefinition {
  readonly id: string;
  /** RFC 8984 §4.7.2. */
  readonly definition: JsonObject;
  /** Names the zone may be known by to IANA: X-LIC-LOCATION, TZID-ALIAS-OF. */
  readonly aliases: readonly string[];
}

/** RFC 5545's form of an offset, which RFC 8984 keeps. */
const plainOffset = (value: JsonValue | undefined): string => textOf(value).replaceAll(':', '');

/** An onset as local time by the offset before it; UTC forms and dates are seen in the wild. */
function onset(written: WrittenTime, offsetFrom: number): number {
  return written.offset === null ? written.civil : written.civil - written.offset + offsetFrom;
}

function observance(component: JcalComponent, issues: IssueList): JsonObject | null {
  const properties = new PropertyIndex(component);
  const offsetFromText = properties.first('tzoffsetfrom')?.[3] ?? properties.first('tzoffsetto')?.[3];
  const offsetToText = properties.first('tzoffsetto')?.[3];
  const offsetFrom = offsetOf(offsetFromText);
  const written = readDateTime(properties.text('dtstart') ?? '');
  if (offsetFrom === null || offsetOf(offsetToText) === null || written === null) {
    issues.add(
      'PROPERTY_MALFORMED',
      `${component[0].toUpperCase()} of a VTIMEZONE lacks a start or an offset.`,
      'VTIMEZONE',
    );
    return null;
  }
  const start = onset(written, offsetFrom);
  const entries: [string, JsonValue][] = [
    ['@type', 'TimeZoneRule'],
    ['start', formatLocal(start)],
    ['offsetFrom', plainOffset(offsetFromText)],
    ['offsetTo', plainOffset(offsetToText)],
  ];
  const rules: JsonObject[] = [];
  for (const property of properties.all('rrule')) {
    const recur = property[3];
    if (!isObject(recur)) continue;
    const read = readRule(recur, (until) => (until.dateOnly ? until.civil + 86_399 : onset(until, offsetFrom)));
    for (const fault of read.faults) issues.add('RULE_UNREADABLE', `A rule of a VTIMEZONE: ${fault}.`, 'VTIMEZONE');
    if (read.rule !== null) rules.push(read.rule);
  }
  if (rules.length > 0) entries.push(['recurrenceRules', rules]);
  const dates: [string, JsonValue][] = [];
  for (const property of properties.all('rdate')) {
    for (const value of values(property)) {
      const date = readDateTime(textOf(isList(value) ? value[0] : value));
      // A date alone begins at the time of day the observance begins at.
      const time = ((start % 86_400) + 86_400) % 86_400;
      if (date !== null && dates.length < OBSERVANCE_LIMIT) {
        dates.push([formatLocal(date.dateOnly ? date.civil + time : onset(date, offsetFrom)), {}]);
      }
    }
  }
  if (dates.length > 0) entries.push(['recurrenceOverrides', Object.fromEntries(dates)]);
  const names = properties.all('tzname').flatMap((property) => values(property).map(textOf));
  if (names.length > 0) entries.push(['names', Object.fromEntries(names.map((name) => [name, true]))]);
  return Object.fromEntries(entries);
}

/** Reads a VTIMEZONE, or null where it has no id, several, or no observance that can be read. */
export function readVtimezone(component: JcalComponent, issues: IssueList): ZoneDefinition | null {
  const properties = new PropertyIndex(component);
  const id = properties.text('tzid')?.trim() ?? '';
  const ids = properties.all('tzid');
  if (id === '') {
    issues.add('PROPERTY_MALFORMED', 'A VTIMEZONE has no TZID.', 'VTIMEZONE');
    return null;
  }
  // Two zones written into one: which observance belongs to which cannot be told.
  if (ids.length > 1) {
    issues.add('PROPERTY_REPEATED', 'A VTIMEZONE has several TZIDs and is not followed.', 'VTIMEZONE');
    return null;
  }
  const rules = { standard: [] as JsonObject[], daylight: [] as JsonObject[] };
  for (const child of component[2].slice(0, OBSERVANCE_LIMIT)) {
    if (child[0] !== 'standard' && child[0] !== 'daylight') continue;
    const read = observance(child, issues);
    if (read !== null) rules[child[0]].push(read);
  }
  if (rules.standard.length + rules.daylight.length === 0) return null;
  const definition: JsonObject = {
    '@type': 'TimeZone',
    tzId: id,
    ...(rules.standard.length > 0 && { standard: rules.standard }),
    ...(rules.daylight.length > 0 && { daylight: rules.daylight }),
  };
  const aliases = [...properties.all('tzid-alias-of'), ...properties.all('x-lic-location')].map((property) =>
    textOf(property[3]),
  );
  return { id, definition, aliases };
}

/** The zone id a property names, without the quotes and blanks around it; null where it names none. */
export function zoneId(property: Parameters<typeof parameter>[0]): string | null {
  const id = parameter(property, 'tzid')?.trim() ?? '';
  return id === '' ? null : id;
}
