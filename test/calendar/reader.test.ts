import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { looksLikeCalendar, parseCalendar, readJcal } from '../../src/calendar/index.ts';
import { calendar, codes, event, firstItem, jcalOf } from './texts.ts';

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('one property, as real files write it', () => {
  // the line · its jCal · the issue codes
  test.each<[string, unknown[], string[]]>([
    ['SUMMARY:a\\, b\\; c\\\\ d\\Ne', [['summary', {}, 'text', 'a, b; c\\ d\ne']], []],
    ['summary;language=de:Gruß', [['summary', { language: 'de' }, 'text', 'Gruß']], []],
    ['DESCRIPTION;ALTREP="cid:a;b:c":x', [['description', { altrep: 'cid:a;b:c' }, 'text', 'x']], []],
    ['ATTENDEE;CN="A ^^ ^\'B^\'^n":mailto:a@b', [['attendee', { cn: 'A ^ "B"\n' }, 'cal-address', 'mailto:a@b']], []],
    ['ATTENDEE;CN=Doe, Jane:mailto:a@b', [['attendee', { cn: 'Doe, Jane' }, 'cal-address', 'mailto:a@b']], []],
    [
      'ATTENDEE;MEMBER="mailto:a@b","mailto:c@d":mailto:e@f',
      [['attendee', { member: ['mailto:a@b', 'mailto:c@d'] }, 'cal-address', 'mailto:e@f']],
      [],
    ],
    [
      'ATTENDEE;CN="Open:mailto:a@b',
      [['attendee', { cn: 'Open' }, 'cal-address', 'mailto:a@b']],
      ['PROPERTY_MALFORMED'],
    ],
    [
      'DUE;TZID="Asia/Tokyo:20260101T100000"',
      [['due', { tzid: 'Asia/Tokyo' }, 'date-time', '2026-01-01T10:00:00']],
      ['PROPERTY_MALFORMED'],
    ],
    [
      'URL;ALTREP=http://a.example/:https://b.example/',
      [['url', { altrep: 'http://a.example/' }, 'uri', 'https://b.example/']],
      ['PROPERTY_MALFORMED'],
    ],
    [
      'DUE;TZID=(UTC+01:00) Amsterdam\\, Berlin:20260101T100000',
      [['due', { tzid: '(UTC+01:00) Amsterdam\\, Berlin' }, 'date-time', '2026-01-01T10:00:00']],
      ['PROPERTY_MALFORMED'],
    ],
    [
      'DUE;TZID=UTC+05:30:20260101T100000',
      [['due', { tzid: 'UTC+05:30' }, 'date-time', '2026-01-01T10:00:00']],
      ['PROPERTY_MALFORMED'],
    ],
    [
      'ORGANIZER;CN=O;SENT-BY=mailto:s@x.org:mailto:o@x.org',
      [['organizer', { cn: 'O', 'sent-by': 'mailto:s@x.org' }, 'cal-address', 'mailto:o@x.org']],
      ['PROPERTY_MALFORMED'],
    ],
    ['GEO:52.5,13.4', [['geo', {}, 'float', [52.5, 13.4]]], ['PROPERTY_MALFORMED']],
    ['GEO:52.5\\;-13.4', [['geo', {}, 'float', [52.5, -13.4]]], ['PROPERTY_MALFORMED']],
    ['SUMMARY ; LANGUAGE = de :x', [['summary', { language: 'de' }, 'text', 'x']], []],
    ['SUMMARY;LANGUAGE=de;LANGUAGE=fr:x', [['summary', { language: 'de' }, 'text', 'x']], ['PROPERTY_REPEATED']],
    ['X-A;__proto__=b:c', [['x-a', Object.fromEntries([['__proto__', 'b']]), 'unknown', 'c']], []],
    ['CREATED:20220101', [['created', {}, 'date', '2022-01-01']], ['PROPERTY_MALFORMED']],
    ['CREATED:2022-01-01T10:00:00Z', [['created', {}, 'date-time', '2022-01-01T10:00:00Z']], ['PROPERTY_MALFORMED']],
    ['CREATED:20220101T1000', [['created', {}, 'date-time', '2022-01-01T10:00:00']], ['PROPERTY_MALFORMED']],
    ['CREATED:20220101T240000Z', [['created', {}, 'date-time', '2022-01-01T24:00:00Z']], ['PROPERTY_MALFORMED']],
    [
      'CREATED:20220101T100000+0100',
      [['created', {}, 'date-time', '2022-01-01T10:00:00+0100']],
      ['PROPERTY_MALFORMED'],
    ],
    ['CREATED;VALUE=DATE:20220101T000000', [['created', {}, 'date', '2022-01-01']], ['PROPERTY_MALFORMED']],
    [
      'CREATED;VALUE=DATE:20220101T120000',
      [['created', {}, 'date-time', '2022-01-01T12:00:00']],
      ['PROPERTY_MALFORMED'],
    ],
    ['CREATED:20220231T100000Z', [['created', {}, 'unknown', '20220231T100000Z']], ['DATE_TIME_UNREADABLE']],
    ['CREATED:20220101T250000Z', [['created', {}, 'unknown', '20220101T250000Z']], ['DATE_TIME_UNREADABLE']],
    ['CREATED:yesterday', [['created', {}, 'unknown', 'yesterday']], ['DATE_TIME_UNREADABLE']],
    [
      'EXDATE:20220101,20220102T100000Z',
      [
        ['exdate', {}, 'date', '2022-01-01'],
        ['exdate', {}, 'date-time', '2022-01-02T10:00:00Z'],
      ],
      ['PROPERTY_MALFORMED'],
    ],
    ['DURATION:PT1W2H', [['duration', {}, 'duration', 'PT1W2H']], ['PROPERTY_MALFORMED']],
    ['DURATION:P999999999999999999W', [['duration', {}, 'unknown', 'P999999999999999999W']], ['DATE_TIME_UNREADABLE']],
    ['DURATION:soon', [['duration', {}, 'unknown', 'soon']], ['DATE_TIME_UNREADABLE']],
    ['SEQUENCE:two', [['sequence', {}, 'unknown', 'two']], ['PROPERTY_MALFORMED']],
    ['X-N;VALUE=INTEGER:two', [['x-n', {}, 'integer', 0]], ['PROPERTY_MALFORMED']],
    ['GEO:1.5;here', [['geo', {}, 'unknown', '1.5;here']], ['PROPERTY_MALFORMED']],
    ['RRULE:COUNT=3', [['rrule', {}, 'unknown', 'COUNT=3']], ['RULE_UNREADABLE']],
    [
      'RRULE:FREQ=DAILY;COUNT=2;COUNT=3',
      [['rrule', {}, 'recur', { freq: 'DAILY', count: 2 }]],
      ['RULE_UNREADABLE', 'RULE_UNSUPPORTED'],
    ],
    ['X-B;VALUE=BOOLEAN:perhaps', [['x-b', {}, 'boolean', false]], ['PROPERTY_MALFORMED']],
    ['X-T;VALUE=TIME:noon', [['x-t', {}, 'unknown', 'noon']], ['DATE_TIME_UNREADABLE']],
    [
      'FREEBUSY:20220101T000000Z/later',
      [['freebusy', {}, 'unknown', '20220101T000000Z/later']],
      ['DATE_TIME_UNREADABLE'],
    ],
    ['COLOR', [], ['PROPERTY_MALFORMED']],
    ['CONTACT;LANGUAGE=de', [['contact', { language: 'de' }, 'text', '']], ['PROPERTY_MALFORMED']],
  ])('%s', (line, jcal, expected) => {
    const name = /^[a-z-]+/i.exec(line)?.[0]?.toLowerCase() ?? '';
    const parsed = parseCalendar(event(line));
    expect(codes(parsed)).toEqual(expected);
    const [item] = parsed.items;
    expect(item === undefined ? [] : JSON.parse(JSON.stringify(jcalOf(item, name)))).toEqual(
      JSON.parse(JSON.stringify(jcal)),
    );
  });
});

describe('the file around it', () => {
  const whole = [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:Grüße aus Köln',
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ];
  const summary = (bytes: Uint8Array) => firstItem(bytes).event['title'];
  const crlf = whole.join('\r\n');

  test.each<[string, Uint8Array]>([
    ['CRLF', Buffer.from(crlf)],
    ['LF', Buffer.from(whole.join('\n'))],
    ['CR', Buffer.from(whole.join('\r'))],
    ['CRCRLF', Buffer.from(whole.join('\r\r\n'))],
    ['empty lines between', Buffer.from(whole.join('\r\n\r\n'))],
    ['a byte order mark', Buffer.from(`\uFEFF${crlf}`)],
    ['UTF-16LE with its mark', Buffer.from(`\uFEFF${crlf}`, 'utf16le')],
    ['UTF-16BE with its mark', Buffer.from(`\uFEFF${crlf}`, 'utf16le').swap16()],
    ['UTF-16LE without', Buffer.from(crlf, 'utf16le')],
    ['folded with a tab', Buffer.from(crlf.replace('aus', 'a\r\n\tus'))],
    ['folded across an empty line', Buffer.from(whole.join('\n').replace('aus', 'a\n\n us'))],
    ['lower case', Buffer.from(crlf.replace(/BEGIN|END|VEVENT|VCALENDAR|SUMMARY/g, (word) => word.toLowerCase()))],
  ])('%s', (_, bytes) => {
    const parsed = parseCalendar(bytes);
    expect(summary(bytes)).toBe('Grüße aus Köln');
    expect(codes(parsed)).toEqual([]);
  });

  test('a fold may fall anywhere, also within a character', () => {
    const line = Buffer.from('SUMMARY:Grüße aus Köln 🎉');
    for (let at = 1; at <= line.length; at++) {
      const folded = Buffer.concat([line.subarray(0, at), Buffer.from('\r\n '), line.subarray(at)]);
      const bytes = Buffer.from(event('X-HERE:1')).toString('latin1').replace('X-HERE:1', folded.toString('latin1'));
      expect(summary(Buffer.from(bytes, 'latin1'))).toBe('Grüße aus Köln 🎉');
    }
  });

  test('windows-1252 is guessed, with an issue; a declared charset is not', () => {
    const latin = Buffer.from(crlf, 'latin1');
    expect(summary(latin)).toBe('Grüße aus Köln');
    expect(codes(parseCalendar(latin))).toEqual(['CHARSET_GUESSED']);
    const declared = parseCalendar(Buffer.from(crlf.replace('ü', '\u00a4'), 'latin1'), { charset: 'iso-8859-15' });
    expect(declared.items[0]?.event['title']).toBe('Gr€ße aus Köln');
    expect(codes(declared)).toEqual([]);
    const japanese = Buffer.from(crlf.replace('Grüße aus Köln', '\x1b$B$3$s\x1b(B'), 'latin1');
    expect(parseCalendar(japanese, { charset: 'iso-2022-jp' }).items).toHaveLength(1);
  });

  test.each<[string, string[], number, string[]]>([
    [
      'no END at all',
      ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1'],
      1,
      ['CALENDAR_UNTERMINATED', 'CALENDAR_UNTERMINATED'],
    ],
    [
      'an event within an event',
      ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', 'BEGIN:VEVENT', 'UID:2', 'END:VEVENT', 'END:VCALENDAR'],
      2,
      ['CALENDAR_UNTERMINATED'],
    ],
    [
      'an alarm that is not closed',
      ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', 'BEGIN:VALARM', 'END:VEVENT', 'END:VCALENDAR'],
      1,
      ['CALENDAR_UNTERMINATED'],
    ],
    [
      'an END of nothing',
      ['BEGIN:VCALENDAR', 'END:VTODO', 'BEGIN:VEVENT', 'UID:1', 'END:VEVENT', 'END:VCALENDAR'],
      1,
      ['PROPERTY_MALFORMED'],
    ],
    [
      'text before and after',
      ['Hello', 'BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', 'END:VEVENT', 'END:VCALENDAR', 'X-COMMENT:cached', '--'],
      1,
      ['CALENDAR_TRAILING_DATA'],
    ],
    [
      'two calendars',
      [
        'BEGIN:VCALENDAR',
        'BEGIN:VEVENT',
        'UID:1',
        'END:VEVENT',
        'END:VCALENDAR',
        'BEGIN:VCALENDAR',
        'BEGIN:VTODO',
        'UID:2',
        'END:VTODO',
        'END:VCALENDAR',
      ],
      2,
      [],
    ],
    [
      'a calendar within a calendar',
      ['BEGIN:VCALENDAR', 'BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:1', 'END:VEVENT', 'END:VCALENDAR'],
      1,
      ['CALENDAR_UNTERMINATED'],
    ],
    ['no VCALENDAR around', ['BEGIN:VJOURNAL', 'UID:1', 'END:VJOURNAL'], 1, ['CALENDAR_WRAPPER_MISSING']],
    [
      'an item within what nobody knows',
      ['BEGIN:VCALENDAR', 'BEGIN:X-BOX', 'BEGIN:VEVENT', 'UID:1', 'END:VEVENT', 'END:X-BOX', 'END:VCALENDAR'],
      1,
      ['COMPONENT_UNSUPPORTED'],
    ],
    [
      'only a zone',
      ['BEGIN:VCALENDAR', 'BEGIN:VTIMEZONE', 'END:VTIMEZONE', 'END:VCALENDAR'],
      0,
      ['PROPERTY_MALFORMED', 'CALENDAR_EMPTY'],
    ],
    ['nothing', [], 0, ['CALENDAR_UNREADABLE']],
    [
      'no calendar',
      ['From: a@example.com', 'Subject: BEGIN:VCALENDAR'],
      0,
      ['CALENDAR_UNREADABLE', 'CALENDAR_UNREADABLE'],
    ],
    ['no UID', ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'END:VEVENT', 'END:VCALENDAR'], 1, ['UID_MISSING']],
    [
      'two starts',
      [
        'BEGIN:VCALENDAR',
        'BEGIN:VEVENT',
        'UID:1',
        'DTSTART:20260101T000000Z',
        'DTSTART:20270101T000000Z',
        'END:VEVENT',
        'END:VCALENDAR',
      ],
      1,
      ['PROPERTY_REPEATED'],
    ],
    [
      'an end before its start',
      [
        'BEGIN:VCALENDAR',
        'BEGIN:VEVENT',
        'UID:1',
        'DTSTART:20260102T000000Z',
        'DTEND:20260101T000000Z',
        'END:VEVENT',
        'END:VCALENDAR',
      ],
      1,
      ['END_BEFORE_START'],
    ],
  ])('%s', (_, lines, items, expected) => {
    const parsed = parseCalendar(Buffer.from(lines.join('\r\n')));
    expect(parsed.items).toHaveLength(items);
    expect(codes(parsed)).toEqual(expected);
  });

  test('components nested without end are cut off, and the rest is read', () => {
    const deep = calendar(
      'BEGIN:VEVENT',
      'UID:1',
      ...Array.from({ length: 50_000 }, () => 'BEGIN:X-DEEP'),
      ...Array.from({ length: 50_000 }, () => 'END:X-DEEP'),
      'SUMMARY:after',
      'END:VEVENT',
    );
    const parsed = parseCalendar(deep);
    expect(codes(parsed)).toEqual(['CALENDAR_LIMIT_REACHED']);
    expect(parsed.items[0]?.event['title']).toBe('after');
    expect(() => JSON.stringify(parsed)).not.toThrow();
  });

  test('twenty thousand broken lines are a hundred issues and a count', () => {
    const broken = Array.from({ length: 20_000 }, (_, place) => `broken ${place}`);
    const issues = firstItem(event(...broken)).issues;
    expect(issues).toHaveLength(101);
    expect(issues.at(-1)).toEqual({
      code: 'ISSUES_OMITTED',
      severity: 'info',
      message: '19900 more issues are not listed.',
    });
  });

  test('issues quote what they are about in short, without control characters', () => {
    const [issue] = firstItem(event(`CREATED:\u0007\u0085${'x'.repeat(1000)}`)).issues;
    expect(issue?.message).toBe(`CREATED: "��${'x'.repeat(46)}…" is no date-time.`);
  });

  test('names that objects have of their own are names like others', () => {
    const item = firstItem(
      event(
        'CATEGORIES:__proto__,constructor',
        'RELATED-TO:__proto__',
        'CONSTRUCTOR:x',
        'STATUS:toString',
        'CLASS:constructor',
      ),
    );
    expect(Object.keys(item.event['keywords'] ?? {})).toEqual(['__proto__', 'constructor']);
    expect(Object.keys(item.event['relatedTo'] ?? {})).toEqual(['__proto__']);
    expect(item.event['status']).toBeUndefined();
    expect(item.event['privacy']).toBeUndefined();
  });

  test('the method is the calendar’s, else the MIME part’s', () => {
    expect(
      parseCalendar(calendar('METHOD:request', 'BEGIN:VEVENT', 'END:VEVENT'), { method: 'reply' }).items[0]?.method,
    ).toBe('REQUEST');
    expect(parseCalendar(event(), { method: 'reply' }).items[0]?.method).toBe('REPLY');
    expect(firstItem(event()).method).toBeNull();
  });
});

describe('attachments within an item', () => {
  test('are decoded and digested, folded or not', () => {
    const content = Buffer.from(Array.from({ length: 1000 }, (_, place) => place % 256));
    const base64 = content.toString('base64').replace(/.{70}/g, '$&\r\n ');
    const [attachment] =
      firstItem(event(`ATTACH;FMTTYPE=Image/PNG;ENCODING=BASE64;VALUE=BINARY;FILENAME=a.png:${base64}`)).attachments ??
      [];
    expect(attachment).toMatchObject({ name: 'a.png', mediaType: 'image/png' });
    expect(Buffer.from(attachment?.bytes ?? []).equals(content)).toBe(true);
    expect(attachment?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
  test('that are not base64 are decoded as far as they are, with an issue', () => {
    const item = firstItem(event('ATTACH;ENCODING=BASE64;VALUE=BINARY:aGVs!!!bG8='));
    expect(text(item.attachments?.[0]?.bytes ?? new Uint8Array())).toBe('hello');
    expect(item.attachments?.[0]).toMatchObject({ name: null, mediaType: 'application/octet-stream' });
    expect(item.issues.map((each) => each.code)).toEqual(['BASE64_MALFORMED']);
  });
  test('vCalendar 1.0 need not declare VALUE; a link is no attachment', () => {
    expect(firstItem(event('ATTACH;BASE64:aGVsbG8=')).attachments).toHaveLength(1);
    expect('attachments' in firstItem(event('ATTACH:https://example.com/a'))).toBe(false);
  });
});

test('an alarm’s and an image’s content is the item’s too', () => {
  const item = firstItem(
    event(
      'IMAGE;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=image/png:aGk=',
      'BEGIN:VALARM',
      'TRIGGER:-PT5M',
      'ATTACH;VALUE=BINARY;ENCODING=BASE64:aGVsbG8=',
      'END:VALARM',
    ),
  );
  expect(item.attachments?.map((each) => text(each.bytes ?? new Uint8Array()))).toEqual(['hi', 'hello']);
});

test('a length that leads beyond the year 9999 is no end', () => {
  const item = firstItem(event('DTSTART:99980101T000000Z', 'DURATION:P10000D'));
  expect([item.end, item.issues.map((each) => each.code)]).toEqual([null, ['DATE_TIME_UNREADABLE']]);
});

test.each([
  ['DTSTART;TZID=Asia/Tokyo:00000101T000000', { local: '0000-01-01T00:00:00', timeZone: 'Asia/Tokyo', utc: null }],
  [
    'DTSTART;TZID=America/New_York:99991231T235959',
    { local: '9999-12-31T23:59:59', timeZone: 'America/New_York', utc: null },
  ],
  ['DTSTART:99991231T240000Z', null],
  ['DTSTART:00000101T000000Z', { local: '0000-01-01T00:00:00', timeZone: 'Etc/UTC', utc: '0000-01-01T00:00:00Z' }],
])('%s, at the edge of what can be written', (line, start) => {
  expect(firstItem(event(line)).start).toEqual(start);
});

describe('vCalendar 1.0 rules', () => {
  // versit vCalendar 1.0, "Recurrence Rule Grammar": its own examples, and RFC 5545's for the same.
  test.each<[string, unknown]>([
    ['D1 #5', { freq: 'DAILY', count: 5 }],
    ['D2 19961224T000000Z', { freq: 'DAILY', interval: 2, until: '1996-12-24T00:00:00Z' }],
    ['W1 TU TH #5', { freq: 'WEEKLY', byday: ['TU', 'TH'], count: 5 }],
    ['W2 MO #0', { freq: 'WEEKLY', interval: 2, byday: 'MO' }],
    ['MP1 1+ FR #10', { freq: 'MONTHLY', byday: '1FR', count: 10 }],
    ['MP2 1+ SU 1- SU #10', { freq: 'MONTHLY', interval: 2, byday: ['1SU', '-1SU'], count: 10 }],
    ['MP6 1+ MO 2+ TH 1- TU #2', { freq: 'MONTHLY', interval: 6, byday: ['1MO', '2TH', '-1TU'], count: 2 }],
    ['MP1 1+ 2+ TU TH #4', { freq: 'MONTHLY', byday: ['1TU', '2TU', '1TH', '2TH'], count: 4 }],
    ['MD1 2 15 #10', { freq: 'MONTHLY', bymonthday: [2, 15], count: 10 }],
    ['MD1 1 1- #10', { freq: 'MONTHLY', bymonthday: [1, -1], count: 10 }],
    ['MD1 LD #10', { freq: 'MONTHLY', bymonthday: -1, count: 10 }],
    ['YM1 6 7 #10', { freq: 'YEARLY', bymonth: [6, 7], count: 10 }],
    ['YD3 1 100 200 #10', { freq: 'YEARLY', interval: 3, byyearday: [1, 100, 200], count: 10 }],
    ['D1', { freq: 'DAILY', count: 2 }],
  ])('%s', (rule, recur) => {
    const [component] = readJcal(
      Buffer.from(`BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nRRULE:${rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`),
    );
    expect(component?.[2][0]?.[1]).toEqual([['rrule', {}, 'recur', recur]]);
  });
  test('one that is none stays as text', () => {
    expect(
      codes(
        parseCalendar(
          Buffer.from('BEGIN:VCALENDAR\nVERSION:1.0\nBEGIN:VEVENT\nUID:1\nRRULE:Q7 XX\nEND:VEVENT\nEND:VCALENDAR'),
        ),
      ),
    ).toEqual(['RULE_UNREADABLE']);
  });
});

describe('looksLikeCalendar', () => {
  test.each<[string, Uint8Array, boolean]>([
    ['plain', Buffer.from('BEGIN:VCALENDAR\r\n'), true],
    ['lower case after blank lines', Buffer.from('\r\n \n begin:vcalendar'), true],
    ['a blank after the colon', Buffer.from('BEGIN: VCALENDAR'), true],
    ['UTF-8 with a mark', Buffer.from('\uFEFFBEGIN:VCALENDAR'), true],
    ['UTF-16', Buffer.from('\uFEFFBEGIN:VCALENDAR', 'utf16le'), true],
    ['an event without its calendar', Buffer.from('begin:vevent\r\n'), true],
    ['an alarm alone', Buffer.from('BEGIN:VALARM\r\n'), false],
    ['a card', Buffer.from('BEGIN:VCARD\r\n'), false],
    ['a message about one', Buffer.from('Subject: BEGIN:VCALENDAR\r\n'), false],
    ['cut off', Buffer.from('BEGIN:VCALEN'), false],
    ['nothing', Buffer.alloc(0), false],
    ['nothing but blank lines', Buffer.alloc(10_000, '\n'), false],
    ['NUL', Buffer.alloc(10_000), false],
  ])('%s', (_, bytes, expected) => {
    expect(looksLikeCalendar(bytes)).toBe(expected);
  });
});

// vCalendar 1.0, §2.6: what a rule's tokens say, or that they cannot be followed.
test.each<[string, unknown]>([
  ['D1 0900 1500 #4', { freq: 'DAILY', byhour: [9, 15], byminute: 0, count: 4 }],
  ['D1 0900 0930 #0', { freq: 'DAILY', byhour: 9, byminute: [0, 30] }],
  ['D1 0900 1530 #4', 'D1 0900 1530 #4'],
  ['YM1 6 W1 TU TH #3', 'YM1 6 W1 TU TH #3'],
  ['W1 MO XX #3', 'W1 MO XX #3'],
])('vCalendar 1.0 rule %s', (rule, expected) => {
  const bytes = Buffer.from(
    `BEGIN:VCALENDAR\r\nVERSION:1.0\r\nBEGIN:VEVENT\r\nDTSTART:20240101T090000\r\nRRULE:${rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
  );
  expect(jcalOf(firstItem(bytes), 'rrule')).toMatchObject([['rrule', {}, expect.anything(), expected]]);
  expect(codes(parseCalendar(bytes)).includes('RULE_UNREADABLE')).toBe(typeof expected === 'string');
});

test.each([
  ['Jane <j@x.org>', { name: 'Jane', email: 'j@x.org', sendTo: { imip: 'mailto:j@x.org' } }],
  ['j@x.org', { email: 'j@x.org', sendTo: { imip: 'mailto:j@x.org' } }],
  ['mailto: j@x.org', { email: 'j@x.org', sendTo: { imip: 'mailto: j@x.org' } }],
  ['ldap://x.org/cn=j@x', { sendTo: { other: 'ldap://x.org/cn=j@x' } }],
])('an attendee written as %s', (address, expected) => {
  const item = firstItem(event('DTSTART:20240101T000000Z', `ATTENDEE:${address}`));
  expect(item.event['participants']).toEqual({
    1: { '@type': 'Participant', ...expected, roles: { attendee: true } },
  });
});

test('a task without a start recurs by when it is due; an event without one cannot', () => {
  const rule = ['RRULE:FREQ=DAILY;COUNT=3'];
  const task = parseCalendar(calendar('BEGIN:VTODO', 'UID:1', 'DUE:20240101T000000Z', ...rule, 'END:VTODO'));
  expect(task.items[0]?.event['recurrenceRules']).toMatchObject([{ frequency: 'daily', count: 3 }]);
  expect(codes(task)).toEqual([]);
  expect(codes(parseCalendar(event(...rule)))).toEqual(['RULE_UNSUPPORTED']);
});
