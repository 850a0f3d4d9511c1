import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FolderNames } from '../../src/produce/folder-names.ts';
import { controlNumber, numbering, splitControlNumber } from '../../src/produce/numbering.ts';
import { fold, isSafeName, SafeNames, safeName } from '../../src/produce/safe-name.ts';

test.each([
  ['a/b\\c:d', 'a_b_c_d'],
  ['CON', '_CON'],
  ['con.txt', '_con.txt'],
  ['COM1.eml', '_COM1.eml'],
  ['console.txt', 'console.txt'],
  ['name. . ', 'name'],
  ['.hidden', 'hidden'],
  ['100%.pdf', '100_.pdf'],
  ['invoice\u202efdp.exe', 'invoice_fdp.exe'],
  ['a\r\nb', 'a__b'],
  ['...', 'fallback'],
  ['', 'fallback'],
  ['e\u0301', '\u00e9'],
  [`${'é'.repeat(200)}.pdf`, `${'é'.repeat(58)}.pdf`],
])('%j becomes %j', (raw, expected) => {
  expect(safeName(raw, 'fallback')).toBe(expected);
});

test('every name becomes one that every system can hold, and stays it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (raw) => {
      const name = safeName(raw, 'fallback');
      expect(isSafeName(name)).toBe(true);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(121);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

test('names that differ by case only are told apart', () => {
  const names = new SafeNames();
  const given = ['A.PDF', 'a.pdf', 'a (2).pdf', 'A.pdf'].map((raw) => names.fresh(raw, 'x'));
  expect(given).toEqual(['A.PDF', 'a (2).pdf', 'a (2) (2).pdf', 'A (3).pdf']);
  expect(new Set(given.map(fold)).size).toBe(4);
});

test('a folder has the same path at every asking, and no other folder has it', () => {
  const folders = new FolderNames();
  const paths = [['In/box'], ['In_box'], ['in_BOX'], [], ['a', 'b'], Array.from({ length: 60 }, () => 'deep')];
  const first = paths.map((names) => folders.path(names));
  expect(first).toEqual(['In_box', 'In_box (2)', 'in_BOX (3)', '', 'a/b', expect.stringMatching(/^_deep\//)]);
  expect(paths.toReversed().map((names) => folders.path(names))).toEqual(first.toReversed());
});

test.each(['', 'A1', 'A ', 'A/B', '../A', '.A', 'A'.repeat(41)])('%j cannot be a prefix', (prefix) => {
  expect(() => numbering(prefix, 7)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
});

test.each([6, 16, 7.5])('%d digits cannot be written', (digits) => {
  expect(() => numbering('A', digits)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
});

test('a number is read back', () => {
  expect(controlNumber(numbering('ACME_', 8), 42)).toBe('ACME_00000042');
  expect(splitControlNumber('ACME_00000042')).toEqual({ prefix: 'ACME_', number: 42 });
  expect(splitControlNumber('ACME')).toBeNull();
  expect(splitControlNumber('9'.repeat(40))).toBeNull();
});
