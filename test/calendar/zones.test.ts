import { describe, expect, test } from 'vitest';
import { findIana, WINDOWS_TO_IANA_MAP } from 'windows-iana';
import { parseCalendar, zoneByName } from '../../src/calendar/index.ts';
import { ianaZone } from '../../src/calendar/zone/iana.ts';
import { LOCALIZED_NAMES } from '../../src/calendar/zone/localized-names.ts';
import { WINDOWS_ZONES } from '../../src/calendar/zone/windows-zones.ts';
import { calendar, codes, firstItem } from './texts.ts';

const names = [...new Set(WINDOWS_TO_IANA_MAP.map((row) => row.windowsName))];
/** Where CLDR has moved on since the package was made: see windows-zones.ts. */
const NEWER = new Set(['Mountain Standard Time (Mexico)', 'Central Asia Standard Time']);

describe("Windows' names", () => {
  test("all of CLDR's are known", () => {
    expect(names.length).toBe(139);
    expect(names.filter((name) => zoneByName(name) === null)).toEqual([]);
  });
  test.each(names)("%s is CLDR's zone", (name) => {
    const found = zoneByName(name);
    expect(found?.guessed).toBe(false);
    const expected = findIana(name).map(String);
    const [first = ''] = findIana(name, '001').map(String);
    if (found?.zone.id !== 'Etc/UTC') expect(expected).toContain(found?.zone.id);
    for (const utc of NEWER.has(name) ? [] : [1_700_000_000, 1_720_000_000])
      expect(found?.zone.offsetAt(utc)).toBe(ianaZone(first)?.offsetAt(utc));
  });
  test('every display and localized name leads to its own zone', () => {
    for (const [name, zone, ...displays] of WINDOWS_ZONES) {
      for (const display of displays)
        expect([name, display, zoneByName(`(UTC+00:00) ${display}`)?.zone.id]).not.toContain(undefined);
      expect(ianaZone(zone), zone).not.toBeNull();
    }
    for (const [name, ...localized] of LOCALIZED_NAMES) {
      for (const each of localized)
        expect([each, zoneByName(each)?.zone.id]).toEqual([each, zoneByName(name)?.zone.id]);
    }
  });
});

const SUMMER = 1_782_900_000; // 2026-07-01T10:00:00Z

test.each([
  ['Europe/Berlin', 'Europe/Berlin', 7200, false],
  ['europe/berlin', 'Europe/Berlin', 7200, false],
  ['"Europe/Berlin"', 'Europe/Berlin', 7200, false],
  ['Asia/Kolkata', 'Asia/Kolkata', 19_800, false],
  ['US/Pacific', 'US/Pacific', -25_200, false],
  ['EST5EDT', 'EST5EDT', -14_400, false],
  ['GMT', 'Etc/UTC', 0, false],
  ['Etc/GMT+5', 'Etc/GMT+5', -18_000, false],
  ['/freeassociation.sourceforge.net/Tzfile/Europe/Berlin', 'Europe/Berlin', 7200, false],
  ['/freeassociation.sourceforge.net/America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires', -10_800, false],
  ['/mozilla.org/20070129_1/America/New_York', 'America/New_York', -14_400, false],
  ['/Europe/Stockholm', 'Europe/Stockholm', 7200, false],
  ['posix/Europe/Vaduz', 'Europe/Vaduz', 7200, false],
  ['W. Europe Standard Time', 'Europe/Berlin', 7200, false],
  ['w. europe standard time', 'Europe/Berlin', 7200, false],
  ['UTC+02:00', 'Etc/GMT-2', 7200, false],
  ['UTC-5', 'Etc/GMT+5', -18_000, false],
  ['GMT+0530', '+05:30', 19_800, false],
  ['(GMT+01:00)', 'Etc/GMT-1', 3600, false],
  ['(GMT +01:00)', 'Etc/GMT-1', 3600, false],
  ['(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna', 'Europe/Berlin', 7200, true],
  ['(UTC-05:00) Eastern Time (US and Canada)', 'America/New_York', -14_400, true],
  ['(UTC-05:00) Eastern Time (US &amp; Canada)', 'America/New_York', -14_400, true],
  ['(UTC) Dublin, Edinburgh, Lisbon, London', 'Europe/London', 3600, true],
  ['(GMT+01.00) Nowhere known', 'Etc/GMT-1', 3600, true],
  ['(GMT-08.00) Pacific Time (US & Canada)', 'America/Los_Angeles', -25_200, true],
  ['(GMT+03:00) Nowhere known', 'Etc/GMT-3', 10_800, true],
  ['Amsterdam, Belgrade, Berlin, Brussels, Budapest, Madrid, Paris, Prague, Stockholm', 'Europe/Amsterdam', 7200, true],
  ['Mitteleuropäische Zeit', 'Europe/Berlin', 7200, true],
  ['Eastern Daylight Time', 'America/New_York', -14_400, true],
  ['America/Los Angeles', 'America/Los_Angeles', -25_200, true],
  ['Customized Time Zone', null, 0, false],
  ['tzone://Microsoft/Custom', null, 0, false],
  ['CST', null, 0, false],
  ['IST', null, 0, false],
  ['Europe/Germany', null, 0, false],
  ['GMT +0100 (Standard) / GMT +0200 (Daylight)', null, 0, false],
  ['', null, 0, false],
  ['__proto__', null, 0, false],
])('%s', (name, id, offset, guessed) => {
  const found = zoneByName(name);
  expect(found === null ? null : [found.zone.id, found.zone.offsetAt(SUMMER), found.guessed]).toEqual(
    id === null ? null : [id, offset, guessed],
  );
});

test('remembered offsets are those Intl gives, before, at and after every change of a century', () => {
  const wrong: string[] = [];
  for (const name of [
    'Europe/London',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Africa/Freetown',
    'Pacific/Apia',
    'Asia/Gaza',
  ]) {
    const zone = ianaZone(name);
    const format = new Intl.DateTimeFormat('en-CA', {
      timeZone: name,
      hourCycle: 'h23',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const shown = (utc: number) => {
      const [year, month, day, hour, minute, second] = (format.format(utc * 1000).match(/\d+/g) ?? []).map(Number);
      return Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second) / 1000 - utc;
    };
    // A prime number of minutes, so that every time of day is met.
    for (let utc = -1_700_000_000; utc < 2_200_000_000; utc += 60 * 9973)
      if (shown(utc) !== zone?.offsetAt(utc)) wrong.push(`${name} ${utc}`);
  }
  expect(wrong).toEqual([]);
});

const zone = (id: string, ...observances: string[]) => [
  'BEGIN:VTIMEZONE',
  `TZID:${id}`,
  ...observances,
  'END:VTIMEZONE',
];
const observance = (kind: string, start: string, from: string, to: string, ...more: string[]) => [
  `BEGIN:${kind}`,
  `DTSTART:${start}`,
  `TZOFFSETFROM:${from}`,
  `TZOFFSETTO:${to}`,
  ...more,
  `END:${kind}`,
];
const NEW_YORK_2007 = [
  ...observance('STANDARD', '20071104T020000', '-0400', '-0500', 'RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11'),
  ...observance('DAYLIGHT', '20070311T020000', '-0500', '-0400', 'RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3'),
];
const start = (id: string, local: string, definition: string[]) =>
  parseCalendar(calendar(...definition, 'BEGIN:VEVENT', 'UID:1', `DTSTART;TZID="${id}":${local}`, 'END:VEVENT'));

describe('VTIMEZONE', () => {
  const eras = [
    ...observance(
      'STANDARD',
      '16711029T020000',
      '-0400',
      '-0500',
      'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10;UNTIL=20061029T060000Z',
    ),
    ...observance(
      'DAYLIGHT',
      '16710404T020000',
      '-0500',
      '-0400',
      'RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=4;UNTIL=20060402T070000Z',
    ),
    ...NEW_YORK_2007,
  ];
  const dates = [
    ...observance('STANDARD', '20001029T020000', '+0200', '+0100', 'RDATE:20011028T020000,20021027T020000'),
    ...observance('DAYLIGHT', '20010325T020000', '+0100', '+0200', 'RDATE:20020331T020000'),
  ];
  const seldom = observance(
    'STANDARD',
    '19700101T020000',
    '-0400',
    '-0500',
    'RRULE:FREQ=YEARLY;INTERVAL=5;UNTIL=19800101T070000Z',
  );
  test.each([
    ['before the rules changed', eras, '20061101T120000', '2006-11-01T17:00:00Z'],
    ['after', eras, '20071101T120000', '2007-11-01T16:00:00Z'],
    ['in winter', eras, '20261215T120000', '2026-12-15T17:00:00Z'],
    ['the second before a change', eras, '20260308T015959', '2026-03-08T06:59:59Z'],
    ['in the gap', eras, '20260308T023000', '2026-03-08T07:30:00Z'],
    ['twice', eras, '20261101T013000', '2026-11-01T05:30:00Z'],
    ['by dates, summer', dates, '20020701T120000', '2002-07-01T10:00:00Z'],
    ['by dates, winter between', dates, '20020101T120000', '2002-01-01T11:00:00Z'],
    ['after the last date', dates, '20300701T120000', '2030-07-01T11:00:00Z'],
    ['before the first onset', dates, '19990701T120000', '1999-07-01T10:00:00Z'],
    ['long after a rule ended', seldom, '20260701T120000', '2026-07-01T17:00:00Z'],
  ])('%s', (_, observances, local, utc) => {
    const parsed = start('Mine', local, zone('Mine', ...observances));
    expect(parsed.items[0]?.start).toEqual({ local: expect.any(String), timeZone: 'Mine', utc });
    expect(codes(parsed)).toEqual([]);
  });

  test("a calendar's own definition of an IANA zone is followed, and the difference noted", () => {
    const parsed = start(
      'America/New_York',
      '20260701T120000',
      zone('America/New_York', ...observance('STANDARD', '20000101T000000', '-0500', '-0500')),
    );
    expect(parsed.items[0]?.start).toEqual({
      local: '2026-07-01T12:00:00',
      timeZone: 'America/New_York',
      utc: '2026-07-01T17:00:00Z',
    });
    expect(parsed.items[0]?.event).toMatchObject({
      timeZone: '/America/New_York',
      timeZones: { '/America/New_York': { tzId: 'America/New_York' } },
    });
    expect(codes(parsed)).toEqual(['ZONE_DIFFERS']);
  });
  test('one that agrees is not carried along', () => {
    const parsed = start('Eastern Standard Time', '20260701T120000', zone('Eastern Standard Time', ...NEW_YORK_2007));
    expect(parsed.items[0]?.event['timeZone']).toBe('America/New_York');
    expect(parsed.items[0]?.event['timeZones']).toBeUndefined();
    expect(codes(parsed)).toEqual([]);
  });
  test('before its first onset a zone IANA knows is read by IANA', () => {
    expect(
      start('America/New_York', '19980701T120000', zone('America/New_York', ...NEW_YORK_2007)).items[0]?.start?.utc,
    ).toBe('1998-07-01T16:00:00Z');
  });
  test('X-LIC-LOCATION names the zone', () => {
    expect(
      start('Office', '20260701T120000', zone('Office', 'X-LIC-LOCATION:America/New_York', ...NEW_YORK_2007)).items[0]
        ?.start?.timeZone,
    ).toBe('America/New_York');
  });
  test('it may stand after its events, or in another calendar of the file', () => {
    const item = ['BEGIN:VEVENT', 'UID:1', 'DTSTART;TZID=Mine:20260701T120000', 'END:VEVENT'];
    expect(firstItem(calendar(...item, ...zone('Mine', ...NEW_YORK_2007))).start?.utc).toBe('2026-07-01T16:00:00Z');
    expect(
      firstItem(calendar(...item, 'END:VCALENDAR', 'BEGIN:VCALENDAR', ...zone('Mine', ...NEW_YORK_2007))).start?.utc,
    ).toBe('2026-07-01T16:00:00Z');
  });
  test.each([
    ['no observance', zone('Europe/Berlin')],
    ['broken offsets', zone('Europe/Berlin', ...observance('STANDARD', '20000101T000000', '+9900', '+9900'))],
    ['two zones in one', zone('Europe/Berlin', 'TZID:Asia/Tokyo', ...NEW_YORK_2007)],
  ])('%s: IANA’s zone of that name is taken', (_, definition) => {
    expect(start('Europe/Berlin', '20260701T120000', definition).items[0]?.start?.utc).toBe('2026-07-01T10:00:00Z');
  });
});

test('a name of a hundred thousand letters is none', () => {
  expect(zoneByName('A'.repeat(100_000))).toBeNull();
  expect(zoneByName('/'.repeat(100_000))).toBeNull();
});

test('Intl has its whole data: a Node without it would know no zone', () => {
  expect(Intl.supportedValuesOf('timeZone').length).toBeGreaterThan(400);
});

const definition = (id: string, ...offsets: readonly string[]): string[] => [
  'BEGIN:VTIMEZONE',
  `TZID:${id}`,
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  ...offsets,
  'END:STANDARD',
  'END:VTIMEZONE',
];

// A zone's definition and the name by which a time asks for it, as writers differ between the two.
test.each([
  ['My Zone', 'my zone'],
  ['"My Zone"', 'My Zone'],
  ['My Zone ', 'My Zone'],
  ['A\\, B', '"A\\, B"'],
  ['A\\, B', '"A, B"'],
])('defined as %s, asked for as %s', (id, asked) => {
  const lines = [...definition(id, 'TZOFFSETFROM:+0345', 'TZOFFSETTO:+0345')];
  const bytes = calendar(...lines, 'BEGIN:VEVENT', 'UID:1', `DTSTART;TZID=${asked}:20240715T090000`, 'END:VEVENT');
  expect(firstItem(bytes).start?.utc).toBe('2024-07-15T05:15:00Z');
});

test.each([
  ['0530', '2024-07-15T03:30:00Z'],
  ['+530', '2024-07-15T03:30:00Z'],
  ['+5', '2024-07-15T04:00:00Z'],
  ['-3', '2024-07-15T12:00:00Z'],
  ['2460', null],
])('an offset written %s', (offset, utc) => {
  const lines = [...definition('Z1', `TZOFFSETFROM:${offset}`, `TZOFFSETTO:${offset}`)];
  const bytes = calendar(...lines, 'BEGIN:VEVENT', 'UID:1', 'DTSTART;TZID=Z1:20240715T090000', 'END:VEVENT');
  expect(firstItem(bytes).start?.utc).toBe(utc);
  expect(parseCalendar(bytes).issues.map((each) => each.code)).toContain('PROPERTY_MALFORMED');
});

test('a zone defined twice and not alike: the first is followed, and it is said', () => {
  const twice = [
    ...definition('Z1', 'TZOFFSETFROM:+0300', 'TZOFFSETTO:+0300'),
    ...definition('Z1', 'TZOFFSETTO:+0900'),
  ];
  const bytes = calendar(...twice, 'BEGIN:VEVENT', 'UID:1', 'DTSTART;TZID=Z1:20240715T090000', 'END:VEVENT');
  expect(firstItem(bytes).start?.utc).toBe('2024-07-15T06:00:00Z');
  expect(parseCalendar(bytes).issues.map((each) => each.code)).toEqual(['PROPERTY_REPEATED']);
});
