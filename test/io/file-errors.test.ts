import { describe, expect, test } from 'vitest';
import { readError, systemCode, writeError } from '../../src/io/file-errors.ts';
import { MailproofError } from '../../src/model/index.ts';

const system = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });

describe('what a failed read means', () => {
  test.each([
    ['ENOENT', 'SOURCE_NOT_FOUND'],
    ['ENOTDIR', 'SOURCE_NOT_FOUND'],
    ['EACCES', 'ACCESS_DENIED'],
    ['EPERM', 'ACCESS_DENIED'],
    ['EMFILE', 'TEMPORARY'],
    ['ENFILE', 'TEMPORARY'],
    ['EIO', 'SOURCE_UNREADABLE'],
    ['ESTALE', 'SOURCE_UNREADABLE'],
  ])('%s is %s', (code, expected) => {
    expect(readError(system(code), '/x')).toMatchObject({
      code: expected,
      details: { path: '/x', system: code },
      advice: expect.stringMatching(/\S/),
    });
  });

  test('what is no system error is unreadable; a run error passes through', () => {
    expect(readError('odd', '/x')).toMatchObject({
      code: 'SOURCE_UNREADABLE',
      message: expect.stringContaining('odd'),
    });
    const own = new MailproofError('CANCELLED', 'x');
    expect(readError(own, '/x')).toBe(own);
    expect(writeError(own, '/x')).toBe(own);
    expect(systemCode(Object.assign(new Error('x'), { code: 7 }))).toBeNull();
  });
});

test.each(['EACCES', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'EEXIST', 'ENAMETOOLONG', 'EIO', 'EFBIG'])(
  'a write that fails with %s is OUTPUT_UNWRITABLE with advice',
  (code) => {
    expect(writeError(system(code), '/x')).toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      message: expect.stringMatching(/^\/x could not be written: .*\.$/),
      advice: expect.stringMatching(/\.$/),
    });
  },
);
