import { DAY, dateOfDay, dayNumber, LAST_YEAR, weekdayOfDay } from '../time/civil.ts';
import type { Budget } from './budget.ts';
import { daysOfMonth, daysOfYear, passesDay, weekYearOfDay } from './days.ts';
import type { CompiledRule } from './rule.ts';

/** What a rule makes of one period: every day at every time of day. Both in order; days as day numbers. */
export interface PeriodSet {
  readonly days: readonly number[];
  /** Seconds into the day. */
  readonly times: readonly number[];
}

export interface PeriodOptions {
  /** Periods that end before this civil second are not visited. */
  readonly notBefore: number;
  /** Periods that begin after this civil second are not visited. */
  readonly before: number;
  readonly budget: Budget;
}

/** Steps from `base` in strides of `stride` to the last that is not beyond `goal`; 0 at least. */
const strides = (base: number, goal: number, stride: number): number =>
  goal <= base ? 0 : Math.floor((goal - base) / stride);

/** RFC 5545 §3.3.12: a second 60 is taken for 59 where leap seconds are not kept. */
const seconds = (list: readonly number[]): readonly number[] => [
  ...new Set(list.map((second) => Math.min(second, 59))),
];

/** Every time of day a rule names, in seconds; the start's own where it names none. */
function timesOfDay(rule: CompiledRule, startTime: number, dateOnly: boolean): readonly number[] {
  // RFC 5545 §3.3.10: BYHOUR, BYMINUTE and BYSECOND are ignored where the start is a date.
  if (dateOnly) return [0];
  const times: number[] = [];
  for (const hour of rule.byHour ?? [Math.floor(startTime / 3600)]) {
    for (const minute of rule.byMinute ?? [Math.floor(startTime / 60) % 60]) {
      for (const second of seconds(rule.bySecond ?? [startTime % 60])) times.push(hour * 3600 + minute * 60 + second);
    }
  }
  return times;
}

/** The periods of a YEARLY, MONTHLY, WEEKLY or DAILY rule. */
export function* dayPeriods(
  rule: CompiledRule,
  start: number,
  dateOnly: boolean,
  options: PeriodOptions,
): Generator<PeriodSet> {
  const { interval, firstDayOfWeek } = rule;
  const { budget } = options;
  const startDay = Math.floor(start / DAY);
  const date = dateOfDay(startDay);
  const anchor = { month: date.month, day: date.day, weekday: weekdayOfDay(startDay) };
  const times = timesOfDay(rule, start - startDay * DAY, dateOnly);
  const goal = Math.floor(options.notBefore / DAY);
  const goalDate = dateOfDay(Math.max(goal, startDay));
  const lastDay = Math.min(dayNumber(LAST_YEAR, 12, 31), Math.floor(options.before / DAY));
  const lastYear = dateOfDay(Math.max(lastDay, startDay)).year;

  if (rule.frequency === 'yearly') {
    // With BYWEEKNO a period is a week-year. INTERVAL counts from the start's own, unless that holds no instance any
    // more: RFC 5545 leaves a start that is not an instance undefined, and its calendar year is then counted from.
    const own = rule.byWeekNo === null ? date.year : weekYearOfDay(startDay, firstDayOfWeek);
    const inOwn = own === date.year || daysOfYear(rule, own, anchor).days.some((day) => day >= startDay);
    const first = inOwn ? own : date.year;
    // One year more at both ends: a week-year, or a day moved by SKIP, reaches into its neighbour.
    const from = first + strides(first, goalDate.year - 1, interval) * interval;
    for (let year = from; year <= lastYear + 1; year += interval) {
      const found = daysOfYear(rule, year, anchor);
      if (!budget.spend(found.tried + 1)) return;
      yield { days: found.days, times };
    }
  } else if (rule.frequency === 'monthly') {
    const first = date.year * 12 + date.month - 1;
    const from = first + strides(first, goalDate.year * 12 + goalDate.month - 2, interval) * interval;
    for (let index = from; index < lastYear * 12 + 12; index += interval) {
      const found = daysOfMonth(rule, Math.floor(index / 12), (index % 12) + 1, date.day);
      if (!budget.spend(found.tried + 1)) return;
      yield { days: found.days, times };
    }
  } else if (rule.frequency === 'weekly') {
    const stride = 7 * interval;
    const first = startDay - ((anchor.weekday - firstDayOfWeek + 7) % 7);
    for (let week = first + strides(first, goal - 7, stride) * stride; week <= lastDay; week += stride) {
      if (!budget.spend(8)) return;
      const days = [0, 1, 2, 3, 4, 5, 6]
        .map((place) => week + place)
        .filter((day) => (rule.byDay !== null || weekdayOfDay(day) === anchor.weekday) && passesDay(rule, day, null));
      yield { days, times };
    }
  } else {
    for (let day = startDay + strides(startDay, goal, interval) * interval; day <= lastDay; day += interval) {
      if (!budget.spend(1)) return;
      if (passesDay(rule, day, null)) yield { days: [day], times };
    }
  }
}

const UNITS = { hourly: 3600, minutely: 60, secondly: 1 } as const;

/** The periods of an HOURLY, MINUTELY or SECONDLY rule. What a BY part excludes whole (a day, an hour, a minute) is leapt over. */
export function* clockPeriods(
  rule: CompiledRule & { readonly frequency: keyof typeof UNITS },
  start: number,
  options: PeriodOptions,
): Generator<PeriodSet> {
  const unit = UNITS[rule.frequency];
  const stride = unit * rule.interval;
  const base = Math.floor(start / unit) * unit;
  const end = Math.min(options.before, dayNumber(LAST_YEAR, 12, 31) * DAY + DAY - 1);
  const minutes = unit === 3600 ? (rule.byMinute ?? [Math.floor(start / 60) % 60]) : [0];
  const ownSeconds = unit > 1 ? seconds(rule.bySecond ?? [((start % 60) + 60) % 60]) : [0];
  const within = minutes.flatMap((minute) => ownSeconds.map((second) => minute * 60 + second));
  const leapTo = (goal: number): number => base + Math.ceil((goal - base) / stride) * stride;
  let testedDay = Number.NaN;
  let at = base + strides(base, options.notBefore - unit, stride) * stride;
  while (at <= end) {
    if (!options.budget.spend(1)) return;
    const day = Math.floor(at / DAY);
    const time = at - day * DAY;
    if (day !== testedDay && !passesDay(rule, day, null)) {
      at = leapTo((day + 1) * DAY);
      continue;
    }
    testedDay = day;
    const hour = Math.floor(time / 3600);
    const minute = Math.floor(time / 60) % 60;
    if (rule.byHour !== null && !rule.byHour.includes(hour)) at = leapTo(day * DAY + (hour + 1) * 3600);
    else if (unit < 3600 && rule.byMinute !== null && !rule.byMinute.includes(minute)) at = leapTo(at - (at % 60) + 60);
    else {
      if (unit > 1 || rule.bySecond === null || seconds(rule.bySecond).includes(time % 60)) {
        yield { days: [day], times: within.map((second) => time + second) };
      }
      at += stride;
    }
  }
}
