import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addTally, closeLedger, count, emptyTally, type Tally } from '../../src/manifest/index.ts';

const counts = fc.dictionary(fc.constantFrom('Email', 'INBOX', 'constructor', '__proto__', 'CRC_MISMATCH'), fc.nat(99));
const tally = fc
  .record({ found: fc.nat(99), data: fc.nat(99), folders: counts, recordsByType: counts })
  .map((part): Tally => {
    const whole = emptyTally();
    whole.found = part.found;
    whole.data = part.data;
    for (const [name, value] of Object.entries(part.folders)) count(whole.folders, name, value);
    for (const [name, value] of Object.entries(part.recordsByType)) count(whole.recordsByType, name, value);
    return whole;
  });

test('tallies add up the same however work was split', () => {
  fc.assert(
    fc.property(fc.array(tally, { maxLength: 6 }), fc.nat(6), (tallies, cut) => {
      const sum = (parts: readonly Tally[]) => {
        const total = emptyTally();
        for (const part of parts) addTally(total, part);
        return total;
      };
      const whole = sum(tallies);
      const split = sum([sum(tallies.slice(0, cut)), sum(tallies.slice(cut))]);
      expect(JSON.stringify(split)).toBe(JSON.stringify(whole));
    }),
    { seed: 20270331 },
  );
});

test('a folder named __proto__ is a folder', () => {
  const whole = emptyTally();
  count(whole.folders, '__proto__');
  count(whole.folders, '__proto__');
  expect(JSON.stringify(whole.folders)).toBe('{"__proto__":2}');
});

test('the ledger balances when everything is counted, and says by how much it does not', () => {
  const whole = emptyTally();
  Object.assign(whole, { headers: 30, data: 50, descriptors: 12, found: 3, itemEntries: 2, directories: 1 });
  Object.assign(whole, { read: 1, readWithIssues: 1, partsDeclared: 4, partsExtracted: 3, partsFailed: 1 });
  whole.recordsByType = { Email: 2, Other: 1 };
  const archive = { size: 100, declaredEntries: 3, directory: 5, gaps: [{ start: 97, end: 100, reason: 'comment' }] };
  expect(closeLedger(whole, archive)).toMatchObject({ balanced: true, archive: { unaccounted: 0, gapBytes: 3 } });
  expect(closeLedger(whole, { ...archive, size: 101 })).toMatchObject({ balanced: false, archive: { unaccounted: 1 } });
  whole.found++;
  expect(closeLedger(whole, archive)).toMatchObject({ balanced: false, entries: { unaccounted: 1 } });
});
