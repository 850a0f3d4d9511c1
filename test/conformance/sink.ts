import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { Sink } from '../../src/model/index.ts';
import { collect, expectSame, numbered } from './source.ts';

/** A place to write to. */
export interface SinkPlace {
  readonly sink: Sink;
  /** Another sink on the same place, as a second process would have. */
  readonly another: () => Sink;
  /** What failed writes left there that no listing shows: temporary names, unfinished uploads. */
  readonly leftovers: () => Promise<readonly string[]>;
  remove(): Promise<void>;
}

export interface SinkTraits {
  /** More octets than one request or one write holds. */
  readonly large?: number;
  /** Known not to hold of a server: the reason is printed. */
  readonly noConditionalStreams?: string;
}

const sha256 = (content: Uint8Array) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function* inChunks(content: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < content.length; offset += size) yield content.subarray(offset, offset + size);
}

async function* failing(content: Uint8Array, error: Error): AsyncGenerator<Uint8Array> {
  yield* inChunks(content, 65_536);
  throw error;
}

/** Every promise the port `Sink` makes, kept or not by one implementation. */
export function describeSink(name: string, make: () => Promise<SinkPlace>, traits: SinkTraits = {}): void {
  const { large = 9_000_001, noConditionalStreams } = traits;
  describe(`${name} keeps the promises of a Sink`, () => {
    const places: SinkPlace[] = [];
    afterEach(async () => {
      for (const place of places.splice(0)) await place.remove();
    });
    async function place(): Promise<SinkPlace> {
      const one = await make();
      places.push(one);
      return one;
    }
    const paths = async (sink: Sink, prefix = '') => {
      const found: string[] = [];
      for await (const { path } of sink.list(prefix)) found.push(path);
      return found;
    };
    const read = async (sink: Sink, path: string) => {
      const source = await sink.open(path);
      try {
        return await source.bytes(0, source.size);
      } finally {
        await source.close();
      }
    };

    test.each([0, 1, 70_000, large])('%d octets are put and read again, as an array and as a stream', async (size) => {
      const { sink, leftovers } = await place();
      const content = numbered(size);
      expect(await sink.put('array.bin', content)).toEqual({ size, digest: sha256(content) });
      expect(await sink.put('in/a/stream.bin', inChunks(content, 65_537))).toEqual({ size, digest: sha256(content) });
      expectSame(await read(sink, 'array.bin'), content);
      expectSame(await read(sink, 'in/a/stream.bin'), content);
      expect(await leftovers()).toEqual([]);
    });

    test('a chunk may be used again by its owner once the next is asked for', async () => {
      const { sink } = await place();
      const reused = async function* () {
        const buffer = new Uint8Array(50_000);
        for (let round = 0; round < 4; round += 1) yield buffer.fill(round);
      };
      await sink.put('reused.bin', reused());
      const found = await read(sink, 'reused.bin');
      expect([0, 1, 2, 3].map((round) => found[round * 50_000])).toEqual([0, 1, 2, 3]);
    });

    test('a second put replaces the first', async () => {
      const { sink } = await place();
      await sink.put('a.txt', numbered(100));
      await sink.put('a.txt', numbered(7));
      expectSame(await read(sink, 'a.txt'), numbered(7));
    });

    test('ifAbsent refuses a path that is taken with OUTPUT_EXISTS and leaves what is there', async () => {
      const { sink, leftovers } = await place();
      await sink.put('manifest.json', numbered(10), { ifAbsent: true });
      await expect(sink.put('manifest.json', numbered(20), { ifAbsent: true })).rejects.toMatchObject({
        code: 'OUTPUT_EXISTS',
      });
      await expect(
        sink.put('manifest.json', inChunks(numbered(large), 1 << 20), { ifAbsent: true }),
      ).rejects.toMatchObject({
        code: 'OUTPUT_EXISTS',
      });
      expectSame(await read(sink, 'manifest.json'), numbered(10));
      expect(await leftovers()).toEqual([]);
    });

    async function race(
      content: (winner: number) => Uint8Array | AsyncIterable<Uint8Array>,
      size: number,
    ): Promise<void> {
      const { sink, another, leftovers } = await place();
      const sinks = Array.from({ length: 8 }, (_, index) => (index === 0 ? sink : another()));
      const results = await Promise.allSettled(
        sinks.map((one, index) => one.put('root.json', content(index), { ifAbsent: true })),
      );
      const winners = results.flatMap((result, index) => (result.status === 'fulfilled' ? [index] : []));
      expect(winners).toHaveLength(1);
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'OUTPUT_EXISTS' });
      }
      expectSame(await read(sink, 'root.json'), numbered(size).fill(winners[0] ?? -1));
      expect(await leftovers()).toEqual([]);
    }

    test('of eight writers at once with ifAbsent exactly one wins, whole', () =>
      race((winner) => numbered(90_000).fill(winner), 90_000));

    test('the same for content too large for one request', async ({ skip }) => {
      if (noConditionalStreams !== undefined) return skip(noConditionalStreams);
      await race((winner) => inChunks(numbered(large).fill(winner), 1 << 20), large);
    });

    test.each([0, 1_000, large])(
      'content that fails after %d octets leaves nothing, and its error comes through',
      async (size) => {
        const { sink, leftovers } = await place();
        const error = new Error('the content failed');
        await expect(sink.put('half.bin', failing(numbered(size), error))).rejects.toBe(error);
        await expect(sink.open('half.bin')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
        expect(await paths(sink)).toEqual([]);
        expect(await leftovers()).toEqual([]);
      },
    );

    test('failing content leaves what was there before', async () => {
      const { sink } = await place();
      await sink.put('kept.bin', numbered(50));
      await expect(sink.put('kept.bin', failing(numbered(large), new Error('no')))).rejects.toThrow('no');
      expectSame(await read(sink, 'kept.bin'), numbered(50));
    });

    test('an aborted put is CANCELLED, stops its content, and leaves nothing', async () => {
      const { sink, leftovers } = await place();
      await expect(sink.put('never.bin', numbered(5), { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      const controller = new AbortController();
      let released = false;
      const endless = async function* () {
        try {
          for (let round = 0; ; round += 1) {
            if (round === 40) controller.abort();
            yield numbered(65_536);
          }
        } finally {
          released = true;
        }
      };
      await expect(sink.put('endless.bin', endless(), { signal: controller.signal })).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      expect(released).toBe(true);
      expect(await paths(sink)).toEqual([]);
      expect(await leftovers()).toEqual([]);
    });

    test('a listing is in the order of the names\u2019 octets, below a prefix, with sizes', async () => {
      const { sink } = await place();
      // U+1F4E7 sorts after U+FB01 by octets, before it by UTF-16 units; "items.json" before "items/0" because . is before /.
      const names = [
        'items/000001.jsonl',
        'items/000000.jsonl',
        'items.json',
        'items0',
        'index/a',
        'z/\u{1f4e7}',
        'z/\ufb01',
        'a b+c%20&é.txt',
      ];
      for (const [index, one] of names.entries()) await sink.put(one, numbered(index));
      const sorted = names.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
      expect(await paths(sink)).toEqual(sorted);
      expect(await paths(sink, 'items')).toEqual(['items.json', 'items/000000.jsonl', 'items/000001.jsonl', 'items0']);
      expect(await paths(sink, 'items/')).toEqual(['items/000000.jsonl', 'items/000001.jsonl']);
      expect(await paths(sink, 'items/000001')).toEqual(['items/000001.jsonl']);
      expect(await paths(sink, 'nothing/here')).toEqual([]);
      for await (const { path, size } of sink.list('')) expect(size).toBe(names.indexOf(path));
      for (const one of names) expectSame(await read(sink, one), numbered(names.indexOf(one)));
    });

    test('an empty place lists nothing and opens nothing', async () => {
      const { sink } = await place();
      expect(await paths(sink)).toEqual([]);
      await expect(sink.open('manifest.json')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
      await sink.put('items/0', numbered(1));
      await expect(sink.open('items')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    });

    test('remove removes, and what is not there is no error', async () => {
      const { sink } = await place();
      await sink.put('a/b', numbered(3));
      await sink.remove('a/b');
      await sink.remove('a/b');
      await sink.remove('never/was');
      expect(await paths(sink)).toEqual([]);
    });

    test.each([
      '',
      '/',
      '/etc/passwd',
      '..',
      '../out',
      'a/../../out',
      'a//b',
      'a/',
      './a',
      'a/.',
      '..\\out',
      'a\u0000b',
      'a\nb',
    ])('the path %j is refused with USAGE everywhere', async (path) => {
      const { sink } = await place();
      await expect(sink.put(path, numbered(1))).rejects.toMatchObject({ code: 'USAGE' });
      await expect(sink.open(path)).rejects.toMatchObject({ code: 'USAGE' });
      await expect(sink.remove(path)).rejects.toMatchObject({ code: 'USAGE' });
      expect(await paths(sink)).toEqual([]);
    });

    test('a prefix that leads out is refused with USAGE', async () => {
      const { sink } = await place();
      await expect(paths(sink, '../')).rejects.toMatchObject({ code: 'USAGE' });
    });

    test('what is opened is a source that keeps its own promises', async () => {
      const { sink } = await place();
      await sink.put('x/source.bin', numbered(1_000));
      const source = await sink.open('x/source.bin');
      expect(source.size).toBe(1_000);
      expectSame(await collect(source.read(10, 900)), numbered(1_000).subarray(10, 900));
      await source.close();
    });
  });
}
