import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { calendarContentHash } from '../../src/identity/index.ts';
import type { CalendarTime, JsonValue } from '../../src/model/index.ts';

const time = (local: string, utc: string | null, timeZone: string | null): CalendarTime => ({ local, utc, timeZone });
type Item = Parameters<typeof calendarContentHash>[0];

const properties: JsonValue[] = [
  ['uid', {}, 'text', 'u1@example.com'],
  ['sequence', {}, 'integer', 2],
  ['summary', {}, 'text', 'Board meeting, Q1'],
  ['organizer', { cn: 'Ann' }, 'cal-address', 'MAILTO:Ann@Example.com'],
  ['attendee', { partstat: 'ACCEPTED' }, 'cal-address', 'mailto:zoe@example.com'],
  ['attendee', {}, 'cal-address', 'mailto:bob@example.com'],
  ['attendee', {}, 'cal-address', 'mailto:BOB@example.com'],
];
const item: Item = {
  uid: 'u1@example.com',
  recurrenceId: null,
  component: 'VEVENT',
  jcal: ['vevent', properties, []],
  start: time('2026-03-01T09:30:00', '2026-03-01T08:30:00Z', 'Europe/Zurich'),
  end: time('2026-03-01T10:30:00', '2026-03-01T09:30:00Z', 'Europe/Zurich'),
};

test('the hash is that of the published lines', () => {
  const lines = [
    'mailproof calendar 1',
    'component VEVENT',
    'uid u1@example.com',
    'recurrence-id ',
    'sequence 2',
    'start 2026-03-01T08:30:00Z',
    'end 2026-03-01T09:30:00Z',
    'summary BoardmeetingQ1',
    'organizer ann@example.com',
    'attendee bob@example.com',
    'attendee zoe@example.com',
  ];
  const expected = createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
  expect(calendarContentHash(item)).toBe(expected);
});

const without = (name: string) => properties.filter((property) => !(Array.isArray(property) && property[0] === name));

const SAME: [string, Partial<Item>][] = [
  [
    'within a calendar',
    {
      jcal: [
        'vcalendar',
        [],
        [
          ['vtimezone', [], []],
          ['vevent', properties, []],
        ],
      ],
    },
  ],
  ['properties in another order', { jcal: ['vevent', properties.toReversed(), []] }],
  ['another zone for the same instant', { start: time('2026-03-01T08:30:00', '2026-03-01T08:30:00Z', 'Etc/UTC') }],
  ['a description', { jcal: ['vevent', [...properties, ['description', {}, 'text', 'x']], []] }],
];
test.each(SAME)('the same event: %s', (_, change) => {
  expect(calendarContentHash({ ...item, ...change })).toBe(calendarContentHash(item));
});

const OTHER: [string, Partial<Item>][] = [
  ['uid', { uid: 'u2@example.com' }],
  ['override', { recurrenceId: time('2026-03-01T09:30:00', null, null) }],
  ['component', { component: 'VTODO', jcal: ['vtodo', properties, []] }],
  ['sequence', { jcal: ['vevent', without('sequence'), []] }],
  ['summary', { jcal: ['vevent', without('summary'), []] }],
  ['organizer', { jcal: ['vevent', without('organizer'), []] }],
  ['attendees', { jcal: ['vevent', without('attendee'), []] }],
  ['start', { start: null }],
  ['a floating start', { start: time('2026-03-01T08:30:00', null, null) }],
  ['a start in a zone nobody knows', { start: time('2026-03-01T08:30:00', null, 'Nowhere') }],
  ['end', { end: null }],
];
test('other events have other hashes, each its own', () => {
  const hashes = OTHER.map(([, change]) => calendarContentHash({ ...item, ...change }));
  expect(new Set([calendarContentHash(item), ...hashes]).size).toBe(OTHER.length + 1);
});

test('no UID, no hash; jCal of any shape is read without a crash', () => {
  expect(calendarContentHash({ ...item, uid: null })).toBeNull();
  for (const jcal of [
    null,
    'x',
    [],
    ['vevent'],
    ['vevent', 'x', 3],
    ['vcalendar', [], ['x', [1]]],
    {},
  ] satisfies JsonValue[]) {
    expect(calendarContentHash({ ...item, jcal })).toMatch(/^[0-9a-f]{64}$/);
  }
});
