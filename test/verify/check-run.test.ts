import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/io/index.ts';
import { type ByteSource, type Finding, MailproofError, type Progress } from '../../src/model/index.ts';
import { digestBatch, type inlineDigester, NO_FACTS, objectFacts } from '../../src/verify/index.ts';
import { alterFile, mendRoot } from './damage.ts';
import { makeMailbox } from './mailbox.ts';
import { JOB, objectOf, runOfEntries, silent, verify } from './run.ts';

const ENTRIES = makeMailbox({ seed: 41, directories: true });

/** The same octets in small chunks. */
function inChunks(source: ByteSource, octets: number): ByteSource {
  return {
    ...source,
    async *read(start, end, signal) {
      for await (const chunk of source.read(start, end, signal)) {
        for (let at = 0; at < chunk.length; at += octets) yield chunk.subarray(at, at + octets);
      }
    },
  };
}

describe('verification', () => {
  test('finds the same however the archive comes', async () => {
    const run = await runOfEntries(ENTRIES);
    const source = memorySource(run.archive.map((octet, at) => (at === 300 ? octet ^ 1 : octet)));
    const whole = await verify(run, { source });
    const chunked = await verify(run, { source: inChunks(source, 321) });
    expect(chunked.findings).toEqual(whole.findings);
    expect(whole.findings.length).toBeGreaterThan(0);
  });

  test('digests batches wherever it is told to, several at once, in order', async () => {
    const run = await runOfEntries(makeMailbox({ seed: 42, messages: 1500, calendars: 0 }));
    let [running, most] = [0, 0];
    const digester = {
      size: 4,
      async digest(...[format, batch]: Parameters<typeof inlineDigester.digest>) {
        most = Math.max(most, ++running);
        // Later batches end first.
        for (let turn = 0; turn < 20 - batch.index; turn++) await Promise.resolve();
        running--;
        return digestBatch(format, batch);
      },
    };
    const result = await verify(run, { source: run.source, digester });
    expect(result.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(result.matchedEntries).toBe(1500);
    expect(most).toBeGreaterThan(1);
  });

  test('streams an entry too large to be held', async () => {
    const large = { path: 'Inbox/large.bin', bytes: Buffer.alloc(33 * 1024 * 1024, 7) };
    const run = await runOfEntries([...ENTRIES, large], { stored: true });
    const result = await verify(run, { source: run.source });
    expect(result.matchedEntries).toBe(ENTRIES.length + 1);
    const archive = Buffer.from(run.archive);
    archive[archive.length >> 1] = 8;
    const altered = await verify(run, { source: memorySource(archive) });
    const natives = altered.findings.filter(({ check }) => check === 'native-digest');
    expect(natives).toMatchObject([{ severity: 'error', entry: 'Inbox/large.bin' }]);
    const sampled = await verify(run, { source: run.source, sample: 0 });
    expect(sampled.matchedEntries).toBe(0);
    expect(sampled.verdict.verdict).toBe('UNPROVEN');
  });

  test('reports every finding, and how far it is', async () => {
    const run = await runOfEntries(ENTRIES);
    const told: Finding[] = [];
    const progress: Progress[] = [];
    const reporter = {
      ...silent,
      finding: (each: Finding) => told.push(each),
      progress: (each: Progress) => progress.push(each),
    };
    const result = await verify(run, { source: memorySource(run.archive.subarray(0, -30)), reporter });
    expect(told).toEqual(result.findings);
    expect(progress.at(-1)).toMatchObject({
      phase: 'verify',
      bytes: run.archive.length - 30,
      totalBytes: run.archive.length - 30,
    });
    progress.length = 0;
    await verify(run, { reporter });
    expect(progress.at(-1)).toMatchObject({ records: ENTRIES.length, entries: ENTRIES.length });
  });

  test('says of every check whether it was made, and why not', async () => {
    const run = await runOfEntries(ENTRIES);
    const bare = await verify(run);
    const skipped = bare.checks.filter(({ outcome }) => outcome === 'skipped');
    expect(skipped.map(({ check }) => check)).toEqual([
      'root-digest',
      'archive-object',
      'archive-digest',
      'native-digest',
      'job-state',
      'job-times',
      'job-key',
      'job-window',
      'output-log',
      'mailbox-size',
    ]);
    for (const { reason } of skipped) expect(reason).toMatch(/\w/);
    const object = { ...objectOf(run.archive), lastModified: null };
    const facts = { ...NO_FACTS, job: { ...JOB, kmsKeyArn: 'arn:aws:kms:eu-west-1:1:alias/x' }, object };
    const some = await verify(run, { facts });
    expect(some.checks.find(({ check }) => check === 'job-key')?.reason).toMatch(/alias/);
    expect(some.checks.find(({ check }) => check === 'job-window')?.reason).toMatch(/not known/);
    expect(some.checks.find(({ check }) => check === 'job-state')).toMatchObject({ outcome: 'passed', findings: 0 });
  });

  test('ends at once when it is cancelled', async () => {
    const run = await runOfEntries(ENTRIES);
    await expect(verify(run, { source: run.source, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });

  test.each(['ACCESS_DENIED', 'TEMPORARY'] as const)('throws %s: it is no finding', async (code) => {
    const run = await runOfEntries(ENTRIES);
    const refusing = async () => {
      throw new MailproofError(code, 'No.');
    };
    const source = { ...run.source, bytes: refusing };
    await expect(verify(run, { source })).rejects.toMatchObject({ code });
  });

  test('survives a failure of the archive at every read', async () => {
    const run = await runOfEntries(ENTRIES);
    for (let failing = 1; failing < 6; failing++) {
      let reads = 0;
      const bytes: ByteSource['bytes'] = async (...range) => {
        if (++reads === failing) throw new MailproofError('SOURCE_CHANGED', 'It was replaced.');
        return run.source.bytes(...range);
      };
      const result = await verify(run, { source: { ...run.source, bytes } });
      expect(result.verdict.verdict).toBe(reads >= failing ? 'INCOMPLETE' : 'UNPROVEN');
      const natives = result.findings.filter(({ check }) => check === 'native-digest');
      expect(natives).toEqual([]);
    }
  });

  test('names a file that nobody lists, and not those that lie beside a run', async () => {
    const run = await runOfEntries(ENTRIES);
    for (const path of ['report.html', 'tables/items.csv']) run.files.set(path, Buffer.from('x'));
    expect((await verify(run)).findings).toEqual([]);
    run.files.delete('manifest-sha256.txt');
    expect((await verify(run)).findings).toMatchObject([{ check: 'sums-file', severity: 'info' }]);
    run.files.set('items/000009.jsonl', Buffer.from('x'));
    run.files.set('work/run.json', Buffer.from('x'));
    const { findings } = await verify(run);
    expect(findings.map(({ check, severity, entry }) => [check, severity, entry])).toEqual([
      ['sums-file', 'info', 'manifest-sha256.txt'],
      ['unlisted-files', 'warning', 'items/000009.jsonl'],
      ['unlisted-files', 'warning', 'work/run.json'],
    ]);
  });

  test.each([
    'items/000000.jsonl',
    'items/000000.index.json',
    'ledger.json',
    'findings.jsonl',
    'index/thread.jsonl',
    'index/digest.blocks.json',
  ])('takes nonsense for %s as a finding, even where the root vouches for it', async (path) => {
    for (const nonsense of ['', '\n', 'null\n', '[]\n', '{}\n', '{"id":1}\n', '\u0000', '[[[[\n']) {
      const run = mendRoot(alterFile(await runOfEntries(ENTRIES.slice(0, 6)), path, () => nonsense));
      const { verdict } = await verify(run, { source: run.source });
      // An empty file of findings is what this run wrote.
      if (path === 'findings.jsonl' && nonsense === '') expect(verdict.verdict).toBe('UNPROVEN');
      else if (path !== 'findings.jsonl') expect(verdict.verdict, JSON.stringify(nonsense)).toBe('INCOMPLETE');
    }
  });
});

test('a record of no known shape is found among thousands, and every other one is still seen', async () => {
  const entries = makeMailbox({ seed: 43, messages: 4200, calendars: 0 });
  const run = await runOfEntries(entries);
  const shard = [...run.files].find(([, octets]) => Buffer.from(octets).includes('\n{"id":"00004101"'))?.[0] ?? '';
  const spoiled = (text: string) => text.replace(/^(\{"id":"00004101".*?"issues":)\[\]/m, '$10 ');
  mendRoot(alterFile(run, shard, spoiled));
  const { findings } = await verify(run, { source: run.source });
  const told = findings.filter(({ check }) => check === 'record-schema' || check === 'native-digest');
  expect(told.map(({ check, message }) => `${check}: ${message}`)).toEqual([
    expect.stringMatching(/^record-schema: Shard \d holds a line at octet \d+ that is no record: issues: /),
    'native-digest: The archive holds Inbox/4101.eml, which the manifest does not know.',
  ]);
});

test('the facts of an object are what its source says', () => {
  const details = {
    serverSideEncryption: 'aws:kms',
    kmsKeyId: 'arn:x',
    checksums: { sha256: 'AA==', odd: 7 },
    checksumType: 'FULL_OBJECT',
  };
  expect(objectFacts(memorySource(Buffer.alloc(3), 's3://b/k', details))).toEqual({
    location: 's3://b/k',
    size: 3,
    versionId: null,
    etag: null,
    lastModified: null,
    encryption: 'aws:kms',
    kmsKeyId: 'arn:x',
    checksums: { sha256: 'AA==' },
    checksumType: 'FULL_OBJECT',
  });
  expect(objectFacts(memorySource(Buffer.alloc(0)))).toMatchObject({ encryption: null, kmsKeyId: null, checksums: {} });
});
