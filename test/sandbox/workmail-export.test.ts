import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import {
  CancelMailboxExportJobCommand,
  DescribeMailboxExportJobCommand,
  type DescribeMailboxExportJobCommandOutput,
  StartMailboxExportJobCommand,
  type WorkMailClient,
} from '@aws-sdk/client-workmail';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  generateMailbox,
  type JobBehaviour,
  type Sandbox,
  type SandboxMailbox,
  startSandbox,
} from '../../src/sandbox/index.ts';
import { gather, refusal, s3Client, workMailClient } from './clients.ts';

const GENERATED = { kind: 'generated', seed: 4, messages: 20, averageBytes: 3000 } as const;
const MAILBOXES: readonly SandboxMailbox[] = [
  ...Array.from({ length: 12 }, (_, at) => ({ name: `user.number.${at}`, content: GENERATED })),
  { name: 'room', displayName: 'Room 4', type: 'room', content: { kind: 'entries', entries: () => [] } },
  {
    name: 'hand.written',
    content: { kind: 'folder', path: join(import.meta.dirname, '../../fixtures/messages/workmail') },
  },
];

let sandbox: Sandbox;
let workmail: WorkMailClient;
let s3: S3Client;
/** Added to the machine's clock. */
let ahead = 0;
/** What the jobs have waited for. */
let slept: number[] = [];
beforeEach(async () => {
  ahead = 0;
  slept = [];
  const stop = new AbortController();
  sandbox = await startSandbox({
    mailboxes: MAILBOXES,
    jobs: { duration: 10 },
    clock: {
      now: () => Date.now() + ahead,
      sleep: (milliseconds, signal = stop.signal) =>
        new Promise((resolve, reject) => {
          slept.push(milliseconds);
          const timer = setTimeout(resolve, milliseconds);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(new Error('stopped'));
          });
        }),
    },
  });
  workmail = workMailClient(sandbox);
  s3 = s3Client(sandbox);
});
afterEach(async () => {
  workmail.destroy();
  s3.destroy();
  await sandbox.close();
});

let tokens = 0;
function startCommand(more: object = {}): StartMailboxExportJobCommand {
  tokens += 1;
  return new StartMailboxExportJobCommand({
    ClientToken: `token-${tokens}`,
    OrganizationId: sandbox.organizationId,
    EntityId: sandbox.entities[0]?.id ?? '',
    RoleArn: sandbox.roleArn,
    KmsKeyArn: sandbox.keyArn,
    S3BucketName: sandbox.bucket,
    S3Prefix: 'exports/mara',
    Description: 'for the court',
    ...more,
  });
}
const start = async (more: object = {}) => (await workmail.send(startCommand(more))).JobId ?? '';
const describeJob = (JobId: string) =>
  workmail.send(new DescribeMailboxExportJobCommand({ OrganizationId: sandbox.organizationId, JobId }));
async function ended(JobId: string): Promise<DescribeMailboxExportJobCommandOutput> {
  for (;;) {
    const job = await describeJob(JobId);
    if (job.State !== 'RUNNING') return job;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
/** Lets a job end, in a mailbox that may be exported again. */
async function run(
  behaviour: Partial<JobBehaviour>,
  more: object = {},
): Promise<DescribeMailboxExportJobCommandOutput> {
  Object.assign(sandbox.organization.behaviour, { oncePerDay: false }, behaviour);
  return ended(await start(more));
}

describe('the life of a job', () => {
  test('RUNNING, then COMPLETED with the archive and the output log in S3', async () => {
    sandbox.organization.behaviour.duration = 150;
    const id = await start();
    const running = await describeJob(id);
    expect(running).toMatchObject({
      State: 'RUNNING',
      EntityId: sandbox.entities[0]?.id,
      Description: 'for the court',
      RoleArn: sandbox.roleArn,
      KmsKeyArn: sandbox.keyArn,
      S3BucketName: sandbox.bucket,
      S3Prefix: 'exports/mara',
    });
    expect(running.EndTime).toBeUndefined();
    expect(running.S3Path).toBeUndefined();
    const done = await ended(id);
    expect(done).toMatchObject({ State: 'COMPLETED', EstimatedProgress: 100 });
    expect(slept).toEqual([150]);
    expect(done.EndTime?.getTime()).toBeGreaterThanOrEqual(done.StartTime?.getTime() ?? Infinity);
    const Key = done.S3Path ?? '';
    expect(Key).toMatch(/^exports\/mara\/[A-Za-z0-9!_.*'()/-]+\.zip$/);
    const head = await s3.send(new HeadObjectCommand({ Bucket: sandbox.bucket, Key }));
    expect(head).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: sandbox.keyArn,
      ContentType: 'application/zip',
    });
    const archive = await gather(sandbox.get(Key));
    const entries = [...generateMailbox(GENERATED)];
    const log: unknown = JSON.parse((await gather(sandbox.get(Key.replace(/zip$/, 'json')))).toString());
    expect(log).toEqual({
      totalNonExportableItems: '0',
      totalMessages: String(entries.length),
      sha384Hash: createHash('sha384').update(archive).digest('hex'),
      totalBytes: String(entries.reduce((sum, entry) => sum + entry.bytes.length, 0)),
      totalFolders: String(new Set(entries.map((entry) => entry.path.replace(/\/[^/]*$/, ''))).size),
      startTime: expect.stringMatching(/^\d{10}$/),
      endTime: expect.stringMatching(/^\d{10}$/),
    });
  });

  test('FAILED with a reason: told to, the key disabled, the bucket gone, the source broken', async () => {
    expect(await run({ outcome: 'FAILED', errorInfo: 'no' })).toMatchObject({ State: 'FAILED', ErrorInfo: 'no' });
    sandbox.key.state = 'Disabled';
    expect(await run({ outcome: 'COMPLETED' })).toMatchObject({
      State: 'FAILED',
      ErrorInfo: expect.stringContaining('disabled'),
    });
    sandbox.key.state = 'Enabled';
    const elsewhere = await run({}, { S3BucketName: 'nowhere' });
    expect(elsewhere).toMatchObject({ State: 'FAILED', ErrorInfo: expect.stringContaining('bucket') });
    const alterEntries: JobBehaviour['alterEntries'] = () => {
      throw new Error('mail store out of reach');
    };
    expect((await run({ alterEntries })).ErrorInfo).toBe('mail store out of reach');
  });

  test('CANCELLED while it runs, and nothing written; not when it is over', async () => {
    sandbox.organization.behaviour.duration = 60_000;
    const cancel = (JobId: string) =>
      workmail.send(
        new CancelMailboxExportJobCommand({ ClientToken: 'c', OrganizationId: sandbox.organizationId, JobId }),
      );
    const id = await start();
    await cancel(id);
    const cancelled = await describeJob(id);
    expect(cancelled.State).toBe('CANCELLED');
    expect(cancelled.EndTime).toBeDefined();
    expect(await refusal(cancel(id))).toBe('done');
    const over = await run({ duration: 0 });
    expect(over.State).toBe('COMPLETED');
    const last = sandbox.organization.jobs.at(-1)?.id ?? '';
    expect(await refusal(cancel(last))).toBe('InvalidParameterException/400');
    expect(await refusal(cancel('00000000-0000-0000-0000-000000000000'))).toBe('EntityNotFoundException/400');
  });

  test('progress grows', async () => {
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    sandbox.organization.behaviour.duration = 1000;
    sandbox.organization.behaviour.alterEntries = async function* (entries) {
      for await (const entry of entries) {
        yield entry;
        ahead += 90;
        if (ahead === 900) await opened;
      }
    };
    const id = await start();
    while (ahead < 900) await new Promise((resolve) => setTimeout(resolve, 5));
    const half = await describeJob(id);
    expect(half.EstimatedProgress).toBeGreaterThanOrEqual(70);
    expect(half.EstimatedProgress).toBeLessThan(100);
    gate.emit('open');
    expect((await ended(id)).EstimatedProgress).toBe(100);
  });
});

describe('where it writes', () => {
  test.each([
    ['key', /^exports\/mara\/.+\.zip$/],
    ['bucket-prefixed', /^workmail-exports\/exports\/mara\/.+\.zip$/],
    ['leading-slash', /^\/exports\/mara\/.+\.zip$/],
    ['folder', /^exports\/mara$/],
  ] as const)('S3Path as %s', async (pathReading, pattern) => {
    const done = await run({ pathReading }, { S3Prefix: 'exports/mara/' });
    expect(done.S3Path).toMatch(pattern);
    const list = await s3.send(new ListObjectsV2Command({ Bucket: sandbox.bucket, Prefix: 'exports/mara/' }));
    expect(list.Contents?.map((each) => each.Key?.replace(/^.*\./, '')).sort()).toEqual(['json', 'zip']);
  });

  test('the output log: absent, inside, as metadata, altered', async () => {
    const keys = () =>
      sandbox
        .bucketState()
        .keys()
        .filter((key) => key.endsWith('.json')).length;
    await run({ outputLog: 'none' });
    expect(keys()).toBe(0);
    const inside = await run({ outputLog: 'inside' });
    expect((await gather(sandbox.get(inside.S3Path ?? ''))).includes('output.json')).toBe(true);
    const metadata = await run({ outputLog: 'metadata', alterLog: (log) => ({ ...log, totalMessages: '7' }) });
    const head = await s3.send(new HeadObjectCommand({ Bucket: sandbox.bucket, Key: metadata.S3Path ?? '' }));
    expect(head.Metadata?.['totalmessages']).toBe('7');
    expect(keys()).toBe(0);
  });

  test('an altered archive, a Bucket Key, a folder of messages', async () => {
    const cut = await run({
      bucketKey: true,
      async *alterArchive(archive) {
        for await (const chunk of archive) {
          yield chunk.subarray(0, 10);
          return;
        }
      },
    });
    const head = await s3.send(new HeadObjectCommand({ Bucket: sandbox.bucket, Key: cut.S3Path ?? '' }));
    expect(head).toMatchObject({ ContentLength: 10, BucketKeyEnabled: true });
    const folder = await run({ alterArchive: null }, { EntityId: 'hand.written' });
    const archive = await gather(sandbox.get(folder.S3Path ?? ''));
    expect(archive.includes('Calendar/weekly.ics')).toBe(true);
  });
});

test('closed while a job runs, it ends at once', async () => {
  sandbox.organization.behaviour.duration = 600_000;
  await start();
  await sandbox.close();
  expect(sandbox.organization.jobs[0]?.state).toBe('CANCELLED');
});
