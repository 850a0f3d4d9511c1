import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { progressStores } from '../../src/cli/progress-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'progress-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const stores = (file?: string) => {
  const made = progressStores(folder, file);
  if (made === null) throw new Error('a folder has stores');
  return made;
};

test('beside the manifest, or in the file given; the second opinion beside it; in S3 nothing unasked', async () => {
  expect(stores().archive.location).toBe(join(folder, 'verify-state.json'));
  const { archive, secondOpinion } = stores(join(folder, 'other/kept.json'));
  expect(secondOpinion.location).toBe(join(folder, 'other/kept.json.second-opinion'));
  expect(progressStores('s3://bucket/run/', undefined)).toBeNull();
  expect(await archive.load()).toBeNull();
  await archive.save(Buffer.from('kept'));
  expect(Buffer.from((await archive.load()) ?? []).toString()).toBe('kept');
  await archive.clear();
  expect(existsSync(archive.location)).toBe(false);
});

const hasOwners = process.getuid !== undefined;
describe.skipIf(!hasOwners)(`owners${hasOwners ? '' : ' (skipped: this system has none)'}`, () => {
  test('what is kept can be written by its owner only, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      await stores().archive.save(Buffer.from('kept'));
    } finally {
      process.umask(before);
    }
    expect(statSync(join(folder, 'verify-state.json')).mode & 0o777).toBe(0o600);
    expect(await stores().archive.load()).not.toBeNull();
  });

  test.each([0o620, 0o602, 0o666])('a file of mode %o could be anybody’s word', async (mode) => {
    const path = join(folder, 'forged.json');
    writeFileSync(path, 'kept');
    chmodSync(path, mode);
    await expect(stores(path).archive.load()).rejects.toMatchObject({ code: 'STATE_REFUSED' });
    await expect(stores(path).archive.load()).rejects.toThrow(/others may write to it/);
  });
});
