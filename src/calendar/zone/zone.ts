/** A time zone: what its clocks show. Seconds everywhere; civil seconds as in `time/civil.ts`. */
export interface Zone {
  /** What records call it: an IANA name, `Etc/UTC`, an offset such as `+05:30`, or a custom id. */
  readonly id: string;
  /** Seconds east of UTC at a second since 1970 in UTC. */
  offsetAt(utc: number): number;
  /** The UTC seconds at which an observance begins that is in force in a year; absent where only Intl knows. */
  changesIn?(year: number): readonly number[];
}

/** Zones change their clocks by a day at most (Samoa, 2011), and never twice within so long. */
const REACH = 90_000;

/**
 * The UTC second of a civil one. RFC 5545 §3.3.5: a time that occurs twice is the first of the two; one that does not
 * occur is read by the offset before the gap.
 */
export function utcOfCivil(zone: Zone, civil: number): number {
  const before = zone.offsetAt(civil - REACH);
  const early = civil - before;
  if (zone.offsetAt(early) === before) return early;
  const after = zone.offsetAt(civil + REACH);
  const late = civil - after;
  if (zone.offsetAt(late) === after) return late;
  return early;
}

/** The civil second a zone's clocks show at a UTC second. */
export function civilOfUtc(zone: Zone, utc: number): number {
  return utc + zone.offsetAt(utc);
}

export const UTC: Zone = { id: 'Etc/UTC', offsetAt: () => 0 };

/** `+05:30` of an offset in seconds. */
export function formatOffset(seconds: number): string {
  const minutes = Math.floor(Math.abs(seconds) / 60);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${seconds < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** A zone that never changes its clocks; IANA's `Etc/GMT` names it where it can (their sign is the reverse of ISO's). */
export function fixedZone(offset: number): Zone {
  if (offset === 0) return UTC;
  const hours = offset / 3600;
  const id =
    Number.isInteger(hours) && hours >= -12 && hours <= 14
      ? `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`
      : formatOffset(offset);
  return { id, offsetAt: () => offset };
}
