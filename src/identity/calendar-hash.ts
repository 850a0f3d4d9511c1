import { createHash } from 'node:crypto';
import type { CalendarItem, CalendarTime, JsonValue } from '../model/index.ts';
import { compareOctets } from '../model/octet-order.ts';
import { canonicalAddress } from './canonical.ts';
import { lettersOf } from './letters.ts';

/** The version of the canonical form of calendar items. */
export const CALENDAR_HASH_VERSION = 1;

type JsonArray = readonly JsonValue[];

function isArray(value: JsonValue | undefined): value is JsonArray {
  return Array.isArray(value);
}

/** The properties (RFC 7265 §3.4) of the first component of that name, looked for one level down where a calendar is given. */
function propertiesOf(jcal: JsonValue, component: string): JsonArray[] {
  if (!isArray(jcal)) return [];
  const within = isArray(jcal[2]) ? jcal[2].filter(isArray) : [];
  const found = [jcal, ...within].find((candidate) => candidate[0] === component);
  const properties = found?.[1];
  return isArray(properties) ? properties.filter(isArray) : [];
}

/** The first values of the properties of that name, as strings. */
function valuesOf(properties: readonly JsonArray[], name: string): string[] {
  return properties
    .filter((property) => property[0] === name)
    .map((property) => property[3])
    .filter((value) => typeof value === 'string' || typeof value === 'number')
    .map(String);
}

function canonicalTime(time: CalendarTime | null): string {
  if (time === null) return '';
  return time.utc ?? (time.timeZone === null ? time.local : `${time.local} ${time.timeZone}`);
}

/**
 * What makes two copies one version of one event: the SHA-256, in lower-case hexadecimal, of these lines in UTF-8, each ended by LF:
 *
 *     mailproof calendar 1
 *     component VEVENT
 *     uid UID                   verbatim
 *     recurrence-id TIME        nothing after the space for a master
 *     sequence N                0 where it is not said (RFC 5545 §3.8.7.4)
 *     start TIME
 *     end TIME
 *     summary LETTERS           as in `contentHash`
 *     organizer ADDRESS         the calendar address without `mailto:`, as in `contentHash`
 *     attendee ADDRESS          one line each, sorted by their octets, each once
 *
 * TIME is UTC where it is known, else the local time, followed by a space and the zone where there is one.
 * Null for a component without a UID: nothing else tells two of them apart.
 */
export function calendarContentHash(
  item: Pick<CalendarItem, 'uid' | 'recurrenceId' | 'component' | 'jcal' | 'start' | 'end'>,
): string | null {
  if (item.uid === null) return null;
  const properties = propertiesOf(item.jcal, item.component.toLowerCase());
  const addresses = (name: string) =>
    valuesOf(properties, name).map((value) => canonicalAddress(value.replace(/^mailto:/i, '')));
  const attendees = [...new Set(addresses('attendee'))].sort(compareOctets).map((address) => `attendee ${address}\n`);
  const state = createHash('sha256');
  state.update(
    `mailproof calendar ${CALENDAR_HASH_VERSION}\ncomponent ${item.component}\nuid ${item.uid}\n` +
      `recurrence-id ${canonicalTime(item.recurrenceId)}\nsequence ${valuesOf(properties, 'sequence')[0] ?? '0'}\n` +
      `start ${canonicalTime(item.start)}\nend ${canonicalTime(item.end)}\nsummary `,
  );
  lettersOf(valuesOf(properties, 'summary')[0] ?? '', (utf8) => state.update(utf8));
  state.update(`\norganizer ${addresses('organizer')[0] ?? ''}\n${attendees.join('')}`);
  return state.digest('hex');
}
