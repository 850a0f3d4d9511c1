import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnChart, roundedUp } from '../../src/report/chart.ts';
import { collectStatistics, FrequentCounts, isDeceiving } from '../../src/report/index.ts';
import { monthName, octets, share } from '../../src/report/measures.ts';
import { monthGaps, monthRange } from '../../src/report/month-range.ts';
import { visiblePieces } from '../../src/report/visible.ts';
import { calendar, makeMailbox } from '../verify/mailbox.ts';
import { runOfEntries } from '../verify/run.ts';

const eml = (path: string, ...lines: string[]) => ({ path, bytes: Buffer.from([...lines, '', 'x'].join('\r\n')) });
const SEED = { seed: 20_260_301 };

test('a mailbox is counted by month, folder, type, size, people, issues and year', async () => {
  const entries = [
    eml(
      'Inbox/1.eml',
      'From: A@Example.com',
      'To: b@example.com, B@example.com, c@example.com',
      'Date: 1 Jan 2026 00:00:00 +0000',
    ),
    eml('Inbox/2.eml', 'From: a@example.com', 'Cc: c@example.com', 'Date: 31 Mar 2026 00:00:00 +0000'),
    eml('Sent/3.eml', 'From: b@example.com', 'Date: never'),
    { path: 'Calendar/1.ics', bytes: Buffer.from(calendar(1)) },
    { path: 'Calendar/2.ics', bytes: Buffer.from(calendar(2, 'RRULE:FREQ=DAILY;COUNT=3')) },
  ];
  const run = await runOfEntries(entries);
  const found = await collectStatistics(await run.reader());
  expect([...found.months].map(([month, { count }]) => [monthName(month), count])).toEqual([
    ['2026-01', 1],
    ['2026-03', 1],
  ]);
  expect([found.messages, found.undated]).toEqual([3, 1]);
  expect(found.folders.top(9).map(({ key, count }) => [key, count])).toEqual([
    ['Calendar', 2],
    ['Inbox', 2],
    ['Sent', 1],
  ]);
  expect(found.senders.top(9).map(({ key, count }) => [key, count])).toEqual([
    ['a@example.com', 2],
    ['b@example.com', 1],
  ]);
  // Named twice in one message, counted once.
  expect(found.recipients.top(9).map(({ key, count }) => [key, count])).toEqual([
    ['c@example.com', 2],
    ['b@example.com', 1],
  ]);
  expect(found.sizes.map(({ count }) => count)).toEqual([5, 0, 0, 0, 0]);
  expect([...found.types].map(([name, { count }]) => [name, count])).toEqual([
    ['Messages', 3],
    ['Calendar events', 2],
  ]);
  expect(found.issues.get('DATE_UNREADABLE')).toMatchObject({ count: 1, examples: [{ entry: 'Sent/3.eml' }] });
  expect(found.calendar.get(2026)).toEqual({ events: 2, tasks: 0, recurring: 1, overrides: 0 });
  const range = monthRange(found.months);
  expect(range).not.toBeNull();
  if (range !== null) {
    expect(monthGaps(found.months, range)).toEqual([
      { first: 2026 * 12 + 1, last: 2026 * 12 + 1, before: 1, after: 1 },
    ]);
  }
});

test('no issue has more than five examples', async () => {
  const entries = Array.from({ length: 12 }, (_, place) =>
    eml(`Inbox/${place}.eml`, 'From: a@example.com', 'Date: never'),
  );
  const found = await collectStatistics(await (await runOfEntries(entries)).reader());
  expect(found.issues.get('DATE_UNREADABLE')?.count).toBe(12);
  expect(found.issues.get('DATE_UNREADABLE')?.examples).toHaveLength(5);
});

test('an aborted signal ends the pass', async () => {
  const reader = await (await runOfEntries(makeMailbox())).reader();
  await expect(collectStatistics(reader, AbortSignal.abort(new Error('stop')))).rejects.toThrow();
});

test('counts are exact below the capacity, and beyond it too low by the stated error at most', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 600 }),
      fc.integer({ min: 1, max: 70 }),
      (keys, capacity) => {
        const counts = new FrequentCounts(capacity);
        const exact = new Map<string, number>();
        for (const key of keys) {
          counts.add(String(key), 2);
          exact.set(String(key), (exact.get(String(key)) ?? 0) + 1);
          expect(counts.size).toBeLessThanOrEqual(capacity * 2);
        }
        if (exact.size <= capacity) expect(counts.error).toBe(0);
        expect(counts.error * (capacity + 1)).toBeLessThanOrEqual(keys.length);
        const held = new Map(counts.top(Number.MAX_SAFE_INTEGER).map(({ key, count }) => [key, count]));
        for (const [key, count] of exact) {
          expect(held.get(key) ?? 0).toBeLessThanOrEqual(count);
          expect(held.get(key) ?? 0).toBeGreaterThanOrEqual(count - counts.error);
        }
      },
    ),
    SEED,
  );
});

test('a hundred thousand folders are counted in bounded memory, the large ones surely', () => {
  const counts = new FrequentCounts(100);
  for (let place = 0; place < 100_000; place++) {
    counts.add(`folder ${place}`);
    if (place % 10 === 0) counts.add('Inbox');
  }
  expect(counts.size).toBeLessThanOrEqual(200);
  const [first] = counts.top(1);
  expect(first?.key).toBe('Inbox');
  expect(first?.count).toBeGreaterThanOrEqual(10_000 - counts.error);
});

const month = (year: number, of: number) => year * 12 + of - 1;
test('a stray date does not stretch the chart, and is counted beside it', () => {
  const months = new Map([
    [month(1970, 1), { count: 1, octets: 1 }],
    [month(2099, 1), { count: 1, octets: 1 }],
  ]);
  for (let at = month(2024, 1); at <= month(2025, 12); at++) months.set(at, { count: 100, octets: 1 });
  expect(monthRange(months)).toEqual({ first: month(2024, 1), last: month(2025, 12), before: 1, after: 1 });
});

test('old mail that is more than a stray stays in the chart', () => {
  const months = new Map([
    [month(1999, 5), { count: 40, octets: 1 }],
    [month(2024, 5), { count: 40, octets: 1 }],
  ]);
  expect(monthRange(months)).toMatchObject({ first: month(1999, 5), last: month(2024, 5) });
  expect(monthRange(new Map())).toBeNull();
});

test.each([
  [0, 4],
  [5, 8],
  [9, 12],
  [11, 12],
  [99, 100],
  [240, 240],
  [250, 300],
  [4_900_000, 5_000_000],
])('a scale for %d ends at %d', (value, top) => expect(roundedUp(value)).toBe(top));

test('a scale is no shorter than its longest column, seldom twice as long, and its quarters are whole numbers', () => {
  const most = fc.integer({ min: 0, max: 1_000_000_000 });
  fc.assert(
    fc.property(most, (value) => {
      const top = roundedUp(value);
      expect(top).toBeGreaterThanOrEqual(value);
      expect(top).toBeLessThanOrEqual(Math.max(8, value * 1.6));
      expect(top % 4).toBe(0);
    }),
  );
});

test('a column that stands alone is no wall', () => {
  const { text } = columnChart('id', 'Title', 'Said', [{ label: '2026-01', value: 9, title: 'nine' }]);
  expect(Number(/class="column"[^>]* width="([\d.]+)"/.exec(text)?.[1])).toBeLessThan(100);
});

test('a chart draws every column within its plot and nothing as nothing', () => {
  const columns = [0, 1, 5_000_000].map((value, place) => ({ label: `c${place}`, value, title: `<${value}>` }));
  const { text } = columnChart('id', 'Title & more', 'Said', columns);
  const heights = [...text.matchAll(/class="column" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"/g)];
  expect(heights.map(([, , height]) => Number(height))).toEqual([0, 1.5, 182]);
  for (const [, y, height] of heights) expect(Number(y) + Number(height)).toBeCloseTo(194, 1);
  expect(text).toContain('Title &amp; more');
  expect(text).toContain('&lt;0&gt;');
});

test.each([
  [0, 0, '0 %'],
  [1, 100_000, '< 0.1 %'],
  [99_999, 100_000, '> 99.9 %'],
  [1, 3, '33.3 %'],
  [3, 3, '100.0 %'],
])('%d of %d is %s', (part, whole, said) => expect(share(part, whole)).toBe(said));

test('octets are said in powers of ten', () => {
  expect([0, 999, 1000, 1_250_000, 5e12].map(octets)).toEqual(['0 B', '999 B', '1.0 kB', '1.3 MB', '5.0 TB']);
});

test('what is shown holds no deceiving character, and no other is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const pieces = visiblePieces(text, 1000);
      const shown = pieces.filter(({ named }) => !named).map((piece) => piece.text);
      expect(Array.from(shown.join('')).some(isDeceiving)).toBe(false);
      expect(shown.join('')).toBe(
        Array.from(text)
          .filter((character) => !isDeceiving(character))
          .join(''),
      );
    }),
    SEED,
  );
  expect(visiblePieces('\u{1F469}\u200D\u{1F4BB}')).toEqual([{ text: '\u{1F469}\u200D\u{1F4BB}', named: false }]);
  expect(visiblePieces('\ud800a')).toEqual([
    { text: 'U+D800', named: true },
    { text: 'a', named: false },
  ]);
  expect(visiblePieces('x'.repeat(300)).map(({ text }) => text.length)).toEqual([241]);
});
