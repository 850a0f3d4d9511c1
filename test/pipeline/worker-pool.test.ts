import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EntryBatch } from '../../src/model/index.ts';
import { WorkerPool } from '../../src/pipeline/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailproof-pool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A thread that leaves a file behind when it starts, and then does as it is told. */
function thread(then: string): URL {
  const script = join(folder, 'thread.mjs');
  writeFileSync(
    script,
    `import { writeFileSync } from 'node:fs';
    import { parentPort, threadId } from 'node:worker_threads';
    writeFileSync(${JSON.stringify(folder)} + '/started-' + threadId, '');
    ${then}`,
  );
  return pathToFileURL(script);
}
const ANSWERS = "parentPort.on('message', () => parentPort.postMessage({ output: [] }));";
const started = () => readdirSync(folder).filter((name) => name.startsWith('started-')).length;
const batch = (): EntryBatch => ({ index: 0, offset: 0, bytes: new Uint8Array(1), entries: [] });

test('threads start when work is expected, no more of them than there is work', async () => {
  const pool = new WorkerPool(3, thread(ANSWERS));
  pool.expect(2);
  await vi.waitFor(() => expect(started()).toBe(2), { timeout: 10_000 });
  expect(await pool.run('zip', batch())).toEqual([]);
  expect(started()).toBe(2);
  pool.expect(100);
  await vi.waitFor(() => expect(started()).toBe(3), { timeout: 10_000 });
  await pool.close();
});

test('a thread that ends while it has nothing to do is replaced when there is work', async () => {
  // The first ends by itself; those after it find its file and stay.
  const pool = new WorkerPool(
    1,
    thread(`const { readdirSync } = await import('node:fs');
    if (readdirSync(${JSON.stringify(folder)}).filter((name) => name.startsWith('started-')).length === 1) process.exit(3);
    ${ANSWERS}`),
  );
  pool.expect(1);
  await vi.waitFor(() => expect(started()).toBe(1), { timeout: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await pool.run('zip', batch())).toEqual([]);
  expect(started()).toBe(2);
  await pool.close();
});

test('a thread that cannot start says so when it is needed, not before', async () => {
  const pool = new WorkerPool(1, thread("throw new Error('no such machine');"));
  pool.expect(1);
  await vi.waitFor(() => expect(started()).toBe(1), { timeout: 10_000 });
  await expect(pool.run('zip', batch())).rejects.toMatchObject({ code: 'UNEXPECTED' });
  await pool.close();
});
