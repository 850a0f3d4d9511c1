import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClients, describeJob, startJob } from '../../src/aws/index.ts';
import { memorySink, memorySource, systemClock } from '../../src/io/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Bundle, makeBundle } from './bundle.ts';
import { bridgeEvent, queueEvent, s3Notification } from './documents.ts';
import { type Runtime, startRuntime } from './runtime.ts';

const NAMES = ['anna', 'boris', 'chloé', 'dana', 'emil', 'fay', 'gil'] as const;
const SECRET = 'a secret of enough length';
let bundle: Bundle;
let sandbox: Sandbox;
let runtime: Runtime;
let webhook: Server;
let told: { id: string; type: string; verdict: string | null; failure: { code: string } | null }[];
const exported = new Map<string, { jobId: string; key: string }>();
let environment: Record<string, string>;

beforeAll(async () => {
  bundle = makeBundle();
  sandbox = await startSandbox({
    jobs: { duration: 50 },
    mailboxes: NAMES.map((name, seed) => ({
      name: name.replace('é', 'e'),
      content: { kind: 'generated', seed, messages: 60, averageBytes: 5_000 },
    })),
  });
  const clients = createClients({ ...sandbox, pathStyle: true });
  for (const [place, name] of NAMES.entries()) {
    const request = { workmail: clients.workmail, organizationId: sandbox.organizationId };
    const { jobId } = await startJob({
      ...request,
      entityId: sandbox.entities[place]?.id ?? '',
      roleArn: sandbox.roleArn,
      kmsKeyArn: sandbox.keyArn,
      bucket: sandbox.bucket,
      prefix: `mail/${name.replace('é', 'e')}`,
      clock: systemClock,
    });
    for (;;) {
      const job = await describeJob({ ...request, jobId });
      if (job.state === 'COMPLETED') {
        exported.set(name, { jobId, key: job.path ?? '' });
        break;
      }
      await systemClock.sleep(20);
    }
  }
  clients.destroy();
  told = [];
  webhook = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      told.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', resolve));
  const bound = webhook.address();
  environment = {
    ...sandbox.environment,
    MAILPROOF_ORGANIZATION: sandbox.organizationId,
    MAILPROOF_WEBHOOK_URL: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`,
    MAILPROOF_WEBHOOK_SECRET: SECRET,
    MAILPROOF_WORKERS: '2',
  };
  runtime = await startRuntime(bundle.folder, 'hook', environment);
});
afterAll(async () => {
  await runtime?.stop();
  await new Promise((resolve) => webhook.close(resolve));
  await sandbox?.close();
  bundle?.remove();
});

const keyOf = (name: (typeof NAMES)[number]) => exported.get(name)?.key ?? '';
const manifests = (key: string): string[] =>
  sandbox.requests.entries.flatMap(({ operation, key: written, status }) =>
    operation === 'PutObject' &&
    status === 200 &&
    written?.startsWith(key.replace('.zip', '.mailproof/')) &&
    written.endsWith('/manifest.json')
      ? [written]
      : [],
  );

async function content(key: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of sandbox.get(key)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The root one machine writes of the same archive: it holds no place and no time. */
async function rootOf(key: string): Promise<string> {
  const sink = memorySink();
  const ignore = () => undefined;
  const reporter = { progress: ignore, note: ignore, issue: ignore, finding: ignore };
  await processExport({ source: memorySource(await content(key)), sink, pool: inlinePool(), reporter });
  return Buffer.from(sink.files.get('manifest.json') ?? []).toString();
}

test('the bundle is below 2 MB, without the SDK, and one file is the worker', () => {
  const octets = [...bundle.files.values()].reduce((sum, size) => sum + size, 0);
  expect(octets).toBeGreaterThan(200_000);
  expect(octets).toBeLessThan(2_000_000);
  expect([...bundle.files.keys()]).toEqual(expect.arrayContaining(['lambda.mjs', 'worker.mjs']));
  for (const name of bundle.files.keys()) expect(bundle.text(name)).not.toContain('AWS SDK for JavaScript Team');
});

describe('every shape is processed once', () => {
  test.each([
    ['S3 notification', 'anna', (key: string) => s3Notification(sandbox.bucket, key)],
    ['EventBridge', 'boris', (key: string) => bridgeEvent(sandbox.bucket, key)],
    ['direct', 'chloé', () => ({ organizationId: sandbox.organizationId, jobId: exported.get('chloé')?.jobId })],
  ] as const)('%s', async (_, name, eventOf) => {
    told = [];
    const key = keyOf(name);
    const first = await runtime.invoke(eventOf(key));
    expect(first).toMatchObject({
      result: { outcomes: [{ state: 'processed', announcement: { verdict: 'COMPLETE' } }] },
    });
    const [root = ''] = manifests(key);
    expect((await content(root)).toString()).toBe(await rootOf(key));
    // Delivered again, as every queue may.
    expect(await runtime.invoke(eventOf(key))).toMatchObject({
      result: { outcomes: [{ state: 'known', announcement: null }] },
    });
    expect(manifests(key)).toHaveLength(1);
    expect(told).toMatchObject([{ type: 'processed', verdict: 'COMPLETE' }]);
  });

  test('an SQS batch: done once for two messages, and only what failed comes again', async () => {
    told = [];
    const key = keyOf('dana');
    const event = queueEvent(
      bridgeEvent(sandbox.bucket, key),
      'no json',
      s3Notification(sandbox.bucket, key),
      bridgeEvent(sandbox.bucket, `${key.replace('.zip', '.mailproof')}/x/manifest.json`),
      bridgeEvent(sandbox.bucket, 'mail/nobody/nothing.zip'),
    );
    expect(await runtime.invoke(event)).toEqual({
      result: { batchItemFailures: [{ itemIdentifier: 'message-1' }, { itemIdentifier: 'message-4' }] },
    });
    expect(manifests(key)).toHaveLength(1);
    expect(told.map(({ type, failure }) => [type, failure?.code ?? null])).toEqual([
      ['processed', null],
      ['failed', 'SOURCE_NOT_FOUND'],
    ]);
  });
});

test('an object that is there before the job’s state flips comes again', { timeout: 60_000 }, async () => {
  const key = 'mail/early/0000-early.zip';
  await sandbox.put({ key, body: await content(keyOf('anna')), kmsKeyArn: sandbox.keyArn });
  const job = sandbox.organization.addJob({
    id: 'early',
    entityId: sandbox.entities[0]?.id ?? '',
    bucket: sandbox.bucket,
    prefix: 'mail/early',
    kmsKeyArn: sandbox.keyArn,
    state: 'RUNNING',
    progress: 99,
  });
  const event = bridgeEvent(sandbox.bucket, key);
  expect(await runtime.invoke(event, 46_500)).toEqual({
    error: { errorType: 'MailproofRetryable', errorMessage: 'JOB_NOT_COMPLETED' },
  });
  expect(manifests(key)).toEqual([]);
  Object.assign(job, { state: 'COMPLETED', endTime: job.startTime + 1, path: key });
  expect(await runtime.invoke(event)).toMatchObject({ result: { outcomes: [{ state: 'processed' }] } });
});

test('what no retry helps says so', async () => {
  sandbox.organization.addJob({ id: 'broken', entityId: 'x', bucket: sandbox.bucket, prefix: 'x', state: 'FAILED' });
  const event = { organizationId: sandbox.organizationId, jobId: 'broken' };
  expect(await runtime.invoke(event)).toEqual({
    error: { errorType: 'MailproofPermanent', errorMessage: 'JOB_FAILED' },
  });
});

test('two deliveries at the same moment, one manifest', async () => {
  const other = await startRuntime(bundle.folder, 'hook', environment);
  const key = keyOf('emil');
  try {
    const event = bridgeEvent(sandbox.bucket, key);
    const answers = await Promise.all([runtime.invoke(event), other.invoke(event)]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ result: { outcomes: [{ state: expect.stringMatching(/^(processed|known)$/) }] } });
    }
    expect(manifests(key)).toHaveLength(1);
    expect((await content(manifests(key)[0] ?? '')).toString()).toBe(await rootOf(key));
  } finally {
    await other.stop();
  }
});

test.each([
  ['while the archive is read', 'fay', (name: string) => name.includes('/items/')],
  ['just before the root is written', 'gil', (name: string) => name.endsWith('/manifest.json')],
] as const)('killed %s, the next delivery ends it', async (_, name, when) => {
  const key = keyOf(name);
  let killed = 0;
  const disarm = sandbox.faults.add({
    operation: 'PutObject',
    when: (request) => when(request.key ?? ''),
    before: () => {
      killed++;
      runtime.kill();
    },
    reset: true,
  });
  const event = bridgeEvent(sandbox.bucket, key);
  expect(await runtime.invoke(event)).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  disarm();
  expect([killed, manifests(key)]).toEqual([1, []]);
  expect(await runtime.invoke(event)).toMatchObject({ result: { outcomes: [{ state: 'processed' }] } });
  expect((await content(manifests(key)[0] ?? '')).toString()).toBe(await rootOf(key));
});

test('logs are JSON lines, and hold no key, no address and no secret', () => {
  const lines = runtime
    .logs()
    .split('\n')
    .filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines)
    expect(Object.keys(JSON.parse(line))).toEqual(expect.arrayContaining(['level', 'message', 'requestId']));
  for (const secret of ['mail/', '@', SECRET, '.zip', 'anna']) expect(runtime.logs()).not.toContain(secret);
});
