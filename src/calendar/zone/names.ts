import { ianaZone } from './iana.ts';
import { LOCALIZED_NAMES } from './localized-names.ts';
import { WINDOWS_ZONES } from './windows-zones.ts';
import { fixedZone, type Zone } from './zone.ts';

/** A zone found by its name, and how sure the finding is: a guess is recorded as ZONE_GUESSED. */
export interface NamedZone {
  readonly zone: Zone;
  readonly guessed: boolean;
}

/** Names are compared without case, punctuation and the difference between `&` and `and`. */
function plain(name: string): string {
  return name
    .normalize('NFC')
    .toLowerCase()
    .replace(/&amp;|&/g, ' and ')
    .replace(/[^\p{L}\p{N}+]+/gu, ' ')
    .trim();
}

interface NameTables {
  /** Windows names. */
  readonly windows: ReadonlyMap<string, string>;
  /** Display names, localized names and daylight names. */
  readonly shown: ReadonlyMap<string, string>;
  /** Cities, by IANA and then by Windows' display names. */
  readonly cities: ReadonlyMap<string, string>;
}

let tables: NameTables | null = null;

/** Made when first needed: most calendars name their zones as IANA does. */
function nameTables(): NameTables {
  if (tables !== null) return tables;
  const windows = new Map<string, string>();
  const shown = new Map<string, string>();
  const cities = new Map<string, string>();
  const add = (map: Map<string, string>, name: string, zone: string): void => {
    const key = plain(name);
    if (key !== '' && !map.has(key)) map.set(key, zone);
  };
  for (const zone of Intl.supportedValuesOf('timeZone')) {
    if (zone.includes('/')) add(cities, zone.slice(zone.lastIndexOf('/') + 1), zone);
  }
  for (const [name, zone, ...displays] of WINDOWS_ZONES) {
    add(windows, name, zone);
    // Outlook writes the daylight name where it was summer when the calendar was made.
    add(shown, name.replace('Standard Time', 'Daylight Time'), zone);
    for (const display of displays) {
      add(shown, display, zone);
      for (const city of display.split(/[,;]/)) add(cities, city, zone);
    }
  }
  for (const [name, ...localized] of LOCALIZED_NAMES) {
    const zone = windows.get(plain(name));
    if (zone !== undefined) for (const each of localized) add(shown, each, zone);
  }
  tables = { windows, shown, cities };
  return tables;
}

/** The zone of a Windows name (`W. Europe Standard Time`), or null. */
export function windowsZone(name: string): Zone | null {
  const zone = nameTables().windows.get(plain(name));
  return zone === undefined ? null : ianaZone(zone);
}

const OFFSET = /^(?:UTC|GMT|Z)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?$/i;
const DISPLAY = /^\(?\s*(?:UTC|GMT)\s*(?:([+\-−])\s*(\d{1,2})(?:[:.]?(\d{2}))?)?\s*\)\s*(.*)$/i;

function seconds(sign: string | undefined, hours: string, minutes = '0'): number | null {
  const total = Number(hours) * 3600 + Number(minutes) * 60;
  if (Number(hours) > 14 || Number(minutes) > 59) return null;
  return sign === '+' ? total : -total + 0;
}

/** The zone of an offset alone: `UTC+02:00`, `GMT-5`, `+0530`, `(GMT+01:00)`. Not `Etc/GMT+5`, whose sign is IANA's. */
export function offsetZone(name: string): Zone | null {
  const bare = name.startsWith('(') && name.endsWith(')') ? name.slice(1, -1).trim() : name;
  if (/^(UTC|GMT|Z)$/i.test(bare)) return fixedZone(0);
  const [, sign, hours, minutes] = OFFSET.exec(bare) ?? [];
  const offset = hours === undefined ? null : seconds(sign, hours, minutes);
  return offset === null ? null : fixedZone(offset);
}

/** 2024: any recent year does to tell a zone's standard offset. */
const JANUARY = 1_704_067_200;
const JULY = 1_719_792_000;
const standardOffset = (zone: Zone): number => Math.min(zone.offsetAt(JANUARY), zone.offsetAt(JULY));

/** The first zone named by cities, where it has the offset said, or else where the cities agree among themselves. */
function zoneOfCities(text: string, offset: number | null): Zone | null {
  const found = text
    .split(/[,;/]/, 20)
    .map((city) => nameTables().cities.get(plain(city)))
    .map((id) => (id === undefined ? null : ianaZone(id)))
    .filter((zone) => zone !== null);
  if (offset !== null) return found.find((zone) => standardOffset(zone) === offset) ?? null;
  const [first, second] = found;
  return first !== undefined && second !== undefined && standardOffset(first) === standardOffset(second) ? first : null;
}

/**
 * The zone of a name made for people: `(UTC+01:00) Amsterdam, Berlin, …`, `Pacific Time (US & Canada)`,
 * `Mitteleuropäische Zeit`. A display name whose text says nothing is its offset all year round. Always a guess.
 */
export function displayZone(name: string): Zone | null {
  const [, sign, hours, minutes, rest = ''] = DISPLAY.exec(name) ?? [];
  const hasOffset = DISPLAY.test(name);
  const offset = hasOffset ? seconds(sign ?? '+', hours ?? '0', minutes) : null;
  const text = hasOffset ? rest : name;
  const shown = nameTables().shown.get(plain(text)) ?? nameTables().windows.get(plain(text));
  if (shown !== undefined) return ianaZone(shown);
  return zoneOfCities(text, offset) ?? (offset === null ? null : fixedZone(offset));
}
