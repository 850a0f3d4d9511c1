import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openArchive } from '../../src/archive/index.ts';
import { OctetFeed } from '../../src/archive/sequential/octet-feed.ts';
import { type FrameOutcome, frameOctets, nextFrame, skipFrame } from '../../src/archive/sequential/zstd-frame.ts';
import { sniff } from '../../src/archive/sniff.ts';
import { memorySource } from '../../src/io/index.ts';
import { ZSTD_SAMPLE } from './zstd-sample.ts';

const has = Reflect.has(zlib, 'createZstdDecompress');
const feedOf = (...parts: Uint8Array[]) =>
  new OctetFeed(
    (async function* () {
      // One octet at a time: no reader may depend on where chunks end.
      for (const octet of Buffer.concat(parts)) yield Uint8Array.of(octet);
    })(),
  );
const SKIPPABLE = Buffer.from('502a4d18050000006d61696c21', 'hex');

test('it is known by its first octets, a skippable frame’s too', () => {
  expect(sniff(ZSTD_SAMPLE)).toBe('zstd');
  expect(sniff(Buffer.concat([SKIPPABLE, ZSTD_SAMPLE]))).toBe('zstd');
  expect(sniff(Buffer.from('602a4d1800000000', 'hex'))).toBe(null);
});

test.skipIf(has)('a Node.js without it refuses it by name, and says which one has it', async () => {
  await expect(openArchive(memorySource(ZSTD_SAMPLE))).rejects.toMatchObject({
    code: 'FORMAT_UNKNOWN',
    message: expect.stringContaining('Zstandard'),
    advice: expect.stringMatching(/Node\.js 22\.15 or later.*zstd -d/),
  });
});

test.skipIf(!has)('a Node.js with it opens it', async () => {
  expect((await openArchive(memorySource(ZSTD_SAMPLE))).format).toBe('single');
});

describe('framing', () => {
  async function walked(octets: Uint8Array): Promise<FrameOutcome & { length: number }> {
    const outcome: FrameOutcome = { state: 'whole', checked: false };
    let length = 0;
    for await (const piece of frameOctets(feedOf(octets), outcome)) length += piece.length;
    return { ...outcome, length };
  }

  test('a whole frame, its checksum with it', async () => {
    expect(await walked(ZSTD_SAMPLE)).toEqual({ state: 'whole', checked: true, length: ZSTD_SAMPLE.length });
  });

  test('cut at every octet', async () => {
    for (let at = 0; at < ZSTD_SAMPLE.length; at += 1)
      expect((await walked(ZSTD_SAMPLE.subarray(0, at))).state).toBe('cut');
  });

  test.each([['a reserved kind of block'], ['a block of more than 128 KiB']])('%s is damage', async (name) => {
    const header = Buffer.from('28b52ffd0058', 'hex');
    const block = Buffer.alloc(3);
    block.writeUIntLE(name.startsWith('a reserved') ? (1 << 3) | (3 << 1) | 1 : ((128 * 1024 + 1) << 3) | 1, 0, 3);
    expect((await walked(Buffer.concat([header, block, Buffer.alloc(200_000)]))).state).toBe('damaged');
  });

  test('what comes next', async () => {
    expect(await nextFrame(feedOf(ZSTD_SAMPLE))).toBe('frame');
    expect(await nextFrame(feedOf(SKIPPABLE))).toBe('skippable');
    expect(await nextFrame(feedOf())).toBe('end');
    expect(await nextFrame(feedOf(Buffer.alloc(100)))).toBe('padding');
    expect(await nextFrame(feedOf(Buffer.from('text')))).toBe('foreign');
    expect(await skipFrame(feedOf(SKIPPABLE))).toBe(true);
    for (let at = 0; at < SKIPPABLE.length; at += 1)
      expect(await skipFrame(feedOf(SKIPPABLE.subarray(0, at)))).toBe(false);
  });
});
