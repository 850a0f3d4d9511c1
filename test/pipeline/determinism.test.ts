import { expect, test } from 'vitest';
import { memorySink } from '../../src/io/index.ts';
import { ManifestReader, recordFault } from '../../src/manifest/index.ts';
import { inlinePool, processExport, WorkerPool } from '../../src/pipeline/index.ts';
import { generatedExport, silent } from './export.ts';

/** The compiled thread: `npm test` builds before it runs. */
const SCRIPT = new URL('../../dist/pipeline/worker.js', import.meta.url);
const SETTINGS = { shards: { records: 40, recordOctets: 1e6, textOctets: 1e6 }, batchEntries: 7 };

test('the output is the same octets for 1, 2 and 8 workers, and without any', async () => {
  const source = await generatedExport(120);
  const outputs = [];
  for (const pool of [inlinePool(), new WorkerPool(1, SCRIPT), new WorkerPool(2, SCRIPT), new WorkerPool(8, SCRIPT)]) {
    const sink = memorySink();
    await processExport({ source, sink, pool, reporter: silent, ...SETTINGS });
    await pool.close();
    outputs.push(new Map([...sink.files].map(([path, octets]) => [path, Buffer.from(octets).toString('base64')])));
  }
  expect(outputs[0]?.size).toBeGreaterThan(15);
  for (const output of outputs.slice(1)) expect(output).toEqual(outputs[0]);
});

test('every record follows the schema, is found by id and Message-ID, and its text is at its place', async () => {
  const source = await generatedExport(60);
  const sink = memorySink();
  const { ledger, root } = await processExport({ source, sink, pool: inlinePool(), reporter: silent, ...SETTINGS });
  expect(ledger.balanced).toBe(true);
  const reader = await ManifestReader.open(sink);
  let records = 0;
  for await (const batch of reader.records()) {
    for (const record of batch) {
      records++;
      expect(recordFault(record)).toBeNull();
      expect(await reader.record(record.id)).toEqual(record);
      for (const id of record.email?.messageId ?? []) {
        expect((await reader.find('message-id', id)).map((row) => row.id)).toContain(record.id);
      }
      if (record.text !== undefined) {
        const text = await reader.text(record);
        expect(Buffer.byteLength(text)).toBe(record.text.length);
        expect(text.length).toBeGreaterThan(0);
      }
    }
  }
  expect(records).toBe(root.counts.records);
  expect([...sink.files.keys()].some((path) => path.startsWith('work/'))).toBe(false);
});

test.each(['99999999', '00000000.99', 'nonsense'])('%s is no record', async (id) => {
  const sink = memorySink();
  await processExport({ source: await generatedExport(3), sink, pool: inlinePool(), reporter: silent });
  const reader = await ManifestReader.open(sink);
  await expect(reader.record(id)).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
});
