import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { expand, parseCalendar } from '../../src/calendar/index.ts';
import { CALENDARS, calendarFiles, present } from './corpora.ts';
import { calendar, event } from './texts.ts';

const there = present(CALENDARS);
const files = there ? calendarFiles() : [];

/** Parses, expands a little, and checks what every result promises. Throws where it does not hold. */
function read(bytes: Uint8Array): string {
  const parsed = parseCalendar(bytes);
  if (parsed.items.length === 0) expect(parsed.issues.length, 'nothing is skipped without a word').toBeGreaterThan(0);
  for (const item of parsed.items) {
    for (const time of [item.start, item.end, item.recurrenceId]) {
      if (time === null) continue;
      expect(time.local).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
      if (time.utc !== null) expect(time.utc).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
    for (const _ of expand(item, '2020-01-01', '2021-01-01', { maximum: 20, steps: 5000, overrides: parsed.items }));
  }
  return JSON.stringify(parsed);
}

describe.skipIf(!there)('the corpus', () => {
  test('all 259 files are read, or refused with an issue', () => {
    expect(files.length).toBe(259);
    const items = files.reduce((sum, file) => sum + JSON.parse(read(readFileSync(file))).items.length, 0);
    expect(items).toBeGreaterThan(930);
  });

  test('the machine’s zone does not matter', () => {
    const before = process.env['TZ'];
    const offsets = new Set<number>();
    const results = ['UTC', 'Asia/Kolkata', 'America/St_Johns'].map((zone) => {
      process.env['TZ'] = zone;
      // Were TZ not heeded, the comparison below would prove nothing.
      offsets.add(new Date(2026, 0, 1).getTimezoneOffset());
      return files.map((file) => read(readFileSync(file))).join('\n');
    });
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
    expect(offsets.size).toBe(3);
    expect(results[1] === results[0] && results[2] === results[0]).toBe(true);
  });

  test('octets altered anywhere', () => {
    const samples = files
      .map((file) => readFileSync(file))
      .filter((bytes) => bytes.length > 0 && bytes.length < 20_000);
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(
          fc.tuple(
            fc.double({ min: 0, max: 0.999_999, noNaN: true }),
            fc.constantFrom(0, 9, 10, 13, 32, 34, 44, 58, 59, 61, 92, 94, 0xc3, 0xff),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        (bytes, changes) => {
          const altered = Buffer.from(bytes);
          for (const [where, octet] of changes) altered[Math.floor(where * altered.length)] = octet;
          read(altered);
        },
      ),
      { seed: 8984, numRuns: 600 },
    );
  });
});

const rich = calendar(
  'METHOD:REQUEST',
  'BEGIN:VTIMEZONE',
  'TZID:Büro',
  'BEGIN:STANDARD',
  'DTSTART:16010101T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010101T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTART;TZID="Büro":20200106T090000',
  'DTEND;TZID="Büro":20200106T100000',
  'RRULE:FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1;UNTIL=20201231T000000Z',
  'EXDATE;TZID="Büro":20200113T090000',
  'SUMMARY:Größe \\, 🎉',
  'ATTENDEE;CN="A ^n";DELEGATED-TO="mailto:b@c","mailto:d@e":mailto:a@b',
  'ATTACH;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=',
  'GEO:1;2',
  'BEGIN:VALARM',
  'TRIGGER;RELATED=END:-PT5M',
  'END:VALARM',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:1',
  'RECURRENCE-ID;RANGE=THISANDFUTURE:20200120T080000Z',
  'DTSTART:20200120T120000Z',
  'END:VEVENT',
);

test('cut off at every octet', () => {
  for (let length = 0; length <= rich.length; length++) read(rich.subarray(0, length));
});

test('every octet taken out', () => {
  for (let at = 0; at < rich.length; at++) read(Buffer.concat([rich.subarray(0, at), rich.subarray(at + 1)]));
});

test('octets at random', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (bytes, framed) => {
      read(framed ? event(Buffer.from(bytes).toString('latin1')) : bytes);
    }),
    { seed: 5545, numRuns: 500 },
  );
});

// Each would take hours were a pattern in its way tried at every place, or in every way.
test.each<[string, (run: (text: string) => string) => string]>([
  ['blanks after a date', (run) => `DTSTART:20260101T100000${run(' ')}x`],
  ['blanks before a date', (run) => `DTSTART:${run(' ')}x`],
  ['digits', (run) => `DTSTART:${run('2')}`],
  ['a duration', (run) => `DURATION:P${run('1D')}x`],
  ['padding that pads nothing', (run) => `ATTACH;VALUE=BINARY;ENCODING=BASE64:${run('=')}x`],
  ['quotes around a zone', (run) => `DTSTART;TZID=${run("'")}x:20260101T100000`],
  ['blanks in a zone', (run) => `DTSTART;TZID=(UTC${run(' ')}x:20260101T100000`],
  ['slashes in a zone', (run) => `DTSTART;TZID=${run('/a')}:20260101T100000`],
  ['commas in a zone', (run) => `DTSTART;TZID="${run('Berlin,')}":20260101T100000`],
  ['a rule', (run) => `RRULE:FREQ=DAILY;${run('BYDAY=MO,')}`],
  ['blanks before a rule', (run) => `RRULE:${run(' ')}FREQ=DAILY`],
  ['a number', (run) => `X-N;VALUE=FLOAT:${run('1')}x`],
  ['a media type', (run) => `ATTACH;FMTTYPE=${run('a')};VALUE=BINARY;ENCODING=BASE64:aGk=`],
  ['carets', (run) => `ATTENDEE;CN=${run('^')}:mailto:a@b`],
  ['a name', (run) => run('A')],
  ['equals signs at a line’s end', (run) => `SUMMARY${run(';ENCODING=')}QUOTED-PRINTABLE:x=`],
])('a million characters: %s', (_, line) => {
  read(
    event(
      'DTSTAMP:20260101T000000Z',
      line((text) => text.repeat(1_000_000 / text.length)),
    ),
  );
});

describe('work grows with the input, not with its square', () => {
  const replaced: (() => unknown)[] = [];
  const restore = (): void => {
    for (const undo of replaced.splice(0)) undo();
  };
  afterEach(restore);

  /** Characters and calls spent in what a reader of text can be quadratic in, and questions asked of Intl. */
  function work(bytes: Uint8Array): { readonly steps: number; readonly asked: number } {
    let steps = 0;
    let asked = 0;
    const length = (value: unknown): number => (typeof value === 'string' || Array.isArray(value) ? value.length : 0);
    /** Puts a counting method in a method's place until the mocks are restored. */
    const count = (
      target: object,
      name: string,
      cost: (self: unknown, from: number, result: unknown) => number,
    ): void => {
      const original: unknown = Reflect.get(target, name);
      if (typeof original !== 'function') throw new Error(`${name} is no method`);
      const counting = function (this: unknown, ...given: unknown[]): unknown {
        const result: unknown = Reflect.apply(original, this, given);
        steps += cost(this, Number(given[1] ?? 0), result);
        return result;
      };
      replaced.push(() =>
        Reflect.defineProperty(target, name, { value: original, writable: true, configurable: true }),
      );
      Reflect.defineProperty(target, name, { value: counting, writable: true, configurable: true });
    };
    // What a search walks over; what a copy copies.
    count(
      String.prototype,
      'indexOf',
      (self, from, result) => (result === -1 ? length(self) : Number(result)) - from + 1,
    );
    count(String.prototype, 'slice', () => 1);
    count(String.prototype, 'split', length);
    count(String.prototype, 'replace', length);
    count(Array.prototype, 'slice', (_, __, result) => length(result));
    count(Array.prototype, 'find', length);
    count(Array.prototype, 'findIndex', length);
    // `format` is a getter that makes a bound function: reading it is asking.
    const format = Reflect.getOwnPropertyDescriptor(Intl.DateTimeFormat.prototype, 'format');
    const bound = format?.get;
    if (format === undefined || bound === undefined) throw new Error('format is no getter');
    replaced.push(() => Reflect.defineProperty(Intl.DateTimeFormat.prototype, 'format', format));
    const get = function (this: Intl.DateTimeFormat): unknown {
      asked++;
      return Reflect.apply(bound, this, []);
    };
    Reflect.defineProperty(Intl.DateTimeFormat.prototype, 'format', { ...format, get });
    parseCalendar(bytes);
    restore();
    return { steps, asked };
  }

  const many = (count: number, line: (place: number) => string): string[] =>
    Array.from({ length: count }, (_, place) => line(place));
  const events = (count: number, zone = 'Europe/Berlin') =>
    calendar(
      ...Array.from({ length: count }, (_, place) => [
        'BEGIN:VEVENT',
        `UID:${place}`,
        `DTSTART;TZID=${zone}:20${String(place % 30).padStart(2, '0')}0${1 + (place % 9)}01T100000`,
        'SUMMARY:x',
        'END:VEVENT',
      ]).flat(),
    );

  test.each<[string, (count: number) => Uint8Array]>([
    ['events', events],
    [
      'overrides of one series',
      (count) =>
        calendar(
          ...Array.from({ length: count }, (_, place) => [
            'BEGIN:VEVENT',
            'UID:1',
            `RECURRENCE-ID:20260101T${String(place % 24).padStart(2, '0')}0000Z`,
            'END:VEVENT',
          ]).flat(),
        ),
    ],
    ['folds of one line', (count) => event(`DESCRIPTION:${'x\r\n '.repeat(count)}`)],
    ['parameters of one property', (count) => event(`X-A;${many(count, (place) => `P${place}=v`).join(';')}:x`)],
    ['quotes that are not closed', (count) => event(`X-A;${many(count, (place) => `P${place}="v`).join(';')}:x`)],
    ['colons and slashes', (count) => event(`X-A;P=${'a://'.repeat(count)}:x`)],
    ['values of one property', (count) => event(`EXDATE:${many(count, () => '20260101T000000Z').join(',')}`)],
    [
      'attendees',
      (count) => event(...many(count, (place) => `ATTENDEE;DELEGATED-TO="mailto:${place + 1}@x":mailto:${place}@x`)),
    ],
    ['properties of one name', (count) => event(...many(count, () => 'DTSTART:20260101T000000Z'))],
    [
      'zones',
      (count) =>
        calendar(
          ...many(
            count,
            (place) =>
              `BEGIN:VTIMEZONE\r\nTZID:${place}\r\nBEGIN:STANDARD\r\nDTSTART:20000101T000000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE`,
          ),
        ),
    ],
    ['calendars', (count) => Buffer.from(many(count, () => 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n').join(''))],
    [
      'rule parts',
      (count) => event('DTSTART:20260101T000000Z', `RRULE:FREQ=DAILY;BYHOUR=${many(count, () => '1').join(',')}`),
    ],
    ['soft line breaks', (count) => event(`SUMMARY;ENCODING=QUOTED-PRINTABLE:${'x=\r\n'.repeat(count)}`)],
    ['backslashes', (count) => event(`CATEGORIES:${'\\'.repeat(count)}`)],
  ])('%s', (_, make) => {
    work(make(10));
    const [once, twice] = [work(make(2000)), work(make(4000))];
    expect(once.steps).toBeGreaterThan(100);
    expect(twice.steps / once.steps).toBeLessThan(2.2);
    expect(twice.asked).toBeLessThanOrEqual(2 * once.asked + 10);
  });

  test('ten thousand events are ten thousand items, and Intl is asked far less often', () => {
    // A zone no other test has asked about: nothing of it is remembered yet.
    const bytes = events(10_000, 'America/Caracas');
    const { asked } = work(bytes);
    expect(parseCalendar(bytes).items).toHaveLength(10_000);
    expect(asked).toBeGreaterThan(100);
    expect(asked).toBeLessThan(2000);
  });
});
