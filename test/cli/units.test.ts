import { expect, test } from 'vitest';
import { integer, timeSpan } from '../../src/cli/integer.ts';
import { counted, duration, number, octets } from '../../src/cli/units.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [9949, '9.9 kB'],
  [9951, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_300_000_000, '1.3 GB'],
  [50_000_000_000_000, '50 TB'],
])('%i octets are %s', (count, text) => expect(octets(count)).toBe(text));

test.each([
  [999, '999'],
  [1000, '1,000'],
  [20_000_000, '20,000,000'],
])('%i is written %s', (count, text) => expect(number(count)).toBe(text));

test('counts agree with their nouns', () => {
  expect([counted(1, 'item'), counted(0, 'item'), counted(2, 'entry', 'entries')]).toEqual([
    '1 item',
    '0 items',
    '2 entries',
  ]);
});

test.each([
  [400, '0 s'],
  [59_400, '59 s'],
  [130_000, '2 min 10 s'],
  [14_700_000, '4 h 5 min'],
])('%i ms last %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

test.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['10m', 600_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
])('%s is %i ms', (text, milliseconds) => expect(timeSpan(text)).toBe(milliseconds));

test.each(['', '-1', '1w', '1.5h', 'soon'])('%j is no time', (text) =>
  expect(() => timeSpan(text)).toThrow('A time like'),
);

test.each(['0', '257', 'x', '1e2', ''])('%j is no number of workers', (text) => {
  expect(() => integer(1, 256)(text)).toThrow('from 1 to 256');
});
