import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { BRIEF_OCTETS, type FilePack, type PutResult } from '../../src/model/index.ts';
import { CheckedFiles } from '../../src/produce/checked-files.ts';
import type { Output } from '../../src/produce/output.ts';

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const resultOf = (octets: Uint8Array): PutResult => ({ size: octets.length, digest: `sha256:${sha256(octets)}` });

interface Kept extends Output {
  readonly files: Map<string, Buffer>;
  readonly packs: number[];
}

/** An output that takes packs; `spoil` may change what it says of a file. */
function packing(spoil: (path: string, result: PutResult) => PutResult = (_path, result) => result): Kept {
  const files = new Map<string, Buffer>();
  const packs: number[] = [];
  const keep = (path: string, octets: Uint8Array): PutResult => {
    files.set(path, Buffer.from(octets));
    return spoil(path, resultOf(octets));
  };
  return {
    files,
    packs,
    concurrency: 2,
    async put(path, content) {
      if (!(content instanceof Uint8Array)) throw new TypeError('whole files are written here');
      return keep(path, content);
    },
    async putPack(pack: FilePack) {
      packs.push(pack.files.length);
      const results = pack.files.map(({ path, start, end }) => keep(path, pack.octets.subarray(start, end)));
      // It is the output's now: whoever still read it would find nothing.
      pack.octets.fill(0);
      return results;
    },
    flush: async () => undefined,
    close: async () => undefined,
    abort: async () => undefined,
  };
}

test('small files go in packs, large ones alone, and all arrive', async () => {
  const output = packing();
  const checked = new CheckedFiles(output);
  const sizes = [...Array.from({ length: 2500 }, (_, at) => at), BRIEF_OCTETS, BRIEF_OCTETS + 1, 0, 3 << 20];
  const shared = Buffer.alloc(3 << 20, 'abcdefg');
  for (const [at, size] of sizes.entries()) await checked.add(`${at}`, shared.subarray(0, size));
  await checked.drain();
  for (const [at, size] of sizes.entries())
    expect(output.files.get(`${at}`)?.equals(shared.subarray(0, size)), `${size} octets`).toBe(true);
  expect(output.packs.reduce((sum, count) => sum + count, 0)).toBe(2502);
  expect(Math.max(...output.packs)).toBeLessThanOrEqual(1000);
  expect(output.packs.length).toBeLessThan(6);
});

test('what is given may be overwritten at once: a small file was copied', async () => {
  const output = packing();
  const checked = new CheckedFiles(output);
  const octets = Buffer.from('first');
  await checked.add('a', octets);
  octets.fill('x');
  await checked.drain();
  expect(output.files.get('a')?.toString()).toBe('first');
});

test.each<[string, (result: PutResult) => PutResult]>([
  ['another digest', (result) => ({ ...result, digest: `sha256:${'0'.repeat(64)}` })],
  ['another size', (result) => ({ ...result, size: result.size + 1 })],
])('a file that the output says has %s ends the production', async (_name, spoil) => {
  for (const size of [10, BRIEF_OCTETS + 1]) {
    const checked = new CheckedFiles(packing((path, result) => (path === 'bad' ? spoil(result) : result)));
    await checked.add('good', Buffer.alloc(size));
    await checked.add('bad', Buffer.alloc(size));
    await expect(checked.drain()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  }
});

test('a digest that is known is what a file is held to, whatever was given', async () => {
  const checked = new CheckedFiles(packing());
  await checked.add('a', Buffer.from('altered'), sha256(Buffer.from('original')));
  await expect(checked.drain()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});

test('an output that answers for fewer files than it was given is not believed', async () => {
  const checked = new CheckedFiles({ ...packing(), putPack: async () => [] });
  await checked.add('a', Buffer.from('a'));
  await expect(checked.drain()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
});
