import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeThreadIndex, threadIndexSkew } from '../../src/identity/index.ts';

test('classic layout, one reply', () => {
  expect(decodeThreadIndex('AdQc2DN7rLoS3hgnE/O76rpFzxN/EwAddF4A')).toEqual({
    layout: 'classic',
    startedAt: '2018-07-16T07:40:00.2799616Z',
    conversation: 'acba12de-1827-13f3-bbea-ba45cf137f13',
    replies: [{ sentAt: '2018-07-16T21:43:22.8275712Z', deltaTicks: 0x1d745en << 18n }],
    trailingOctets: 0,
  });
});

test('modern layout, one reply whose difference was taken from a misread header', () => {
  const index = decodeThreadIndex('AQHWLRNo4NaOjvXU8EODe0ZotrA8B6itzaxf');
  expect(index).toMatchObject({ layout: 'modern', conversation: 'e0d68e8e-f5d4-f043-837b-4668b6b03c07' });
  // The facts give microseconds, truncated; the field has 100 ns.
  expect(index?.startedAt.slice(0, 26)).toBe('2020-05-18T12:54:02.646732');
  expect(index?.replies[0]?.sentAt.slice(0, 26)).toBe('2020-05-18T12:57:39.754393');
});

const TICKS_AT_1970 = 116_444_736_000_000_000n;
const ticksOf = (milliseconds: number) => TICKS_AT_1970 + BigInt(milliseconds) * 10_000n;

/** A second implementation of the writer: [MS-OXOMSG] §2.2.1.3. */
function write(layout: 'classic' | 'modern', start: number, replies: readonly number[]): string {
  const ticks = ticksOf(start);
  const header = Buffer.alloc(22, 0xab);
  if (layout === 'classic') header.writeUIntBE(Number(ticks >> 16n), 0, 6);
  else {
    header[0] = 1;
    header.writeUIntBE(Number(ticks >> 24n), 1, 5);
  }
  const written = layout === 'classic' ? (ticks >> 16n) << 16n : (ticks >> 24n) << 24n;
  const blocks = replies.map((reply) => {
    const difference = ticksOf(reply) - written;
    const coarse = difference >> 49n !== 0n;
    const block = Buffer.alloc(5);
    const delta = Number((difference >> (coarse ? 23n : 18n)) & 0x7fff_ffffn);
    block.writeUInt32BE((delta + (coarse ? 0x8000_0000 : 0)) >>> 0);
    return block;
  });
  return Buffer.concat([header, ...blocks]).toString('base64');
}

describe('what is written is read back, to the precision of the field', () => {
  const start = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2056, 0) });
  const gaps = fc.array(fc.integer({ min: 1000, max: 20 * 365 * 86_400_000 }), { maxLength: 5 });
  test.each(['classic', 'modern'] as const)('%s', (layout) => {
    fc.assert(
      fc.property(start, gaps, (first, differences) => {
        const replies = differences.map((difference) => first + difference);
        const index = decodeThreadIndex(write(layout, first, replies));
        expect(index?.layout).toBe(layout);
        expect(Math.abs(Date.parse(index?.startedAt ?? '') - first)).toBeLessThan(1700);
        replies.forEach((reply, place) => {
          const read = Date.parse(index?.replies[place]?.sentAt ?? '');
          // The coarse unit is 0.84 s, the modern header's 1.68 s. Beyond 1.7 years a modern difference has two readings:
          // the shorter one is taken.
          const fine = reply - first < 1.7 * 365 * 86_400_000;
          if (layout === 'classic' || fine) expect(Math.abs(read - reply)).toBeLessThan(2000);
          else expect(read - first).toBeLessThan(reply - first + 2000);
        });
      }),
      { seed: 5, numRuns: 200 },
    );
  });
});

const BAD: [string, string][] = [
  ['empty', ''],
  ['not base64', 'Thread-Index: yes'],
  ['too short', Buffer.alloc(21, 1).toString('base64')],
  ['a time before mail was invented', Buffer.alloc(22, 0).toString('base64')],
  ['a time beyond a FILETIME', Buffer.alloc(22, 0xff).toString('base64')],
];
test.each(BAD)('%s: null', (_, field) => {
  expect(decodeThreadIndex(field)).toBeNull();
});

test('a field that is folded, and one that ends within a reply', () => {
  const whole = 'AdQc2DN7rLoS3hgnE/O76rpFzxN/EwAddF4A';
  expect(decodeThreadIndex(` ${whole.slice(0, 20)}\r\n ${whole.slice(20)}`)?.replies).toHaveLength(1);
  const cut = Buffer.from(whole, 'base64').subarray(0, 25).toString('base64');
  expect(decodeThreadIndex(cut)).toMatchObject({ replies: [], trailingOctets: 3 });
});

test('ten thousand replies', () => {
  const index = decodeThreadIndex(
    write(
      'classic',
      Date.UTC(2020, 0),
      Array.from({ length: 10_000 }, (_, at) => Date.UTC(2020, 0) + at * 60_000),
    ),
  );
  expect(index?.replies).toHaveLength(10_000);
});

const SKEWS: [string, string | null, { seconds: number; skewed: boolean } | null][] = [
  ['sent as it was begun', '2018-07-16T21:43:22Z', { seconds: 0, skewed: false }],
  ['an hour of writing, another zone', '2018-07-17T00:43:22+02:00', { seconds: 3600, skewed: false }],
  ['dated a day before it was begun', '2018-07-15T21:43:22Z', { seconds: -86_400, skewed: true }],
  ['dated a month later', '2018-08-16T21:43:22Z', { seconds: 31 * 86_400, skewed: true }],
  ['no date', null, null],
];
test.each(SKEWS)('skew: %s', (_, sentAt, expected) => {
  const index = decodeThreadIndex('AdQc2DN7rLoS3hgnE/O76rpFzxN/EwAddF4A');
  if (index === null) throw new Error('not read');
  expect(threadIndexSkew(index, sentAt)).toEqual(expected);
});
