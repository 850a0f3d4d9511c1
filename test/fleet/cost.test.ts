import { describe, expect, test } from 'vitest';
import { estimateCost, parseRates, RATES } from '../../src/fleet/index.ts';

const GIVEN = {
  rangeOctets: 1e6,
  shardOctets: 1e9,
  shardRate: 10,
  digestRate: 100,
  manifestShare: 0.5,
  functionGibibytes: 2,
  functionStorageGibibytes: 1,
};

test('the arithmetic of one archive, by hand', () => {
  const rates = { ...RATES, assumptions: { ...RATES.assumptions, ...GIVEN } };
  const { lines, dollars, oneMachineSeconds, oneMachineDollars } = estimateCost([2e9], rates);
  const line = (what: string) => lines.find((each) => each.what === what);
  // Read twice, and the frames once: 2 × 2,000 + 1,000 ranges, and ten beside them.
  expect(line('S3 GET')?.arithmetic).toBe('5,010 requests × $4.00e-7');
  expect(line('S3 PUT')?.arithmetic).toBe('2,020 requests × $0.00000500');
  // 200 s of shards, 20 s of digest, 20 s of merge, with 2 GiB each.
  expect(line('Lambda')?.dollars).toBeCloseTo(480 * 0.0000133334, 10);
  expect(line('Lambda storage')?.dollars).toBeCloseTo(240 * 0.0000000309, 12);
  expect(line('Lambda requests')?.arithmetic).toBe('5 requests × $2.00e-7');
  expect(line('Step Functions')?.arithmetic).toBe('14 transitions × $0.0000250');
  expect(line('Fargate')).toBeUndefined();
  expect(dollars).toBeCloseTo(
    lines.reduce((sum, each) => sum + each.dollars, 0),
    12,
  );
  expect(oneMachineSeconds).toBe(200);
  expect(oneMachineDollars).toBeCloseTo((200 / 3600) * 0.0725, 12);
});

test('an archive that no function can read in fifteen minutes pays a task for its digest', () => {
  const { lines } = estimateCost([90e9]);
  // 90,000 MB at 75 MB/s; four processors and sixteen gigabytes.
  expect(lines.find(({ what }) => what === 'Fargate')?.dollars).toBeCloseTo(
    (1200 / 3600) * (4 * 0.03238 + 16 * 0.00356),
    10,
  );
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

describe('rates of a file', () => {
  const dated = { asOf: '2027-01', source: 'the bill' };

  test('take the place of the published ones, field by field, and change the estimate', () => {
    const rates = parseRates(JSON.stringify({ ...dated, prices: { s3Get: 1 }, assumptions: GIVEN }));
    expect(rates.prices).toEqual({ ...RATES.prices, s3Get: 1 });
    expect([rates.asOf, rates.source, rates.region]).toEqual(['2027-01', 'the bill', RATES.region]);
    expect(estimateCost([2e9], rates).lines[0]?.dollars).toBe(5_010);
  });

  test.each([
    ['no JSON', 'no JSON'],
    ['[]', 'the whole'],
    [JSON.stringify({ source: 'x' }), 'asOf'],
    [JSON.stringify({ ...dated, prices: { s3get: 1 } }), 'prices'],
    [JSON.stringify({ ...dated, prices: { s3Get: -1 } }), 'prices.s3Get'],
    [JSON.stringify({ ...dated, assumptions: { shardRate: 0 } }), 'assumptions.shardRate'],
  ])('%s is refused by the field’s name', (text, field) => {
    expect(() => parseRates(text)).toThrow(field);
  });
});
