import { DeleteObjectCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AwsClients, createClients, s3Sink } from '../../src/aws/index.ts';
import { runTask } from '../../src/fleet/index.ts';
import type { FleetRequest } from '../../src/hook/hand-over.ts';
import { type HookContext, type HookResponse, jsonLog, makeHandler } from '../../src/hook/index.ts';
import type { HookPorts } from '../../src/hook/run.ts';
import { readSettings } from '../../src/hook/settings.ts';
import { memorySink, systemClock } from '../../src/io/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf, filesOf, silent, sourceOf } from '../fleet/mailbox.ts';
import { bridgeEvent, queueEvent, s3Notification } from './documents.ts';

let sandbox: Sandbox;
let clients: AwsClients;
let told: string[];
beforeEach(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
  clients = createClients({ ...sandbox, pathStyle: true });
  told = [];
});
afterEach(async () => {
  clients.destroy();
  await sandbox.close();
});

const portsOf = (more: Partial<HookPorts> = {}, environment: Record<string, string> = {}): HookPorts => ({
  clients,
  clock: systemClock,
  settings: readSettings(environment),
  makePool: inlinePool,
  announcers: [{ name: 'sns', announce: async ({ type, archive }) => void told.push(`${type} ${archive?.versionId}`) }],
  handOver: null,
  ...more,
});
const log = jsonLog(() => undefined);
const context: HookContext = { awsRequestId: 'r', getRemainingTimeInMillis: () => 300_000 };
const written = () =>
  sandbox.requests.entries.flatMap(({ operation, key, status }) =>
    operation === 'PutObject' && status === 200 ? [key ?? ''] : [],
  );
const roots = () => written().filter((key) => key.endsWith('/manifest.json'));

async function put(key: string, messages: number): Promise<string | null> {
  const body = await archiveOf(messages);
  const { VersionId } = await clients.s3.send(new PutObjectCommand({ Bucket: sandbox.bucket, Key: key, Body: body }));
  return VersionId ?? null;
}
const withVersions = () =>
  clients.s3.send(
    new PutBucketVersioningCommand({ Bucket: sandbox.bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
const statesOf = (answer: unknown) => Object(answer).outcomes?.map(({ state }: { state: string }) => state);

describe('keys and what else lies in the bucket', () => {
  test.each(['a+b.zip', 'a b.zip', 'a%2Bb.zip', 'Zoë/Ünal 漢字 😀.zip', "it's (1) & more=ok!.zip"])(
    '%s leads to its own object in either event',
    async (key) => {
      await put(key, 5);
      const handler = makeHandler(portsOf(), log);
      expect(statesOf(await handler(s3Notification(sandbox.bucket, key), context))).toEqual(['processed']);
      expect(statesOf(await handler(bridgeEvent(sandbox.bucket, key), context))).toEqual(['known']);
      expect(roots()).toHaveLength(1);
    },
  );

  test('whatever the hook writes wakes it for nothing', async () => {
    await put('mail/anna.zip', 60);
    const handler = makeHandler(portsOf(), log);
    await handler(bridgeEvent(sandbox.bucket, 'mail/anna.zip'), context);
    const own = written().filter((key) => key !== 'mail/anna.zip');
    expect(own.length).toBeGreaterThan(10);
    const before = written().length;
    for (const key of own) {
      expect(await handler(bridgeEvent(sandbox.bucket, key), context)).toEqual({ outcomes: [], ignored: 1 });
      expect(await handler(s3Notification(sandbox.bucket, key), context)).toEqual({ outcomes: [], ignored: 1 });
    }
    expect(written()).toHaveLength(before);
  });

  test('a zip that is no zip has a manifest that says so, and the next export is not held up', async () => {
    await sandbox.put({ key: 'odd.zip', body: Buffer.from('not a zip at all') });
    await sandbox.put({ key: 'empty.zip', body: Buffer.alloc(0) });
    await put('mail/anna.zip', 5);
    const handler = makeHandler(portsOf(), log);
    const keys = ['odd.zip', 'empty.zip', 'mail/anna.zip'];
    const answer = await handler(queueEvent(...keys.map((key) => bridgeEvent(sandbox.bucket, key))), context);
    const failed = 'batchItemFailures' in answer ? answer.batchItemFailures : [];
    expect(failed).not.toContainEqual({ itemIdentifier: 'message-2' });
    // Each is told of, as processed or as failed: none is passed over.
    expect(told).toHaveLength(3);
    expect(roots().some((key) => key.startsWith('mail/anna'))).toBe(true);
  });
});

describe('versions, duplicates and order', () => {
  test('two versions, delivered doubled and last first: a manifest each, told once each', async () => {
    await withVersions();
    const one = await put('anna.zip', 5);
    const two = await put('anna.zip', 6);
    expect(new Set([one, two, null]).size).toBe(3);
    const events = [two, one, two, one].flatMap((versionId) => [
      s3Notification(sandbox.bucket, 'anna.zip', { versionId: versionId ?? '' }),
      bridgeEvent(sandbox.bucket, 'anna.zip', { versionId: versionId ?? '' }),
    ]);
    const handler = makeHandler(portsOf(), log);
    for (const event of events) await handler(event, context);
    expect(await handler(queueEvent(...events), context)).toEqual({ batchItemFailures: [] });
    expect(roots()).toHaveLength(2);
    expect(told).toEqual([`processed ${two}`, `processed ${one}`]);
  });

  test('without versions only what is there now can be read: events in any order of their sequencers, one manifest', async () => {
    await put('anna.zip', 5);
    await put('anna.zip', 6);
    const of = (sequencer: string) => {
      const event = s3Notification(sandbox.bucket, 'anna.zip');
      for (const record of event.Records) record.s3.object.sequencer = sequencer;
      return event;
    };
    // Of different length: shorter ones are padded with zeros to be compared.
    const events = ['0055AED6DCD90281E7', '0055AED6DCD90281E5', '0055AED6DCD90281E'].map(of);
    const handler = makeHandler(portsOf(), log);
    expect(await handler(queueEvent(...events), context)).toEqual({ batchItemFailures: [] });
    expect(await handler(queueEvent(...events.toReversed()), context)).toEqual({ batchItemFailures: [] });
    expect(roots()).toHaveLength(1);
    expect(told).toHaveLength(1);
  });

  test('behind a delete marker a version is still read; an event without one finds nothing, and no retry helps', async () => {
    await withVersions();
    const versionId = await put('anna.zip', 5);
    await clients.s3.send(new DeleteObjectCommand({ Bucket: sandbox.bucket, Key: 'anna.zip' }));
    const handler = makeHandler(portsOf(), log);
    await expect(handler(bridgeEvent(sandbox.bucket, 'anna.zip'), context)).rejects.toMatchObject({
      name: 'MailproofPermanent',
      code: 'SOURCE_NOT_FOUND',
    });
    const event = bridgeEvent(sandbox.bucket, 'anna.zip', { versionId: versionId ?? '' });
    expect(statesOf(await handler(event, context))).toEqual(['processed']);
  });

  test('an archive of EventBridge that is replayed tells nobody again', async () => {
    await put('anna.zip', 5);
    const handler = makeHandler(portsOf(), log);
    const event = bridgeEvent(sandbox.bucket, 'anna.zip');
    await handler(event, context);
    const replayed = { ...event, 'replay-name': 'after-the-outage', id: 'another-id', time: '2026-03-02T00:00:00Z' };
    expect(await handler(replayed, context)).toMatchObject({ outcomes: [{ state: 'known', announcement: null }] });
    expect([roots().length, told.length]).toEqual([1, 1]);
  });
});

describe('several invocations', () => {
  /** Small shards of the manifest, so that each invocation finishes some. */
  const shards = { records: 150, recordOctets: 700_000, textOctets: 300_000 };
  /** Enough to begin with; what is left when the run sets its timer is so much more than the margin. */
  const brief = (milliseconds: number): HookContext => {
    const left = [60_000, 20_000 + milliseconds];
    return { awsRequestId: 'r', getRemainingTimeInMillis: () => left.shift() ?? 300_000 };
  };

  /** The list of sums names the custody record, which holds a clock: it alone differs from run to run. */
  function reproducible(files: Map<string, string>): Record<string, string> {
    expect(files.delete('manifest-sha256.txt')).toBe(true);
    return Object.fromEntries(files);
  }

  async function alone(octets: Uint8Array): Promise<Record<string, string>> {
    const sink = memorySink();
    await processExport({ source: sourceOf(octets), sink, pool: inlinePool(), reporter: silent, shards });
    return reproducible(await filesOf(sink));
  }

  async function result(prefix: string): Promise<Record<string, string>> {
    const files = await filesOf(s3Sink({ s3: clients.s3, bucket: sandbox.bucket, prefix }));
    for (const own of ['custody.json', 'announced.json']) expect(files.delete(own)).toBe(true);
    return reproducible(files);
  }

  /** Stops the invocation when so many shards of the manifest are written, as its time limit would. */
  function slowAfter(count: number): () => void {
    let records = 0;
    return sandbox.faults.add({
      operation: 'PutObject',
      when: ({ key }) => /\/items\/\d+\.jsonl$/.test(key ?? '') && ++records > count,
      times: Number.POSITIVE_INFINITY,
      delay: 20_000,
    });
  }

  test('each goes on after the last; the whole is one run’s, byte for byte', { timeout: 120_000 }, async () => {
    const archive = await archiveOf(2_200, 3);
    await sandbox.put({ key: 'anna.zip', body: archive });
    const handler = makeHandler(portsOf({ shards }), log);
    const event = bridgeEvent(sandbox.bucket, 'anna.zip');
    let stops = 0;
    let state: readonly string[] | null = null;
    for (; state === null && stops < 20; stops++) {
      const disarm = slowAfter(1);
      state = await handler(event, brief(6_000)).then(
        (answer) => (answer as HookResponse).outcomes.map((outcome) => outcome.state),
        (error: unknown) => {
          expect(error).toMatchObject({ name: 'MailproofRetryable', code: 'TIMEOUT' });
          return null;
        },
      );
      disarm();
      expect(roots()).toHaveLength(state === null ? 0 : 1);
    }
    expect(state).toEqual(['processed']);
    expect(stops).toBeGreaterThan(2);
    expect(await result(roots()[0]?.replace('/manifest.json', '') ?? '')).toEqual(await alone(archive));
    expect(told).toHaveLength(1);
  });

  test('what one invocation began and handed over, the fleet ends: the same octets', { timeout: 120_000 }, async () => {
    const archive = await archiveOf(900, 3);
    await sandbox.put({ key: 'anna.zip', body: archive });
    const handed: FleetRequest[] = [];
    const handOver = async (request: FleetRequest) => void handed.push(request);
    const handler = makeHandler(portsOf({ handOver }), log);
    const disarm = sandbox.faults.add({ operation: 'PutObject', delay: 4_000, times: Number.POSITIVE_INFINITY });
    const answer = await handler(bridgeEvent(sandbox.bucket, 'anna.zip'), brief(2_000));
    disarm();
    expect(statesOf(answer)).toEqual(['handed-over']);
    const [request] = handed;
    if (request === undefined) throw new Error('nothing was handed over');
    const { source, destination } = request;
    const ports = { clients, clock: systemClock, makePool: inlinePool, reporter: silent, kmsKeyId: null };
    const planned = await runTask({ task: 'plan', source, destination, shardOctets: 1, input: request }, ports);
    const count = planned.task === 'plan' ? planned.shards : 0;
    for (let shard = 0; shard < count; shard++) await runTask({ task: 'shard', source, destination, shard }, ports);
    await runTask({ task: 'digest', source, destination }, ports);
    expect(await runTask({ task: 'merge', source, destination }, ports)).toMatchObject({ task: 'merge' });
    const files = await filesOf(s3Sink({ s3: clients.s3, ...destination }));
    files.delete('custody.json');
    const sink = memorySink();
    await processExport({ source: sourceOf(archive), sink, pool: inlinePool(), reporter: silent });
    expect(reproducible(files)).toEqual(reproducible(await filesOf(sink)));
  });
});
