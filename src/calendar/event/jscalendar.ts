/**
 * iCalendar to JSCalendar (RFC 8984), in one file: JSCalendar 2.0 is near, and a second mapping can then stand beside
 * this one. What has no place in JSCalendar stays in the verbatim jCal.
 */
import type { CalendarAttachment, CalendarComponent, JsonObject, JsonValue } from '../../model/index.ts';
import { textOf } from '../jcal/json.ts';
import {
  type JcalComponent,
  type JcalProperty,
  PropertyIndex,
  parameter,
  parameterList,
  values,
} from '../jcal/types.ts';
import { DAY, formatLocal, formatUtc } from '../time/civil.ts';
import { formatDuration, formatSignedDuration, readDuration } from '../time/duration.ts';
import type { ResolvedZone } from '../zone/resolve.ts';
import { attachmentName, digestUri } from './attachments.ts';
import { type ItemTime, inZoneOf, type TimeReader } from './times.ts';

/** What an item is made of, read. */
export interface MappingInput {
  readonly component: CalendarComponent;
  readonly properties: PropertyIndex;
  readonly alarms: readonly JcalComponent[];
  /** The properties of the VCALENDAR around it. */
  readonly calendar: PropertyIndex | null;
  readonly method: string | null;
  readonly start: ItemTime | null;
  /** DTEND or DUE as written, or the start plus DURATION. */
  readonly end: ItemTime | null;
  readonly recurrenceId: ItemTime | null;
  readonly recurrence: readonly [string, JsonValue][];
  readonly attachments: readonly CalendarAttachment[];
  readonly times: TimeReader;
  /** The RFC 8984 TimeZoneId of a zone. */
  readonly zoneName: (zone: ResolvedZone) => string;
  readonly timeZones: JsonObject | null;
}

type Entry = readonly [string, JsonValue | null | undefined];

/** An object of those entries that say something. Their keys are this file's own: none can be `__proto__`. */
function object(entries: readonly Entry[]): JsonObject {
  const made: Record<string, JsonValue> = {};
  for (const [key, value] of entries) if (value !== null && value !== undefined) made[key] = value;
  return made;
}

/** A map by ids that do not change: `1`, `2`, … in the order written; null where there is nothing. */
const numbered = (list: readonly JsonObject[]): JsonObject | null =>
  list.length === 0 ? null : Object.fromEntries(list.map((each, place) => [String(place + 1), each]));

const truths = (names: readonly string[]): JsonObject | null =>
  names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, true]));

const lower = (text: string | null): string | null => (text === null ? null : text.toLowerCase());
const token = (text: string | null, allowed: Readonly<Record<string, string>>): string | null => {
  const key = text?.trim().toUpperCase() ?? '';
  return Object.hasOwn(allowed, key) ? (allowed[key] ?? null) : null;
};

const STATUS = { CONFIRMED: 'confirmed', CANCELLED: 'cancelled', TENTATIVE: 'tentative' };
const PROGRESS = {
  'NEEDS-ACTION': 'needs-action',
  'IN-PROCESS': 'in-process',
  COMPLETED: 'completed',
  CANCELLED: 'cancelled',
};
const PRIVACY = { PUBLIC: 'public', PRIVATE: 'private', CONFIDENTIAL: 'secret' };
const TRANSPARENCY = { OPAQUE: 'busy', TRANSPARENT: 'free' };
/** MS-OXCICAL §2.1.3.1.1.20.31: what Outlook shows the time as. JSCalendar has but two of it. */
const BUSY_STATUS = { FREE: 'free', BUSY: 'busy', TENTATIVE: 'busy', OOF: 'busy', WORKINGELSEWHERE: 'busy' };
const KIND = { INDIVIDUAL: 'individual', GROUP: 'group', RESOURCE: 'resource', ROOM: 'location' };
const ROLES: Readonly<Record<string, readonly string[]>> = {
  CHAIR: ['attendee', 'chair'],
  'OPT-PARTICIPANT': ['attendee', 'optional'],
  'NON-PARTICIPANT': ['informational'],
};

const isTrue = (text: string | null): boolean => text?.toUpperCase() === 'TRUE';
const address = (property: JcalProperty): string => textOf(property[3]).trim();
const email = (uri: string): string | null => (/^mailto:/i.test(uri) ? uri.slice(7) : null);
const sameAddress = (uri: string): string => uri.trim().toLowerCase();

/** RFC 8984 §4.4.6. The organizer is the owner; where it attends too, both are one participant. */
function participants(properties: PropertyIndex): JsonObject | null {
  const organizer = properties.first('organizer');
  const attendees = properties.all('attendee');
  const owner = organizer === null ? null : sameAddress(address(organizer));
  const people =
    organizer === null || attendees.some((each) => sameAddress(address(each)) === owner)
      ? attendees
      : [organizer, ...attendees];
  const ids = new Map<string, string>();
  for (const [place, person] of people.entries()) {
    const key = sameAddress(address(person));
    if (!ids.has(key)) ids.set(key, String(place + 1));
  }
  const referred = (person: JcalProperty, name: string): JsonObject | null =>
    truths(parameterList(person, name).map((uri) => ids.get(sameAddress(uri)) ?? uri));
  return numbered(
    people.map((person) => {
      const uri = address(person);
      const attends = person[0] === 'attendee';
      const role = parameter(person, 'role')?.toUpperCase() ?? '';
      const roles = attends ? (ROLES[role] ?? ['attendee']) : [];
      return object([
        ['@type', 'Participant'],
        ['name', parameter(person, 'cn')],
        ['email', email(uri) ?? parameter(person, 'email')],
        ['sendTo', uri === '' ? null : { [email(uri) === null ? 'other' : 'imip']: uri }],
        ['kind', token(parameter(person, 'cutype'), KIND)],
        ['roles', truths(sameAddress(uri) === owner ? ['owner', ...roles] : roles)],
        ['language', parameter(person, 'language')],
        ['participationStatus', attends ? lower(parameter(person, 'partstat')) : null],
        ['expectReply', isTrue(parameter(person, 'rsvp')) || null],
        ['scheduleAgent', lower(parameter(person, 'schedule-agent'))],
        ['scheduleStatus', parameter(person, 'schedule-status')?.split(',')],
        ['sentBy', email(parameter(person, 'sent-by') ?? '')],
        ['delegatedTo', referred(person, 'delegated-to')],
        ['delegatedFrom', referred(person, 'delegated-from')],
        ['memberOf', referred(person, 'member')],
      ]);
    }),
  );
}

/** RFC 8984 §4.5.2. An alarm whose trigger cannot be read, or whose instant floats, stays in the jCal alone. */
function alerts(alarms: readonly JcalComponent[], times: TimeReader): JsonObject | null {
  const found: JsonObject[] = [];
  for (const alarm of alarms) {
    const properties = new PropertyIndex(alarm);
    const trigger = properties.first('trigger');
    const offset = trigger?.[2] === 'duration' ? readDuration(textOf(trigger[3])) : null;
    const when = trigger?.[2] === 'date-time' ? (times.first(trigger)?.utc ?? null) : null;
    if (trigger === null || (offset === null && when === null)) continue;
    const acknowledged = times.first(properties.first('acknowledged'))?.utc ?? null;
    found.push(
      object([
        ['@type', 'Alert'],
        [
          'trigger',
          offset === null
            ? { '@type': 'AbsoluteTrigger', when: formatUtc(when ?? 0) }
            : object([
                ['@type', 'OffsetTrigger'],
                ['offset', formatSignedDuration(offset)],
                ['relativeTo', parameter(trigger, 'related')?.toUpperCase() === 'END' ? 'end' : null],
              ]),
        ],
        ['action', properties.text('action')?.toUpperCase() === 'EMAIL' ? 'email' : 'display'],
        ['acknowledged', acknowledged === null ? null : formatUtc(acknowledged)],
      ]),
    );
  }
  return numbered(found);
}

/** RFC 8984 §4.2.5: the place, and the zone the end is in where that is another than the start's. */
function locations({ properties, start, end, zoneName }: MappingInput): JsonObject | null {
  const name = properties.text('location');
  const geo = properties.first('geo')?.[3];
  const coordinates = Array.isArray(geo) && geo.length === 2 ? `geo:${geo.map(textOf).join(',')}` : null;
  const found: JsonObject[] = [];
  if (name !== null || coordinates !== null)
    found.push(
      object([
        ['@type', 'Location'],
        ['name', name],
        ['coordinates', coordinates],
      ]),
    );
  if (start?.zone && end?.zone && zoneName(start.zone) !== zoneName(end.zone)) {
    found.push({ '@type': 'Location', relativeTo: 'end', timeZone: zoneName(end.zone) });
  }
  return numbered(found);
}

const CONFERENCES = ['conference', 'x-google-conference', 'x-microsoft-skypeteamsmeetingurl'];

/** RFC 8984 §4.2.6. */
function virtualLocations(properties: PropertyIndex): JsonObject | null {
  return numbered(
    CONFERENCES.flatMap((name) => properties.all(name)).map((property) =>
      object([
        ['@type', 'VirtualLocation'],
        ['uri', textOf(property[3])],
        ['name', parameter(property, 'label')],
        ['features', truths(parameterList(property, 'feature').map((feature) => feature.toLowerCase()))],
      ]),
    ),
  );
}

/** RFC 8984 §4.2.7. Inline content is linked to by its digest. */
function links({ properties, attachments }: MappingInput): JsonObject | null {
  let inline = 0;
  const enclosure = (property: JcalProperty): JsonObject => {
    const attachment = property[2] === 'binary' ? attachments[inline++] : undefined;
    const size = Number.parseInt(parameter(property, 'size') ?? '', 10);
    return object([
      ['@type', 'Link'],
      ['href', attachment === undefined ? textOf(property[3]) : digestUri(attachment)],
      ['contentType', lower(parameter(property, 'fmttype'))],
      ['size', attachment?.bytes.length ?? (Number.isSafeInteger(size) ? size : null)],
      ['rel', 'enclosure'],
      ['title', attachmentName(property)],
    ]);
  };
  const image = (property: JcalProperty): JsonObject =>
    object([
      ['@type', 'Link'],
      ['href', textOf(property[3])],
      ['contentType', lower(parameter(property, 'fmttype'))],
      ['rel', 'icon'],
    ]);
  const url = properties.text('url');
  return numbered([
    ...(url === null ? [] : [{ '@type': 'Link', href: url, rel: 'describedby' }]),
    ...properties.all('attach').map(enclosure),
    ...properties
      .all('image')
      .filter((property) => property[2] !== 'binary')
      .map(image),
  ]);
}

/** RFC 8984 §4.1.3. */
function relatedTo(properties: PropertyIndex): JsonObject | null {
  const related = properties.all('related-to').map((property): [string, JsonObject] => {
    const relation = parameter(property, 'reltype')?.toLowerCase() ?? 'parent';
    return [textOf(property[3]), { '@type': 'Relation', relation: { [relation]: true } }];
  });
  return related.length === 0 ? null : Object.fromEntries(related);
}

/** RFC 8984 §5.1.2: nominal where DURATION says it, exact where two instants do (RFC 5545 §3.8.5.3). Null where it is not positive. */
function duration({ properties, start, end }: MappingInput): string | null {
  const said = readDuration(properties.text('duration') ?? '');
  if (said !== null) return said.days < 0 || said.seconds < 0 ? null : formatDuration(said.days, said.seconds);
  if (start === null || end === null) return null;
  const seconds = (start.utc !== null && end.utc !== null ? end.utc - start.utc : end.civil - start.civil) + 0;
  if (seconds < 0) return null;
  return start.dateOnly ? formatDuration(Math.floor(seconds / DAY), seconds % DAY) : formatDuration(0, seconds);
}

/** What an event and a task each have of their own (RFC 8984 §5.1, §5.2). */
function ownEntries(input: MappingInput): readonly Entry[] {
  const { component, properties, start, end, times } = input;
  const status = properties.text('status');
  if (component !== 'VTODO')
    return [
      ['duration', duration(input)],
      ['status', token(status, STATUS)],
    ];
  const due = end === null ? null : formatLocal(inZoneOf(end, start?.zone ?? null).civil);
  const completed = times.first(properties.first('completed'))?.utc ?? null;
  return [
    ['due', properties.first('duration') === null || start === null ? due : null],
    ['estimatedDuration', properties.first('duration') === null ? null : duration(input)],
    ['percentComplete', properties.integer('percent-complete')],
    ['progress', token(status, PROGRESS)],
    ['progressUpdated', completed === null ? null : formatUtc(completed)],
  ];
}

/** The JSCalendar Event or Task of an item. A journal entry and free-busy time are Events: JSCalendar knows no others. */
export function toJsCalendar(input: MappingInput): JsonObject {
  const { component, properties, calendar, method, start, end, recurrenceId, times, zoneName } = input;
  const instant = (name: string): string | null => {
    const utc = times.first(properties.first(name))?.utc ?? null;
    return utc === null ? null : formatUtc(utc);
  };
  const zone = start?.zone ?? (start === null ? end?.zone : null) ?? null;
  const organizer = properties.first('organizer');
  const replyTo = organizer === null ? null : email(address(organizer));
  const allDay = start?.dateOnly === true || (start === null && end?.dateOnly === true);
  return object([
    ['@type', component === 'VTODO' ? 'Task' : 'Event'],
    ['uid', properties.text('uid')],
    ['prodId', calendar?.text('prodid')],
    ['created', instant('created')],
    ['updated', instant('last-modified') ?? instant('dtstamp')],
    ['sequence', properties.integer('sequence')],
    ['method', lower(method)],
    ['title', properties.text('summary')],
    ['description', properties.text('description')],
    ['showWithoutTime', allDay || isTrue(properties.text('x-microsoft-cdo-alldayevent')) || null],
    ['start', start === null ? null : formatLocal(start.civil)],
    ['timeZone', zone === null ? null : zoneName(zone)],
    ...ownEntries(input),
    ['locations', locations(input)],
    ['virtualLocations', virtualLocations(properties)],
    ['links', links(input)],
    ['locale', parameter(properties.first('summary') ?? ['', {}, ''], 'language')],
    [
      'keywords',
      truths(
        properties
          .all('categories')
          .flatMap((each) => values(each).map(textOf))
          .filter((word) => word !== ''),
      ),
    ],
    ['categories', truths(properties.all('concept').map((each) => textOf(each[3])))],
    ['color', lower(properties.text('color'))],
    ['recurrenceId', recurrenceId === null ? null : formatLocal(recurrenceId.civil)],
    ['recurrenceIdTimeZone', recurrenceId?.zone ? zoneName(recurrenceId.zone) : null],
    ...input.recurrence,
    ['priority', properties.integer('priority')],
    [
      'freeBusyStatus',
      token(properties.text('transp'), TRANSPARENCY) ??
        token(properties.text('x-microsoft-cdo-busystatus'), BUSY_STATUS),
    ],
    ['privacy', token(properties.text('class'), PRIVACY)],
    ['replyTo', replyTo === null ? null : { imip: `mailto:${replyTo}` }],
    ['sentBy', organizer === null ? null : email(parameter(organizer, 'sent-by') ?? '')],
    ['participants', participants(properties)],
    ['requestStatus', properties.all('request-status').map((each) => [each[3]].flat().map(textOf).join(';'))[0]],
    ['alerts', alerts(input.alarms, times)],
    ['relatedTo', relatedTo(properties)],
    ['timeZones', input.timeZones],
  ]);
}
