import type { JsonObject, JsonValue } from '../../model/index.ts';
import { textOf } from '../jcal/json.ts';
import { type JcalProperty, values } from '../jcal/types.ts';

/** A key of JSCalendar and its value; null and undefined: it is left out. */
export type Entry = readonly [string, JsonValue | null | undefined];

/** An object of those entries that say something. Their keys are this file's own: none can be `__proto__`. */
export function object(entries: readonly Entry[]): JsonObject {
  const made: Record<string, JsonValue> = {};
  for (const [key, value] of entries) if (value !== null && value !== undefined) made[key] = value;
  return made;
}

/** A map by ids that do not change: `1`, `2`, … in the order written; null where there is nothing. */
export const numbered = (list: readonly JsonObject[]): JsonObject | null =>
  list.length === 0 ? null : Object.fromEntries(list.map((each, place) => [String(place + 1), each]));

export const truths = (names: readonly string[]): JsonObject | null =>
  names.length === 0 ? null : Object.fromEntries(names.map((name) => [name, true]));

export const lower = (text: string | null): string | null => (text === null ? null : text.toLowerCase());
export const token = (text: string | null, allowed: Readonly<Record<string, string>>): string | null => {
  const key = text?.trim().toUpperCase() ?? '';
  return Object.hasOwn(allowed, key) ? (allowed[key] ?? null) : null;
};

export const isTrue = (text: string | null): boolean => text?.toUpperCase() === 'TRUE';
export const address = (property: JcalProperty): string => textOf(property[3]).trim();

/** `Jane <jane@example.org>`, as vCalendar 1.0 has it, and an address alone, as it is often written. */
const MAILBOX = /^([^<>]{0,200})<([^<>\s@]{1,320}@[^<>\s@]{1,320})>$/;
const ADDRESS = /^[^\s<>:/@]{1,320}@[^\s<>:/@]{1,320}$/;

/** The mail address of a calendar address; null where it has none. */
export function email(uri: string): string | null {
  if (/^mailto:/i.test(uri)) return uri.slice(7).trim();
  return MAILBOX.exec(uri)?.[2] ?? ADDRESS.exec(uri)?.[0] ?? null;
}

/** The name before an address; null where there is none. */
export const nameBefore = (uri: string): string | null => MAILBOX.exec(uri)?.[1]?.replaceAll('"', '').trim() || null;

/** Where mail reaches a calendar address (RFC 8984 §4.4.6, sendTo). */
export function sendTo(uri: string): JsonObject | null {
  if (uri === '') return null;
  const mail = email(uri);
  if (mail === null) return { other: uri };
  return { imip: /^mailto:/i.test(uri) ? uri : `mailto:${mail}` };
}

/** All values of some properties that are text and say something. */
export const words = (properties: readonly JcalProperty[]): readonly string[] =>
  properties.flatMap((property) => values(property).map(textOf)).filter((word) => word !== '');

/** RFC 5870 of a GEO (RFC 5545 §3.8.1.6), or null. */
export function geoUri(property: JcalProperty | null): string | null {
  const geo = property?.[3];
  return Array.isArray(geo) && geo.length === 2 ? `geo:${geo.map(textOf).join(',')}` : null;
}
