import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { memorySink, memorySource } from '../../src/io/index.ts';
import { ManifestReader, recordFault } from '../../src/manifest/index.ts';
import { processExport, WorkerPool } from '../../src/pipeline/index.ts';
import { checkRun } from '../../src/verify/index.ts';
import { silent, zipOf } from '../pipeline/export.ts';
import { corpusEntries, present } from './corpora.ts';

const SCRIPT = new URL('../../dist/pipeline/worker.js', import.meta.url);

test.skipIf(!present)('every message and calendar of the corpora is accounted for', { timeout: 120_000 }, async () => {
  const entries = [...corpusEntries()];
  expect(entries.length).toBeGreaterThan(1300);
  const source = memorySource(await zipOf(entries));
  const pool = new WorkerPool(2, SCRIPT);
  const sinks = [memorySink(), memorySink()];
  const results = [];
  for (const sink of sinks) results.push(await processExport({ source, sink, pool, reporter: silent }));
  await pool.close();
  const [one, other] = sinks;
  const [result] = results;
  if (one === undefined || other === undefined || result === undefined) throw new Error('no run');
  for (const [path, octets] of one.files)
    expect(Buffer.compare(octets, other.files.get(path) ?? Buffer.alloc(0))).toBe(0);

  const { ledger } = result;
  expect(ledger.balanced).toBe(true);
  expect(ledger.entries).toMatchObject({ declared: entries.length, found: entries.length, unreadable: 0 });
  expect(result.archiveErrors).toBe(0);
  expect(ledger.nativeBytes).toBeGreaterThan(7_000_000);

  const reader = await ManifestReader.open(one);
  const digests = new Map<string, string>();
  for await (const batch of reader.records()) {
    for (const record of batch) {
      expect(recordFault(record), record.source.entry).toBeNull();
      if (record.family.parent === null && record.native !== null)
        digests.set(record.source.entry, record.native.digest);
    }
  }
  for (const { path, bytes } of entries) {
    expect(digests.get(path), path).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  }

  const checked = await checkRun({ manifest: reader, source, reporter: silent });
  expect(checked.matchedEntries).toBe(entries.length);
  const severe = checked.findings.filter(({ severity }) => severity === 'error').map(({ check }) => check);
  // Corpora of damaged mail hold items that end too early: these checks are about items, not about the archive.
  expect(new Set(severe)).toEqual(new Set(['mid-part-end', 'calendar-end']));
});
