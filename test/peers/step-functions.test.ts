import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClients, s3Sink } from '../../src/aws/index.ts';
import { STATE_MACHINE } from '../../src/fleet/index.ts';
import { memorySink } from '../../src/io/index.ts';
import type { JsonObject } from '../../src/model/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf, filesOf, silent, sourceOf } from '../fleet/mailbox.ts';
import { startWorkers, type WorkersInput } from '../fleet/workers.ts';
import { type Bundle, makeBundle } from '../hook/bundle.ts';
import { npmFolder } from './npm-folder.ts';

const installed = npmFolder(
  'step-functions',
  ['aws-local-stepfunctions@3.0.0', 'asl-validator@4.0.0'],
  ['--ignore-scripts'],
);
// aws-local-stepfunctions wants Node 22 or later.
const node = Number(process.versions.node.split('.')[0]) >= 22 ? { folder: '' } : npmFolder('node-24', ['node@24'], []);
const nodePath =
  'missing' in node || node.folder === '' ? process.execPath : join(node.folder, 'node_modules/.bin/node');
const reason = 'missing' in installed ? installed.missing : 'missing' in node ? node.missing : null;
if (reason !== null) console.warn(`skipped, aws-local-stepfunctions: ${reason}`);
const moto = spawnSync('python3', ['-c', 'import moto.stepfunctions.parser.asl.utils.boto_client']).status === 0;
if (!moto) console.warn('skipped, moto: not installed (pip install "moto[stepfunctions,s3]")');

let bundle: Bundle;
let sandbox: Sandbox;
let folder: string;
let clients: ReturnType<typeof createClients>;
let alone: Record<string, string>;

beforeAll(async () => {
  bundle = makeBundle();
  folder = mkdtempSync(join(tmpdir(), 'mailproof-states-'));
  sandbox = await startSandbox({ mailboxes: [] });
  clients = createClients({ ...sandbox, pathStyle: true });
  const archive = await archiveOf(1_500, 6);
  await sandbox.put({ key: 'mail/anna.zip', body: archive, kmsKeyArn: sandbox.keyArn });
  const sink = memorySink();
  await processExport({ source: sourceOf(archive), sink, pool: inlinePool(), reporter: silent });
  const files = await filesOf(sink);
  // It names the custody record, which holds a clock.
  files.delete('manifest-sha256.txt');
  alone = Object.fromEntries(files);
});
afterAll(async () => {
  clients?.destroy();
  await sandbox?.close();
  bundle?.remove();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const inputOf = (prefix: string): JsonObject => ({
  source: { bucket: sandbox.bucket, key: 'mail/anna.zip', versionId: null },
  destination: { bucket: sandbox.bucket, prefix },
  job: null,
});

/** Answers tasks with real worker processes. Items are told with a plan, for a peer that reads none from S3. */
async function withFunctions<T>(
  more: Pick<WorkersInput, 'count' | 'onInvoke'>,
  act: (address: string, tasks: readonly string[]) => Promise<T>,
): Promise<T> {
  const workers = await startWorkers({ folder: bundle.folder, environment: sandbox.environment, ...more });
  const tasks: string[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    const answerTask = async () => {
      // A cut of the test: shards of a real archive are 1.5 GiB.
      const payload = { ...JSON.parse(body), shardOctets: 1 };
      tasks.push(payload.task);
      const settled = await workers.invoke(payload);
      if ('error' in settled) {
        response.writeHead(500).end(JSON.stringify(settled.error));
        return;
      }
      const result = Object(settled.result);
      const chunks: Uint8Array[] = [];
      if (result.task === 'plan') for await (const chunk of sandbox.get(result.itemsKey)) chunks.push(chunk);
      const items = chunks.length === 0 ? {} : { items: JSON.parse(Buffer.concat(chunks).toString()) };
      response.end(JSON.stringify({ ...result, ...items }));
    };
    request.on('end', () => void answerTask());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  try {
    return await act(`http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`, tasks);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await workers.stop();
  }
}

async function execute(command: string, parameters: readonly string[], more: Record<string, string> = {}) {
  const child = spawn(command, parameters, { env: { ...process.env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await new Promise((resolve) => child.once('exit', resolve));
  expect(out, err).not.toBe('');
  return JSON.parse(out);
}

function written(name: string, value: JsonObject, change = (text: string) => text): string {
  const path = join(folder, name);
  writeFileSync(path, change(JSON.stringify(value)));
  return path;
}

/** Takes a worker away as it writes the frames of shard 1. */
function killing(prefix: string): NonNullable<WorkersInput['onInvoke']> {
  let kills = 1;
  return (payload, runtime) => {
    if (payload['task'] !== 'shard' || payload['shard'] !== 1 || kills-- <= 0) return;
    sandbox.faults.add({
      operation: 'PutObject',
      when: ({ key }) => key === `${prefix}/work/fleet/000001.frames`,
      before: () => runtime.kill(),
      reset: true,
    });
  };
}

async function expectSameRun(prefix: string): Promise<void> {
  const merged = await filesOf(s3Sink({ s3: clients.s3, bucket: sandbox.bucket, prefix }));
  for (const own of ['custody.json', 'announced.json', 'manifest-sha256.txt'])
    expect(merged.delete(own), own).toBe(true);
  expect(Object.fromEntries(merged)).toEqual(alone);
}

const counted = (tasks: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const task of tasks) counts[task] = (counts[task] ?? 0) + 1;
  return counts;
};

const states = (definition: JsonObject): Record<string, JsonObject> => Object(definition['States']);

/** aws-local-stepfunctions maps in its own process and knows neither ItemReader nor ResultWriter: items come with the plan. */
function inlineMap(): JsonObject {
  const { Plan = {}, Work = {}, ...rest } = states(STATE_MACHINE);
  const { ItemReader: _reader, ResultWriter: _writer, ToleratedFailurePercentage: _tolerated, ...map } = Work;
  const { ProcessorConfig: _mode, ...processor } = Object(map['ItemProcessor']);
  delete rest['Mailboxes'];
  return {
    ...STATE_MACHINE,
    StartAt: 'Plan',
    States: {
      ...Object.fromEntries(Object.entries(rest).filter(([name]) => name !== 'One or many')),
      Plan: { ...Plan, ResultSelector: { ...Object(Plan['ResultSelector']), 'items.$': '$.Payload.items' } },
      Work: { ...map, ItemsPath: '$.plan.items', ItemProcessor: processor },
    },
  };
}

describe.skipIf(reason !== null)('aws-local-stepfunctions', () => {
  const packages = 'folder' in installed ? join(installed.folder, 'node_modules') : '';

  test('asl-validator finds nothing', async () => {
    const definition = written('machine.asl.json', STATE_MACHINE);
    const validator = spawnSync(join(packages, '.bin/asl-validator'), ['--json-path', definition], {
      encoding: 'utf8',
    });
    expect(validator.stdout + validator.stderr).toContain('is valid');
  });

  test.each([
    [1, false],
    [2, false],
    [4, false],
    [2, true],
  ])('%i workers, one killed: %s', async (count, kill) => {
    const prefix = `local/${count}-${kill}`;
    const definition = written('inline.json', inlineMap());
    const input = written('input.json', inputOf(prefix));
    await withFunctions({ count, ...(kill && { onInvoke: killing(prefix) }) }, async (address, tasks) => {
      const library = join(packages, 'aws-local-stepfunctions/build/main.node.esm.js');
      const script = join(import.meta.dirname, 'step-functions/local.mjs');
      const { output, ...failed } = await execute(nodePath, [script, library, definition, input, address]);
      expect(failed).toEqual({});
      expect(output).toMatchObject({ task: 'merge', verdict: 'UNPROVEN' });
      const { shard = 0, ...others } = counted(tasks);
      expect(others).toEqual({ plan: 1, digest: 1, merge: 1 });
      expect(shard).toBeGreaterThanOrEqual(kill ? 4 : 3);
    });
    await expectSameRun(prefix);
  });
});

describe.skipIf(!moto)('moto: the definition as it is, its Distributed Map reading items from S3', () => {
  const execution = (prefix: string, address: string) =>
    execute(
      'python3',
      [
        join(import.meta.dirname, 'python/state_machine.py'),
        written('machine.json', STATE_MACHINE, (text) =>
          // The same number: moto's grammar reads it with a fraction only.
          text.replaceAll('"ToleratedFailurePercentage":0,', '"ToleratedFailurePercentage":0.0,'),
        ),
        written('input.json', inputOf(prefix)),
        address,
        sandbox.endpoint,
      ],
      { STORAGE_KEY: sandbox.credentials.accessKeyId, STORAGE_SECRET: sandbox.credentials.secretAccessKey },
    );

  test.each([
    [1, false],
    [2, false],
    [4, false],
    [2, true],
  ])('%i workers, one killed: %s', async (count, kill) => {
    const prefix = `moto/${count}-${kill}`;
    await withFunctions({ count, ...(kill && { onInvoke: killing(prefix) }) }, async (address, tasks) => {
      const { status, output, error, cause, maps } = await execution(prefix, address);
      expect([status, error, cause]).toEqual(['SUCCEEDED', null, null]);
      expect(output).toMatchObject({ task: 'merge', verdict: 'UNPROVEN' });
      const { shard = 0, ...others } = counted(tasks);
      expect(others).toEqual({ plan: 1, digest: 1, merge: 1 });
      const items = shard + 1 - (kill ? 1 : 0);
      expect(maps).toEqual([{ total: items, succeeded: items, failed: 0 }]);
    });
    await expectSameRun(prefix);
  });

  test('a shard that fails for good fails the execution, and no root is written', async () => {
    const disarm = sandbox.faults.add({
      operation: 'PutObject',
      when: ({ key }) => key === 'moto/failing/work/fleet/000002.frames',
      status: 403,
      code: 'AccessDenied',
      times: Number.POSITIVE_INFINITY,
    });
    await withFunctions({ count: 2 }, async (address) => {
      const { status, error } = await execution('moto/failing', address);
      // moto's map tolerates what it is told not to, and the merge is begun: it refuses what is not whole.
      expect([status, error]).toEqual(['FAILED', 'MailproofPermanent']);
    });
    disarm();
    const files = await filesOf(s3Sink({ s3: clients.s3, bucket: sandbox.bucket, prefix: 'moto/failing' }));
    expect(files.has('manifest.json')).toBe(false);
    expect(files.has('work/fleet/000001.json')).toBe(true);
  });
});
