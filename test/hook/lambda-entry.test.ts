import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { HookContext } from '../../src/hook/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf } from '../fleet/mailbox.ts';
import { bridgeEvent } from './documents.ts';

let sandbox: Sandbox;
let services: Server;
const asked: { target: string; authorization: string; body: string }[] = [];
const context: HookContext = { awsRequestId: 'r', getRemainingTimeInMillis: () => 300_000 };

beforeAll(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
  await sandbox.put({ key: 'mail/anna.zip', body: await archiveOf(700), kmsKeyArn: sandbox.keyArn });
  services = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const { 'x-amz-target': target = 'form', authorization = '' } = request.headers;
      asked.push({ target: String(target), authorization, body });
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => services.listen(0, '127.0.0.1', resolve));
  const bound = services.address();
  const endpoint = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
  const environment = {
    ...sandbox.environment,
    AWS_ENDPOINT_URL_SNS: endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
    AWS_ENDPOINT_URL_SFN: endpoint,
    MAILPROOF_SNS_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:verdicts',
    MAILPROOF_EVENT_BUS: 'default',
    MAILPROOF_STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:123456789012:stateMachine:fleet',
    MAILPROOF_SINGLE_RUN_OCTETS: '10000000',
    MAILPROOF_WORKERS: '1',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await new Promise((resolve) => services.close(resolve));
  await sandbox?.close();
});

test('the entry makes its ports from the environment, tells SNS and the bus, and hands over what is large', async () => {
  const { hook } = await import('../../src/hook/lambda.ts');
  const answer = await hook(bridgeEvent(sandbox.bucket, 'mail/anna.zip'), context);
  expect(answer).toMatchObject({ outcomes: [{ state: 'processed' }] });
  expect(asked.map(({ target }) => target).sort()).toEqual(['AWSEvents.PutEvents', 'form']);
  for (const { authorization } of asked) expect(authorization).toContain('Credential=test/');
  asked.length = 0;
  const body = Buffer.concat([Buffer.alloc(11_000_000), await archiveOf(3)]);
  await sandbox.put({ key: 'mail/large.zip', body, kmsKeyArn: sandbox.keyArn });
  const large = await hook(bridgeEvent(sandbox.bucket, 'mail/large.zip'), context);
  expect(large).toMatchObject({ outcomes: [{ state: 'handed-over' }] });
  const [start] = asked;
  expect(start?.target).toBe('AWSStepFunctions.StartExecution');
  expect(JSON.parse(JSON.parse(start?.body ?? '').input)).toMatchObject({ source: { key: 'mail/large.zip' } });
});

test('the fleet’s function does its tasks, and names what no retry helps', async () => {
  const { fleet } = await import('../../src/hook/lambda.ts');
  const place = {
    source: { bucket: sandbox.bucket, key: 'mail/anna.zip', versionId: null },
    destination: { bucket: sandbox.bucket, prefix: 'out' },
  };
  const planned = await fleet({ task: 'plan', ...place, shardOctets: 1 }, context);
  expect(planned).toMatchObject({ task: 'plan', mode: 'fleet', itemsKey: 'out/work/fleet/items.json' });
  const shards = planned.task === 'plan' ? planned.shards : 0;
  expect(shards).toBeGreaterThan(1);
  await expect(fleet({ task: 'merge', ...place }, context)).rejects.toMatchObject({
    name: 'MailproofPermanent',
    message: 'MANIFEST_INVALID',
  });
  for (let shard = 0; shard < shards; shard++) await fleet({ task: 'shard', ...place, shard }, context);
  await fleet({ task: 'digest', ...place }, context);
  expect(await fleet({ task: 'merge', ...place }, context)).toMatchObject({ task: 'merge', verdict: 'UNPROVEN' });
  await expect(fleet({ task: 'other' }, context)).rejects.toMatchObject({ message: 'PARAMETER_INVALID' });
});

test('a task without time left stops with a name that is retried', async () => {
  const { fleet } = await import('../../src/hook/lambda.ts');
  const place = {
    source: { bucket: sandbox.bucket, key: 'mail/anna.zip', versionId: null },
    destination: { bucket: sandbox.bucket, prefix: 'late' },
  };
  sandbox.faults.add({ operation: 'GetObject', delay: 3_000, times: 5 });
  const late: HookContext = { awsRequestId: 'r', getRemainingTimeInMillis: () => 15_200 };
  await expect(fleet({ task: 'plan', ...place }, late)).rejects.toMatchObject({ name: 'MailproofRetryable' });
  sandbox.faults.clear();
});
