import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySink, memorySource } from '../../src/io/index.ts';
import {
  compareOctets,
  compareRows,
  type IndexRow,
  mergeRuns,
  parseRow,
  readLines,
  rowLine,
  runOf,
  writeIndex,
} from '../../src/manifest/index.ts';

const row = fc.record({
  key: fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom('a', 'b', '\ue000', '😀')),
  id: fc.constantFrom('00000001', '00000002.1'),
  shard: fc.nat(9),
  offset: fc.nat(99),
  length: fc.nat(99),
});

const collect = async (rows: AsyncIterable<IndexRow[]>) => {
  const all: IndexRow[] = [];
  for await (const batch of rows) all.push(...batch);
  return all;
};

test('merging sorted runs gives all rows in the order of their octets', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 9 }), async (runs) => {
      const sources = runs.map((rows) => memorySource(runOf([...rows].sort(compareRows))));
      const merged = await collect(mergeRuns(sources));
      expect(merged).toEqual(runs.flat().sort(compareRows));
    }),
    { seed: 20270331, numRuns: 200 },
  );
});

test('the order is that of UTF-8 octets, not of UTF-16 units', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
      expect(Math.sign(compareOctets(left, right))).toBe(
        Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right))),
      );
    }),
    { seed: 20270331 },
  );
  expect(['\ue000', '😀'].sort()).toEqual(['😀', '\ue000']);
  expect(compareOctets('\ue000', '😀')).toBe(-1);
});

test.each([
  ['a row', '["k","00000001",0,5,7]\n', { key: 'k', id: '00000001', shard: 0, offset: 5, length: 7 }],
  ['an object', '{"key":"k"}', null],
  ['a short row', '["k","00000001",0]', null],
])('%s is read back', (_name, line, expected) => {
  expect(parseRow(line)).toEqual(expected);
  if (expected !== null) expect(rowLine(expected)).toBe(line);
});

test.each([1, 2, 3, 7, 64, 4096])('lines are the same in chunks of %i octets', async (size) => {
  const octets = Buffer.from('{"a":1}\n\n{"é":"😀"}\nlast\n');
  const source = { ...memorySource(octets), read: chunked(octets, size) };
  const lines = [];
  for await (const batch of readLines(source)) lines.push(...batch);
  expect(lines.map((line) => line.text)).toEqual(['{"a":1}', '', '{"é":"😀"}', 'last']);
  for (const line of lines) expect(octets.toString('utf8', line.offset, line.offset + line.length)).toBe(line.text);
});

test('a file whose last line is cut is refused, not read short', async () => {
  const lines = readLines(memorySource(Buffer.from('{"a":1}\n{"b"')));
  await expect(collectAll(lines)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
});

test('an index is written with a table of blocks that tile it', async () => {
  const rows: IndexRow[] = Array.from({ length: 5000 }, (_, n) => ({
    key: `<${String(n).padStart(6, '0')}@example.com>`,
    id: String(n).padStart(8, '0'),
    shard: 0,
    offset: n,
    length: 1,
  }));
  const sink = memorySink();
  const file = await writeIndex(sink, 'message-id', [memorySource(runOf(rows))]);
  expect(file.count).toBe(5000);
  const table = await sink.open('index/message-id.blocks.json');
  const blocks: unknown = JSON.parse(Buffer.from(await table.bytes(0, table.size)).toString());
  if (!Array.isArray(blocks)) throw new Error('no table');
  let next = 0;
  for (const [key, offset, length] of blocks) {
    expect(offset).toBe(next);
    const index = await sink.open('index/message-id.jsonl');
    const block = Buffer.from(await index.bytes(offset, offset + length)).toString();
    expect(parseRow(block.slice(0, block.indexOf('\n')))?.key).toBe(key);
    next = offset + length;
  }
  expect(next).toBe(file.rows.size);
  expect(blocks.length).toBeGreaterThan(3);
});

function chunked(octets: Buffer, size: number) {
  return async function* () {
    for (let at = 0; at < octets.length; at += size) yield octets.subarray(at, at + size);
  };
}

async function collectAll<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
