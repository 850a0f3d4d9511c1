import type { Buffer } from 'node:buffer';
import { decodeName } from '../uuencode/begin-line.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** yEnc 1.3 allows 256 octets of name; a line much longer is data. */
const LINE_LIMIT = 1_024;

/** Offset of the line break at or after `at`. */
export function lineEnd(octets: Uint8Array, at: number): number {
  let end = at;
  while (end < octets.length && octets[end] !== LINE_FEED && octets[end] !== CARRIAGE_RETURN) end++;
  return end;
}

/** Offset of the line after the one `at` is in. */
export function lineAfter(octets: Uint8Array, at: number): number {
  const end = lineEnd(octets, at);
  if (octets[end] === CARRIAGE_RETURN && octets[end + 1] === LINE_FEED) return end + 2;
  return Math.min(end + 1, octets.length);
}

/** The `key=value` pairs of a keyword line; `name` comes last and may hold blanks (yEnc 1.3, «Header block»). */
export function keywordsOf(octets: Buffer, start: number): ReadonlyMap<string, string> {
  const end = Math.min(lineEnd(octets, start), start + LINE_LIMIT);
  const line = octets.toString('latin1', start, end);
  const nameAt = line.indexOf(' name=');
  const pairs = new Map<string, string>();
  for (const pair of (nameAt < 0 ? line : line.slice(0, nameAt)).split(/[ \t]+/).slice(1)) {
    const equals = pair.indexOf('=');
    if (equals > 0) pairs.set(pair.slice(0, equals).toLowerCase(), pair.slice(equals + 1));
  }
  if (nameAt < 0) return pairs;
  const name = decodeName(octets.subarray(start + nameAt + 6, end)).trim();
  if (name !== '') pairs.set('name', /^".*"$/.test(name) ? name.slice(1, -1) : name);
  return pairs;
}

/** A whole number no larger than can be counted exactly; null for anything else. */
export function numberOf(value: string | undefined): number | null {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
