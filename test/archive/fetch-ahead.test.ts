import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { fetchAhead } from '../../src/archive/fetch-ahead.ts';

/** Items 0 to 99; `delay` turns of the loop pass before each arrives, `pause` before the consumer takes the next. */
async function read(most: number, delay: number, pause: number): Promise<{ taken: number[]; deepest: number }> {
  let [asked, arrived, deepest] = [0, 0, 0];
  const load = async (item: number) => {
    asked++;
    deepest = Math.max(deepest, asked - arrived);
    for (let round = 0; round < delay; round++) await turn();
    arrived++;
    return item;
  };
  const taken: number[] = [];
  for await (const { loaded } of fetchAhead(Array.from({ length: 100 }, (_, n) => n).values(), load, most)) {
    taken.push(loaded);
    for (let round = 0; round < pause; round++) await turn();
  }
  return { taken, deepest };
}
const everything = Array.from({ length: 100 }, (_, n) => n);

test.each([
  ['a slow link is asked for as much at once as is allowed', 12, 40, 1, [12, 13]],
  ['a link that keeps up is asked for little', 12, 1, 40, [1, 5]],
  ['nothing is fetched ahead where that is forbidden', 0, 40, 1, [1, 1]],
] as const)('%s', async (_, most, delay, pause, [least, greatest]) => {
  const { taken, deepest } = await read(most, delay, pause);
  expect(taken).toEqual(everything);
  expect(deepest).toBeGreaterThanOrEqual(least);
  expect(deepest).toBeLessThanOrEqual(greatest);
});

test('an error comes when its item has its turn, and what was fetched ahead of it is let go', async () => {
  const seen: number[] = [];
  const load = async (item: number, signal: AbortSignal) => {
    await turn();
    if (item === 3) throw new Error('broken');
    signal.throwIfAborted();
    return item;
  };
  const reading = async () => {
    for await (const { loaded } of fetchAhead(everything.values(), load, 4)) seen.push(loaded);
  };
  await expect(reading()).rejects.toThrow('broken');
  expect(seen).toEqual([0, 1, 2]);
});
