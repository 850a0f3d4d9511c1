import { beforeAll, describe, expect, test } from 'vitest';
import { buildFuzzer, fuzz } from './watched.ts';

const ALL = [
  'zip',
  'tar',
  'tar.gz',
  'mbox',
  'envelope',
  'Encryption SDK message',
  'TNEF',
  'uuencode and yEnc',
  'S/MIME',
  'message',
  'calendar',
];
/** MAILPROOF_WEEKLY=1: ten minutes in all, from a seed of the day; otherwise the same inputs each time, for less than thirty seconds. */
const weekly = process.env['MAILPROOF_WEEKLY'] === '1';
const SECONDS = weekly ? Math.floor(600 / ALL.length) : 0;
const SEED = Number(process.env['MAILPROOF_FUZZ_SEED'] ?? (weekly ? Math.floor(Date.now() / 86_400_000) : 1));

let path: string;
beforeAll(() => {
  path = buildFuzzer();
});

// One of the two is there: the other is no test that was skipped.
const everyWeek = () => {
  test.each(ALL)('%s', { timeout: 1000 * (SECONDS + 120) }, async (name) => {
    const { failure, done } = await fuzz(path, SEED, SECONDS, [name]);
    expect(failure).toBe(null);
    console.info(`${name}: ${done[0]?.runs} inputs, ${done[0]?.peak} MiB at most, seed ${SEED}`);
    expect(done.map((each) => each.done)).toEqual([name]);
  });
};

const always = () => {
  test('every reader', { timeout: 240_000 }, async () => {
    const { failure, done } = await fuzz(path, SEED, 0);
    expect(failure).toBe(null);
    expect(done.map((each) => each.done)).toEqual(ALL);
  });
};

if (weekly) describe('weekly: each reader by itself', everyWeek);
else describe('altered inputs: a result or a refusal, never a crash, a hang or memory beyond limits', always);

test('a crash, a hang and too much memory are seen, and named', { timeout: 240_000 }, async () => {
  expect((await fuzz(`${path}.absent`, SEED, 0)).failure).toMatch(/^ended with 1 at nothing yet/);
  expect((await fuzz(path, SEED, 0, ['a hang'], 3000)).failure).toMatch(/^hangs at a hang, run 0, seed/);
  expect((await fuzz(path, SEED, 0, ['a hoard'])).failure).toMatch(/a hoard, run \d+, seed .*MiB are resident/);
});
