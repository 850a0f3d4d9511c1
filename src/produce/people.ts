import type { EmailAddress, JsonObject, JsonValue } from '../model/index.ts';

/** `Name <address>`, the name in quotes where RFC 5322 needs them. */
export function addressText({ name, email }: EmailAddress): string {
  if (name === null || name.trim() === '' || name === email) return email;
  // RFC 5322 §3.2.3: what is no atom, and no letter beyond ASCII, stands in quotes.
  const plain = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~ -]*$/u.test(name);
  const shown = plain ? name : `"${name.replace(/[\\"]/g, '\\$&')}"`;
  return email === '' ? shown : `${shown} <${email}>`;
}

export const addressTexts = (addresses: readonly EmailAddress[] | null | undefined): string[] =>
  (addresses ?? []).map(addressText);

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (value: JsonValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** The participants of a JSCalendar object who have (or have not) one of the roles. */
export function participants(calendar: JsonObject, wanted: (roles: ReadonlySet<string>) => boolean): string[] {
  const all = calendar['participants'];
  if (!isObject(all)) return [];
  return Object.values(all).flatMap((person: JsonValue) => {
    if (!isObject(person)) return [];
    const roles = person['roles'];
    if (!wanted(new Set(isObject(roles) ? Object.keys(roles) : []))) return [];
    const sendTo = person['sendTo'];
    const uri = isObject(sendTo) ? Object.values(sendTo).find((value) => typeof value === 'string') : undefined;
    const email = textIn(person['email']) ?? textIn(uri)?.replace(/^mailto:/i, '') ?? '';
    const name = textIn(person['name']);
    return email === '' && name === null ? [] : [addressText({ name, email })];
  });
}

/** The names of a JSCalendar object's places, the physical ones first. */
export function places(calendar: JsonObject): string[] {
  const found: string[] = [];
  for (const key of ['locations', 'virtualLocations']) {
    const all = calendar[key];
    if (!isObject(all)) continue;
    for (const place of Object.values(all)) {
      const name = isObject(place) ? (textIn(place['name']) ?? textIn(place['uri'])) : null;
      if (name !== null) found.push(name);
    }
  }
  return found;
}
