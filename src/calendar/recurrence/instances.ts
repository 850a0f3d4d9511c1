import { DAY } from '../time/civil.ts';
import { Budget } from './budget.ts';
import { clockPeriods, dayPeriods, type PeriodOptions, type PeriodSet } from './periods.ts';
import type { CompiledRule } from './rule.ts';

export interface InstanceOptions {
  /** Whether the start is a DATE. */
  readonly dateOnly?: boolean;
  /** Instances before this civil second may be left out (they still count towards COUNT). */
  readonly notBefore?: number;
  /** Instances after this civil second are left out. */
  readonly before?: number;
  readonly budget?: Budget;
}

/** Steps an expansion may take where the caller sets no budget. */
export const DEFAULT_STEPS = 1_000_000;

/** The places BYSETPOS picks out of so many, in order and without doubles (RFC 5545 §3.3.10). */
function picked(positions: readonly number[], size: number): readonly number[] {
  const places = positions.map((position) => (position > 0 ? position - 1 : size + position));
  return [...new Set(places.filter((place) => place >= 0 && place < size))].sort((a, b) => a - b);
}

/** The instances of one period. The set is never built: days × times may be millions, and BYSETPOS may want one. */
function* ofPeriod({ days, times }: PeriodSet, positions: readonly number[] | null): Generator<number> {
  const size = days.length * times.length;
  if (positions === null) {
    for (const day of days) for (const time of times) yield day * DAY + time;
    return;
  }
  for (const place of picked(positions, size)) {
    const day = days[Math.floor(place / times.length)] ?? 0;
    yield day * DAY + (times[place % times.length] ?? 0);
  }
}

/** Whether every period holds exactly one instance, so that periods left out can be counted without being looked at. */
function isPlain(rule: CompiledRule): boolean {
  const parts = [rule.byMonth, rule.byDay, rule.byMonthDay, rule.byYearDay, rule.byWeekNo, rule.byHour, rule.byMinute];
  return (
    rule.frequency !== 'yearly' &&
    rule.frequency !== 'monthly' &&
    [...parts, rule.bySecond, rule.bySetPosition].every((part) => part === null)
  );
}

const STRIDES = {
  weekly: 7 * DAY,
  daily: DAY,
  hourly: 3600,
  minutely: 60,
  secondly: 1,
  yearly: 0,
  monthly: 0,
} as const;

function periods(rule: CompiledRule, start: number, dateOnly: boolean, options: PeriodOptions): Generator<PeriodSet> {
  const { frequency } = rule;
  if (frequency === 'hourly' || frequency === 'minutely' || frequency === 'secondly') {
    return clockPeriods({ ...rule, frequency }, start, options);
  }
  return dayPeriods(rule, start, dateOnly, options);
}

/**
 * The civil seconds a rule makes from a start, in order, each once: the start itself only where the rule makes it.
 * Ends at COUNT, UNTIL, `before`, the year 9999, or when the budget is spent (see `budget.exhausted`).
 */
export function* ruleInstances(rule: CompiledRule, start: number, options: InstanceOptions = {}): Generator<number> {
  const budget = options.budget ?? new Budget(DEFAULT_STEPS);
  const dateOnly = options.dateOnly ?? false;
  const notBefore = options.notBefore ?? start;
  const before = Math.min(options.before ?? Number.POSITIVE_INFINITY, rule.until ?? Number.POSITIVE_INFINITY);
  let { count } = rule;
  if (count !== null && isPlain(rule) && notBefore > start) {
    // One instance a period: those before `notBefore` are counted by division, not one by one.
    const stride = STRIDES[rule.frequency] * rule.interval;
    const passed = Math.floor((notBefore - start) / stride);
    if (passed >= count) return;
    count -= passed;
    const from = start + passed * stride;
    yield* limited(rule, from, dateOnly, { notBefore: from, before, budget }, from, count);
    return;
  }
  // With a COUNT the instances before `notBefore` have to be made to be counted.
  const from = count === null ? Math.max(notBefore, start) : start;
  yield* limited(rule, start, dateOnly, { notBefore: from, before, budget }, start, count);
}

function* limited(
  rule: CompiledRule,
  start: number,
  dateOnly: boolean,
  options: PeriodOptions,
  floor: number,
  count: number | null,
): Generator<number> {
  let left = count ?? Number.POSITIVE_INFINITY;
  let last = floor - 1;
  for (const period of periods(rule, start, dateOnly, options)) {
    for (const instance of ofPeriod(period, rule.bySetPosition)) {
      if (instance <= last) continue;
      if (instance > options.before) return;
      if (!options.budget.spend(1)) return;
      last = instance;
      yield instance;
      if (--left <= 0) return;
    }
  }
}
