import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AwsClients, createClients } from '../../src/aws/index.ts';
import type { FleetRequest } from '../../src/hook/hand-over.ts';
import { type HookContext, jsonLog, makeHandler } from '../../src/hook/index.ts';
import type { HookPorts } from '../../src/hook/run.ts';
import { readSettings } from '../../src/hook/settings.ts';
import { systemClock } from '../../src/io/index.ts';
import { inlinePool } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf } from '../fleet/mailbox.ts';
import { bridgeEvent, queueEvent } from './documents.ts';

const archive = await archiveOf(80);
let sandbox: Sandbox;
let clients: AwsClients;
let handed: FleetRequest[];
beforeEach(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
  clients = createClients({ ...sandbox, pathStyle: true });
  handed = [];
  await sandbox.put({ key: 'mail/anna.zip', body: archive, kmsKeyArn: sandbox.keyArn });
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
  announcers: [],
  handOver: null,
  ...more,
});
const handOver = async (request: FleetRequest) => void handed.push(request);
/** What is left at each look: enough to begin, then as given. */
const context = (...left: number[]): HookContext => ({
  awsRequestId: 'r',
  getRemainingTimeInMillis: () => left.shift() ?? 300_000,
});
const lines: string[] = [];
const log = jsonLog((line) => lines.push(line));
const event = () => bridgeEvent(sandbox.bucket, 'mail/anna.zip');
const paths = () =>
  sandbox.requests.entries.flatMap(({ operation, key }) => (operation === 'PutObject' ? [key ?? ''] : []));

describe('before the time limit', () => {
  test('the run stops by itself, says that a retry helps, and the next one ends it', async () => {
    sandbox.faults.add({ operation: 'GetObject', skip: 4, delay: 5_000 });
    const handler = makeHandler(portsOf(), log);
    await expect(handler(event(), context(60_000, 21_000))).rejects.toMatchObject({
      name: 'MailproofRetryable',
      code: 'TIMEOUT',
    });
    expect(paths().filter((path) => path.endsWith('manifest.json'))).toEqual([]);
    expect(await handler(event(), context())).toMatchObject({ outcomes: [{ state: 'processed' }] });
  });

  test('with a fleet, the rest is handed on, pinned to what was seen', async () => {
    sandbox.faults.add({ operation: 'GetObject', skip: 4, delay: 5_000 });
    const handler = makeHandler(portsOf({ handOver }), log);
    expect(await handler(event(), context(60_000, 21_000))).toMatchObject({ outcomes: [{ state: 'handed-over' }] });
    expect(handed).toMatchObject([
      { source: { key: 'mail/anna.zip' }, destination: { prefix: expect.stringMatching(/^mail\/anna\.mailproof\/./) } },
    ]);
  });

  test('with too little time left nothing is begun', async () => {
    const handler = makeHandler(portsOf(), log);
    const answer = await handler(queueEvent(event(), { x: 1 }), context(10_000));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-0' }, { itemIdentifier: 'message-1' }] });
    expect(paths()).toEqual([]);
  });
});

test('an archive above the limit of one invocation goes to the fleet at once', async () => {
  const handler = makeHandler(portsOf({ handOver }, { MAILPROOF_SINGLE_RUN_OCTETS: '1000' }), log);
  expect(await handler(event(), context())).toMatchObject({ outcomes: [{ state: 'handed-over' }] });
  expect(handed).toHaveLength(1);
  expect(paths()).toEqual([]);
});

test('a verdict that could not be told is told by the next delivery, and then no more', async () => {
  let failing = 1;
  const told: string[] = [];
  const announcers = [
    {
      name: 'sns' as const,
      announce: async ({ type }: { type: string }) => {
        if (failing-- > 0) throw new Error('down');
        told.push(type);
      },
    },
  ];
  const handler = makeHandler(portsOf({ announcers }), log);
  await expect(handler(event(), context())).rejects.toMatchObject({ code: 'UNEXPECTED' });
  expect(await handler(event(), context())).toMatchObject({
    outcomes: [{ state: 'known', announcement: { verdict: 'UNPROVEN' } }],
  });
  expect(await handler(event(), context())).toMatchObject({ outcomes: [{ state: 'known', announcement: null }] });
  // A failure no retry helps is told too: a bug is one.
  expect(told).toEqual(['failed', 'processed']);
  // The bug is found by its frames; what it said is not in the logs.
  const failed = lines.map((line) => JSON.parse(line)).find(({ code }) => code === 'UNEXPECTED');
  expect(failed.frames).toContain('time-limit.test');
  expect(lines.join('')).not.toContain('down');
});

test('another version of the same key gets a manifest of its own', async () => {
  const handler = makeHandler(portsOf(), log);
  const first = await handler(event(), context());
  await sandbox.put({ key: 'mail/anna.zip', body: await archiveOf(81), kmsKeyArn: sandbox.keyArn });
  const second = await handler(event(), context());
  // The older event, delivered late, finds the newer object.
  const late = await handler(event(), context());
  const locationOf = (answer: unknown) => /s3:[^"]*manifest\.json/.exec(JSON.stringify(answer))?.[0];
  expect(locationOf(first)).not.toBe(locationOf(second));
  expect(late).toMatchObject({ outcomes: [{ state: 'known' }] });
});
