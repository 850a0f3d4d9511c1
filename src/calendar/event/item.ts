import type { CalendarComponent, CalendarItem, JsonObject } from '../../model/index.ts';
import type { IssueList } from '../issue-list.ts';
import { textOf } from '../jcal/json.ts';
import { PropertyIndex } from '../jcal/types.ts';
import type { ComponentNode } from '../reader/components.ts';
import { DAY, dateOfDay, isWritable } from '../time/civil.ts';
import { readDuration } from '../time/duration.ts';
import { differsInYear, type ResolvedZone, type ZoneResolver } from '../zone/resolve.ts';
import { civilOfUtc } from '../zone/zone.ts';
import { inlineAttachments } from './attachments.ts';
import { toJsCalendar } from './jscalendar.ts';
import { recurrenceEntries } from './recurrence.ts';
import { calendarTime, type ItemTime, itemTime, TimeReader } from './times.ts';

/** What an item takes from the calendar it stands in. */
export interface Surroundings {
  readonly calendar: PropertyIndex | null;
  /** Upper case. */
  readonly method: string | null;
  readonly resolver: ZoneResolver;
  /** The zone of times without one: vCalendar 1.0's TZ. */
  readonly otherwise: ResolvedZone | null;
}

const COMPONENTS = { vevent: 'VEVENT', vtodo: 'VTODO', vjournal: 'VJOURNAL', vfreebusy: 'VFREEBUSY' } as const;

/** The CalendarComponent of a name in lower case, or null where it is no item's. */
export function componentOf(name: string): CalendarComponent | null {
  return Object.hasOwn(COMPONENTS, name) ? COMPONENTS[name as keyof typeof COMPONENTS] : null;
}

/** Properties RFC 5545 §3.6 lets stand but once. The first is taken. */
const ONCE = [
  'uid',
  'dtstart',
  'dtend',
  'due',
  'duration',
  'recurrence-id',
  'summary',
  'organizer',
  'status',
  'sequence',
];

/** The end: as written, or by DURATION, or as RFC 5545 §3.6.1 has it where neither is said. */
function endOf(
  component: CalendarComponent,
  properties: PropertyIndex,
  start: ItemTime | null,
  times: TimeReader,
): ItemTime | null {
  const written = times.first(properties.first(component === 'VTODO' ? 'due' : 'dtend'));
  if (written !== null || start === null) return written;
  const duration = readDuration(properties.text('duration') ?? '');
  if (duration !== null) {
    // Days are nominal, on the clock; the rest is exact (RFC 5545 §3.3.6).
    const days = itemTime(start.civil + duration.days * DAY, start.dateOnly, start.zone);
    if (days.utc === null || days.zone === null)
      return itemTime(days.civil + duration.seconds, start.dateOnly, days.zone);
    const utc = days.utc + duration.seconds;
    return { civil: civilOfUtc(days.zone.zone, utc), dateOnly: false, zone: days.zone, utc };
  }
  if (component !== 'VEVENT') return null;
  return start.dateOnly ? itemTime(start.civil + DAY, true, null) : start;
}

function checkProperties(properties: PropertyIndex, issues: IssueList): void {
  if (properties.text('uid') === null) issues.add('UID_MISSING', 'The item has no UID.', 'UID');
  for (const name of ONCE) {
    const count = properties.all(name).length;
    if (count > 1)
      issues.add(
        'PROPERTY_REPEATED',
        `${name.toUpperCase()} stands ${count} times; the first is taken.`,
        name.toUpperCase(),
      );
  }
}

/** Reads one component into an item. Never throws: what is wrong is among its issues. */
export function readItem(node: ComponentNode, component: CalendarComponent, around: Surroundings): CalendarItem {
  const { issues } = node;
  const properties = new PropertyIndex(node.jcal);
  checkProperties(properties, issues);
  const times = new TimeReader(around.resolver, issues, around.otherwise);
  const start = times.first(properties.first('dtstart'));
  const computed = endOf(component, properties, start, times);
  // What a DURATION leads to may be a year no calendar can write.
  const end =
    computed !== null && isWritable(computed.civil) && isWritable(computed.utc ?? computed.civil) ? computed : null;
  if (computed !== null && end === null)
    issues.add('DATE_TIME_UNREADABLE', 'The item ends beyond the year 9999.', 'DURATION');
  const recurrenceId = times.first(properties.first('recurrence-id'));
  if (
    start !== null &&
    end !== null &&
    (end.utc ?? end.civil) < (start.utc ?? start.civil) &&
    start.dateOnly === end.dateOnly
  ) {
    issues.add('END_BEFORE_START', 'The item ends before it starts.', component === 'VTODO' ? 'DUE' : 'DTEND');
  }
  const alarms = node.jcal[2].filter((child) => child[0] === 'valarm');
  const holders = [properties, ...alarms.map((alarm) => new PropertyIndex(alarm))];
  const attachments = inlineAttachments(holders, issues);
  // A task that has no start recurs by when it is due.
  const first = start ?? (component === 'VTODO' ? end : null);
  const recurrence = recurrenceEntries(properties, first, times, issues);
  const recurs = recurrence.length > 0;

  /** A zone the calendar defines otherwise than IANA needs its definition with it (RFC 8984 §4.7.2). */
  const ownDefinition = (zone: ResolvedZone, time: ItemTime): boolean => {
    if (zone.definition === null) return false;
    if (zone.standard === null) return true;
    if (time.utc !== null && zone.zone.offsetAt(time.utc) !== zone.standard.offsetAt(time.utc)) return true;
    const { year } = dateOfDay(Math.floor(time.civil / DAY));
    return recurs && (differsInYear(zone, year) || differsInYear(zone, year + 1));
  };
  const custom = new Map<ResolvedZone, string>();
  for (const time of [start, end, recurrenceId]) {
    if (time?.zone && ownDefinition(time.zone, time)) {
      const id = textOf(time.zone.definition?.['tzId']) || time.zone.name;
      custom.set(time.zone, id.startsWith('/') ? id : `/${id}`);
    }
  }
  const definitions = [...custom].map(([zone, name]): [string, JsonObject] => [name, zone.definition ?? {}]);
  const event = toJsCalendar({
    component,
    properties,
    alarms,
    calendar: around.calendar,
    method: around.method,
    start,
    end,
    recurrenceId,
    recurrence,
    attachments,
    times,
    zoneName: (zone) => custom.get(zone) ?? zone.name,
    timeZones: definitions.length === 0 ? null : Object.fromEntries(definitions),
  });
  return {
    uid: properties.text('uid'),
    recurrenceId: calendarTime(recurrenceId),
    component,
    method: around.method,
    event,
    jcal: node.jcal,
    start: calendarTime(start),
    end: calendarTime(end),
    issues: issues.list(),
    ...(attachments.size > 0 && { attachments: [...attachments.values()] }),
  };
}
