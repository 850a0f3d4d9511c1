import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { expect, test, vi } from 'vitest';
import { createTemporaryFolder, systemClock } from '../../src/io/index.ts';
import { MailproofError } from '../../src/model/index.ts';

test('only its owner may enter, and remove() removes all in it, twice', async () => {
  const folder = await createTemporaryFolder();
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  writeFileSync(join(folder.path, 'a'), 'x');
  await folder.remove();
  await folder.remove();
  expect(existsSync(folder.path)).toBe(false);
});

test('the abort of its signal removes it', async () => {
  const controller = new AbortController();
  const folder = await createTemporaryFolder({ signal: controller.signal });
  controller.abort();
  await vi.waitFor(() => expect(existsSync(folder.path)).toBe(false));
  await expect(createTemporaryFolder({ signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('the end of the process removes what is left', () => {
  const parent = mkdtempSync(join(tmpdir(), 'parent-'));
  const script = `
    import { createTemporaryFolder } from ${JSON.stringify(resolve(import.meta.dirname, '../../src/io/temporary-folder.ts'))};
    await createTemporaryFolder({ parent: ${JSON.stringify(parent)} });
    await createTemporaryFolder({ parent: ${JSON.stringify(parent)} });
    process.exitCode = 3;`;
  const built = buildSync({
    stdin: { contents: script, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  const code = built.outputFiles[0]?.text ?? '';
  expect(() => execFileSync(process.execPath, ['--input-type=module', '-e', code])).toThrow(
    expect.objectContaining({ status: 3 }),
  );
  expect(readdirSync(parent)).toEqual([]);
  rmSync(parent, { recursive: true });
});

test('a place that cannot be written to is OUTPUT_UNWRITABLE', async () => {
  await expect(createTemporaryFolder({ parent: '/nowhere/at/all' })).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
  });
});

test('the clock tells the time, sleeps, and wakes at an abort with its reason', async () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
  await systemClock.sleep(1);
  const controller = new AbortController();
  const sleeping = systemClock.sleep(60_000, controller.signal);
  controller.abort(new MailproofError('TIMEOUT', 'enough'));
  await expect(sleeping).rejects.toMatchObject({ code: 'TIMEOUT' });
  await expect(systemClock.sleep(1, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
});
