import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expand, parseCalendar } from '../../src/calendar/index.ts';
import type { CalendarItem } from '../../src/model/index.ts';
import { CALENDARS, calendarFiles, present } from '../calendar/corpora.ts';
import { event, firstItem, jcalOf } from '../calendar/texts.ts';

/** Debian's own: what `python3` on the path is may not have its packages. */
const PYTHON = '/usr/bin/python3';
const installed = spawnSync(PYTHON, ['-c', 'import icalendar, dateutil']).status === 0;
if (!installed) console.warn('skipped: python3-icalendar and python3-dateutil are not installed');

function python(program: string, input: unknown): unknown {
  const run = spawnSync(PYTHON, ['-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

// One process a file: icalendar keeps the zones of one calendar for the next.
const STARTS = `
import sys, json, datetime, multiprocessing
def read(path):
    from icalendar import Calendar
    rows = []
    try:
        for calendar in Calendar.from_ical(open(path, 'rb').read(), multiple=True):
            for component in calendar.walk():
                if component.name not in ('VEVENT', 'VTODO', 'VJOURNAL', 'VFREEBUSY'): continue
                value = component.get('DTSTART')
                value = value[0] if isinstance(value, list) else value
                moment = getattr(value, 'dt', None)
                if isinstance(moment, datetime.datetime) and moment.tzinfo:
                    rows.append(moment.astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ'))
                elif isinstance(moment, datetime.datetime): rows.append(moment.strftime('%Y-%m-%dT%H:%M:%S'))
                elif isinstance(moment, datetime.date): rows.append(moment.isoformat() + 'T00:00:00')
                else: rows.append(None)
    except Exception: return None
    return rows
if __name__ == '__main__':
    with multiprocessing.Pool(1, maxtasksperchild=1) as pool:
        json.dump(pool.map(read, json.load(sys.stdin), chunksize=1), sys.stdout)
`;
const ZONED = `
import sys, json, datetime
from dateutil import tz
rows = []
for local, zone in json.load(sys.stdin):
    moment = datetime.datetime.fromisoformat(local).replace(tzinfo=tz.gettz(zone))
    rows.append(moment.astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ'))
json.dump(rows, sys.stdout)
`;
const RULES = `
import sys, json, warnings
from datetime import datetime
from itertools import islice
from dateutil.rrule import rrulestr
warnings.simplefilter('ignore')
rows = []
for rule, start in json.load(sys.stdin):
    # Without an end dateutil looks for the instances of an impossible rule up to the year 9999, minute by minute.
    try: found = rrulestr(rule + ';UNTIL=20441231T235959', dtstart=datetime.strptime(start, '%Y%m%dT%H%M%S'))
    except ValueError: found = []
    rows.append([each.strftime('%Y%m%dT%H%M%S') for each in islice(found, 40)])
json.dump(rows, sys.stdout)
`;

type ZoneClass = 'utc' | 'date' | 'floating' | 'vtimezone' | 'iana' | 'other-name' | 'no-start';

/** Which class of zone a start is of, by what the calendar says. */
function zoneClass(item: CalendarItem, source: string): ZoneClass {
  const [property] = jcalOf(item, 'dtstart');
  if (!Array.isArray(property)) return 'no-start';
  const tzid: unknown = property[1]?.tzid;
  if (property[2] === 'date') return 'date';
  if (String(property[3]).endsWith('Z')) return 'utc';
  if (typeof tzid !== 'string') return 'floating';
  if (source.includes(`TZID:${tzid}`)) return 'vtimezone';
  return item.start?.timeZone === tzid ? 'iana' : 'other-name';
}

describe.skipIf(!installed || !present(CALENDARS))('starts, against python3-icalendar', () => {
  test('≥ 99 % in every class of zone', { timeout: 300_000 }, () => {
    const files = calendarFiles();
    const theirs = python(STARTS, files) as (null | (string | null)[])[];
    const classes = new Map<
      ZoneClass,
      { same: number; different: string[]; unknownToThem: [string, string, string | null][] }
    >();
    let compared = 0;
    for (const [place, file] of files.entries()) {
      const rows = theirs[place] ?? null;
      const { items } = parseCalendar(readFileSync(file));
      // What they refuse, or count otherwise because a VCALENDAR is not closed, cannot be compared.
      if (rows === null || rows.length !== items.length) continue;
      compared++;
      const source = readFileSync(file, 'latin1');
      for (const [row, item] of items.entries()) {
        const kind = zoneClass(item, source);
        const tally = classes.get(kind) ?? { same: 0, different: [], unknownToThem: [] };
        classes.set(kind, tally);
        const mine = item.start === null ? null : (item.start.utc ?? item.start.local);
        const their = rows[row] ?? null;
        if (mine === their) tally.same++;
        // Names only Mailproof knows are checked against dateutil's zone of that name below.
        else if (their !== null && !their.endsWith('Z') && item.start?.timeZone != null)
          tally.unknownToThem.push([item.start.local, item.start.timeZone, mine]);
        else if (their !== null) tally.different.push(`${file}: ${mine} and not ${their}`);
      }
    }
    const named = [...classes.values()].flatMap((each) => each.unknownToThem);
    const utc = python(
      ZONED,
      named.map(([local, zone]) => [local, zone]),
    ) as string[];
    expect(named.map(([, , mine]) => mine)).toEqual(utc);
    const shown = [...classes].map(
      ([kind, each]) =>
        `${kind}: ${each.same} same, ${each.different.length} different, ${each.unknownToThem.length} known to Mailproof only`,
    );
    console.info([`${compared} of ${files.length} files compared`, ...shown].join('\n'));
    expect(compared).toBeGreaterThan(200);
    for (const { same, different } of classes.values())
      expect(different.length, different.join('\n')).toBeLessThanOrEqual((same + different.length) / 100);
  });
});

const list = (least: number, most: number, length = 3) =>
  fc.uniqueArray(
    fc.integer({ min: least, max: most }).filter((each) => each !== 0),
    { minLength: 1, maxLength: length },
  );
const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
const weekdays = fc.uniqueArray(weekday, { minLength: 1, maxLength: 4 });
const nth = fc.uniqueArray(
  fc.tuple(fc.constantFrom(1, 2, 3, 4, 5, -1, -2), weekday).map(([place, day]) => `${place}${day}`),
  { minLength: 1, maxLength: 3 },
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Rules within what RFC 5545's table allows, so that both have to agree. */
const rule = fc
  .record({
    freq: fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY', 'MINUTELY'),
    interval: fc.integer({ min: 1, max: 5 }),
    wkst: maybe(weekday),
    bymonth: maybe(list(1, 12)),
    bymonthday: maybe(list(-31, 31)),
    byyearday: maybe(list(-366, 366)),
    byweekno: maybe(list(-53, 53)),
    byday: maybe(weekdays),
    bynth: maybe(nth),
    byhour: maybe(list(1, 23)),
    byminute: maybe(list(1, 59)),
    bysetpos: maybe(list(-3, 3, 2)),
    count: maybe(fc.integer({ min: 1, max: 30 })),
  })
  .map((parts) => {
    const { freq } = parts;
    const coarse = freq === 'YEARLY' || freq === 'MONTHLY';
    const by = {
      BYMONTH: parts.bymonth,
      BYMONTHDAY: freq === 'WEEKLY' ? undefined : parts.bymonthday,
      BYYEARDAY:
        freq === 'YEARLY' && parts.byweekno === undefined && parts.bymonthday === undefined
          ? parts.byyearday
          : undefined,
      // Weeks: beside INTERVAL or BYMONTH libical and dateutil differ, and without BYDAY dateutil takes every day of the
      // week where RFC 5545 §3.3.10 takes the start's weekday; libical is followed, whose cases recurrence.test.ts has.
      BYWEEKNO:
        freq === 'YEARLY' &&
        parts.interval === 1 &&
        parts.byday !== undefined &&
        parts.bymonth === undefined &&
        parts.bymonthday === undefined &&
        parts.bysetpos === undefined
          ? parts.byweekno
          : undefined,
      BYDAY:
        coarse && parts.byweekno === undefined && parts.byyearday === undefined && parts.bymonthday === undefined
          ? (parts.bynth ?? parts.byday)
          : parts.byday,
      BYHOUR: parts.byhour,
      BYMINUTE: parts.byminute,
    };
    const used = Object.entries(by).filter(([, value]) => value !== undefined);
    const setPosition = used.length > 0 && coarse ? [['BYSETPOS', parts.bysetpos]] : [];
    const all = [
      ['FREQ', freq],
      ['INTERVAL', parts.interval],
      ['WKST', parts.wkst],
      ...used,
      ...setPosition,
      ['COUNT', parts.count],
    ];
    return all.flatMap(([name, value]) => (value === undefined ? [] : [`${String(name)}=${String(value)}`])).join(';');
  });

describe.skipIf(!installed)('rules, against python3-dateutil', () => {
  test('two thousand rules have the same instances', { timeout: 300_000 }, () => {
    const starts = fc.date({
      min: new Date('1995-01-01T00:00:00Z'),
      max: new Date('2030-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    const written = starts.map((date) => date.toISOString().slice(0, 19).replace(/[-:]/g, ''));
    const sample = fc.sample(fc.tuple(rule, written), { seed: 8984, numRuns: 2000 });
    const theirs = python(RULES, sample) as string[][];
    const different: string[] = [];
    let instances = 0;
    for (const [place, [text, start]] of sample.entries()) {
      const item = firstItem(event(`DTSTART:${start}`, `RRULE:${text}`));
      const mine = [...expand(item, '1990-01-01', '2045-01-01', { maximum: 40, steps: 20_000_000 })].map((each) =>
        each.start.local.replace(/[-:]/g, ''),
      );
      instances += mine.length;
      if (mine.join() !== (theirs[place] ?? []).join())
        different.push(
          `${text} from ${start}: ${mine.slice(0, 4).join()} and not ${theirs[place]?.slice(0, 4).join()}`,
        );
    }
    console.info(`${sample.length} rules, ${instances} instances, ${different.length} rules different`);
    expect(instances).toBeGreaterThan(20_000);
    expect(different).toEqual([]);
  });
});
