import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expand, parseCalendar } from '../../src/calendar/index.ts';
import { NASTY, type NastyCalendar } from './nasty-calendars.ts';

/** Debian's own: what `python3` on the path is may not have its packages. */
const PYTHON = '/usr/bin/python3';
const installed = spawnSync(PYTHON, ['-c', 'import icalendar, dateutil']).status === 0;
if (!installed) console.warn('skipped: python3-icalendar and python3-dateutil are not installed');

/** "start/end" of every instance that begins within the range, as the peer writes them. */
function instances({ text, from, to }: NastyCalendar): string[] {
  const [master, ...overrides] = parseCalendar(Buffer.from(text)).items;
  if (master === undefined) return [];
  return [...expand(master, from, to, { overrides })]
    .filter(({ start }) => start.local >= from && start.local < to)
    .sort((left, right) => (left.start.local < right.start.local ? -1 : 1))
    .map(({ start, end }) => `${start.utc ?? start.local}/${end?.utc ?? end?.local}`);
}

describe.skipIf(!installed)('instances of nasty calendars, against icalendar and dateutil', () => {
  const run = installed
    ? spawnSync(PYTHON, [join(import.meta.dirname, 'python/instances.py')], {
        input: JSON.stringify(NASTY),
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
      })
    : null;
  const read: string[][] = run === null || run.status !== 0 ? [] : JSON.parse(run.stdout);
  // Around a gap two local times are one instant (RFC 5545 §3.3.5): Mailproof has it once, dateutil twice.
  const theirs = read.map((rows) => rows.filter((row, place) => row !== rows[place - 1]));

  test('the peer read them all', () => {
    expect(run?.stderr).toBe('');
    expect(theirs).toHaveLength(NASTY.length);
    expect(theirs.flat().length).toBeGreaterThan(800);
  });

  test.each(NASTY.map((calendar, place) => ({ ...calendar, place })))('$name', ({ place, ...calendar }) => {
    expect(instances(calendar)).toEqual(theirs[place]);
  });
});
