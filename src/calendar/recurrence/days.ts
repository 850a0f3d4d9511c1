import { dateOfDay, dayNumber, daysInMonth, daysInYear, weekdayOfDay } from '../time/civil.ts';
import type { CompiledRule, NthWeekday } from './rule.ts';

/** The first day of a week-year: that of the first week with at least four days in the year (RFC 5545 §3.3.10, BYWEEKNO). */
export function weekYearStart(year: number, firstDayOfWeek: number): number {
  const newYear = dayNumber(year, 1, 1);
  const into = (weekdayOfDay(newYear) - firstDayOfWeek + 7) % 7;
  return into <= 3 ? newYear - into : newYear + 7 - into;
}

/** The year whose weeks a day is among. */
export function weekYearOfDay(day: number, firstDayOfWeek: number): number {
  const { year } = dateOfDay(day);
  if (day < weekYearStart(year, firstDayOfWeek)) return year - 1;
  return day >= weekYearStart(year + 1, firstDayOfWeek) ? year + 1 : year;
}

/** Whether a list holds a place counted from the front (1…) or from the back (-1…) of so many. */
function holds(list: readonly number[] | null, place: number, of: number): boolean {
  return list === null || list.includes(place) || list.includes(place - of - 1);
}

/** Days `[from, to)` within which an nth weekday is counted; null where BYDAY's numbers have no meaning. */
type Scope = readonly [number, number] | null;

function holdsWeekday(rule: CompiledRule, day: number, scope: Scope): boolean {
  if (rule.byDay === null) return true;
  const weekday = weekdayOfDay(day);
  return rule.byDay.some((entry) => {
    if (entry.weekday !== weekday) return false;
    if (entry.nth === 0 || scope === null) return true;
    const nth = entry.nth > 0 ? Math.floor((day - scope[0]) / 7) + 1 : -(Math.floor((scope[1] - 1 - day) / 7) + 1);
    return entry.nth === nth;
  });
}

/** Whether a day passes a rule's BYMONTH, BYYEARDAY, BYMONTHDAY and BYDAY. */
export function passesDay(rule: CompiledRule, day: number, scope: Scope): boolean {
  if (!holdsWeekday(rule, day, scope)) return false;
  if (rule.byMonth === null && rule.byYearDay === null && rule.byMonthDay === null) return true;
  const date = dateOfDay(day);
  if (rule.byMonth !== null && !rule.byMonth.includes(date.month)) return false;
  if (!holds(rule.byMonthDay, date.day, daysInMonth(date.year, date.month))) return false;
  return rule.byYearDay === null || holds(rule.byYearDay, day - dayNumber(date.year, 1, 1) + 1, daysInYear(date.year));
}

/** The days of a month that a rule names by their numbers, or `otherwise`; SKIP (RFC 7529 §4.1) moves those that are not. */
function monthDays(rule: CompiledRule, year: number, month: number, otherwise: number): number[] {
  const length = daysInMonth(year, month);
  const first = dayNumber(year, month, 1);
  const days: number[] = [];
  for (const number of rule.byMonthDay ?? [otherwise]) {
    const day = number > 0 ? number : length + number + 1;
    if (day >= 1 && day <= length) days.push(first + day - 1);
    else if (rule.skip === 'backward') days.push(day < 1 ? first - 1 : first + length - 1);
    else if (rule.skip === 'forward') days.push(day < 1 ? first : first + length);
  }
  return days;
}

function inOrder(days: number[]): number[] {
  return [...new Set(days)].sort((a, b) => a - b);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, place) => from + place);
}

/** The days within `[from, to)` that BYDAY names, an nth one counted within them. */
function weekdaysWithin(byDay: readonly NthWeekday[], from: number, to: number): number[] {
  const days: number[] = [];
  for (const { weekday, nth } of byDay) {
    const first = from + ((weekday - weekdayOfDay(from) + 7) % 7);
    const last = to - 1 - ((weekdayOfDay(to - 1) - weekday + 7) % 7);
    if (nth === 0) for (let day = first; day < to; day += 7) days.push(day);
    else {
      const day = nth > 0 ? first + 7 * (nth - 1) : last + 7 * (nth + 1);
      if (day >= from && day < to) days.push(day);
    }
  }
  return inOrder(days);
}

/** Days tried (the cost), and those that passed, in order. */
export interface PeriodDays {
  readonly tried: number;
  readonly days: readonly number[];
}

/** The days of one month for a MONTHLY rule, or for a YEARLY one by month. */
export function daysOfMonth(rule: CompiledRule, year: number, month: number, startDay: number): PeriodDays {
  if (rule.byMonth !== null && !rule.byMonth.includes(month)) return { tried: 1, days: [] };
  const from = dayNumber(year, month, 1);
  const to = from + daysInMonth(year, month);
  if (rule.byMonthDay !== null || (rule.byDay === null && rule.byYearDay === null)) {
    const days = inOrder(monthDays(rule, year, month, startDay));
    // What SKIP moved passes no number any more: only the weekday is left to be asked.
    if (rule.skip !== 'omit')
      return { tried: days.length, days: days.filter((day) => holdsWeekday(rule, day, [from, to])) };
    return { tried: days.length, days: days.filter((day) => passesDay(rule, day, [from, to])) };
  }
  const days = rule.byDay === null ? range(from, to) : weekdaysWithin(rule.byDay, from, to);
  return { tried: days.length + 1, days: days.filter((day) => passesDay(rule, day, [from, to])) };
}

/** The days of one week-year that BYWEEKNO names. */
function daysOfWeeks(rule: CompiledRule, weeks: readonly number[], year: number, startWeekday: number): PeriodDays {
  const from = weekYearStart(year, rule.firstDayOfWeek);
  const count = (weekYearStart(year + 1, rule.firstDayOfWeek) - from) / 7;
  const anyDay = rule.byDay !== null || rule.byMonthDay !== null || rule.byYearDay !== null;
  const wanted = weeks.map((week) => (week > 0 ? week : count + week + 1)).filter((week) => week >= 1 && week <= count);
  const days = inOrder(wanted).flatMap((week) => range(from + 7 * (week - 1), from + 7 * week));
  const passing = days.filter((day) => (anyDay || weekdayOfDay(day) === startWeekday) && passesDay(rule, day, null));
  return { tried: days.length + 1, days: passing };
}

/** The days of one year for a YEARLY rule; of one week-year where it has BYWEEKNO. */
export function daysOfYear(
  rule: CompiledRule,
  year: number,
  start: { month: number; day: number; weekday: number },
): PeriodDays {
  if (rule.byWeekNo !== null) return daysOfWeeks(rule, rule.byWeekNo, year, start.weekday);
  const newYear = dayNumber(year, 1, 1);
  const length = daysInYear(year);
  if (rule.byYearDay !== null) {
    const places = rule.byYearDay.map((place) => (place > 0 ? place : length + place + 1));
    const days = inOrder(places.filter((place) => place >= 1 && place <= length).map((place) => newYear + place - 1));
    return { tried: days.length + 1, days: days.filter((day) => passesDay(rule, day, [newYear, newYear + length])) };
  }
  if (rule.byMonth === null && rule.byMonthDay === null && rule.byDay !== null) {
    const days = weekdaysWithin(rule.byDay, newYear, newYear + length);
    return { tried: days.length + 1, days };
  }
  // BYMONTHDAY expands a YEARLY rule over every month unless BYMONTH names some (RFC 5545 §3.3.10, the table).
  const months = rule.byMonth ?? (rule.byMonthDay === null ? [start.month] : range(1, 13));
  const found = months.map((month) => daysOfMonth(rule, year, month, start.day));
  return {
    tried: found.reduce((sum, each) => sum + each.tried, 1),
    days: inOrder(found.flatMap((each) => each.days)),
  };
}
