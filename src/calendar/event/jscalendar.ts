/**
 * iCalendar to JSCalendar (RFC 8984), in one file: JSCalendar 2.0 is near, and a second mapping can then stand beside
 * this one. What has no place in JSCalendar stays in the verbatim jCal.
 */
import type { JsonObject } from '../../model/index.ts';
import { textOf } from '../jcal/json.ts';
import { type JcalComponent, type JcalProperty, type PropertyIndex, parameter, parameterList } from '../jcal/types.ts';
import { formatLocal } from '../time/civil.ts';
import { readAlarm } from './alarm.ts';
import { attachmentName, declaredSize, digestUri } from './attachments.ts';
import { durationOf } from './length.ts';
import type { MappingInput } from './mapping-input.ts';
import { peopleOf } from './people.ts';
import { inZoneOf, type TimeReader } from './times.ts';
import { BUSY_STATUS, KIND, PRIVACY, PROGRESS, ROLES, STATUS, TRANSPARENCY } from './tokens.ts';
import {
  address,
  type Entry,
  email,
  geoUri,
  isTrue,
  lower,
  nameBefore,
  numbered,
  object,
  sendTo,
  token,
  truths,
  words,
} from './values.ts';

/** RFC 8984 §4.4.6. */
function participants(properties: PropertyIndex): JsonObject | null {
  const { people, isOwner, referred } = peopleOf(properties);
  return numbered(
    people.map((person) => {
      const uri = address(person);
      const attends = person[0] === 'attendee';
      const role = parameter(person, 'role')?.toUpperCase() ?? '';
      const roles = attends ? (ROLES[role] ?? ['attendee']) : [];
      return object([
        ['@type', 'Participant'],
        ['name', parameter(person, 'cn') ?? nameBefore(uri)],
        ['email', email(uri) ?? parameter(person, 'email')],
        ['sendTo', sendTo(uri)],
        ['kind', token(parameter(person, 'cutype'), KIND)],
        ['roles', truths(isOwner(uri) ? ['owner', ...roles] : roles)],
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

/** RFC 8984 §4.5.2. */
function alerts(alarms: readonly JcalComponent[], times: TimeReader): JsonObject | null {
  const read = alarms.map((alarm) => readAlarm(alarm, times)).filter((alarm) => alarm !== null);
  return numbered(
    read.map(({ offset, when, relatedToEnd, action, acknowledged }) => {
      const relative: Entry[] = [
        ['offset', offset],
        ['relativeTo', relatedToEnd ? 'end' : null],
      ];
      const trigger: Entry[] = when === null ? relative : [['when', when]];
      return object([
        ['@type', 'Alert'],
        ['trigger', object([['@type', when === null ? 'OffsetTrigger' : 'AbsoluteTrigger'], ...trigger])],
        ['action', action === 'EMAIL' ? 'email' : 'display'],
        ['acknowledged', acknowledged],
      ]);
    }),
  );
}

/** RFC 8984 §4.2.5: the place, and the zone the end is in where that is another than the start's. */
function locations({ properties, start, end, zoneName }: MappingInput): JsonObject | null {
  const name = properties.text('location');
  const coordinates = geoUri(properties.first('geo'));
  const there = { '@type': 'Location', ...(name !== null && { name }), ...(coordinates !== null && { coordinates }) };
  const abroad = start?.zone && end?.zone && zoneName(start.zone) !== zoneName(end.zone) ? zoneName(end.zone) : null;
  return numbered([
    ...(name === null && coordinates === null ? [] : [there]),
    ...(abroad === null ? [] : [{ '@type': 'Location', relativeTo: 'end', timeZone: abroad }]),
  ]);
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
  const link = (property: JcalProperty): JsonObject => {
    const attachment = attachments.get(property);
    const attached = property[0] === 'attach';
    return object([
      ['@type', 'Link'],
      ['href', attachment === undefined ? textOf(property[3]) : digestUri(attachment)],
      ['contentType', lower(parameter(property, 'fmttype'))],
      ['size', attached ? (attachment?.bytes?.length ?? declaredSize(property)) : null],
      ['rel', attached ? 'enclosure' : 'icon'],
      ['title', attached ? attachmentName(property) : null],
    ]);
  };
  const url = properties.text('url');
  const enclosures = properties.all('attach').filter((property) => attachments.get(property)?.bytes !== null);
  const icons = properties.all('image').filter((property) => !attachments.has(property));
  return numbered([
    ...(url === null ? [] : [{ '@type': 'Link', href: url, rel: 'describedby' }]),
    ...[...enclosures, ...icons].map(link),
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

/** What an event and a task each have of their own (RFC 8984 §5.1, §5.2). */
function ownEntries(input: MappingInput): readonly Entry[] {
  const { component, properties, start, end, times } = input;
  const status = properties.text('status');
  if (component !== 'VTODO')
    return [
      ['duration', durationOf(input)],
      ['status', token(status, STATUS)],
    ];
  const due = end === null ? null : formatLocal(inZoneOf(end, start?.zone ?? null).civil);
  return [
    ['due', properties.first('duration') === null || start === null ? due : null],
    ['estimatedDuration', properties.first('duration') === null ? null : durationOf(input)],
    ['percentComplete', properties.integer('percent-complete')],
    ['progress', token(status, PROGRESS)],
    ['progressUpdated', times.instant(properties.first('completed'))],
  ];
}

/** The JSCalendar Event or Task of an item. A journal entry and free-busy time are Events: JSCalendar knows no others. */
export function toJsCalendar(input: MappingInput): JsonObject {
  const { component, properties, calendar, method, start, end, recurrenceId, times, zoneName } = input;
  const instant = (name: string) => times.instant(properties.first(name));
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
    [
      'description',
      // A journal entry may have several (RFC 5545 §3.6.3).
      component === 'VJOURNAL'
        ? words(properties.all('description')).join('\n') || null
        : properties.text('description'),
    ],
    ['showWithoutTime', allDay || isTrue(properties.text('x-microsoft-cdo-alldayevent')) || null],
    ['start', start === null ? null : formatLocal(start.civil)],
    ['timeZone', zone === null ? null : zoneName(zone)],
    ...ownEntries(input),
    ['locations', locations(input)],
    ['virtualLocations', virtualLocations(properties)],
    ['links', links(input)],
    ['locale', parameter(properties.first('summary') ?? ['', {}, ''], 'language')],
    ['keywords', truths(words(properties.all('categories')))],
    ['categories', truths(words(properties.all('concept')))],
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
