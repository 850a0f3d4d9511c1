import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AwsClients, createClients } from '../../src/aws/index.ts';
import { confirmExport } from '../../src/hook/confirm.ts';
import { systemClock } from '../../src/io/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';

let sandbox: Sandbox;
let clients: AwsClients;
beforeAll(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
  clients = createClients({ ...sandbox, pathStyle: true });
  const { organization, bucket } = sandbox;
  await sandbox.put({ key: 'a/one.zip', body: Buffer.from('x') });
  const shared = { entityId: 'x', bucket };
  organization.addJob({ ...shared, id: 'by-path', prefix: 'a', path: `/${bucket}/a/one.zip` });
  organization.addJob({ ...shared, id: 'id-in-key', prefix: 'b', path: 'elsewhere' });
  organization.addJob({ ...shared, id: 'elsewhere', bucket: 'another-bucket', prefix: 'c' });
  organization.addJob({ ...shared, id: 'running', prefix: '/d/', state: 'RUNNING', progress: 50 });
});
afterAll(async () => {
  clients.destroy();
  await sandbox.close();
});

const ask = (key: string, organizationId: string | null = sandbox.organizationId) =>
  confirmExport(
    { kind: 'object', bucket: sandbox.bucket, key, versionId: null },
    { clients, clock: systemClock, organizationId, patience: 0 },
  );

test.each([
  ['S3Path in any reading', 'a/one.zip', 'by-path'],
  ['the job’s id within the key', 'b/x-id-in-key.zip', 'id-in-key'],
  ['no job of this bucket and prefix', 'c/other.zip', null],
])('%s', async (_, key, jobId) => {
  const { job, findings } = await ask(key);
  expect([job?.jobId ?? null, findings.map(({ severity }) => severity)]).toEqual([
    jobId,
    jobId === null ? ['warning'] : [],
  ]);
});

test('a running job’s prefix means: later', async () => {
  await expect(ask('d/early.zip')).rejects.toMatchObject({ code: 'JOB_NOT_COMPLETED' });
});

test('without an organization it is said that nobody was asked', async () => {
  expect((await ask('d/early.zip', null)).findings).toMatchObject([
    { message: expect.stringContaining('No organization') },
  ]);
});

test('a job leads to its archive', async () => {
  const target = { kind: 'job', organizationId: sandbox.organizationId, jobId: 'by-path' } as const;
  const input = { clients, clock: systemClock, organizationId: null, patience: 0 };
  expect((await confirmExport(target, input)).address).toMatchObject({ key: 'a/one.zip' });
});
