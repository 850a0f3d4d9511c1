import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { memorySink, memorySource } from '../../src/io/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf, silent } from '../fleet/mailbox.ts';
import { type Bundle, makeBundle } from '../hook/bundle.ts';
import { bridgeEvent, queueEvent, s3Notification, testEvent } from '../hook/documents.ts';
import { type Runtime, type RuntimeClient, startRuntime } from '../hook/runtime.ts';
import { npmFolder } from './npm-folder.ts';

// Built from source when it is installed: it needs a compiler, cmake and autoconf.
const installed = npmFolder('lambda-ric', ['aws-lambda-ric@3.3.0']);
if ('missing' in installed) console.warn(`skipped, aws-lambda-ric: ${installed.missing}`);

/** AWS's own runtime interface client, as it runs in Lambda's Node images. */
const client: RuntimeClient = (folder, handler) => ({
  command: process.execPath,
  parameters: [
    join('folder' in installed ? installed.folder : '', 'node_modules/aws-lambda-ric/bin/index.mjs'),
    `lambda.${handler}`,
  ],
  cwd: folder,
});

describe.skipIf('missing' in installed)('the bundle under aws-lambda-ric', () => {
  let bundle: Bundle;
  let sandbox: Sandbox;
  let hook: Runtime;
  let fleet: Runtime;
  let expected: string;

  beforeAll(async () => {
    bundle = makeBundle();
    sandbox = await startSandbox({ mailboxes: [] });
    const archive = await archiveOf(700, 8);
    const names = ['notification', 'bridge', 'queue-a', 'queue-b', 'killed', 'job', 'fleet'];
    for (const name of names)
      await sandbox.put({ key: `mail/${name} +ü.zip`, body: archive, kmsKeyArn: sandbox.keyArn });
    sandbox.organization.addJob({
      id: 'job-1',
      entityId: 'x',
      bucket: sandbox.bucket,
      prefix: 'mail',
      path: 'mail/job +ü.zip',
      kmsKeyArn: sandbox.keyArn,
    });
    const sink = memorySink();
    await processExport({ source: memorySource(archive), sink, pool: inlinePool(), reporter: silent });
    expected = Buffer.from(sink.files.get('manifest.json') ?? []).toString();
    const environment = { ...sandbox.environment, MAILPROOF_WORKERS: '2', AWS_LAMBDA_FUNCTION_NAME: 'mailproof' };
    [hook, fleet] = await Promise.all([
      startRuntime(bundle.folder, 'hook', environment, client),
      startRuntime(bundle.folder, 'fleet', environment, client),
    ]);
  });
  afterAll(async () => {
    await Promise.all([hook?.stop(), fleet?.stop()]);
    await sandbox?.close();
    bundle?.remove();
  });

  const keyOf = (name: string) => `mail/${name} +ü.zip`;
  const roots = (name: string): string[] =>
    sandbox.requests.entries.flatMap(({ operation, key, status }) =>
      operation === 'PutObject' && status === 200 && key?.startsWith(`mail/${name} +ü.mailproof/`) === true
        ? key.endsWith('/manifest.json')
          ? [key]
          : []
        : [],
    );

  async function expectOneRoot(name: string): Promise<void> {
    const [path = '', ...more] = roots(name);
    expect(more).toEqual([]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of sandbox.get(path)) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe(expected);
  }

  test.each([
    ['notification', () => s3Notification(sandbox.bucket, keyOf('notification'))],
    ['bridge', () => bridgeEvent(sandbox.bucket, keyOf('bridge'))],
    ['job', () => ({ organizationId: sandbox.organizationId, jobId: 'job-1' })],
  ])('%s, delivered twice', async (name, event) => {
    expect(await hook.invoke(event())).toMatchObject({ result: { outcomes: [{ state: 'processed' }] } });
    expect(await hook.invoke(event())).toMatchObject({ result: { outcomes: [{ state: 'known' }] } });
    await expectOneRoot(name);
  });

  test('an SQS batch of both shapes, out of order and doubled; only what failed comes again', async () => {
    const a = s3Notification(sandbox.bucket, keyOf('queue-a'));
    const b = bridgeEvent(sandbox.bucket, keyOf('queue-b'));
    const missing = bridgeEvent(sandbox.bucket, 'mail/missing.zip');
    expect(await hook.invoke(queueEvent(b, a, missing, b, 'no json', a, testEvent))).toEqual({
      result: { batchItemFailures: [{ itemIdentifier: 'message-2' }, { itemIdentifier: 'message-4' }] },
    });
    await expectOneRoot('queue-a');
    await expectOneRoot('queue-b');
  });

  test('the client hands on the name by which a retry is decided, and nothing of the message', async () => {
    const answer = await hook.invoke(bridgeEvent(sandbox.bucket, 'mail/secret name.zip'));
    expect(answer).toMatchObject({ error: { errorType: 'MailproofPermanent', errorMessage: 'SOURCE_NOT_FOUND' } });
    expect(JSON.stringify(answer) + hook.logs()).not.toContain('secret name');
  });

  test('killed in mid-run, the next delivery ends it', async () => {
    const disarm = sandbox.faults.add({
      operation: 'PutObject',
      when: ({ key }) => key?.startsWith('mail/killed') === true && key.includes('/items/'),
      before: () => hook.kill(),
      reset: true,
    });
    const event = bridgeEvent(sandbox.bucket, keyOf('killed'));
    expect(await hook.invoke(event)).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
    disarm();
    expect(await hook.invoke(event)).toMatchObject({ result: { outcomes: [{ state: 'processed' }] } });
    await expectOneRoot('killed');
  });

  test('the tasks of the fleet', async () => {
    const place = {
      source: { bucket: sandbox.bucket, key: keyOf('fleet'), versionId: null },
      destination: { bucket: sandbox.bucket, prefix: 'mail/fleet +ü.mailproof/x' },
    };
    const planned = await fleet.invoke({ task: 'plan', ...place, shardOctets: 1 });
    expect(planned).toMatchObject({ result: { mode: 'fleet' } });
    const shards = 'result' in planned ? Number(Object(planned.result).shards) : 0;
    for (let shard = 0; shard < shards; shard++) {
      expect(await fleet.invoke({ task: 'shard', ...place, shard })).toMatchObject({ result: { shard } });
    }
    expect(await fleet.invoke({ task: 'merge', ...place })).toMatchObject({
      error: { errorType: 'MailproofPermanent', errorMessage: 'MANIFEST_INVALID' },
    });
    await fleet.invoke({ task: 'digest', ...place });
    expect(await fleet.invoke({ task: 'merge', ...place })).toMatchObject({ result: { task: 'merge' } });
    await expectOneRoot('fleet');
  });
});
