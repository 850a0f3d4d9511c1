import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expand } from '../../src/calendar/index.ts';
import { ruleInstances } from '../../src/calendar/recurrence/instances.ts';
import { compileRule } from '../../src/calendar/recurrence/rule.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { present, RECURRENCE } from './corpora.ts';
import { event, firstItem } from './texts.ts';

function starts(rule: string, start: string, maximum: number, to = '9999-12-31'): string[] {
  const date = start.includes('T') ? '' : ';VALUE=DATE';
  const item = firstItem(event(`DTSTART${date}:${start}`, `RRULE:${rule}`));
  const found = [...expand(item, '0001-01-01', to, { maximum })].map((each) => each.start.utc ?? each.start.local);
  return found.map((each) => (date === '' ? each : each.slice(0, 10)).replace(/[-:]/g, ''));
}

interface Case {
  readonly rule: string;
  readonly start: string;
  readonly instances: string;
}

function libicalCases(): Case[] {
  const cases: Case[] = [];
  for (const block of readFileSync(RECURRENCE, 'utf8').split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(block)?.[1]?.trim() ?? '';
    const found = { rule: field('RRULE'), start: field('DTSTART'), instances: field('INSTANCES') };
    if (found.rule !== '' && !found.instances.includes('***')) cases.push(found);
  }
  return cases;
}

/**
 * What libical expects otherwise: it reads BYMONTHDAY in a YEARLY rule without BYMONTH as of the start's month, where
 * RFC 5545 §3.3.10 (the table: "Expand") and dateutil have every month.
 */
const OTHERWISE = new Set(['FREQ=YEARLY;BYMONTHDAY=29;COUNT=3', 'FREQ=YEARLY;BYMONTHDAY=-29,-1;COUNT=4']);

const there = present(RECURRENCE);
const cases = there ? libicalCases() : [];

describe.skipIf(!there)("libical's rules", () => {
  test('all that are implemented there are read', () => {
    expect(cases.length).toBe(145);
  });
  test.each(cases)('$rule from $start', ({ rule, start, instances }) => {
    const expected = instances.split(',');
    const found = starts(rule, start, expected.length + 1);
    if (OTHERWISE.has(rule)) expect(found).not.toEqual(expected);
    else expect(found).toEqual(expected);
  });
});

// RFC 5545 §3.8.5.3 and §3.3.10, and RFC 7529 §5: examples the corpus does not have.
test.each([
  [
    'every 18 months, the first weekday',
    'FREQ=MONTHLY;INTERVAL=18;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=3',
    '19970901T090000',
    ['19970901T090000', '19990301T090000', '20000901T090000'],
  ],
  [
    'the 29th of February goes on to the 1st of March',
    'RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD;COUNT=3',
    '20120229',
    ['20120229', '20130301', '20140301'],
  ],
  [
    'the 31st falls back to the last of the month',
    'RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=3',
    '20140131',
    ['20140131', '20140228', '20140331'],
  ],
  [
    'two numbers moved to one day happen once',
    'RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=30,31;SKIP=BACKWARD;COUNT=3',
    '20230130',
    ['20230130', '20230131', '20230228'],
  ],
  [
    'an UNTIL that is a date includes that day',
    'FREQ=DAILY;UNTIL=20240103',
    '20240101T090000',
    ['20240101T090000', '20240102T090000', '20240103T090000'],
  ],
  [
    'a leap second is the second before',
    'FREQ=MINUTELY;BYSECOND=60;COUNT=2',
    '20240101T000059',
    ['20240101T000059', '20240101T000159'],
  ],
  [
    'an ordinal means nothing in a week',
    'FREQ=WEEKLY;BYDAY=2MO;COUNT=2',
    '20240101T090000',
    ['20240101T090000', '20240108T090000'],
  ],
])('%s', (_, rule, start, expected) => {
  expect(starts(rule, start, 10)).toEqual(expected);
});

// Rules made to keep an expansion busy for ever. Each ends by a bound that counts work, not time.
test.each([
  ['FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30', 0, ['CALENDAR_LIMIT_REACHED']],
  ['FREQ=SECONDLY;BYYEARDAY=366;BYMONTH=1', 0, ['CALENDAR_LIMIT_REACHED']],
  ['FREQ=SECONDLY;COUNT=999999999999999', 1000, ['RULE_UNBOUNDED']],
  ['FREQ=SECONDLY', 1000, ['RULE_UNBOUNDED']],
  ['FREQ=DAILY;UNTIL=99991231T235959Z', 1000, ['RULE_UNBOUNDED']],
  ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 0, []],
  ['FREQ=MONTHLY;BYSETPOS=366,-366', 0, []],
  ['FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6', 0, []],
  ['FREQ=YEARLY;INTERVAL=999999999999999', 1, []],
  ['FREQ=MINUTELY;INTERVAL=999999999999;BYHOUR=3', 0, []],
])('%s ends', (rule, count, issues) => {
  const item = firstItem(event('DTSTART:20240101T000000', `RRULE:${rule}`));
  const found: string[] = [];
  const instances = [
    ...expand(item, '2024-01-01', '9999-12-31', { maximum: 1000, onIssue: (issue) => found.push(issue.code) }),
  ];
  expect(instances.length).toBe(count);
  expect(found).toEqual(issues);
});

test('a million instances a month are not built to pick one of them', () => {
  const list = (length: number) => Array.from({ length }, (_, place) => place).join(',');
  const rule = `FREQ=MONTHLY;BYHOUR=${list(24)};BYMINUTE=${list(60)};BYSECOND=${list(60)};BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3`;
  expect(starts(rule, '20240101T000000', 10)).toEqual(['20240131T235959', '20240229T235959', '20240329T235959']);
});

const frequency = fc.constantFrom('yearly', 'monthly', 'weekly', 'daily', 'hourly', 'minutely');
const some = (least: number, most: number) =>
  fc.option(fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 3 }), { nil: undefined });

test('beginning late gives what beginning early gives: leaping over periods loses and adds nothing', () => {
  fc.assert(
    fc.property(
      fc.record({
        frequency,
        interval: fc.integer({ min: 1, max: 9 }),
        byMonth: some(1, 12),
        byMonthDay: some(1, 31),
        byHour: some(0, 23),
        byWeekNo: some(1, 53),
        count: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
      }),
      fc.integer({ min: 0, max: 2_000_000_000 }),
      fc.integer({ min: 0, max: 200_000_000 }),
      (parts, start, ahead) => {
        const { byMonth, byWeekNo, ...rest } = parts;
        const json: JsonObject = JSON.parse(
          JSON.stringify({
            ...rest,
            byMonth: byMonth?.map(String),
            byWeekNo: rest.frequency === 'yearly' ? byWeekNo : undefined,
          }),
        );
        const rule = compileRule(json);
        if (rule === null) throw new Error('the rule is one');
        const goal = start + ahead;
        const window = { before: goal + 100_000_000 };
        const early = [...ruleInstances(rule, start, window)].filter((each) => each >= goal).slice(0, 50);
        const late = [...ruleInstances(rule, start, { ...window, notBefore: goal })]
          .filter((each) => each >= goal)
          .slice(0, 50);
        expect(late).toEqual(early);
      },
    ),
    { seed: 5545, numRuns: 300 },
  );
});

// A part that is left out would leave a rule that means more than it says.
test.each([
  ['RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=5L;COUNT=3', 'RULE_UNSUPPORTED'],
  ['FREQ=YEARLY;BYEASTER=0;COUNT=2', 'RULE_UNREADABLE'],
])('%s makes no instance and says so', (rule, code) => {
  const item = firstItem(event('DTSTART:20240101T090000', `RRULE:${rule}`));
  expect(item.issues.map((issue) => issue.code)).toContain(code);
  expect([...expand(item, '2024-01-02', '2030-01-01')]).toEqual([]);
});
