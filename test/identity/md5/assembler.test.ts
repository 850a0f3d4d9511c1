import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signed, unsigned } from '../../../src/identity/md5/assembler.ts';

/** LEB128 read as the WebAssembly specification §5.2.2 has it. */
function read(octets: readonly number[], negative: boolean): number {
  let value = 0n;
  for (const [place, octet] of octets.entries()) value |= BigInt(octet & 0x7f) << BigInt(7 * place);
  const bits = 7 * octets.length;
  const sign = negative && ((octets.at(-1) ?? 0) & 0x40) !== 0;
  return Number(sign ? value - (1n << BigInt(bits)) : value);
}

test('numbers in LEB128 are read again as they were', () => {
  expect(unsigned(0)).toEqual([0]);
  expect(unsigned(624_485)).toEqual([0xe5, 0x8e, 0x26]);
  expect(signed(-123_456)).toEqual([0xc0, 0xbb, 0x78]);
  expect(signed(64)).toEqual([0xc0, 0x00]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer(), (natural, whole) => {
      expect(read(unsigned(natural), false)).toBe(natural);
      expect(read(signed(whole), true)).toBe(whole);
    }),
  );
});
