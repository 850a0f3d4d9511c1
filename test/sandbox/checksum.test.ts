import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  algorithmOf,
  CHECKSUM_ALGORITHMS,
  combineChecksums,
  isChecksumValue,
  startChecksum,
} from '../../src/sandbox/s3/checksum/checksum.ts';

const SEED = { seed: 20260101, numRuns: 60 };
const take = (algorithm: (typeof CHECKSUM_ALGORITHMS)[number], ...pieces: Uint8Array[]) => {
  const running = startChecksum(algorithm);
  for (const piece of pieces) running.update(piece);
  return running.value();
};

// "123456789": the check values of the CRC catalogue, and RFC 3174's kind for the hashes.
test.each([
  ['CRC32', 'cbf43926'],
  ['CRC32C', 'e3069283'],
  ['CRC64NVME', 'ae8b14860a799888'],
  ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
] as const)('%s of the check string', (algorithm, hex) => {
  expect(Buffer.from(take(algorithm, Buffer.from('123456789')), 'base64').toString('hex')).toBe(hex);
});

describe.each(CHECKSUM_ALGORITHMS)('%s', (algorithm) => {
  test('is the same however the octets are cut, and wherever they lie in memory', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), fc.nat(7), (data, cut, shift) => {
        const at = Math.min(cut, data.length);
        const moved = new Uint8Array(data.length + shift);
        moved.set(data, shift);
        const whole = take(algorithm, data);
        expect(take(algorithm, moved.subarray(shift))).toBe(whole);
        expect(take(algorithm, data.subarray(0, at), data.subarray(at))).toBe(whole);
        expect(isChecksumValue(algorithm, whole)).toBe(true);
      }),
      SEED,
    );
  });
});

test('longer than a scratch buffer, aligned and not', () => {
  const data = new Uint8Array(600_001).map((_, at) => (at * 31) & 0xff);
  for (const algorithm of ['CRC32C', 'CRC64NVME'] as const) {
    const moved = new Uint8Array(data.length + 1);
    moved.set(data, 1);
    expect(take(algorithm, moved.subarray(1))).toBe(take(algorithm, data));
  }
});

test.each(['CRC32', 'CRC32C', 'CRC64NVME'] as const)('%s of a whole is that of its parts, combined', (algorithm) => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1, maxLength: 6 }), (parts) => {
      const values = parts.map((part) => ({ value: take(algorithm, part), size: part.length }));
      expect(combineChecksums(algorithm, 'FULL_OBJECT', values)?.value).toBe(take(algorithm, ...parts));
    }),
    SEED,
  );
});

test('a checksum of checksums says how many', () => {
  const parts = ['a', 'bc'].map((text) => ({ value: take('SHA256', Buffer.from(text)), size: text.length }));
  const over = take('SHA256', ...parts.map((part) => Buffer.from(part.value, 'base64')));
  expect(combineChecksums('SHA256', 'COMPOSITE', parts)).toEqual({
    algorithm: 'SHA256',
    type: 'COMPOSITE',
    value: `${over}-2`,
  });
  expect(combineChecksums('SHA256', 'FULL_OBJECT', parts)).toBeNull();
  expect(combineChecksums('CRC64NVME', 'COMPOSITE', parts)).toBeNull();
});

test('names and values', () => {
  expect(algorithmOf('x-amz-checksum-crc64nvme')).toBe('CRC64NVME');
  expect(algorithmOf('sha256')).toBe('SHA256');
  expect(algorithmOf('md5')).toBeNull();
  expect(isChecksumValue('CRC32', 'AAAA')).toBe(false);
  expect(isChecksumValue('CRC32', 'not base64')).toBe(false);
});
