import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AwsClients, createClients } from '../../src/aws/index.ts';
import { type HookContext, jsonLog, makeHandler } from '../../src/hook/index.ts';
import type { HookPorts } from '../../src/hook/run.ts';
import { readSettings } from '../../src/hook/settings.ts';
import { systemClock } from '../../src/io/index.ts';
import { inlinePool } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf } from '../fleet/mailbox.ts';
import { bridgeEvent, queueEvent, topicEnvelope } from './documents.ts';

const KEY = 'mail/anna@example.com.zip';
const archive = await archiveOf(80);
let sandbox: Sandbox;
let clients: AwsClients;
let told: string[];
let lines: string[];
beforeEach(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
  clients = createClients({ ...sandbox, pathStyle: true, attempts: 1 });
  told = [];
  lines = [];
  await sandbox.put({ key: KEY, body: archive, kmsKeyArn: sandbox.keyArn });
});
afterEach(async () => {
  clients.destroy();
  await sandbox.close();
});

const ports = (): HookPorts => ({
  clients,
  clock: systemClock,
  settings: readSettings({}),
  makePool: inlinePool,
  announcers: [
    { name: 'sns', announce: async ({ type, failure }) => void told.push(`${type} ${failure?.code ?? ''}`) },
  ],
  handOver: null,
});
const context: HookContext = { awsRequestId: 'r', getRemainingTimeInMillis: () => 300_000 };
const handler = () =>
  makeHandler(
    ports(),
    jsonLog((line) => lines.push(line)),
  );
const event = (key = KEY) => bridgeEvent(sandbox.bucket, key);
const roots = () =>
  sandbox.requests.entries.filter(
    ({ operation, key, status }) => operation === 'PutObject' && status === 200 && key?.endsWith('/manifest.json'),
  );

interface Trouble {
  readonly name: string;
  readonly arm: () => unknown;
  readonly code: string;
  readonly retryable: boolean;
}

/** S3's answers to a reader whom KMS refuses. */
const answered = (status: number, code: string, message: string) => () =>
  sandbox.faults.add({ service: 's3', operation: 'GetObject', key: KEY, times: 1e9, status, code, message });

const TROUBLES: readonly Trouble[] = [
  {
    name: 'the object is gone by the time of its event',
    arm: async () => clients.s3.send(new DeleteObjectCommand({ Bucket: sandbox.bucket, Key: KEY })),
    code: 'SOURCE_NOT_FOUND',
    retryable: false,
  },
  {
    name: 'reading is refused',
    arm: answered(403, 'AccessDenied', 'User: x is not authorized to perform: s3:GetObject'),
    code: 'ACCESS_DENIED',
    retryable: false,
  },
  {
    name: 'the key is refused',
    arm: answered(403, 'AccessDenied', 'User: x is not authorized to perform: kms:Decrypt on resource: arn'),
    code: 'KEY_ACCESS_DENIED',
    retryable: false,
  },
  {
    name: 'the key is disabled',
    arm: answered(400, 'KMS.DisabledException', 'The request was rejected because the key is disabled.'),
    code: 'KEY_DISABLED',
    retryable: false,
  },
  {
    name: 'the key is to be deleted',
    arm: answered(400, 'KMS.KMSInvalidStateException', 'arn is pending deletion.'),
    code: 'KEY_STATE_INVALID',
    retryable: false,
  },
  {
    name: 'S3 is too busy for longer than one invocation waits',
    arm: answered(503, 'SlowDown', 'Please reduce your request rate.'),
    code: 'TEMPORARY',
    retryable: true,
  },
  {
    name: 'the object is replaced while it is read',
    arm: () =>
      sandbox.faults.add({
        service: 's3',
        operation: 'GetObject',
        key: KEY,
        skip: 1,
        before: async () => void (await sandbox.put({ key: KEY, body: archive.subarray(0, -1) })),
      }),
    code: 'SOURCE_CHANGED',
    retryable: true,
  },
];

describe('what goes wrong says whether a retry helps', () => {
  test.each(TROUBLES)('$name: $code', { timeout: 120_000 }, async ({ arm, code, retryable }) => {
    await arm();
    await expect(handler()(event(), context)).rejects.toMatchObject({
      name: retryable ? 'MailproofRetryable' : 'MailproofPermanent',
      message: code,
    });
    expect(roots()).toEqual([]);
    // What a retry helps is not told of as failed; what none helps is, once.
    expect(told).toEqual(retryable ? [] : [`failed ${code}`]);
    for (const secret of ['anna', '@', '.zip', sandbox.bucket]) expect(lines.join('\n')).not.toContain(secret);
    expect(lines.some((line) => line.includes(code))).toBe(true);
  });

  test('once the trouble is over the same event is done', { timeout: 120_000 }, async () => {
    const over = answered(503, 'SlowDown', 'Please reduce your request rate.')();
    await expect(handler()(event(), context)).rejects.toMatchObject({ name: 'MailproofRetryable' });
    over();
    expect(await handler()(event(), context)).toMatchObject({ outcomes: [{ state: 'processed' }] });
    expect(roots()).toHaveLength(1);
  });
});

test('of a batch only what failed comes again, by way of a topic too', async () => {
  await sandbox.put({ key: 'mail/ben.zip', body: archive, kmsKeyArn: sandbox.keyArn });
  answered(403, 'AccessDenied', 'User: x is not authorized to perform: s3:GetObject')();
  const batch = queueEvent(event(), topicEnvelope(event('mail/ben.zip')), 'no json', event('mail/ben.zip'));
  expect(await handler()(batch, context)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-2' }],
  });
  expect(roots()).toHaveLength(1);
});

test('an event of a bucket that is not ours is refused once and for all', async () => {
  await expect(handler()(bridgeEvent('somebody-elses', 'x.zip'), context)).rejects.toMatchObject({
    name: 'MailproofPermanent',
  });
  expect(roots()).toEqual([]);
});
