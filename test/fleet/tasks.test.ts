import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsClients, createClients, describeJob, type Job, s3Sink } from '../../src/aws/index.ts';
import { runTask, type TaskPorts } from '../../src/fleet/index.ts';
import type { Announcement } from '../../src/hook/announce.ts';
import { makeFleetHandler } from '../../src/hook/fleet-handler.ts';
import { jsonLog } from '../../src/hook/index.ts';
import type { HookPorts } from '../../src/hook/run.ts';
import { readSettings } from '../../src/hook/settings.ts';
import { systemClock } from '../../src/io/index.ts';
import { inlinePool } from '../../src/pipeline/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { archiveOf, silent } from './mailbox.ts';

let sandbox: Sandbox;
let clients: AwsClients;
let job: Job;
const archive = await archiveOf(60, 9);
beforeAll(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
  clients = createClients({ ...sandbox, pathStyle: true });
  await sandbox.put({ key: 'mail/anna.zip', body: archive, kmsKeyArn: sandbox.keyArn });
  const shared = { entityId: 'x', bucket: sandbox.bucket, prefix: 'mail', path: 'mail/anna.zip' };
  sandbox.organization.addJob({ ...shared, id: 'job-1', kmsKeyArn: sandbox.keyArn });
  const { organizationId } = sandbox;
  job = await describeJob({ workmail: clients.workmail, organizationId, jobId: 'job-1' });
});
afterAll(async () => {
  clients.destroy();
  await sandbox.close();
});

const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 300_000 };
const placeOf = (prefix: string) => ({
  source: { bucket: sandbox.bucket, key: 'mail/anna.zip', versionId: null },
  destination: { bucket: sandbox.bucket, prefix },
});
const taskPorts = (): TaskPorts => ({
  clients,
  clock: systemClock,
  makePool: inlinePool,
  reporter: silent,
  kmsKeyId: null,
});

/** Everything but the merge. */
async function spread(prefix: string, input: object): Promise<ReturnType<typeof placeOf>> {
  const place = placeOf(prefix);
  await runTask({ task: 'plan', ...place, input }, taskPorts());
  await runTask({ task: 'shard', ...place, shard: 0 }, taskPorts());
  await runTask({ task: 'digest', ...place }, taskPorts());
  return place;
}

function handlerOf(announce: (announcement: Announcement) => Promise<void>) {
  const ports: HookPorts = {
    clients,
    clock: systemClock,
    settings: readSettings({}),
    makePool: inlinePool,
    announcers: [{ name: 'sns', announce }],
    handOver: null,
  };
  const lines: string[] = [];
  const handler = makeFleetHandler(
    ports,
    jsonLog((line) => lines.push(line)),
  );
  return { handler, lines };
}

async function jsonAt(key: string) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of sandbox.get(key)) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

test('the job the hook confirmed is in the custody record, in the announcement and behind the verdict', async () => {
  const told: Announcement[] = [];
  const { handler } = handlerOf(async (announcement) => void told.push(announcement));
  const place = await spread('out/job', { ...placeOf('out/job'), job });
  const merged = await handler({ task: 'merge', ...place }, context);
  const custody = await jsonAt('out/job/custody.json');
  expect(custody.source.job).toEqual({ ...job });
  expect(custody.source.key).toMatchObject({ arn: sandbox.keyArn, state: 'Enabled' });
  expect(custody.facts.job).toMatchObject({ jobId: 'job-1', startTime: job.startTime, endTime: job.endTime });
  expect(told).toMatchObject([
    {
      id: merged.task === 'merge' ? merged.manifestDigest : '',
      type: 'processed',
      archive: place.source,
      job: { organizationId: sandbox.organizationId, jobId: 'job-1' },
      verdict: 'UNPROVEN',
      manifest: { location: `s3://${sandbox.bucket}/out/job/manifest.json` },
    },
  ]);
  // What the plan kept goes with the rest of the work.
  const left: string[] = [];
  for await (const { path } of s3Sink({ s3: clients.s3, ...place.destination }).list('work/')) left.push(path);
  expect(left).toEqual([]);
});

test('a merge taken away between the root and the telling tells when it is run again, and then no more', async () => {
  let down = true;
  const told: Announcement[] = [];
  const { handler } = handlerOf(async (announcement) => {
    if (down) throw new Error('down');
    told.push(announcement);
  });
  const place = await spread('out/away', { job });
  await expect(handler({ task: 'merge', ...place }, context)).rejects.toThrow();
  const root = await jsonAt('out/away/manifest.json');
  down = false;
  expect(await handler({ task: 'merge', ...place }, context)).toMatchObject({ task: 'merge', verdict: 'UNPROVEN' });
  expect(await jsonAt('out/away/manifest.json')).toEqual(root);
  await handler({ task: 'merge', ...place }, context);
  expect(told).toMatchObject([{ type: 'processed', job: { jobId: 'job-1' } }]);
});

test('without a job there is none; with one that is none the task is refused', async () => {
  const place = await spread('out/none', {});
  await runTask({ task: 'merge', ...place }, taskPorts());
  expect((await jsonAt('out/none/custody.json')).facts.job).toBeNull();
  const bad = { task: 'plan', ...placeOf('out/bad'), input: { job: { jobId: 7 } } };
  await expect(runTask(bad, taskPorts())).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
});

test('what no retry helps is told as failed, under one id for all tasks of an archive; a bug with its place, not its words', async () => {
  const told: Announcement[] = [];
  const { handler, lines } = handlerOf(async (announcement) => void told.push(announcement));
  const missing = { ...placeOf('out/missing'), source: { ...placeOf('').source, key: 'mail/nobody.zip' } };
  await expect(handler({ task: 'digest', ...missing }, context)).rejects.toMatchObject({
    name: 'MailproofPermanent',
    message: 'SOURCE_NOT_FOUND',
  });
  await expect(handler({ task: 'shard', ...missing, shard: 0 }, context)).rejects.toThrow();
  expect(told.map(({ type, id }) => [type, id])).toEqual([
    ['failed', told[0]?.id],
    ['failed', told[0]?.id],
  ]);
  // Nobody can be told of what is no task.
  await expect(handler({ task: 'other' }, context)).rejects.toMatchObject({ message: 'PARAMETER_INVALID' });
  expect(told).toHaveLength(2);
  expect(lines.join('')).toContain('not announced');
  expect(lines.join('')).not.toContain('nobody');
});
