import { beforeAll, describe, expect, test } from 'vitest';
import { createClients, s3Sink } from '../../src/aws/index.ts';
import { memorySink, memorySource } from '../../src/io/index.ts';
import type { Sink } from '../../src/model/index.ts';
import { lint, PROFILE_NAMES, type ProduceInput, type ProfileName, produce } from '../../src/produce/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import { runOfEntries, silent } from '../verify/run.ts';
import { goldenMailbox } from './mailbox.ts';

const MARKER = 'production.unfinished.json';
type Memory = ReturnType<typeof memorySink>;

let manifests: ProduceInput['manifests'] = [];
beforeAll(async () => {
  const run = await runOfEntries(goldenMailbox());
  manifests = [{ reader: await run.reader(), source: run.source, custodian: 'anna' }];
});
const input = (profile: ProfileName, sink: Sink, startedAt = '2026-04-01T12:00:00Z'): ProduceInput => ({
  manifests,
  sink,
  profile,
  options: { version: '1', startedAt },
  reporter: silent,
});

/** A sink whose machine loses power at the nth file: that one is left short, and nothing can be done after. */
function losingPower(inner: Sink, at: number): Sink {
  let puts = 0;
  return {
    ...inner,
    async put(path, content, options) {
      puts++;
      if (puts < at) return inner.put(path, content, options);
      if (puts === at && content instanceof Uint8Array) await inner.put(path, content.subarray(0, content.length / 2));
      throw new Error('power is lost');
    },
    async remove() {
      throw new Error('power is lost');
    },
  };
}

const contents = ({ files }: Memory) =>
  Object.fromEntries([...files].map(([path, octets]) => [path, Buffer.from(octets).toString('latin1')]));

describe.each(PROFILE_NAMES)('a production for %s that lost power', (profile) => {
  test('is refused by lint, and ends as if nothing had been when it is made again', async () => {
    const whole = memorySink('whole');
    await produce(input(profile, whole));
    expect(whole.files.has(MARKER)).toBe(false);
    let interrupted = 0;
    // The marker is the first file: from the second on it says whose folder this is.
    for (const at of [2, 3, 7, 12, 30, 60]) {
      const sink = memorySink('whole');
      const ended = await produce(input(profile, losingPower(sink, at))).then(
        () => 'whole',
        () => 'interrupted',
      );
      expect(ended).toBe('interrupted');
      interrupted++;
      const found = await lint({ sink, profile, reporter: silent });
      expect(found).toContainEqual(expect.objectContaining({ check: 'lint-unfinished', severity: 'error' }));
      // Another hour: what the production says of its time is that of its beginning.
      await produce(input(profile, sink, '2027-01-01T00:00:00Z'));
      expect(contents(sink)).toEqual(contents(whole));
    }
    expect(interrupted).toBe(6);
    expect(await lint({ sink: whole, profile, reporter: silent })).toEqual([]);
  });
});

describe('a folder', () => {
  /** What an interrupted production left. */
  async function unfinished(): Promise<Memory> {
    const sink = memorySink();
    await produce(input('relativity', losingPower(sink, 9))).catch(() => undefined);
    expect(sink.files.has(MARKER)).toBe(true);
    return sink;
  }

  test.each<[string, Partial<ProduceInput>]>([
    ['another profile', { profile: 'csv' }],
    ['another option', { options: { version: '1', prefix: 'OTHER' } }],
    ['another version', { options: { version: '2' } }],
    ['another register', { options: { version: '1', register: memorySource(Buffer.alloc(0)) } }],
    ['a time somebody chose', { options: { version: '1', createdAt: '2026-04-01T12:00:00Z' } }],
  ])('with an unfinished production is not used by one with %s', async (_name, other) => {
    const sink = await unfinished();
    const before = contents(sink);
    await expect(produce({ ...input('relativity', sink), ...other })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(contents(sink)).toEqual(before);
  });

  test('with an unfinished production is not used by another mailbox', async () => {
    const sink = await unfinished();
    const run = await runOfEntries(goldenMailbox().slice(1));
    const other = [{ reader: await run.reader(), source: run.source, custodian: 'anna' }];
    const again = produce({ ...input('relativity', sink), manifests: other });
    await expect(again).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });

  test.each([
    ['a finished production', async (sink: Memory) => void (await produce(input('eml', sink)))],
    ['somebody’s file', async (sink: Memory) => void (await sink.put('notes.txt', Buffer.from('mine')))],
    ['a marker that says nothing', async (sink: Memory) => void (await sink.put(MARKER, Buffer.from('{}')))],
    ['a marker cut short', async (sink: Memory) => void (await sink.put(MARKER, Buffer.from('{"key":')))],
  ])('with %s stays as it is', async (_name, prepare) => {
    const sink = memorySink();
    await prepare(sink);
    const before = contents(sink);
    await expect(produce(input('relativity', sink))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(contents(sink)).toEqual(before);
  });

  test('that lost power when all was written is finished', async () => {
    const sink = memorySink();
    const remove = async () => Promise.reject(new Error('power is lost'));
    await expect(produce(input('relativity', { ...sink, remove }))).rejects.toThrow('power is lost');
    const whole = contents(sink);
    expect(Object.keys(whole)).toContain('production.json');
    await produce(input('relativity', sink));
    const { [MARKER]: marker, ...rest } = whole;
    expect(marker).toBeDefined();
    expect(contents(sink)).toEqual(rest);
  });

  test('without production.json is not whole, though nothing else is missing', async () => {
    const sink = memorySink();
    await produce(input('relativity', sink));
    await sink.remove('production.json');
    expect(await lint({ sink, reporter: silent })).toMatchObject([{ check: 'lint-unfinished', severity: 'error' }]);
  });

  test('whose run was interrupted by its user says so, and goes on', async () => {
    const sink = memorySink();
    const stop = new AbortController();
    const put: Sink['put'] = async (path, content, options) => {
      if (path.endsWith('MP0000009.eml')) stop.abort();
      return sink.put(path, content, options);
    };
    const stopped = produce({ ...input('relativity', { ...sink, put }), signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ code: 'CANCELLED' });
    expect([...sink.files.keys()].filter((path) => !path.startsWith('VOL001/'))).toEqual([MARKER]);
    const notes: string[] = [];
    const note = (message: string) => void notes.push(message);
    await produce({ ...input('relativity', sink), reporter: { ...silent, note } });
    expect(notes).toEqual(['Goes on with the interrupted production in memory.']);
    expect(await lint({ sink, reporter: silent })).toEqual([]);
  });
});

test('a prefix of S3 that was left unfinished is finished too', { timeout: 120_000 }, async () => {
  const whole = memorySink();
  await produce(input('everlaw', whole));
  const sandbox = await startSandbox({ mailboxes: [] });
  try {
    const { s3 } = createClients({ ...sandbox, pathStyle: true });
    const sink = s3Sink({ s3, bucket: sandbox.bucket, prefix: 'production' });
    await expect(produce(input('everlaw', losingPower(sink, 20)))).rejects.toThrow('power is lost');
    const found = await lint({ sink, reporter: silent });
    expect(found).toContainEqual(expect.objectContaining({ check: 'lint-unfinished' }));
    await produce(input('everlaw', sink, '2027-01-01T00:00:00Z'));
    const written: Record<string, string> = {};
    for await (const { path, size } of sink.list('')) {
      const source = await sink.open(path);
      written[path] = Buffer.from(await source.bytes(0, size)).toString('latin1');
      await source.close();
    }
    expect(written).toEqual(contents(whole));
    await expect(produce(input('everlaw', sink))).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  } finally {
    await sandbox.close();
  }
});
