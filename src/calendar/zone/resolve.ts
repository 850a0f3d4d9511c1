import type { JsonObject } from '../../model/index.ts';
import { DAY, dayNumber } from '../time/civil.ts';
import { definedZone } from './defined.ts';
import { ianaZone } from './iana.ts';
import { displayZone, type NamedZone, offsetZone, windowsZone } from './names.ts';
import type { ZoneDefinition } from './vtimezone.ts';
import type { Zone } from './zone.ts';

/** What a TZID means. */
export interface ResolvedZone {
  /** By the calendar's own definition where it has one. */
  readonly zone: Zone;
  /** What records call it. */
  readonly name: string;
  /** The zone of that name in the database, where the calendar defines the zone itself and the name is known. */
  readonly standard: Zone | null;
  /** RFC 8984 §4.7.2, where the calendar defines it. */
  readonly definition: JsonObject | null;
  /** How the name was understood, where that is a guess. */
  readonly guessed: boolean;
}

/** IANA names behind a prefix: `/freeassociation.sourceforge.net/Tzfile/Europe/Berlin`, `/mozilla.org/20070129_1/…`, `posix/…`. */
function prefixedZone(name: string): Zone | null {
  const segments = name.split('/', 12).filter((segment) => segment !== '');
  for (let from = name.startsWith('/') ? 0 : 1; from < segments.length; from++) {
    const zone = ianaZone(segments.slice(from).join('/'));
    if (zone !== null) return zone;
  }
  return null;
}

/**
 * The zone of a name alone: IANA's, IANA's behind a prefix, Windows', an offset, a display or localized name.
 * Null where the name says nothing that is known.
 */
export function zoneByName(name: string): NamedZone | null {
  // Bounded first: no zone has a longer name, and patterns over longer ones could be made slow.
  const id =
    name.length > 200
      ? ''
      : name
          .trim()
          .replace(/^["']+|["']+$/g, '')
          .replace(/\\([,;])/g, '$1');
  if (id === '') return null;
  const certain = ianaZone(id) ?? windowsZone(id) ?? (id.includes('/') ? prefixedZone(id) : null) ?? offsetZone(id);
  if (certain !== null) return { zone: certain, guessed: false };
  const repaired = id.includes('/') ? (ianaZone(id.replace(/ /g, '_')) ?? prefixedZone(id.replace(/ /g, '_'))) : null;
  const guess = repaired ?? ianaZone(id.replace(/^TZID=/i, '')) ?? displayZone(id);
  return guess === null ? null : { zone: guess, guessed: true };
}

/** Resolves the TZIDs of one calendar: by its own VTIMEZONEs first (RFC 5545 §3.8.3.1), then by name. */
export class ZoneResolver {
  readonly #definitions: readonly ReadonlyMap<string, ZoneDefinition>[];
  #loose: ReadonlyMap<string, ZoneDefinition> | null = null;
  readonly #resolved = new Map<string, ResolvedZone | null>();

  /** The calendar's own definitions, then those of the other calendars of the file. */
  constructor(...definitions: readonly ReadonlyMap<string, ZoneDefinition>[]) {
    this.#definitions = definitions;
  }

  resolve(tzid: string): ResolvedZone | null {
    const known = this.#resolved.get(tzid);
    if (known !== undefined) return known;
    const resolved = this.#resolve(tzid);
    this.#resolved.set(tzid, resolved);
    return resolved;
  }

  /** Among the calendar's own definitions only: asking all others for every calendar of a file would be quadratic. */
  #looselyNamed(tzid: string): ZoneDefinition | null {
    this.#loose ??= new Map([...(this.#definitions[0]?.values() ?? [])].map((each) => [looseId(each.id), each]));
    return this.#loose.get(looseId(tzid)) ?? null;
  }

  #resolve(tzid: string): ResolvedZone | null {
    const defined = this.#definitions.find((map) => map.has(tzid))?.get(tzid) ?? this.#looselyNamed(tzid);
    const candidates = defined === null ? [tzid] : [tzid, ...defined.aliases];
    const named = candidates.map(zoneByName).find((each) => each !== null) ?? null;
    if (defined !== null) {
      // A guess does not rename what the calendar itself defines.
      const standard = named === null || named.guessed ? null : named.zone;
      const zone = definedZone(standard?.id ?? tzid, defined.definition, standard);
      if (zone !== null) return { zone, name: zone.id, standard, definition: defined.definition, guessed: false };
    }
    if (named === null) return null;
    return resolvedByName(named.zone, named.guessed);
  }
}

/** An id as those compare it who write it in another case, in quotes or with escapes in one place and not in the other. */
function looseId(id: string): string {
  // Bounded as in zoneByName: the pattern for blanks at the end is slow on many within.
  if (id.length > 200) return id;
  return id
    .replace(/\\([,;\\])/g, '$1')
    .replace(/^[\s"']+|[\s"']+$/g, '')
    .toLowerCase();
}

/** A zone that needs no definition but where its name is an offset IANA has no name for (`+05:30`). */
export function resolvedByName(zone: Zone, guessed = false): ResolvedZone {
  if (!/^[+-]/.test(zone.id)) return { zone, name: zone.id, standard: null, definition: null, guessed };
  const offset = zone.id.replace(':', '');
  const rule = { '@type': 'TimeZoneRule', start: '1970-01-01T00:00:00', offsetFrom: offset, offsetTo: offset };
  return {
    zone,
    name: zone.id,
    standard: null,
    definition: { '@type': 'TimeZone', tzId: zone.id, standard: [rule] },
    guessed,
  };
}

/**
 * Whether a calendar's own definition of an IANA zone shows another time than IANA's in a year: asked just before and
 * after each of its own changes, and in the middle of each month for those it lacks.
 */
export function differsInYear(resolved: ResolvedZone, year: number): boolean {
  const { zone, standard } = resolved;
  if (standard === null) return false;
  const [from, to] = [dayNumber(year, 1, 1) * DAY, dayNumber(year + 1, 1, 1) * DAY];
  const middles = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((month) => dayNumber(year, month, 15) * DAY);
  const changes = zone.changesIn?.(year) ?? [];
  const around = changes.flatMap((utc) => (utc >= from && utc < to ? [utc - 1, utc] : []));
  return [...middles, ...around].some((utc) => zone.offsetAt(utc) !== standard.offsetAt(utc));
}
