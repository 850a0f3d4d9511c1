import { expect, test } from 'vitest';
import { ThreadGroups } from '../../src/manifest/index.ts';

const chains = [['a'], ['b', 'a'], ['c', 'x', 'b'], ['d'], ['e', 'd'], ['f', 'missing'], ['g', 'missing']];

function names(order: readonly (readonly string[])[]): Map<string, string> {
  const groups = new ThreadGroups();
  for (const chain of order) groups.join(chain.map((id) => ThreadGroups.hash(id)));
  return new Map(chains.map(([id = '']) => [id, groups.name(ThreadGroups.hash(id))]));
}

test('messages are of one thread when references connect them, also through one that is missing', () => {
  const found = names(chains);
  expect(new Set(['a', 'b', 'c'].map((id) => found.get(id))).size).toBe(1);
  expect(found.get('d')).toBe(found.get('e'));
  expect(found.get('f')).toBe(found.get('g'));
  expect(new Set(found.values()).size).toBe(3);
});

test('names do not depend on the order in which messages come', () => {
  expect(names([...chains].reverse())).toEqual(names(chains));
});

test('a hundred thousand ids in one chain are joined without recursion', () => {
  const groups = new ThreadGroups();
  for (let n = 1; n < 100_000; n++) groups.join([n, n - 1]);
  expect(groups.name(99_999)).toBe(groups.name(0));
});
