import { expect, test } from 'vitest';
import { estimateCost } from '../../src/fleet/index.ts';

test('the arithmetic of one archive, by hand', () => {
  const given = {
    rangeOctets: 1e6,
    shardOctets: 1e9,
    shardRate: 10,
    digestRate: 100,
    manifestShare: 0.5,
    functionGibibytes: 2,
  };
  const { lines, dollars, oneMachineSeconds } = estimateCost([2e9], given);
  const line = (what: string) => lines.find((each) => each.what.startsWith(what));
  // Read twice, and the frames once: 2 × 2,000 + 1,000 ranges, and ten beside them.
  expect(line('S3 GET')?.arithmetic).toBe('5,010 requests × $4.00e-7');
  expect(line('S3 PUT')?.arithmetic).toBe('2,020 requests × $0.00000500');
  // 200 s of shards, 20 s of digest, 20 s of merge, with 2 GiB each.
  expect(line('Lambda')?.dollars).toBeCloseTo(480 * 0.0000133334, 10);
  expect(line('Step')?.arithmetic).toBe('14 transitions × $0.0000250');
  expect(dollars).toBeCloseTo(
    lines.reduce((sum, each) => sum + each.dollars, 0),
    12,
  );
  expect(oneMachineSeconds).toBe(200);
});

test('10,000 mailboxes of 20 GB: the fleet is bound by its longest mailbox or its concurrency', () => {
  const all = estimateCost(Array.from({ length: 10_000 }, () => 20e9));
  const one = estimateCost([20e9]);
  expect(all.dollars / one.dollars).toBeCloseTo(10_000, 0);
  expect(all.fleetSeconds).toBeGreaterThan(one.fleetSeconds);
  expect(all.oneMachineSeconds).toBe(10_000 * one.oneMachineSeconds);
  expect(all.exportSeconds).toBeCloseTo((10_000 * 4_000) / 10, 0);
});

test('nothing costs nothing', () => {
  expect(estimateCost([])).toMatchObject({ dollars: 0, monthlyDollars: 0, fleetSeconds: 0, exportSeconds: 0 });
});
