/** Calendars as the wild has them, written for this project. */
export interface NastyCalendar {
  readonly name: string;
  /** The database's name of the zone that is meant; null where it floats, is of whole days, or has its own definition. */
  readonly zone: string | null;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

const lines = (...text: readonly string[]): string => `${text.join('\r\n')}\r\n`;
const event = (...text: readonly string[]): string[] => ['BEGIN:VEVENT', 'UID:1', ...text, 'END:VEVENT'];
const calendar = (...text: readonly string[]): string =>
  lines('BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN', ...text, 'END:VCALENDAR');

/** A VTIMEZONE as Outlook and Exchange write it: rules that begin in 1601. */
const exchangeZone = (id: string): string[] => [
  'BEGIN:VTIMEZONE',
  `TZID:${id}`,
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

const YEAR = ['2026-01-01', '2027-01-01'] as const;
const LONG = ['2020-01-01', '2041-01-01'] as const;

type Row = readonly [name: string, zone: string | null, range: readonly [string, string], ...text: readonly string[]];

/** Weekly around both changes of the clocks, by a zone's name alone. */
const named = (name: string, tzid: string, zone: string): Row => [
  name,
  zone,
  YEAR,
  ...event(`DTSTART;TZID="${tzid}":20260301T091500`, 'DURATION:PT45M', 'RRULE:FREQ=WEEKLY;COUNT=40'),
];

const ROWS: readonly Row[] = [
  named('Outlook, German display name', '(UTC+01:00) Amsterdam, Berlin, Bern, Rom, Stockholm, Wien', 'Europe/Berlin'),
  named('Outlook, French display name', '(UTC+01:00) Bruxelles, Copenhague, Madrid, Paris', 'Europe/Paris'),
  named('Outlook, French name of a zone with summer time', '(UTC-05:00) Est (É.-U. et Canada)', 'America/New_York'),
  named('Outlook, Spanish display name', '(UTC-08:00) Hora del Pacífico (EE. UU. y Canadá)', 'America/Los_Angeles'),
  named('Outlook, German name of an American zone', '(UTC-07:00) Mountain Time (USA und Kanada)', 'America/Denver'),
  named('Windows, German', 'Mitteleuropäische Zeit', 'Europe/Berlin'),
  named('Windows, Spanish', 'Hora estándar romance', 'Europe/Paris'),
  named('Windows, Portuguese', 'Hora oficial do Brasil', 'America/Sao_Paulo'),
  named('Windows, Japanese', '東京 (標準時)', 'Asia/Tokyo'),
  named('Windows, Polish', 'Środkowoeuropejski czas stand.', 'Europe/Warsaw'),
  named('Windows, Italian', 'ora solare Europa occidentale', 'Europe/Berlin'),
  named('Windows, half an hour of summer time', 'Lord Howe Standard Time', 'Australia/Lord_Howe'),
  named('Windows, the south', 'Pacific SA Standard Time', 'America/Santiago'),
  named('Lotus Notes', 'Western/Central Europe', 'Europe/Berlin'),
  named('Lotus Notes, one word', 'Eastern', 'America/New_York'),
  named('Mozilla', '/mozilla.org/20070129_1/Europe/Berlin', 'Europe/Berlin'),
  named('Evolution', '/freeassociation.sourceforge.net/Tzfile/America/St_Johns', 'America/St_Johns'),
  named('KOrganizer', '/softwarestudio.org/Olson_20011030_5/America/New_York', 'America/New_York'),
  named('Outlook for the web', 'tzone://Microsoft/Utc', 'UTC'),
  named('an old link', 'Asia/Calcutta', 'Asia/Kolkata'),
  named('an old Windows name', 'Jerusalem Standard Time', 'Asia/Jerusalem'),
  [
    'Exchange: a Windows name and its own rules from 1601',
    null,
    YEAR,
    ...exchangeZone('W. Europe Standard Time'),
    ...event(
      'DTSTART;TZID=W. Europe Standard Time:20260322T023000',
      'DTEND;TZID=W. Europe Standard Time:20260322T033000',
      'RRULE:FREQ=WEEKLY;COUNT=40',
    ),
  ],
  [
    'Outlook: a zone called Customized Time Zone',
    null,
    YEAR,
    ...exchangeZone('Customized Time Zone'),
    ...event(
      'DTSTART;TZID=Customized Time Zone:20260101T080000',
      'DURATION:P1D',
      'RRULE:FREQ=DAILY;INTERVAL=9;COUNT=30',
    ),
  ],
  [
    'Apple: a zone of the database under a wrong name',
    null,
    YEAR,
    'BEGIN:VTIMEZONE',
    'TZID:Home (GMT)',
    'BEGIN:STANDARD',
    'DTSTART:20071104T020000',
    'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU',
    'TZOFFSETFROM:-0400',
    'TZOFFSETTO:-0500',
    'TZNAME:EST',
    'END:STANDARD',
    'BEGIN:DAYLIGHT',
    'DTSTART:20070311T020000',
    'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU',
    'TZOFFSETFROM:-0500',
    'TZOFFSETTO:-0400',
    'TZNAME:EDT',
    'END:DAYLIGHT',
    'END:VTIMEZONE',
    ...event(
      'DTSTART;TZID=Home (GMT):20260201T013000',
      'DTEND;TZID=Home (GMT):20260201T023000',
      'RRULE:FREQ=WEEKLY;COUNT=45',
    ),
  ],
  [
    'Zimbra: a zone whose changes are dates, and end',
    null,
    LONG,
    'BEGIN:VTIMEZONE',
    'TZID:Once',
    'BEGIN:STANDARD',
    'DTSTART:20001029T030000',
    'RDATE:20211031T030000',
    'RDATE:20221030T030000',
    'TZOFFSETFROM:+0300',
    'TZOFFSETTO:+0200',
    'END:STANDARD',
    'BEGIN:DAYLIGHT',
    'DTSTART:20210328T020000',
    'RDATE:20220327T020000',
    'TZOFFSETFROM:+0200',
    'TZOFFSETTO:+0300',
    'END:DAYLIGHT',
    'END:VTIMEZONE',
    ...event('DTSTART;TZID=Once:20210115T120000', 'DURATION:PT1H', 'RRULE:FREQ=MONTHLY;COUNT=36'),
  ],
  [
    'a gap: what does not occur is read by the offset before it',
    'America/New_York',
    YEAR,
    ...event('DTSTART;TZID=America/New_York:20260306T023000', 'DURATION:PT30M', 'RRULE:FREQ=DAILY;COUNT=6'),
  ],
  [
    'an overlap: the first of the two',
    'America/New_York',
    YEAR,
    ...event('DTSTART;TZID=America/New_York:20261030T013000', 'DURATION:PT30M', 'RRULE:FREQ=DAILY;COUNT=6'),
  ],
  [
    'a gap at midnight',
    'America/Asuncion',
    ['2023-09-01', '2023-11-01'],
    ...event('DTSTART;TZID=America/Asuncion:20230924T000000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=4'),
  ],
  [
    'a day that was skipped',
    'Pacific/Apia',
    ['2011-12-01', '2012-02-01'],
    ...event('DTSTART;TZID=Pacific/Apia:20111227T100000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=8'),
  ],
  [
    'a length of a day is nominal',
    'Europe/Berlin',
    YEAR,
    ...event('DTSTART;TZID=Europe/Berlin:20260327T120000', 'DURATION:P1D', 'RRULE:FREQ=DAILY;COUNT=5'),
  ],
  [
    'a length of 24 hours is exact',
    'Europe/Berlin',
    YEAR,
    ...event('DTSTART;TZID=Europe/Berlin:20260327T120000', 'DURATION:PT24H', 'RRULE:FREQ=DAILY;COUNT=5'),
  ],
  [
    'a length of days and hours is both',
    'Europe/Berlin',
    YEAR,
    ...event('DTSTART;TZID=Europe/Berlin:20261023T013000', 'DURATION:P1DT1H30M', 'RRULE:FREQ=DAILY;COUNT=5'),
  ],
  [
    'a DTEND is a length in exact time',
    'Europe/Berlin',
    YEAR,
    ...event(
      'DTSTART;TZID=Europe/Berlin:20260301T220000',
      'DTEND;TZID=Europe/Berlin:20260302T070000',
      'RRULE:FREQ=WEEKLY;BYDAY=SA,SU;COUNT=12',
    ),
  ],
  [
    'an end in another zone than the start',
    'Europe/Berlin',
    YEAR,
    ...event('DTSTART;TZID=Europe/Berlin:20260320T100000', 'DTEND:20260320T170000Z', 'RRULE:FREQ=WEEKLY;COUNT=4'),
  ],
  [
    'whole days: the end is not within',
    null,
    YEAR,
    ...event('DTSTART;VALUE=DATE:20260227', 'DTEND;VALUE=DATE:20260302', 'RRULE:FREQ=MONTHLY;COUNT=5'),
  ],
  [
    'a whole day with a zone',
    null,
    YEAR,
    ...event('DTSTART;VALUE=DATE;TZID=Europe/Berlin:20260328', 'RRULE:FREQ=DAILY;COUNT=3'),
  ],
  ['the leap day, every year there is one', null, LONG, ...event('DTSTART;VALUE=DATE:20200229', 'RRULE:FREQ=YEARLY')],
  [
    'the leap day by its month',
    null,
    LONG,
    ...event('DTSTART;VALUE=DATE:20200229', 'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1'),
  ],
  ['the 31st', null, LONG, ...event('DTSTART:20200131T090000', 'RRULE:FREQ=MONTHLY;COUNT=30')],
  [
    'the last day but one',
    null,
    LONG,
    ...event('DTSTART:20200130T090000', 'RRULE:FREQ=MONTHLY;BYMONTHDAY=-2;COUNT=30'),
  ],
  [
    'the last working day',
    null,
    LONG,
    ...event('DTSTART:20200131T090000', 'RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=40'),
  ],
  [
    'the second to last weekday of a quarter',
    null,
    LONG,
    ...event('DTSTART:20200330T090000', 'RRULE:FREQ=YEARLY;BYMONTH=3,6,9,12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2;COUNT=15'),
  ],
  [
    'UNTIL in UTC cuts off by the instant',
    'America/New_York',
    YEAR,
    ...event('DTSTART;TZID=America/New_York:20260301T200000', 'RRULE:FREQ=DAILY;UNTIL=20260310T000000Z'),
  ],
  [
    'UNTIL in local time',
    'America/New_York',
    YEAR,
    ...event('DTSTART;TZID=America/New_York:20260301T200000', 'RRULE:FREQ=DAILY;UNTIL=20260310T200000'),
  ],
  [
    'UNTIL a date takes that day in',
    'America/New_York',
    YEAR,
    ...event('DTSTART;TZID=America/New_York:20260301T200000', 'RRULE:FREQ=DAILY;UNTIL=20260310'),
  ],
  [
    'COUNT counts what EXDATE takes away',
    'Europe/Berlin',
    YEAR,
    ...event(
      'DTSTART;TZID=Europe/Berlin:20260324T090000',
      'RRULE:FREQ=DAILY;COUNT=10',
      'EXDATE;TZID=Europe/Berlin:20260325T090000,20260330T090000',
      'EXDATE:20260331T070000Z',
    ),
  ],
  [
    'weeks that begin on Monday',
    null,
    LONG,
    ...event('DTSTART:20260106T090000', 'RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=12;BYDAY=TU,SU;WKST=MO'),
  ],
  [
    'weeks that begin on Sunday',
    null,
    LONG,
    ...event('DTSTART:20260106T090000', 'RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=12;BYDAY=TU,SU;WKST=SU'),
  ],
  [
    'week 1 where it begins in December',
    null,
    LONG,
    ...event('DTSTART:20191230T090000', 'RRULE:FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=15'),
  ],
  ['week 53', null, LONG, ...event('DTSTART:20201228T090000', 'RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,FR;COUNT=8')],
  ['the last week', null, LONG, ...event('DTSTART:20201228T090000', 'RRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=WE;COUNT=12')],
  [
    'days of the year from its end',
    null,
    LONG,
    ...event('DTSTART:20201231T090000', 'RRULE:FREQ=YEARLY;BYYEARDAY=-1,60,366;COUNT=24'),
  ],
  [
    'hours and minutes',
    'Europe/London',
    YEAR,
    ...event(
      'DTSTART;TZID=Europe/London:20260328T080000',
      'DURATION:PT5M',
      'RRULE:FREQ=DAILY;BYHOUR=8,17;BYMINUTE=0,30;COUNT=16',
    ),
  ],
  [
    'EXRULE',
    'Europe/Berlin',
    YEAR,
    ...event(
      'DTSTART;TZID=Europe/Berlin:20260302T090000',
      'RRULE:FREQ=DAILY;COUNT=60',
      'EXRULE:FREQ=WEEKLY;BYDAY=SA,SU',
    ),
  ],
  [
    'RDATE: dates, and periods with lengths of their own',
    'Europe/Berlin',
    YEAR,
    ...event(
      'DTSTART;TZID=Europe/Berlin:20260302T090000',
      'DTEND;TZID=Europe/Berlin:20260302T100000',
      'RRULE:FREQ=MONTHLY;COUNT=3',
      'RDATE;TZID=Europe/Berlin:20260401T110000,20260302T090000',
      'RDATE;VALUE=PERIOD:20260415T080000Z/PT3H,20260601T080000Z/20260601T113000Z',
    ),
  ],
  [
    'RECURRENCE-ID in UTC for a series in a zone',
    'America/New_York',
    YEAR,
    ...event('DTSTART;TZID=America/New_York:20260305T100000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=6'),
    ...event('RECURRENCE-ID:20260309T140000Z', 'DTSTART;TZID=America/New_York:20260309T153000', 'DURATION:PT2H'),
  ],
  [
    'THISANDFUTURE moves what comes after it',
    'Europe/Berlin',
    YEAR,
    ...event('DTSTART;TZID=Europe/Berlin:20260320T090000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=14'),
    ...event(
      'RECURRENCE-ID;TZID=Europe/Berlin;RANGE=THISANDFUTURE:20260327T090000',
      'DTSTART;TZID=Europe/Berlin:20260327T140000',
      'DURATION:PT2H',
    ),
    ...event(
      'RECURRENCE-ID;TZID=Europe/Berlin:20260330T090000',
      'DTSTART;TZID=Europe/Berlin:20260330T080000',
      'DURATION:PT15M',
    ),
  ],
  [
    'Google: hourly over a change',
    'Europe/Berlin',
    YEAR,
    ...event('DTSTART;TZID=Europe/Berlin:20261024T200000', 'DURATION:PT10M', 'RRULE:FREQ=HOURLY;INTERVAL=5;COUNT=10'),
  ],
  [
    'hourly over a gap: two local times that are one instant happen once',
    'Europe/Berlin',
    YEAR,
    ...event('DTSTART;TZID=Europe/Berlin:20260329T000000', 'DURATION:PT10M', 'RRULE:FREQ=HOURLY;COUNT=6'),
  ],
  [
    'a VTIMEZONE of a known name and other rules',
    null,
    YEAR,
    'BEGIN:VTIMEZONE',
    'TZID:Europe/Berlin',
    'BEGIN:STANDARD',
    'DTSTART:19700101T000000',
    'TZOFFSETFROM:+0300',
    'TZOFFSETTO:+0300',
    'END:STANDARD',
    'END:VTIMEZONE',
    ...event('DTSTART;TZID=Europe/Berlin:20260301T090000', 'DURATION:PT1H', 'RRULE:FREQ=MONTHLY;COUNT=10'),
  ],
  [
    'a zone named with marks that its definition has not',
    null,
    YEAR,
    ...exchangeZone('(UTC+01:00) Amsterdam, Berlin'),
    ...event(
      'DTSTART;TZID="(UTC+01:00) Amsterdam, Berlin":20260301T090000',
      'DURATION:PT1H',
      'RRULE:FREQ=MONTHLY;COUNT=10',
    ),
  ],
  ['Friday the 13th', null, LONG, ...event('DTSTART:20200313T090000', 'RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13')],
  [
    'the second Tuesday and the last Friday',
    null,
    LONG,
    ...event('DTSTART:20200114T090000', 'RRULE:FREQ=MONTHLY;INTERVAL=3;BYDAY=2TU,-1FR;COUNT=20'),
  ],
  [
    'election day',
    null,
    LONG,
    ...event('DTSTART:20201103T090000', 'RRULE:FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8'),
  ],
  [
    'the 20th Monday and the last Sunday of the year',
    null,
    LONG,
    ...event('DTSTART:20201227T090000', 'RRULE:FREQ=YEARLY;BYDAY=-1SU,20MO;COUNT=20'),
  ],
  ['floating times', null, YEAR, ...event('DTSTART:20260328T233000', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=4')],
  ['UTC', null, YEAR, ...event('DTSTART:20260328T233000Z', 'DTEND:20260329T003000Z', 'RRULE:FREQ=DAILY;COUNT=4')],
];

export const NASTY: readonly NastyCalendar[] = ROWS.map(([name, zone, [from, to], ...text]) => ({
  name,
  zone,
  from,
  to,
  text: calendar(...text),
}));
