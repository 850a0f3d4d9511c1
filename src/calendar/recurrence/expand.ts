import { type CalendarTime, type Issue, issue, MailproofError } from '../../model/index.ts';
import { formatLocal, formatUtc, isWritable } from '../time/civil.ts';
import { readDateTime } from '../time/date-time.ts';
import { utcOfCivil, type Zone } from '../zone/zone.ts';
import { Budget } from './budget.ts';
import { DEFAULT_STEPS, ruleInstances } from './instances.ts';
import { mergeInOrder, OrderedMembership } from './merge.ts';
import { Overrides } from './overrides.ts';
import { type Expandable, endOf, type Length, readSeries, type Series } from './series.ts';

/** One occurrence of an item. */
export interface Instance {
  /** Which occurrence it is, as a RECURRENCE-ID names it: where the series has it, wherever an override moved it. */
  readonly recurrenceId: CalendarTime;
  readonly start: CalendarTime;
  /** Null where the item says neither end nor length. */
  readonly end: CalendarTime | null;
  /** The override that stands for this instance, or null. */
  readonly override: Expandable | null;
}

export interface ExpandOptions {
  /** Items that override instances of this one; those of another UID are left alone. */
  readonly overrides?: readonly Expandable[];
  /** Instances yielded at most. */
  readonly maximum?: number;
  /** Work done at most: periods, days and instances looked at. The bound is the same on every machine. */
  readonly steps?: number;
  /**
   * Whether a start its own rule does not make is an instance all the same. RFC 5545 §3.8.5.3 leaves such a series
   * undefined; libical and dateutil leave the start out, as is done here unless asked.
   */
  readonly includeStart?: boolean;
  /** Told where the expansion is not whole: a bound was reached, or a rule cannot be expanded. */
  readonly onIssue?: (issue: Issue) => void;
}

export const DEFAULT_MAXIMUM = 10_000;

/** The greatest difference between a zone's clocks and UTC, in seconds, with room to spare. */
const ZONE_REACH = 26 * 3600;

interface Bound {
  readonly second: number;
  /** Whether it is an instant; else it is compared with local times. */
  readonly absolute: boolean;
}

function readBound(text: string, name: string): Bound {
  const read = readDateTime(text);
  if (read === null)
    throw new MailproofError('USAGE', `${name} is no date or date-time: ${JSON.stringify(text.slice(0, 40))}.`);
  return { second: read.civil - (read.offset ?? 0), absolute: read.offset !== null };
}

const timeAt = (civil: number, name: string | null, utc: number | null): CalendarTime => ({
  local: formatLocal(civil),
  timeZone: name,
  utc: utc === null || !isWritable(utc) ? null : formatUtc(utc),
});

/** An instance before it is written out. */
interface Occurrence {
  readonly id: number;
  readonly civil: number;
  readonly utc: number | null;
  readonly length: Length | null;
  readonly override: Expandable | null;
}

/** The civil seconds of a series within a window, in order: rules and RDATEs, less EXRULEs and EXDATEs. */
function* members(
  series: Series,
  options: ExpandOptions,
  window: readonly [number, number],
  budget: Budget,
): Generator<number> {
  const [notBefore, before] = window;
  const sources: Iterable<number>[] = series.rules.map((rule) =>
    ruleInstances(rule, series.start, { dateOnly: series.dateOnly, notBefore, before, budget }),
  );
  if (series.rules.length === 0 || options.includeStart === true) sources.push([series.start]);
  sources.push([...series.added.keys()].sort((a, b) => a - b));
  const excluded = new OrderedMembership(
    mergeInOrder(
      series.excludedRules.map((rule) =>
        ruleInstances(rule, series.start, { dateOnly: series.dateOnly, notBefore, before, budget }),
      ),
    ),
  );
  for (const civil of mergeInOrder(sources)) {
    if (civil < notBefore || series.excluded.has(civil) || excluded.has(civil)) continue;
    if (civil > before) return;
    yield civil;
  }
}

function endTime(item: Expandable, { civil, length }: Occurrence, zone: Zone | null): CalendarTime | null {
  if (length === null) return null;
  const end = endOf(civil, length, zone);
  return isWritable(end.civil) ? timeAt(end.civil, item.start?.timeZone ?? null, end.utc) : null;
}

/**
 * The instances of an item that overlap `[from, to)`, in the order of their occurrence in the series; overrides that an
 * instance outside the range was moved into it by come last. Bounds with a zone (`…Z`, `…+02:00`) are instants; without
 * one, or where the item floats, they are compared with local times. An item that does not recur is its own instance.
 *
 * Always ends: at `maximum` instances (RULE_UNBOUNDED) or after `steps` (CALENDAR_LIMIT_REACHED), which `onIssue` is told.
 * Throws USAGE where a bound is no date.
 */
export function* expand(item: Expandable, from: string, to: string, options: ExpandOptions = {}): Generator<Instance> {
  const [low, high] = [readBound(from, 'The first bound'), readBound(to, 'The second bound')];
  const series = readSeries(item);
  if (series === null) return;
  const { zone } = series;
  const report = (code: Parameters<typeof issue>[0], message: string): void => options.onIssue?.(issue(code, message));
  if (series.unsupported > 0)
    report('RULE_UNSUPPORTED', 'A rule of the item cannot be expanded; only its other dates are.');
  const overrides = new Overrides(item, series, options.overrides ?? []);
  const longest = (length: Length | null): number => (length === null ? 0 : length.days * 86_400 + length.seconds);
  const slack = ZONE_REACH + overrides.reach;
  const reach = [...series.added.values(), series.length, ...overrides.ranges.map((range) => range.series.length)]
    .map(longest)
    .reduce((most, length) => Math.max(most, length), 0);
  const window = [low.second - slack - reach, high.second + slack] as const;
  const budget = new Budget(options.steps ?? DEFAULT_STEPS);
  const maximum = options.maximum ?? DEFAULT_MAXIMUM;

  const within = (occurrence: Occurrence, ownZone: Zone | null): boolean => {
    const { civil, utc, length } = occurrence;
    const end = length === null ? { civil, utc } : endOf(civil, length, ownZone);
    const startOn = (bound: Bound): number => (bound.absolute ? (utc ?? civil) : civil);
    const endOn = low.absolute ? (end.utc ?? end.civil) : end.civil;
    // What takes no time is in the range it begins in.
    return startOn(high) < high.second && (endOn > low.second || startOn(low) >= low.second);
  };
  const written = (occurrence: Occurrence, ownZone: Zone | null, source: Expandable): Instance => ({
    recurrenceId: timeAt(
      occurrence.id,
      item.start?.timeZone ?? null,
      zone === null ? null : utcOfCivil(zone, occurrence.id),
    ),
    start: timeAt(occurrence.civil, source.start?.timeZone ?? null, occurrence.utc),
    end: endTime(source, occurrence, ownZone),
    override: occurrence.override,
  });

  let yielded = 0;
  let lastUtc: number | null = null;
  const done = new Set<number>();
  const overridden = function* (id: number): Generator<Instance> {
    const override = overrides.byId.get(id);
    done.add(id);
    if (override === undefined) return;
    const { series: own, item: source } = override;
    const utc = own.zone === null ? null : utcOfCivil(own.zone, own.start);
    const occurrence = { id, civil: own.start, utc, length: own.length, override: source };
    if (within(occurrence, own.zone)) yield written(occurrence, own.zone, source);
  };
  for (const civil of members(series, options, window, budget)) {
    if (yielded >= maximum) {
      report('RULE_UNBOUNDED', `The expansion ended after ${maximum} instances; there are more.`);
      return;
    }
    if (overrides.byId.has(civil)) {
      for (const instance of overridden(civil)) {
        yielded++;
        yield instance;
      }
      continue;
    }
    const range = overrides.rangeAt(civil);
    const moved = civil + (range?.shift ?? 0);
    const utc = zone === null ? null : utcOfCivil(zone, moved);
    // Two local times of an hourly rule around a gap are one instant (RFC 5545 §3.3.5): it happens once.
    if (utc !== null && utc === lastUtc) continue;
    lastUtc = utc;
    const length = range === null ? (series.added.get(civil) ?? series.length) : range.series.length;
    const occurrence = { id: civil, civil: moved, utc, length, override: range?.item ?? null };
    if (!within(occurrence, zone)) continue;
    yielded++;
    yield written(occurrence, zone, range?.item ?? item);
  }
  if (budget.exhausted) {
    report(
      'CALENDAR_LIMIT_REACHED',
      `The expansion ended after ${options.steps ?? DEFAULT_STEPS} steps; there may be more instances.`,
    );
  }
  // Moved into the range from outside of it, or standing for no instance of the series.
  for (const id of overrides.byId.keys()) {
    if (done.has(id) || series.excluded.has(id)) continue;
    for (const instance of overridden(id)) {
      if (yielded++ >= maximum) return;
      yield instance;
    }
  }
}
