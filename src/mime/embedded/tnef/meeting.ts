import type { EmailAddress } from '../../../model/index.ts';
import { instanceDateOf, uidOfGlobalObjectId } from './global-object-id.ts';
import type { MapiProperties } from './property.ts';
import { NAMED, TAG } from './property-tag.ts';
import type { TnefMeeting, TnefMeetingType } from './tnef-message.ts';

/** Message classes of MS-OXOCAL 2.2.5 to 2.2.9 and 2.2.2.1, in lower case. */
const TYPES: readonly (readonly [prefix: string, type: TnefMeetingType])[] = [
  ['ipm.schedule.meeting.request', 'request'],
  ['ipm.schedule.meeting.canceled', 'cancel'],
  ['ipm.schedule.meeting.resp.pos', 'accept'],
  ['ipm.schedule.meeting.resp.neg', 'decline'],
  ['ipm.schedule.meeting.resp.tent', 'tentative'],
  ['ipm.schedule.meeting', 'other'],
  ['ipm.appointment', 'appointment'],
];

/** What old mailers write in attributes of the message beside its properties. */
export interface MeetingAttributes {
  readonly start: string | null;
  readonly end: string | null;
  readonly from: EmailAddress | null;
}

/** The meeting a message is about, null where its class is none of a meeting. */
export function readMeeting(
  messageClass: string | null,
  properties: MapiProperties,
  attributes: MeetingAttributes,
): TnefMeeting | null {
  const name = messageClass?.toLowerCase() ?? '';
  const type = TYPES.find(([prefix]) => name === prefix || name.startsWith(`${prefix}.`))?.[1];
  if (type === undefined) return null;
  const id = properties.binary(NAMED.GLOBAL_OBJECT_ID);
  const identity = id ?? properties.binary(NAMED.CLEAN_GLOBAL_OBJECT_ID);
  // A response comes from an attendee: who organizes is not said in it.
  const organized = type === 'request' || type === 'cancel';
  return {
    type,
    start:
      properties.time(NAMED.APPOINTMENT_START_WHOLE) ??
      properties.time(NAMED.COMMON_START) ??
      properties.time(TAG.START_DATE) ??
      attributes.start,
    end:
      properties.time(NAMED.APPOINTMENT_END_WHOLE) ??
      properties.time(NAMED.COMMON_END) ??
      properties.time(TAG.END_DATE) ??
      attributes.end,
    allDay: properties.boolean(NAMED.APPOINTMENT_SUB_TYPE),
    location: properties.text(NAMED.LOCATION) ?? properties.text(NAMED.WHERE),
    uid: identity === null ? null : uidOfGlobalObjectId(identity),
    instanceDate: id === null ? null : instanceDateOf(id),
    sequence: properties.integer(NAMED.APPOINTMENT_SEQUENCE),
    recurring: properties.boolean(NAMED.RECURRING) || properties.boolean(NAMED.IS_RECURRING),
    recurrenceDescription: properties.text(NAMED.RECURRENCE_PATTERN),
    timeZoneDescription: properties.text(NAMED.TIME_ZONE_DESCRIPTION),
    organizer: organized ? attributes.from : null,
  };
}
