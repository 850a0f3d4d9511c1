import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { md5OfEach } from '../../../src/identity/index.ts';
import { Md5Lanes, WINDOW } from '../../../src/identity/md5/lanes.ts';

const md5 = (octets: Uint8Array): string => createHash('md5').update(octets).digest('hex');
/** Octets that differ from place to place and from message to message. */
const message = (length: number, seed = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => Math.imul(index + seed, 0x9e3779b1) >>> 24);
const lanes = new Md5Lanes();

test('nothing has no digests', () => {
  expect(lanes.digest([])).toEqual([]);
  expect(md5OfEach([])).toEqual([]);
});

test('the test suite of RFC 1321 §A.5', () => {
  const texts = ['', 'a', 'abc', 'message digest', 'abcdefghijklmnopqrstuvwxyz', '1234567890'.repeat(8)];
  expect(lanes.digest(texts.map((text) => Buffer.from(text)))).toEqual([
    'd41d8cd98f00b204e9800998ecf8427e',
    '0cc175b9c0f1b6a831c399e269772661',
    '900150983cd24fb0d6963f7d28e17f72',
    'f96b697d7cb7938d525a2f31aaf161d0',
    'c3fcd3d76192e4007dfb496cca67e13b',
    '57edf4a22be3c955ac49da2e2107b67a',
  ]);
});

test('every length from 0 to 300, in whichever lane', () => {
  const messages = Array.from({ length: 301 }, (_, length) => message(length, length));
  for (const shift of [0, 1, 2, 3]) {
    const shifted = [...messages.slice(shift), ...messages.slice(0, shift)];
    expect(lanes.digest(shifted)).toEqual(shifted.map(md5));
  }
});

test('lengths about the ends of blocks and windows', () => {
  const edges = [WINDOW - 64, WINDOW, 2 * WINDOW, 5 * WINDOW].flatMap((edge) =>
    [-65, -64, -57, -56, -55, -9, -8, -1, 0, 1, 55, 56, 63, 64].map((beside) => edge + beside),
  );
  const messages = edges.map((length) => message(length, length));
  expect(lanes.digest(messages)).toEqual(messages.map(md5));
});

test('one long message beside many short ones, before and after them', () => {
  const short = Array.from({ length: 40 }, (_, seed) => message(seed * 7, seed));
  const long = message(30 * WINDOW + 17);
  for (const messages of [
    [long, ...short],
    [...short, long],
    [long, long.subarray(1), ...short],
  ]) {
    expect(lanes.digest(messages)).toEqual(messages.map(md5));
  }
});

test('a view into a larger array is digested, and not what lies beside it', () => {
  const whole = message(10_000);
  const views = [whole.subarray(3, 77), whole.subarray(64, 64), whole.subarray(9000)];
  expect(lanes.digest(views)).toEqual(views.map(md5));
});

const LENGTHS = fc.array(fc.oneof(fc.nat(300), fc.nat(3 * WINDOW)), { maxLength: 24 });

test('any messages have the digests that node:crypto gives, together and by themselves, with and without lanes', () => {
  fc.assert(
    fc.property(LENGTHS, fc.nat(), (lengths, seed) => {
      const messages = lengths.map((length, place) => message(length, seed + place));
      const expected = messages.map(md5);
      expect(lanes.digest(messages)).toEqual(expected);
      expect(md5OfEach(messages)).toEqual(expected);
      expect(md5OfEach(messages, null)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('what is longer than all others together is not left to run alone in a lane', () => {
  const seen: number[] = [];
  class Watched extends Md5Lanes {
    override digest(messages: readonly Uint8Array[]): string[] {
      seen.push(...messages.map(({ length }) => length));
      return super.digest(messages);
    }
  }
  const messages = [10, 5000, 20, 900, 30, 2000].map((length) => message(length));
  expect(md5OfEach(messages, new Watched())).toEqual(messages.map(md5));
  expect(seen).toEqual([30, 20, 10]);
  seen.length = 0;
  const even = [500, 400, 600, 300].map((length) => message(length));
  expect(md5OfEach(even, new Watched())).toEqual(even.map(md5));
  expect(seen).toEqual([600, 500, 400, 300]);
});

test('without WebAssembly node:crypto takes them all', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  vi.resetModules();
  try {
    const fresh = await import('../../../src/identity/md5/md5-of-each.ts');
    const messages = [message(100), message(90), message(80)];
    expect(fresh.md5OfEach(messages)).toEqual(messages.map(md5));
    const { Md5Lanes: Lanes } = await import('../../../src/identity/md5/lanes.ts');
    expect(() => new Lanes()).toThrow(TypeError);
  } finally {
    vi.unstubAllGlobals();
  }
});
