import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { inFolder, mailproof } from './binary.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  const content = { kind: 'generated', seed: 3, messages: 30, averageBytes: 5000 } as const;
  sandbox = await startSandbox({
    mailboxes: ['anna', 'bela'].map((name) => ({ name, displayName: name, content })),
    jobs: { duration: 300 },
  });
});
afterAll(() => sandbox.close());

const run = (folder: string, ...parameters: readonly string[]) =>
  mailproof(parameters, { folder, environment: sandbox.environment });

async function startedJob(folder: string, entity: number): Promise<string> {
  const { organizationId, roleArn, keyArn, bucket, entities } = sandbox;
  const target = ['--role-arn', roleArn, '--kms-key-arn', keyArn, '--bucket', bucket, '--prefix', `export-${entity}`];
  const started = await run(
    folder,
    'jobs',
    'start',
    organizationId,
    entities[entity]?.email ?? '',
    '--json',
    ...target,
  );
  expect(started).toMatchObject({ code: 0, err: '' });
  return String(started.lines()[0]?.['jobId']);
}

test('a job from its start to a manifest in S3', () =>
  inFolder(async (folder) => {
    const { organizationId, bucket, keyArn } = sandbox;
    const jobId = await startedJob(folder, 0);
    expect(await startedJob(folder, 0)).toBe(jobId);
    const waited = await run(folder, 'jobs', 'wait', organizationId, jobId, '--timeout', '60s', '--json');
    expect(waited.lines().at(-1)).toMatchObject({ state: 'COMPLETED', jobId });
    const described = await run(folder, 'jobs', 'describe', organizationId, jobId);
    expect(described.out).toContain('COMPLETED');
    const listed = await run(folder, 'jobs', 'list', organizationId);
    expect(listed.out).toContain(jobId);
    expect(listed.err).toContain('seven days');
    const source = `job:${organizationId}/${jobId}`;
    const inspected = await run(folder, 'inspect', source, '--json');
    expect(inspected.lines().at(-1)).toMatchObject({ format: 'zip', object: { kmsKeyId: keyArn } });
    const local = await run(folder, 'process', source, '--out', 'local', '--json');
    expect(local.lines().at(-1)).toMatchObject({ exitCode: 0, verdict: 'COMPLETE', balanced: true });
    const dest = `s3://${bucket}/evidence`;
    const remote = await run(folder, 'process', source, '--out', dest, '--kms-key-id', keyArn, '--json');
    expect(remote.lines().at(-1)).toMatchObject({ exitCode: 0, verdict: 'COMPLETE' });
    let root = '';
    for await (const chunk of sandbox.get('evidence/manifest.json')) root += Buffer.from(chunk).toString();
    expect(root).toBe(await readFile(join(folder, 'local/manifest.json'), 'utf8'));
    expect(await run(folder, 'process', source, '--out', dest)).toMatchObject({ code: 9 });
    const verified = await run(folder, 'verify', dest, '--source', source, '--json');
    expect(verified.lines().at(-1)).toMatchObject({ exitCode: 0, verdict: 'COMPLETE' });
    expect(await run(folder, 'show', dest, '00000001')).toMatchObject({ code: 0 });
  }));

test('what AWS refuses is a sentence, advice and exit code 6', () =>
  inFolder(async (folder) => {
    const { organizationId, key } = sandbox;
    const jobId = await startedJob(folder, 1);
    await run(folder, 'jobs', 'wait', organizationId, jobId);
    const source = `job:${organizationId}/${jobId}`;
    sandbox.denied.add('kms:Decrypt');
    const denied = await run(folder, 'process', source, '--out', 'out', '--json');
    sandbox.denied.clear();
    expect(denied).toMatchObject({ code: 6 });
    expect(denied.lines().at(-1)).toMatchObject({ message_type: 'exit_error', code: 'KEY_ACCESS_DENIED' });
    key.state = 'Disabled';
    const disabled = await run(folder, 'process', source, '--out', 'out', '--json');
    key.state = 'Enabled';
    expect(disabled).toMatchObject({ code: 6 });
    expect(disabled.lines().at(-1)).toMatchObject({ message_type: 'exit_error', code: 'KEY_DISABLED' });
    const unsigned = await mailproof(['jobs', 'list', organizationId], {
      folder,
      environment: { ...sandbox.environment, AWS_SECRET_ACCESS_KEY: 'not-the-secret' },
    });
    expect(unsigned.code).toBe(6);
    expect(unsigned.err).not.toContain('not-the-secret');
  }));

test('the size of the mailbox bounds what was exported, where it may be asked for', () =>
  inFolder(async (folder) => {
    const { organizationId } = sandbox;
    const jobId = await startedJob(folder, 0);
    await run(folder, 'jobs', 'wait', organizationId, jobId);
    const source = `job:${organizationId}/${jobId}`;
    const kept = async (out: string): Promise<{ facts: { mailbox: unknown } }> =>
      JSON.parse(await readFile(join(folder, out, 'custody.json'), 'utf8'));
    expect(await run(folder, 'process', source, '--out', 'asked')).toMatchObject({ code: 0 });
    expect((await kept('asked')).facts.mailbox).toMatchObject({ sizeMegabytes: expect.any(Number) });
    sandbox.denied.add('workmail:GetMailboxDetails');
    const refused = await run(folder, 'process', source, '--out', 'refused');
    sandbox.denied.clear();
    expect(refused).toMatchObject({ code: 0 });
    expect((await kept('refused')).facts.mailbox).toBeNull();
  }));

test('a job that is not there, a job that is cancelled, a wait that takes too long', () =>
  inFolder(async (folder) => {
    const { organizationId } = sandbox;
    const missing = await run(folder, 'jobs', 'describe', organizationId, '00000000-0000-0000-0000-000000000000');
    expect(missing).toMatchObject({ code: 5, out: '' });
    const lost = await run(folder, 'jobs', 'list', 'm-ffffffffffffffffffffffffffffffff');
    expect(lost.code).toBe(5);
  }));

test('the demo ends COMPLETE', () =>
  inFolder(async (folder) => {
    const demo = await mailproof(['demo', '--messages', '20'], { folder });
    expect(demo.code).toBe(0);
    expect(demo.out).toContain('COMPLETE: the archive is whole, and an independent witness agrees.');
  }));
