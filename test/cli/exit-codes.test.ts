import { expect, test } from 'vitest';
import { EXIT, exitCodeOf } from '../../src/cli/exit-codes.ts';
import { ERROR_CODES } from '../../src/model/index.ts';

test.each([
  ['USAGE', 2],
  ['SOURCE_NOT_FOUND', 5],
  ['JOB_NOT_FOUND', 5],
  ['MANIFEST_NOT_FOUND', 5],
  ['ACCESS_DENIED', 6],
  ['KEY_DISABLED', 6],
  ['TEMPORARY', 7],
  ['ARCHIVE_DAMAGED', 8],
  ['CIPHERTEXT_ALTERED', 8],
  ['OUTPUT_EXISTS', 9],
  ['CANCELLED', 130],
] as const)('%s exits %i', (code, number) => {
  expect(exitCodeOf(code)).toBe(number);
});

test('every error has a number that is documented, and none is success', () => {
  const known = new Set<number>(Object.values(EXIT));
  for (const code of ERROR_CODES) {
    expect(known.has(exitCodeOf(code))).toBe(true);
    expect(exitCodeOf(code)).not.toBe(0);
  }
});
