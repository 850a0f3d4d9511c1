// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createClients, s3Sink } from '../../src/aws/index.ts';
import { STATE_MACHINE } from '../../src/fleet/index.ts';
import { memorySink } from '../../src/io/index.ts';
import type { JsonObject, JsonValue, Sink } from '../../src/model/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { inFolder, mailproof } from '../cli/binary.ts';
import { type Bundle, makeBundle } from '../hook/bundle.ts';
import type { Runtime } from '../hook/runtime.ts';
import { archiveOf, filesOf, silent, sourceOf } from './mailbox.ts';
import { type Execution, newExecution, runStates, type Services, StateError, textOf } from './states.ts';
import { startWorkers } from './workers.ts';

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
  alone.delete('manifest-sha256.txt');
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
  const workers = await startWorkers({ folder: bundle.folder, count, environment: sandbox.environment, onInvoke });
  const services: Services = {
    machine: MACHINE,
    atOnce: count,
    async task(resource, parameters) {
      if (resource === 'ecs:runTask.sync') return { TaskArn: await inContainer(parameters) };
      if (resource === 'states:startExecution.sync:2') {
        expect(parameters['StateMachineArn']).toBe(MACHINE);
        return { Output: await runStates(STATE_MACHINE, parameters['Input'] ?? null, services, newExecution()) };
      }
      expect(resource).toBe('lambda:invoke');
      // A cut of the test: shards of a real archive are 1.5 GiB.
      const payload = { ...asObject(parameters['Payload']), shardOctets: 1 };
      const settled = await workers.invoke(payload);
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
    await workers.stop();
  }
}

const taskSchema = z.object({
  Cluster: z.string(),
  Overrides: z.object({
    ContainerOverrides: z.tuple([z.object({ Name: z.literal('mailproof'), Command: z.array(z.string()) })]),
  }),
});
const commands: (readonly string[])[] = [];

/** A Fargate task, as a process of the program: it fails where its exit code is not 0. */
async function inContainer(parameters: JsonObject): Promise<string> {
  const { Command } = taskSchema.parse(parameters).Overrides.ContainerOverrides[0];
  commands.push(Command);
  await inFolder(async (folder) => {
    const { code, err } = await mailproof(Command, { folder, environment: sandbox.environment });
    if (code !== 0) throw new StateError('States.TaskFailed', err);
  });
  return 'arn:aws:ecs:us-east-1:123456789012:task/mailproof/1';
}

/** The definition as a stack with a cluster has it. */
const withCluster = (): JsonObject =>
  JSON.parse(JSON.stringify(STATE_MACHINE).replaceAll('${TaskCluster}', 'cluster').replaceAll('${TaskSubnets}', 'a,b'));

const allAsTasks = (items: readonly JsonValue[]): JsonValue[] =>
  items.map((item) => ({ ...asObject(item), runner: 'task' }));

/** Everything but the custody record, which says who, when and where, the sums that name it, and the note that all have been told. */
async function expectSameRun(prefix: string): Promise<void> {
  const merged = await filesOf(sinkOf(prefix));
  expect(merged.delete('custody.json')).toBe(true);
  expect(merged.delete('manifest-sha256.txt')).toBe(true);
  expect(merged.delete('announced.json')).toBe(true);
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

  test('what exceeds a function runs as the program in a container: the same octets', async () => {
    const prefix = 'out/containers';
    await withFleet(1, async (services) => {
      const runners = {
        ...services,
        read: async (parameters: JsonObject) => allAsTasks(await services.read(parameters)),
      };
      const execution = newExecution();
      await runStates(withCluster(), inputOf(prefix), runners, execution);
      expect(Object.keys(execution.started).sort()).toEqual([
        'Digest in a container',
        'Merge',
        'Plan',
        'Shard in a container',
      ]);
    });
    expect(commands.splice(0)[0]).toEqual([
      'fleet',
      'digest',
      `s3://${sandbox.bucket}/${prefix}`,
      '--source',
      `s3://${sandbox.bucket}/mail/anna.zip`,
      '--version-id',
      'null',
    ]);
    await expectSameRun(prefix);
  });

  test('an archive that cannot be split is read whole in a container, and the merge tells its verdict', async () => {
    const cut = archive.subarray(0, archive.length - 900);
    await sandbox.put({ key: 'mail/whole.zip', body: cut, kmsKeyArn: sandbox.keyArn });
    const sink = memorySink();
    await processExport({ source: sourceOf(cut), sink, pool: inlinePool(), reporter: silent });
    await withFleet(1, async (services) => {
      const output = await runStates(withCluster(), inputOf('out/whole', 'mail/whole.zip'), services, newExecution());
      expect(output).toMatchObject({ task: 'merge', verdict: 'INCOMPLETE' });
    });
    expect(commands.splice(0).map(([, name]) => name)).toEqual(['whole']);
    const files = await filesOf(sinkOf('out/whole'));
    for (const own of ['custody.json', 'announced.json', 'manifest-sha256.txt']) expect(files.delete(own)).toBe(true);
    const expected = await filesOf(sink);
    expected.delete('manifest-sha256.txt');
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(expected));
  });

  test('an archive that cannot be split is said to need one machine, where there are no containers', async () => {
    await sandbox.put({
      key: 'mail/cut.zip',
      body: archive.subarray(0, archive.length - 900),
      kmsKeyArn: sandbox.keyArn,
    });
    await withFleet(1, async (services) => {
      const bare: JsonObject = JSON.parse(JSON.stringify(STATE_MACHINE).replaceAll('${TaskCluster}', ''));
      const run = runStates(bare, inputOf('out/cut', 'mail/cut.zip'), services, newExecution());
      await expect(run).rejects.toMatchObject({ error: 'NeedsOneMachine' });
    });
  });

  test('given mailboxes, it starts itself once for each', async () => {
    const mailboxes = ['a', 'b'].map((name) => inputOf(`out/mailbox-${name}`));
    await withFleet(2, (services) => runStates(STATE_MACHINE, { mailboxes }, services, newExecution()));
    await expectSameRun('out/mailbox-a');
    await expectSameRun('out/mailbox-b');
  });
});
