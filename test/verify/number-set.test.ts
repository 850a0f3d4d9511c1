import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OrdinalSet } from '../../src/verify/archive-pass/sample.ts';
import { FindingList } from '../../src/verify/finding-list.ts';
import { hash48, NumberSet } from '../../src/verify/number-set.ts';

test('a set of numbers is a set, whatever collides', () => {
  // Multiples of 2^32 and of 1024 fall into one slot: the probe must still find each.
  const number = fc.oneof(
    fc.integer({ min: 1, max: 2 ** 47 }),
    fc.integer({ min: 1, max: 30_000 }).map((value) => value * 0x1_0000_0000),
    fc.integer({ min: 1, max: 30_000 }).map((value) => value * 1024),
  );
  fc.assert(
    fc.property(fc.array(number, { maxLength: 3000 }), (numbers) => {
      const set = new NumberSet();
      const known = new Set<number>();
      for (const value of numbers) {
        expect(set.add(value)).toBe(!known.has(value));
        known.add(value);
      }
      expect(set.size).toBe(known.size);
      expect([...set].sort((left, right) => left - right)).toEqual([...known].sort((left, right) => left - right));
      for (const value of numbers) expect(set.has(value)).toBe(true);
    }),
    { seed: 4, numRuns: 30 },
  );
});

test('it grows past its first table', () => {
  const set = new NumberSet();
  for (let value = 1; value <= 100_000; value++) set.add(hash48(String(value)));
  expect(set.size).toBe(100_000);
  expect(set.has(hash48('77777'))).toBe(true);
  expect(set.has(hash48('no'))).toBe(false);
});

test('hashes are 48 bits and never nothing', () => {
  expect(hash48('')).toBe(0xe3b0c44298fc);
});

test('a set of ordinals holds what was added', () => {
  const set = new OrdinalSet();
  for (const ordinal of [0, 7, 8, 8191, 8192, 100_000]) set.add(ordinal);
  expect([0, 1, 7, 8, 9, 8191, 8192, 8193, 100_000, 10_000_000].map((ordinal) => set.has(ordinal))).toEqual([
    true,
    false,
    true,
    true,
    false,
    true,
    true,
    false,
    true,
    false,
  ]);
});

test('findings beyond the limit are counted, and the worst of them shows', () => {
  const findings = new FindingList('crc', 2);
  for (const severity of ['info', 'warning', 'info', 'error', 'info'] as const) findings.add(severity, 'so');
  expect([...findings].map(({ severity }) => severity)).toEqual(['info', 'warning', 'error']);
  expect([...findings].at(-1)?.message).toBe('3 more like these: 5 in all.');
});
