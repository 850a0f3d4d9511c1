import type { CountAndOctets } from './statistics.ts';

/** Months between which a chart is drawn, both included. */
export interface MonthRange {
  readonly first: number;
  readonly last: number;
  /** Messages outside of it. */
  readonly before: number;
  readonly after: number;
}

/** One message of a thousand may carry a date of 1970 or of 2099: the chart is of the others. */
const STRAYS = 0.001;
/** A stray is only left out where it would stretch the chart by more than so many months. */
const STRETCH = 24;

/** The months that hold all messages but strays far off. Null where no message has a date. */
export function monthRange(months: ReadonlyMap<number, CountAndOctets>): MonthRange | null {
  const sorted = [...months].sort(([left], [right]) => left - right);
  const total = sorted.reduce((sum, [, { count }]) => sum + count, 0);
  const allowance = Math.max(total * STRAYS, total >= 20 ? 2 : 0);
  let [from, to] = [0, sorted.length - 1];
  let [before, after] = [0, 0];
  const at = (place: number) => sorted[place] ?? [0, { count: 0, octets: 0 }];
  while (from < to) {
    const [month, { count }] = at(from);
    if (before + count > allowance || at(from + 1)[0] - month <= STRETCH) break;
    before += count;
    from++;
  }
  while (to > from) {
    const [month, { count }] = at(to);
    if (after + count > allowance || month - at(to - 1)[0] <= STRETCH) break;
    after += count;
    to--;
  }
  const [first, last] = [sorted[from]?.[0], sorted[to]?.[0]];
  return first === undefined || last === undefined ? null : { first, last, before, after };
}

/** A run of months without mail, and the mail in the months on either side of it. */
export interface MonthGap {
  readonly first: number;
  readonly last: number;
  readonly before: number;
  readonly after: number;
}

/** Runs of months without a message between the first month of the range and its last, longest first. */
export function monthGaps(months: ReadonlyMap<number, CountAndOctets>, range: MonthRange): MonthGap[] {
  const held = [...months.keys()].filter((month) => month >= range.first && month <= range.last);
  held.sort((left, right) => left - right);
  const gaps: MonthGap[] = [];
  for (const [place, month] of held.entries()) {
    const previous = held[place - 1];
    if (previous === undefined || month - previous < 2) continue;
    const before = months.get(previous)?.count ?? 0;
    gaps.push({ first: previous + 1, last: month - 1, before, after: months.get(month)?.count ?? 0 });
  }
  return gaps.sort((left, right) => right.last - right.first - (left.last - left.first) || left.first - right.first);
}
