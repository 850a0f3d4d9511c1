import { expect, test } from 'vitest';
import { memorySink } from '../../src/io/index.ts';
import { MailproofError, type PutOptions, type Sink } from '../../src/model/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { generatedExport, silent } from './export.ts';

const SETTINGS = { shards: { records: 25, recordOctets: 1e6, textOctets: 1e6 }, batchEntries: 5 };

/** A sink whose n-th write fails, as a machine that loses power there: everything before it is kept. */
function failing(sink: Sink, at: number): Sink {
  let puts = 0;
  return {
    ...sink,
    put(path: string, content: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions) {
      puts++;
      if (puts === at) throw new MailproofError('OUTPUT_UNWRITABLE', 'planted');
      return sink.put(path, content, options);
    },
  };
}

const snapshot = (files: ReadonlyMap<string, Uint8Array>) =>
  new Map([...files].map(([path, octets]) => [path, Buffer.from(octets).toString('base64')]));

test('interrupted at any write and run again, the result is the same octets', async () => {
  const source = await generatedExport(60);
  const whole = memorySink();
  const run = (sink: Sink) => processExport({ source, sink, pool: inlinePool(), reporter: silent, ...SETTINGS });
  await run(whole);
  let resumed = 0;
  let interrupted = 0;
  for (let at = 1; ; at++) {
    const sink = memorySink();
    const failed = await run(failing(sink, at)).then(
      () => false,
      (error: unknown) => error instanceof MailproofError && error.code === 'OUTPUT_UNWRITABLE',
    );
    if (!failed) break;
    interrupted++;
    expect(sink.files.has('manifest.json')).toBe(false);
    resumed = Math.max(resumed, (await run(sink)).resumedShards);
    expect(snapshot(sink.files)).toEqual(snapshot(whole.files));
  }
  expect(interrupted).toBeGreaterThan(20);
  expect(resumed).toBeGreaterThanOrEqual(2);
});

test('a finished destination and one of another archive are refused', async () => {
  const sink = memorySink();
  const run = async (messages: number, to: Sink) =>
    processExport({
      source: await generatedExport(messages),
      sink: to,
      pool: inlinePool(),
      reporter: silent,
      ...SETTINGS,
    });
  await run(5, sink);
  await expect(run(5, sink)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  const begun = memorySink();
  await expect(run(30, failing(begun, 8))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  await expect(run(31, begun)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
});

test('a checkpoint that cannot be read is work done again, not a fault', async () => {
  const source = await generatedExport(60);
  const whole = memorySink();
  await processExport({ source, sink: whole, pool: inlinePool(), reporter: silent, ...SETTINGS });
  const sink = memorySink();
  const input = { source, pool: inlinePool(), reporter: silent, ...SETTINGS };
  await expect(processExport({ ...input, sink: failing(sink, 17) })).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
  });
  await sink.put('work/000001.json', Buffer.from('{"shard":'));
  expect((await processExport({ ...input, sink })).resumedShards).toBe(1);
  expect(snapshot(sink.files)).toEqual(snapshot(whole.files));
});
