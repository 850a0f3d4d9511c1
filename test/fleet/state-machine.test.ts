import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClients, s3Sink } from '../../src/aws/index.ts';
import { STATE_MACHINE } from '../../src/fleet/index.ts';
import { memorySink } from '../../src/io/index.ts';
import type { JsonObject, JsonValue, Sink } from '../../src/model/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Bundle, makeBundle } from '../hook/bundle.ts';
import { type Runtime, startRuntime } from '../hook/runtime.ts';
import { archiveOf, filesOf, silent, sourceOf } from './mailbox.ts';
import { type Execution, newExecution, runStates, type Services, StateError, textOf } from './states.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:fleet';
let bundle: Bundle;
let sandbox: Sandbox;
let archive: Buffer;
let alone: Map<string, string>;
let clients: ReturnType<typeof createClients>;

beforeAll(async () => {
  bundle = makeBundle();
  sandbox = await startSandbox({ mailboxes: [] });
  clients = createClients({ ...sandbox, pathStyle: true });
  archive = await archiveOf(1_500, 6);
  await sandbox.put({ key: 'mail/anna.zip', body: archive, kmsKeyArn: sandbox.keyArn });
  const sink = memorySink();
  await processExport({ source: sourceOf(archive), sink, pool: inlinePool(), reporter: silent });
  alone = await filesOf(sink);
});
afterAll(async () => {
  clients?.destroy();
  await sandbox?.close();
  bundle?.remove();
});

const inputOf = (prefix: string, key = 'mail/anna.zip'): JsonObject => ({
  source: { bucket: sandbox.bucket, key, versionId: null },
  destination: { bucket: sandbox.bucket, prefix },
  job: null,
});
const sinkOf = (prefix: string): Sink => s3Sink({ s3: clients.s3, bucket: sandbox.bucket, prefix });

const asObject = (value: JsonValue | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** A fleet of functions, each in a process of its own. `onInvoke` may take one away. */
async function withFleet<T>(
  count: number,
  act: (services: Services) => Promise<T>,
  onInvoke: (payload: JsonObject, runtime: Runtime) => void = () => undefined,
): Promise<T> {
  const environment = { ...sandbox.environment, MAILPROOF_WORKERS: '1' };
  const all = await Promise.all(Array.from({ length: count }, () => startRuntime(bundle.folder, 'fleet', environment)));
  const idle = [...all];
  const waiting: ((runtime: Runtime) => void)[] = [];
  const services: Services = {
    machine: MACHINE,
    atOnce: count,
    async task(resource, parameters) {
      if (resource === 'states:startExecution.sync:2') {
        expect(parameters['StateMachineArn']).toBe(MACHINE);
        return { Output: await runStates(STATE_MACHINE, parameters['Input'] ?? null, services, newExecution()) };
      }
      expect(resource).toBe('lambda:invoke');
      // A cut of the test: shards of a real archive are 1.5 GiB.
      const payload = { ...asObject(parameters['Payload']), shardOctets: 1 };
      const runtime = idle.pop() ?? (await new Promise<Runtime>((resolve) => waiting.push(resolve)));
      const answer = runtime.invoke(payload);
      onInvoke(payload, runtime);
      const settled = await answer;
      const next = waiting.shift();
      if (next === undefined) idle.push(runtime);
      else next(runtime);
      if ('error' in settled) throw new StateError(settled.error.errorType, settled.error.errorMessage);
      return { Payload: settled.result as JsonValue };
    },
    async read(parameters) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of sandbox.get(textOf(parameters['Key']), textOf(parameters['Bucket'])))
        chunks.push(chunk);
      return JSON.parse(Buffer.concat(chunks).toString()) as JsonValue[];
    },
  };
  try {
    return await act(services);
  } finally {
    await Promise.all(all.map((runtime) => runtime.stop()));
  }
}

/** Everything but the custody record, which says who, when and where. */
async function expectSameRun(prefix: string): Promise<void> {
  const merged = await filesOf(sinkOf(prefix));
  expect(merged.delete('custody.json')).toBe(true);
  expect(Object.fromEntries(merged)).toEqual(Object.fromEntries(alone));
}

describe('the state machine, executed with real processes', { timeout: 120_000 }, () => {
  test.each([1, 2, 4])('%i functions: the merged run is the single machine’s, byte for byte', async (count) => {
    const execution = newExecution();
    const prefix = `out/${count}`;
    const output = await withFleet(count, (services) => runStates(STATE_MACHINE, inputOf(prefix), services, execution));
    expect(output).toMatchObject({ task: 'merge', verdict: expect.stringMatching(/^(UNPROVEN|COMPLETE)$/) });
    expect(execution.items.get('Work/0')).toEqual({ task: 'digest' });
    const shards = Array.from({ length: execution.items.size - 1 }, (_, shard) =>
      execution.items.get(`Work/${shard + 1}`),
    );
    expect(shards.length).toBeGreaterThanOrEqual(3);
    expect(shards).toEqual(shards.map((_, shard) => ({ task: 'shard', shard })));
    expect(execution.started).toEqual({ Plan: 1, Digest: 1, Shard: shards.length, Merge: 1 });
    await expectSameRun(prefix);
  });

  test('one function taken away in mid-run: its shard alone runs again', async () => {
    const execution = newExecution();
    let kills = 1;
    await withFleet(
      2,
      (services) => runStates(STATE_MACHINE, inputOf('out/killed'), services, execution),
      (payload, runtime) => {
        if (payload['task'] !== 'shard' || payload['shard'] !== 1 || kills-- <= 0) return;
        sandbox.faults.add({
          operation: 'PutObject',
          when: ({ key }) => key?.endsWith('000001.frames') === true,
          before: () => runtime.kill(),
          reset: true,
        });
      },
    );
    const shards = [...execution.items.values()].filter((item) => asObject(item)['task'] === 'shard').length;
    expect(execution.started).toEqual({ Plan: 1, Digest: 1, Shard: shards + 1, Merge: 1 });
    await expectSameRun('out/killed');
  });

  test('a shard that fails for good fails the map; no merge is begun; a redrive runs what failed, and no more', async () => {
    const execution: Execution = newExecution();
    const disarm = sandbox.faults.add({
      operation: 'PutObject',
      when: ({ key }) => key?.endsWith('000002.frames') === true,
      status: 403,
      code: 'AccessDenied',
      times: Number.POSITIVE_INFINITY,
    });
    await withFleet(2, async (services) => {
      await expect(runStates(STATE_MACHINE, inputOf('out/redrive'), services, execution)).rejects.toMatchObject({
        error: 'States.ExceedToleratedFailureThreshold',
      });
      expect(execution.started['Merge']).toBeUndefined();
      // Forced all the same, the merge refuses.
      const merge = services.task('lambda:invoke', { Payload: { task: 'merge', ...inputOf('out/redrive') } });
      await expect(merge).rejects.toMatchObject({
        error: 'MailproofPermanent',
        message: expect.stringContaining('MANIFEST_INVALID'),
      });
      disarm();
      const done = [...execution.items.values()].filter((item) => asObject(item)['task'] === 'shard').length;
      const before = execution.started['Shard'] ?? 0;
      await runStates(STATE_MACHINE, inputOf('out/redrive'), services, execution);
      const all = [...execution.items.values()].filter((item) => asObject(item)['task'] === 'shard').length;
      expect((execution.started['Shard'] ?? 0) - before).toBe(all - done);
    });
    await expectSameRun('out/redrive');
  });

  test('an archive that cannot be split is said to need one machine', async () => {
    await sandbox.put({
      key: 'mail/cut.zip',
      body: archive.subarray(0, archive.length - 900),
      kmsKeyArn: sandbox.keyArn,
    });
    await withFleet(1, async (services) => {
      const run = runStates(STATE_MACHINE, inputOf('out/cut', 'mail/cut.zip'), services, newExecution());
      await expect(run).rejects.toMatchObject({ error: 'ARCHIVE_DAMAGED' });
    });
  });

  test('given mailboxes, it starts itself once for each', async () => {
    const mailboxes = ['a', 'b'].map((name) => inputOf(`out/mailbox-${name}`));
    await withFleet(2, (services) => runStates(STATE_MACHINE, { mailboxes }, services, newExecution()));
    await expectSameRun('out/mailbox-a');
    await expectSameRun('out/mailbox-b');
  });
});
