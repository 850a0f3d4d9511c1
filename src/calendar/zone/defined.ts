import type { JsonObject, JsonValue } from '../../model/index.ts';
import { isList, isObject, textOf } from '../jcal/json.ts';
import { Budget } from '../recurrence/budget.ts';
import { ruleInstances } from '../recurrence/instances.ts';
import { type CompiledRule, compileRule } from '../recurrence/rule.ts';
import { DAY, dateOfDay, dayNumber } from '../time/civil.ts';
import { civilOf } from '../time/date-time.ts';
import type { Zone } from './zone.ts';

/** When an observance begins: a civil second by the offset before it. */
interface Observance {
  readonly offsetFrom: number;
  readonly offsetTo: number;
  /** DTSTART and RDATEs, in order. */
  readonly onsets: readonly number[];
  readonly start: number;
  readonly rules: readonly CompiledRule[];
}

interface Onset {
  readonly utc: number;
  readonly offset: number;
}

/** Steps one year of a zone may take: a yearly rule needs about two hundred. */
const YEAR_STEPS = 50_000;
const YEAR = 366 * DAY;

/** Seconds of `-0500`, `+05:30` or `+005258`; null where it is no offset. */
export function offsetOf(value: JsonValue | undefined): number | null {
  const [, sign, hours = '', minutes = '', seconds = '0'] =
    /^([+-])(\d{2}):?(\d{2})(?::?(\d{2}))?$/.exec(typeof value === 'string' ? value : '') ?? [];
  if (sign === undefined || Number(hours) > 23) return null;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -total + 0 : total;
}

function readObservance(rule: JsonObject): Observance | null {
  const start = civilOf(textOf(rule['start']));
  const offsetFrom = offsetOf(rule['offsetFrom']);
  const offsetTo = offsetOf(rule['offsetTo']);
  if (start === null || offsetFrom === null || offsetTo === null) return null;
  const overrides = isObject(rule['recurrenceOverrides']) ? Object.keys(rule['recurrenceOverrides']) : [];
  const dates = overrides.map(civilOf).filter((civil) => civil !== null);
  const rules = isList(rule['recurrenceRules']) ? rule['recurrenceRules'].filter(isObject).map(compileRule) : [];
  return {
    start,
    offsetFrom,
    offsetTo,
    onsets: [...new Set([start, ...dates])].sort((a, b) => a - b),
    rules: rules.filter((each) => each !== null),
  };
}

/** The last onset of a rule before a civil second: looked for ever further back, as its interval may be many years. */
function lastBefore(rule: CompiledRule, start: number, before: number, budget: Budget): number | null {
  const end = Math.min(before, rule.until ?? before);
  for (const years of [2, 8, 64, 10_000]) {
    const notBefore = Math.max(start, end - years * YEAR);
    let last: number | null = null;
    for (const instance of ruleInstances(rule, start, { notBefore, before: end, budget })) last = instance;
    if (last !== null || notBefore === start) return last;
  }
  return null;
}

/** The onsets of an observance within `[from, to)`, and the last one before. */
function onsetsAround(observance: Observance, from: number, to: number, budget: Budget): number[] {
  const within = observance.onsets.filter((onset) => onset < to);
  for (const rule of observance.rules) {
    const { start } = observance;
    const options = { notBefore: from, before: to, budget };
    const found = [...ruleInstances(rule, start, options)].filter((onset) => onset >= from);
    const earlier = start < from ? lastBefore(rule, start, from, budget) : null;
    for (const onset of earlier === null ? found : [earlier, ...found]) within.push(onset);
  }
  return within;
}

/** A zone by a JSCalendar TimeZone (RFC 8984 §4.7.2), which is what a VTIMEZONE maps to. */
class DefinedZone implements Zone {
  readonly id: string;
  readonly #observances: readonly Observance[];
  readonly #fallback: Zone | null;
  readonly #years = new Map<number, readonly Onset[]>();

  constructor(id: string, observances: readonly Observance[], fallback: Zone | null) {
    this.id = id;
    this.#observances = observances;
    this.#fallback = fallback;
  }

  /** The onsets that can be in force within a year, in order. */
  #onsets(year: number): readonly Onset[] {
    const known = this.#years.get(year);
    if (known !== undefined) return known;
    const budget = new Budget(YEAR_STEPS);
    const from = dayNumber(year, 1, 1) * DAY - DAY;
    const to = dayNumber(year + 1, 1, 1) * DAY + DAY;
    const onsets = this.#observances.flatMap((observance) =>
      onsetsAround(observance, from, to, budget).map((civil) => ({
        utc: civil - observance.offsetFrom,
        offset: observance.offsetTo,
      })),
    );
    onsets.sort((a, b) => a.utc - b.utc);
    this.#years.set(year, onsets);
    return onsets;
  }

  changesIn(year: number): readonly number[] {
    return this.#onsets(year).map((onset) => onset.utc);
  }

  offsetAt(utc: number): number {
    let found: Onset | null = null;
    for (const onset of this.#onsets(dateOfDay(Math.floor(utc / DAY)).year)) {
      if (onset.utc > utc) break;
      found = onset;
    }
    if (found !== null) return found.offset;
    // Before the first onset the definition says nothing: IANA does where the zone has its name.
    if (this.#fallback !== null) return this.#fallback.offsetAt(utc);
    let first: Observance | null = null;
    for (const observance of this.#observances)
      if (first === null || observance.start < first.start) first = observance;
    return first?.offsetFrom ?? 0;
  }
}

/** The zone a JSCalendar TimeZone defines, or null where none of its observances can be read. */
export function definedZone(id: string, definition: JsonObject, fallback: Zone | null): Zone | null {
  // Where two begin at once, standard time is the one in force: it is sorted last.
  const rules = [definition['daylight'], definition['standard']].flatMap((list) =>
    isList(list) ? list.filter(isObject) : [],
  );
  const observances = rules.map(readObservance).filter((observance) => observance !== null);
  return observances.length === 0 ? null : new DefinedZone(id, observances, fallback);
}
