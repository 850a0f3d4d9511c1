import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { ByteSource } from '../../src/model/index.ts';

/** A place that holds some content, and can be opened as a source. */
export interface PlacedContent {
  open(): Promise<ByteSource>;
  /** Puts other content in the same place; absent where the place cannot change. */
  readonly replace?: (content: Uint8Array) => Promise<void>;
  remove(): Promise<void>;
}

/** Octets that tell their place: a chunk out of order, repeated or shifted cannot go unnoticed. */
export function numbered(size: number): Uint8Array<ArrayBuffer> {
  const content = new Uint8Array(size);
  for (let index = 0; index < size; index += 1)
    content[index] = (index * 31 + (index >>> 8) * 17 + (index >>> 16) * 7) & 255;
  return content;
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  return new Uint8Array(Buffer.concat(pieces));
}

/** `expect(…).toEqual` walks element by element; a whole array of megabytes is compared by memcmp. */
export function expectSame(found: Uint8Array, expected: Uint8Array): void {
  expect(found.length).toBe(expected.length);
  expect(Buffer.compare(found, expected)).toBe(0);
}

/** Every promise the port `ByteSource` makes, kept or not by one implementation. `large` is the size of the big content. */
export function describeByteSource(
  name: string,
  place: (content: Uint8Array) => Promise<PlacedContent>,
  large = 5_000_003,
): void {
  describe(`${name} keeps the promises of a ByteSource`, () => {
    const placed: PlacedContent[] = [];
    const opened: ByteSource[] = [];
    afterEach(async () => {
      for (const source of opened.splice(0)) await source.close();
      for (const one of placed.splice(0)) await one.remove();
    });
    async function openOver(content: Uint8Array): Promise<{ source: ByteSource; content: PlacedContent }> {
      const one = await place(content);
      placed.push(one);
      const source = await one.open();
      opened.push(source);
      return { source, content: one };
    }

    test.each([0, 1, 2, 65_536, large])('%d octets are read whole, both ways', async (size) => {
      const content = numbered(size);
      const { source } = await openOver(content);
      expect(source.size).toBe(size);
      expectSame(await collect(source.read(0, size)), content);
      expectSame(await source.bytes(0, size), content);
    });

    test('ranges at both ends, in the middle, and empty ones', async () => {
      const content = numbered(large);
      const { source } = await openOver(content);
      const ranges = [
        [0, 0],
        [0, 1],
        [large - 1, large],
        [large, large],
        [1, large - 1],
        [1_000_000, 2_500_000],
        [77, 77],
      ] as const;
      for (const [start, end] of ranges) {
        expectSame(await collect(source.read(start, end)), content.subarray(start, end));
        expectSame(await source.bytes(start, end), content.subarray(start, end));
      }
    });

    test('an array that is given is filled, one that is shared too, and nothing beside it', async () => {
      const content = numbered(large);
      const { source } = await openOver(content);
      if (source.fill === undefined) return;
      for (const room of [new ArrayBuffer(large + 2), new SharedArrayBuffer(large + 2)]) {
        const around = new Uint8Array(room);
        await source.fill(around.subarray(1, large + 1), 0);
        expectSame(around.subarray(1, large + 1), content);
        expect([around[0], around[large + 1]]).toEqual([0, 0]);
        await source.fill(around.subarray(0, 100), large - 100);
        expectSame(around.subarray(0, 100), content.subarray(large - 100));
      }
      await expect(source.fill(new Uint8Array(2), large - 1)).rejects.toMatchObject({ code: 'USAGE' });
      const stopped = AbortSignal.abort(new Error('stop'));
      await expect(source.fill(new Uint8Array(2), 0, stopped)).rejects.toMatchObject({ code: 'CANCELLED' });
    });

    test('any range gives what lies there', async () => {
      const content = numbered(large);
      const { source } = await openOver(content);
      const range = fc
        .tuple(fc.nat(large), fc.nat(large))
        .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
      await fc.assert(
        fc.asyncProperty(range, async ([start, end]) => {
          expectSame(await source.bytes(start, end), content.subarray(start, end));
          expectSame(await collect(source.read(start, end)), content.subarray(start, end));
        }),
        { seed: 20_260_301, numRuns: 12 },
      );
    });

    test.each([
      [-1, 1],
      [0, 101],
      [101, 101],
      [60, 40],
      [0.5, 1],
      [0, Number.NaN],
      [0, Number.POSITIVE_INFINITY],
    ])('the range %d-%d of 100 octets is refused with USAGE', async (start, end) => {
      const { source } = await openOver(numbered(100));
      await expect(source.bytes(start, end)).rejects.toMatchObject({ code: 'USAGE' });
      await expect(collect(source.read(start, end))).rejects.toMatchObject({ code: 'USAGE' });
    });

    test('chunks belong to the reader: altering or transferring them alters nothing else', async () => {
      const content = numbered(large);
      const { source } = await openOver(content);
      for await (const chunk of source.read(0, large)) {
        chunk.fill(0);
        if (chunk.buffer instanceof ArrayBuffer && chunk.byteLength === chunk.buffer.byteLength) {
          structuredClone(chunk, { transfer: [chunk.buffer] });
        }
      }
      expectSame(await source.bytes(0, large), content);
    });

    test('bytes() is an array over an ArrayBuffer of exactly its length', async () => {
      const { source } = await openOver(numbered(300_000));
      for (const [start, end] of [
        [0, 300_000],
        [5, 9],
        [7, 7],
      ] as const) {
        const bytes = await source.bytes(start, end);
        expect(bytes.buffer).toBeInstanceOf(ArrayBuffer);
        expect(bytes.byteOffset).toBe(0);
        expect(bytes.buffer.byteLength).toBe(end - start);
        expect(structuredClone(bytes, { transfer: [bytes.buffer] }).length).toBe(end - start);
        expect(bytes.length).toBe(0);
      }
    });

    test('breaking off a loop leaves the source usable', async () => {
      const content = numbered(large);
      const { source } = await openOver(content);
      for (let round = 0; round < 5; round += 1) {
        for await (const chunk of source.read(0, large)) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
      }
      expectSame(await source.bytes(10, 20), content.subarray(10, 20));
    });

    test('several readers do not disturb one another', async () => {
      const content = numbered(large);
      const { source } = await openOver(content);
      const reads = [0, 1_000_000, 2_000_001].map((start) => collect(source.read(start, large)));
      const whole = await Promise.all([...reads, source.bytes(3, large)]);
      for (const [index, start] of [0, 1_000_000, 2_000_001, 3].entries()) {
        expectSame(whole[index] ?? new Uint8Array(), content.subarray(start));
      }
    });

    test('an aborted signal ends a read with CANCELLED, before it and in its middle', async () => {
      const { source } = await openOver(numbered(large));
      const before = AbortSignal.abort();
      await expect(source.bytes(0, 10, before)).rejects.toMatchObject({ code: 'CANCELLED' });
      await expect(collect(source.read(0, 10, before))).rejects.toMatchObject({ code: 'CANCELLED' });
      const controller = new AbortController();
      const reading = (async () => {
        for await (const _ of source.read(0, large, controller.signal)) controller.abort();
      })();
      await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
      expect((await source.bytes(0, 10)).length).toBe(10);
    });

    test('a closed source refuses to be read, and can be closed again', async () => {
      const { source } = await openOver(numbered(10));
      await source.close();
      await source.close();
      await expect(source.bytes(0, 1)).rejects.toMatchObject({ code: 'USAGE' });
      await expect(collect(source.read(0, 1))).rejects.toMatchObject({ code: 'USAGE' });
    });

    test('the identity of unchanged content stays the same, that of other content differs', async () => {
      const { source, content } = await openOver(numbered(1_000));
      const again = await content.open();
      opened.push(again);
      expect(again.identity).toEqual(source.identity);
      if (content.replace === undefined) return;
      await content.replace(numbered(1_001));
      const other = await content.open();
      opened.push(other);
      expect(other.identity).not.toEqual(source.identity);
    });

    test('content replaced in mid-read is SOURCE_CHANGED, never a mixture', async ({ skip }) => {
      const { source, content } = await openOver(numbered(large));
      const { replace } = content;
      if (replace === undefined) return skip('this place cannot change');
      const reading = (async () => {
        let first = true;
        for await (const _ of source.read(0, large)) {
          if (first) await replace(numbered(large).fill(1));
          first = false;
        }
      })();
      await expect(reading).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
      await expect(source.bytes(0, large)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    });

    test('content that has become shorter is SOURCE_TRUNCATED or SOURCE_CHANGED', async ({ skip }) => {
      const { source, content } = await openOver(numbered(large));
      if (content.replace === undefined) return skip('this place cannot change');
      await content.replace(numbered(1_000));
      const reads = [source.bytes(0, large), collect(source.read(0, large)), source.bytes(0, 500)];
      for (const result of await Promise.allSettled(reads)) {
        const code = result.status === 'rejected' ? Reflect.get(Object(result.reason), 'code') : 'read';
        expect(['SOURCE_TRUNCATED', 'SOURCE_CHANGED']).toContain(code);
      }
    });
  });
}
