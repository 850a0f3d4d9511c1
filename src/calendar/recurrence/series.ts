import type { CalendarItem, JsonObject, JsonValue } from '../../model/index.ts';
import { isList, isObject } from '../jcal/json.ts';
import { DAY } from '../time/civil.ts';
import { civilOf } from '../time/date-time.ts';
import { readDuration } from '../time/duration.ts';
import { definedZone } from '../zone/defined.ts';
import { zoneByName } from '../zone/resolve.ts';
import { UTC, utcOfCivil, type Zone } from '../zone/zone.ts';
import { type CompiledRule, compileRule } from './rule.ts';

/** What of an item an expansion needs: an item as parsed, or a record read back (`event` is its `jscalendar`). */
export type Expandable = Pick<CalendarItem, 'uid' | 'recurrenceId' | 'event' | 'jcal' | 'start' | 'end'>;

/** How long instances last: days are nominal, on the clock; seconds exact. */
export interface Length {
  readonly days: number;
  readonly seconds: number;
}

/** An item as a series: its start, its rules, and what is added and taken away. */
export interface Series {
  /** Civil second. */
  readonly start: number;
  readonly dateOnly: boolean;
  /** Null where the item floats or is of whole days. */
  readonly zone: Zone | null;
  readonly length: Length | null;
  readonly rules: readonly CompiledRule[];
  readonly excludedRules: readonly CompiledRule[];
  /** RDATEs in order, with the length of those that are periods. */
  readonly added: ReadonlyMap<number, Length | null>;
  readonly excluded: ReadonlySet<number>;
  /** Rules that cannot be expanded (RFC 7529, or a clock frequency on whole days). */
  readonly unsupported: number;
}

const objects = (value: JsonValue | undefined): readonly JsonObject[] => (isList(value) ? value.filter(isObject) : []);

/** The zone of an item, by the definition it carries (RFC 8984 §4.7.2) or by name. */
export function zoneOf(item: Expandable): Zone | null {
  const name = item.event['timeZone'];
  if (item.start === null || item.start.utc === null || item.start.timeZone === null) return null;
  const zones = item.event['timeZones'];
  const definition =
    typeof name === 'string' && isObject(zones) && Object.hasOwn(zones, name) ? zones[name] : undefined;
  const named = zoneByName(item.start.timeZone);
  const standard = named === null || named.guessed ? null : named.zone;
  const defined = isObject(definition) ? definedZone(item.start.timeZone, definition, standard) : null;
  return defined ?? named?.zone ?? UTC;
}

/** The length of an item: as DURATION says it, or between its two instants (RFC 5545 §3.8.5.3: exact). */
function lengthOf(item: Expandable, dateOnly: boolean): Length | null {
  const said = item.event[item.event['@type'] === 'Task' ? 'estimatedDuration' : 'duration'];
  const duration = typeof said === 'string' ? readDuration(said) : null;
  if (duration !== null) return duration;
  if (item.start === null || item.end === null) return null;
  const [from, to] = [civilOf(item.start.utc ?? item.start.local), civilOf(item.end.utc ?? item.end.local)];
  if (from === null || to === null || to < from) return null;
  return dateOnly ? { days: Math.floor((to - from) / DAY), seconds: 0 } : { days: 0, seconds: to - from };
}

/** Reads an item as a series; null where it has no start. */
export function readSeries(item: Expandable): Series | null {
  const start = item.start === null ? null : civilOf(item.start.local);
  if (start === null) return null;
  const zone = zoneOf(item);
  const dateOnly = item.event['showWithoutTime'] === true && zone === null && start % DAY === 0;
  const length = lengthOf(item, dateOnly);
  let unsupported = 0;
  const compiled = (key: string): CompiledRule[] =>
    objects(item.event[key]).flatMap((rule) => {
      const ready = compileRule(rule);
      const withinDay = ready !== null && ['hourly', 'minutely', 'secondly'].includes(ready.frequency);
      if (ready !== null && !(dateOnly && withinDay)) return [ready];
      unsupported++;
      return [];
    });
  const added = new Map<number, Length | null>();
  const excluded = new Set<number>();
  const overrides = item.event['recurrenceOverrides'];
  for (const [key, patch] of isObject(overrides) ? Object.entries(overrides) : []) {
    const civil = civilOf(key);
    if (civil === null || !isObject(patch)) continue;
    if (patch['excluded'] === true) excluded.add(civil);
    else added.set(civil, typeof patch['duration'] === 'string' ? readDuration(patch['duration']) : length);
  }
  const rules = compiled('recurrenceRules');
  const excludedRules = compiled('excludedRecurrenceRules');
  return { start, dateOnly, zone, length, rules, excludedRules, added, excluded, unsupported };
}

/** When something of a length that begins at a civil second ends, in civil seconds and, where there is a zone, in UTC. */
export function endOf(
  civil: number,
  length: Length,
  zone: Zone | null,
): { readonly civil: number; readonly utc: number | null } {
  const onClock = civil + length.days * DAY;
  if (zone === null) return { civil: onClock + length.seconds, utc: null };
  const utc = utcOfCivil(zone, onClock) + length.seconds;
  return { civil: utc + zone.offsetAt(utc), utc };
}
