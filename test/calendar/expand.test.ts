import { describe, expect, test } from 'vitest';
import { expand, parseCalendar } from '../../src/calendar/index.ts';
import { calendar, event, firstItem } from './texts.ts';

const NEW_YORK = (local: string) => `DTSTART;TZID=America/New_York:${local}`;

function instants(lines: string[], from = '2000-01-01', to = '2100-01-01'): (string | null)[] {
  return [...expand(firstItem(event(...lines)), from, to)].map((each) => each.start.utc ?? each.start.local);
}

describe('clocks that change (RFC 5545 §3.3.5)', () => {
  test('a time that does not exist is read by the offset before the gap', () => {
    expect(instants([NEW_YORK('20260307T023000'), 'RRULE:FREQ=DAILY;COUNT=3'])).toEqual([
      '2026-03-07T07:30:00Z',
      '2026-03-08T07:30:00Z',
      '2026-03-09T06:30:00Z',
    ]);
  });
  test('a time that occurs twice is the first of the two', () => {
    expect(instants([NEW_YORK('20261101T013000')])).toEqual(['2026-11-01T05:30:00Z']);
  });
  test('an hourly rule does not happen twice at the gap', () => {
    expect(instants([NEW_YORK('20260308T013000'), 'RRULE:FREQ=HOURLY;COUNT=4'])).toEqual([
      '2026-03-08T06:30:00Z',
      '2026-03-08T07:30:00Z',
      '2026-03-08T08:30:00Z',
    ]);
  });
  test('an exact length stays exact across a change, a nominal one follows the clock', () => {
    const ends = (length: string) =>
      [...expand(firstItem(event(NEW_YORK('20260307T120000'), length)), '2026-01-01', '2027-01-01')].map(
        (each) => each.end?.utc,
      );
    expect(ends('DURATION:PT24H')).toEqual(['2026-03-08T17:00:00Z']);
    expect(ends('DURATION:P1D')).toEqual(['2026-03-08T16:00:00Z']);
    expect(ends('DTEND;TZID=America/New_York:20260308T120000')).toEqual(['2026-03-08T16:00:00Z']);
  });
});

describe('what is added and taken away', () => {
  test('RDATE, EXDATE and EXRULE', () => {
    const lines = [
      'DTSTART:20260101T090000Z',
      'RRULE:FREQ=DAILY;COUNT=6',
      'EXRULE:FREQ=DAILY;INTERVAL=2',
      'EXDATE:20260102T090000Z',
      'RDATE:20260110T090000Z',
    ];
    expect(instants(lines)).toEqual(['2026-01-04T09:00:00Z', '2026-01-06T09:00:00Z', '2026-01-10T09:00:00Z']);
  });
  test('an EXDATE in another zone names the same instant', () => {
    const lines = [NEW_YORK('20260105T090000'), 'RRULE:FREQ=DAILY;COUNT=2', 'EXDATE:20260106T140000Z'];
    expect(instants(lines)).toEqual(['2026-01-05T14:00:00Z']);
  });
  test('a date that is also excluded is excluded', () => {
    expect(instants(['DTSTART:20260101T090000Z', 'RDATE:20260102T090000Z', 'EXDATE:20260102T090000Z'])).toEqual([
      '2026-01-01T09:00:00Z',
    ]);
  });
  test('a start its rule does not make is left out, or counted in where asked', () => {
    const item = firstItem(event('DTSTART:20260101T090000Z', 'RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=1'));
    const found = (includeStart: boolean) =>
      [...expand(item, '2026-01-01', '2027-01-01', { includeStart })].map((each) => each.start.local);
    expect(found(false)).toEqual(['2026-01-05T09:00:00']);
    expect(found(true)).toEqual(['2026-01-01T09:00:00', '2026-01-05T09:00:00']);
  });
});

describe('the range', () => {
  const daily = ['DTSTART:20260101T090000Z', 'DURATION:PT2H', 'RRULE:FREQ=DAILY'];
  test('holds what overlaps it, not what ends as it begins', () => {
    expect(instants(daily, '2026-02-01T10:00:00Z', '2026-02-02T09:00:00Z')).toEqual(['2026-02-01T09:00:00Z']);
    expect(instants(daily, '2026-02-01T11:00:00Z', '2026-02-02T09:00:01Z')).toEqual(['2026-02-02T09:00:00Z']);
  });
  test('a bound with an offset is an instant, one without is local', () => {
    const item = [NEW_YORK('20260101T230000')];
    expect(instants(item, '2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z')).toEqual(['2026-01-02T04:00:00Z']);
    expect(instants(item, '2026-01-02', '2026-01-03')).toEqual([]);
    expect(instants(item, '2026-01-02T04:00:00+05:30', '2026-01-03')).toEqual(['2026-01-02T04:00:00Z']);
  });
  test('a bound that is no date is refused', () => {
    expect(() => instants(daily, 'soon')).toThrowError(expect.objectContaining({ code: 'USAGE' }));
  });
  test('whole days of many days overlap the days they last', () => {
    expect(instants(['DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20260110'], '2026-01-05', '2026-01-06')).toEqual([
      '2026-01-01T00:00:00',
    ]);
  });
  test('an item without a start has no instances', () => {
    expect(instants(['SUMMARY:none'])).toEqual([]);
  });
});

describe('overrides', () => {
  const series = (...override: string[]) =>
    parseCalendar(
      calendar(
        'BEGIN:VEVENT',
        'UID:1',
        'DTSTART;TZID=Europe/Berlin:20260105T090000',
        'DTEND;TZID=Europe/Berlin:20260105T100000',
        'RRULE:FREQ=WEEKLY;COUNT=4',
        'END:VEVENT',
        'BEGIN:VEVENT',
        'UID:1',
        ...override,
        'END:VEVENT',
        'BEGIN:VEVENT',
        'UID:2',
        'RECURRENCE-ID:20260105T080000Z',
        'DTSTART:20260105T200000Z',
        'END:VEVENT',
      ),
    ).items;
  const found = (items: ReturnType<typeof series>, from = '2026-01-01', to = '2027-01-01') => {
    const [master, ...overrides] = items;
    if (master === undefined) throw new Error('no master');
    return [...expand(master, from, to, { overrides })].map((each) => [
      each.recurrenceId.local.slice(5, 10),
      each.start.utc,
      each.end?.utc,
      each.override !== null,
    ]);
  };

  test('an override stands in its instance’s place, by instant and not by spelling', () => {
    expect(found(series('RECURRENCE-ID:20260112T080000Z', 'DTSTART:20260113T120000Z', 'DURATION:PT3H'))).toEqual([
      ['01-05', '2026-01-05T08:00:00Z', '2026-01-05T09:00:00Z', false],
      ['01-12', '2026-01-13T12:00:00Z', '2026-01-13T15:00:00Z', true],
      ['01-19', '2026-01-19T08:00:00Z', '2026-01-19T09:00:00Z', false],
      ['01-26', '2026-01-26T08:00:00Z', '2026-01-26T09:00:00Z', false],
    ]);
  });
  test.each([
    ['SEQUENCE:2', 'SEQUENCE:1'],
    ['DTSTAMP:20260102T000000Z', 'DTSTAMP:20260101T000000Z'],
  ])('of two overrides of one instance the newer revision stands: %s, %s', (newer, older) => {
    const id = 'RECURRENCE-ID:20260112T080000Z';
    const first = [id, newer, 'DTSTART:20260113T120000Z', 'DURATION:PT3H'];
    const second = [id, older, 'DTSTART:20260114T120000Z', 'DURATION:PT3H'];
    const between = ['END:VEVENT', 'BEGIN:VEVENT', 'UID:1'];
    const expected = ['01-12', '2026-01-13T12:00:00Z', '2026-01-13T15:00:00Z', true];
    expect(found(series(...first, ...between, ...second))[1]).toEqual(expected);
    expect(found(series(...second, ...between, ...first))[1]).toEqual(expected);
  });
  test('a RECURRENCE-ID that is a date names the instance of that day', () => {
    const items = series(
      'RECURRENCE-ID;VALUE=DATE:20260112',
      'DTSTART;TZID=Europe/Berlin:20260112T150000',
      'DURATION:PT1H',
    );
    expect(found(items).map((each) => each[1])).toEqual([
      '2026-01-05T08:00:00Z',
      '2026-01-12T14:00:00Z',
      '2026-01-19T08:00:00Z',
      '2026-01-26T08:00:00Z',
    ]);
  });
  test('one with a time names an instance of whole days', () => {
    const items = parseCalendar(
      calendar(
        'BEGIN:VEVENT',
        'UID:1',
        'DTSTART;VALUE=DATE:20260105',
        'RRULE:FREQ=DAILY;COUNT=2',
        'END:VEVENT',
        'BEGIN:VEVENT',
        'UID:1',
        'RECURRENCE-ID;TZID=Europe/Berlin:20260106T000000',
        'DTSTART;VALUE=DATE:20260107',
        'END:VEVENT',
      ),
    ).items;
    expect(found(items).map((each) => each[0])).toEqual(['01-05', '01-06']);
    expect(found(items).map((each) => each[3])).toEqual([false, true]);
  });
  test('RANGE=THISANDFUTURE moves all that come after', () => {
    const lines = [
      'RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20260119T090000',
      'DTSTART;TZID=Europe/Berlin:20260119T103000',
      'DURATION:PT30M',
    ];
    expect(found(series(...lines)).slice(1)).toEqual([
      ['01-12', '2026-01-12T08:00:00Z', '2026-01-12T09:00:00Z', false],
      ['01-19', '2026-01-19T09:30:00Z', '2026-01-19T10:00:00Z', true],
      ['01-26', '2026-01-26T09:30:00Z', '2026-01-26T10:00:00Z', true],
    ]);
  });
  test('an instance moved into the range from outside of it is found', () => {
    const items = series(
      'RECURRENCE-ID;TZID=Europe/Berlin:20260126T090000',
      'DTSTART;TZID=Europe/Berlin:20260601T090000',
      'DURATION:PT1H',
    );
    expect(found(items, '2026-06-01', '2026-06-02')).toEqual([
      ['01-26', '2026-06-01T07:00:00Z', '2026-06-01T08:00:00Z', true],
    ]);
    expect(found(items, '2026-01-26', '2026-01-27')).toEqual([]);
  });
  test('an override without its master is its own instance, and says so', () => {
    const item = series('RECURRENCE-ID:20260112T080000Z', 'DTSTART:20260113T120000Z')[2];
    if (item === undefined) throw new Error('no item');
    expect(item.issues.map((each) => each.code)).toEqual(['MASTER_MISSING']);
    expect([...expand(item, '2026-01-01', '2027-01-01')].map((each) => each.start.utc)).toEqual([
      '2026-01-05T20:00:00Z',
    ]);
  });
});

test('a record read back from JSON expands as the item did, also in a zone of its own', () => {
  const zone = [
    'BEGIN:VTIMEZONE',
    'TZID:Home',
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0130',
    'END:STANDARD',
    'END:VTIMEZONE',
  ];
  const item = firstItem(
    calendar(
      ...zone,
      'BEGIN:VEVENT',
      'UID:1',
      'DTSTART;TZID=Home:20260101T090000',
      'RRULE:FREQ=DAILY;COUNT=2',
      'END:VEVENT',
    ),
  );
  const again: typeof item = JSON.parse(JSON.stringify(item));
  const found = [...expand(again, '2026-01-01', '2027-01-01')];
  expect(found).toEqual([...expand(item, '2026-01-01', '2027-01-01')].map((each) => ({ ...each })));
  expect(found.map((each) => each.start)).toEqual([
    { local: '2026-01-01T09:00:00', timeZone: 'Home', utc: '2026-01-01T07:30:00Z' },
    { local: '2026-01-02T09:00:00', timeZone: 'Home', utc: '2026-01-02T07:30:00Z' },
  ]);
});

test('a rule of another calendar is not expanded, and says so', () => {
  const found: string[] = [];
  const item = firstItem(event('DTSTART;VALUE=DATE:20130210', 'RRULE:RSCALE=CHINESE;FREQ=YEARLY'));
  expect([...expand(item, '2013-01-01', '2020-01-01', { onIssue: (issue) => found.push(issue.code) })].length).toBe(1);
  expect(found).toEqual(['RULE_UNSUPPORTED']);
  expect(item.issues.map((each) => each.code)).toEqual(['RULE_UNSUPPORTED']);
});
