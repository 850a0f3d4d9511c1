import type { JsonValue } from '../../model/index.ts';
import { readDateTime } from '../time/date-time.ts';

/** A RECUR value as RFC 7265 §3.6.10 writes it: part names in lower case, numbers as numbers, one value bare, several in a list. */
export type JcalRecur = { readonly [part: string]: JsonValue };

export interface ReadRecur {
  readonly recur: JcalRecur;
  readonly faults: readonly string[];
}

const NUMERIC = new Set([
  'count',
  'interval',
  'bysecond',
  'byminute',
  'byhour',
  'bymonthday',
  'byyearday',
  'byweekno',
  'bymonth',
  'bysetpos',
]);
const INTEGER = /^[+-]?\d{1,15}$/;

/** Values kept of one rule part: BYSECOND has 61, BYYEARDAY 732; ten thousand are an attack on whoever expands it. */
const PART_LIMIT = 1000;

function partValue(name: string, text: string): JsonValue {
  if (name === 'until') return readDateTime(text)?.jcal ?? text;
  const pieces = text.split(',', PART_LIMIT).map((piece): JsonValue => {
    const value = piece.trim();
    return NUMERIC.has(name) && INTEGER.test(value) ? Number(value) : value.toUpperCase();
  });
  return pieces.length === 1 ? (pieces[0] ?? '') : pieces;
}

/** Reads a RECUR value (RFC 5545 §3.3.10) into jCal without judging its parts; null where it has no FREQ. */
export function readRecur(text: string): ReadRecur | null {
  const faults: string[] = [];
  const parts: [string, JsonValue][] = [];
  let value = text;
  if (/^\s*(RRULE|EXRULE):/i.test(value)) {
    value = value.slice(value.indexOf(':') + 1);
    faults.push('the rule repeats its property name');
  }
  const seen = new Set<string>();
  for (const part of value.split(';', PART_LIMIT)) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim().toLowerCase();
    if (at < 1) faults.push('a rule part has no value');
    else if (seen.has(name)) faults.push(`${name.toUpperCase().slice(0, 20)} stands twice`);
    else {
      seen.add(name);
      parts.push([name, partValue(name, part.slice(at + 1))]);
    }
  }
  return seen.has('freq') ? { recur: Object.fromEntries(parts), faults } : null;
}
