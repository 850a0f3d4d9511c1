import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { gather, noise } from '../sandbox/clients.ts';

// Debian's awscli checks what it sends against the official service models: a second client, not made by us.
const AWS = '/usr/bin/aws';
const present = existsSync(AWS);
if (!present) console.warn(`skipped: ${AWS} is absent (apt-get install -y --no-install-recommends awscli)`);

let sandbox: Sandbox;
let folder: string;
beforeAll(async () => {
  if (!present) return;
  sandbox = await startSandbox({
    jobs: { duration: 50 },
    mailboxes: [{ name: 'mara.lindqvist', content: { kind: 'generated', seed: 9, messages: 30, averageBytes: 4000 } }],
  });
  folder = await mkdtemp(join(tmpdir(), 'awscli-'));
});
afterAll(async () => {
  if (!present) return;
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

function aws(...words: readonly string[]): Promise<Answer> {
  const { AWS_ENDPOINT_URL: endpoint = '', ...environment } = sandbox.environment;
  const env = { PATH: '/usr/bin:/bin', HOME: folder, AWS_PAGER: '', AWS_EC2_METADATA_DISABLED: 'true', ...environment };
  return new Promise((resolve) => {
    execFile(AWS, ['--endpoint-url', endpoint, ...words], { env, maxBuffer: 1 << 26 }, (error, out, text) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, out, error: text });
    });
  });
}

/** The JSON a command prints. Fails with what it said where it failed. */
async function json(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { code, out, error } = await aws(...words, '--output', 'json');
  expect(error).toBe('');
  expect(code).toBe(0);
  const value: unknown = out.trim() === '' ? {} : JSON.parse(out);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

async function done(...words: readonly string[]): Promise<string> {
  const { code, out, error } = await aws(...words);
  expect(error).toBe('');
  expect(code).toBe(0);
  return out;
}

describe.skipIf(!present)('awscli', () => {
  test('s3: make, copy up and down, list, move, synchronize, remove', async () => {
    await done('s3', 'mb', 's3://from-the-cli');
    const small = join(folder, 'small.txt');
    const large = join(folder, 'large ü.bin');
    const body = noise(20_000_000);
    await writeFile(small, 'small\n');
    await writeFile(large, body);
    await done('s3', 'cp', small, 's3://from-the-cli/a/small.txt', '--no-progress', '--metadata', 'k=v');
    // 20 MB goes up in three parts and comes down in ranges.
    const kms = ['--sse', 'aws:kms', '--sse-kms-key-id', sandbox.keyArn];
    await done('s3', 'cp', large, 's3://from-the-cli/a/large ü.bin', '--no-progress', ...kms);
    expect((await gather(sandbox.get('a/large ü.bin', 'from-the-cli'))).equals(body)).toBe(true);
    await done('s3', 'cp', 's3://from-the-cli/a/large ü.bin', join(folder, 'back.bin'), '--no-progress');
    expect((await readFile(join(folder, 'back.bin'))).equals(body)).toBe(true);
    const list = await done('s3', 'ls', 's3://from-the-cli/', '--recursive');
    expect(
      list
        .trim()
        .split('\n')
        .map((line) => line.replace(/^\S+\s+\S+\s+/, '')),
    ).toEqual(['20000000 a/large ü.bin', '6 a/small.txt']);
    expect(await done('s3', 'ls', 's3://from-the-cli/')).toContain('PRE a/');
    expect(await done('s3', 'ls')).toContain('from-the-cli');
    await done('s3', 'cp', 's3://from-the-cli/a/large ü.bin', 's3://from-the-cli/copy.bin', '--no-progress');
    expect((await gather(sandbox.get('copy.bin', 'from-the-cli'))).equals(body)).toBe(true);
    await done('s3', 'mv', 's3://from-the-cli/a/small.txt', 's3://from-the-cli/b/small.txt', '--no-progress');
    await done('s3', 'sync', 's3://from-the-cli/', join(folder, 'tree'), '--no-progress');
    expect(await readFile(join(folder, 'tree/b/small.txt'), 'utf8')).toBe('small\n');
    await done('s3', 'rb', 's3://from-the-cli', '--force');
    expect(sandbox.bucketState().name).toBe(sandbox.bucket);
    expect((await aws('s3', 'ls', 's3://from-the-cli')).error).toContain('NoSuchBucket');
  });

  test('s3api: head, ranges, preconditions, attributes, versions, errors', async () => {
    const at = ['--bucket', sandbox.bucket, '--key', 'x'];
    await sandbox.put({ key: 'x', body: Buffer.from('0123456789'), kmsKeyArn: sandbox.keyArn });
    expect(await json('s3api', 'head-object', ...at)).toMatchObject({
      ContentLength: 10,
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: sandbox.keyArn,
    });
    const target = join(folder, 'range');
    expect(await json('s3api', 'get-object', ...at, '--range', 'bytes=2-4', target)).toMatchObject({
      ContentRange: 'bytes 2-4/10',
    });
    expect(await readFile(target, 'utf8')).toBe('234');
    expect((await aws('s3api', 'get-object', ...at, '--if-match', '"no"', target)).error).toContain(
      'PreconditionFailed',
    );
    expect((await aws('s3api', 'get-object', '--bucket', sandbox.bucket, '--key', 'nope', target)).error).toContain(
      'NoSuchKey',
    );
    expect(await json('s3api', 'get-object-attributes', ...at, '--object-attributes', 'ObjectSize')).toMatchObject({
      ObjectSize: 10,
    });
    await done(
      's3api',
      'put-bucket-versioning',
      '--bucket',
      sandbox.bucket,
      '--versioning-configuration',
      'Status=Enabled',
    );
    const sum = await json('s3api', 'put-object', ...at, '--body', target, '--checksum-algorithm', 'SHA256');
    expect(sum['VersionId']).toMatch(/^[0-9a-f]{32}$/);
    expect(sum['ChecksumSHA256']).toBeDefined();
    sandbox.key.state = 'Disabled';
    const first = await aws('s3api', 'get-object', ...at, '--version-id', 'null', target);
    expect(first.error).toContain('KMS.DisabledException');
    sandbox.key.state = 'Enabled';
    const url = (await done('s3', 'presign', `s3://${sandbox.bucket}/x`)).trim();
    expect(await (await fetch(url)).text()).toBe('234');
    expect((await fetch(url.replace(/.$/, (last) => (last === '0' ? '1' : '0')))).status).toBe(403);
  });

  test('workmail: start, describe, list, cancel, users; then the export from S3', async () => {
    const organization = ['--organization-id', sandbox.organizationId];
    const users = await json('workmail', 'list-users', ...organization);
    expect(users['Users']).toEqual([
      expect.objectContaining({ Email: 'mara.lindqvist@example.com', State: 'ENABLED' }),
    ]);
    const id = sandbox.entities[0]?.id ?? '';
    expect(await json('workmail', 'get-mailbox-details', ...organization, '--user-id', id)).toMatchObject({
      MailboxQuota: 51_200,
    });
    const start = [
      'workmail',
      'start-mailbox-export-job',
      ...organization,
      '--entity-id',
      id,
      '--role-arn',
      sandbox.roleArn,
    ];
    const to = ['--kms-key-arn', sandbox.keyArn, '--s3-bucket-name', sandbox.bucket, '--s3-prefix', 'exports'];
    const { JobId } = await json(...start, ...to, '--client-token', 'one');
    const describeJob = () =>
      json('workmail', 'describe-mailbox-export-job', ...organization, '--job-id', String(JobId));
    await expect.poll(describeJob, { timeout: 60_000 }).toMatchObject({ State: 'COMPLETED', EstimatedProgress: 100 });
    const job = await describeJob();
    const listed = await json('workmail', 'list-mailbox-export-jobs', ...organization);
    expect(listed['Jobs']).toEqual([expect.objectContaining({ JobId, S3Path: job['S3Path'] })]);
    const archive = join(folder, 'export.zip');
    await done('s3', 'cp', `s3://${sandbox.bucket}/${String(job['S3Path'])}`, archive, '--no-progress');
    expect((await readFile(archive)).subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
    expect((await aws(...start, ...to, '--client-token', 'two')).error).toContain('LimitExceededException');
    const cancel = await aws(
      'workmail',
      'cancel-mailbox-export-job',
      ...organization,
      '--client-token',
      'c',
      '--job-id',
      String(JobId),
    );
    expect(cancel.error).toContain('InvalidParameterException');
  });

  test('kms: keys, data keys, encryption, deletion; sts', async () => {
    expect(await json('kms', 'describe-key', '--key-id', 'alias/workmail-exports')).toMatchObject({
      KeyMetadata: { Arn: sandbox.keyArn, KeyState: 'Enabled' },
    });
    const context = ['--encryption-context', 'matter=42'];
    const made = await json(
      'kms',
      'generate-data-key',
      '--key-id',
      sandbox.keyArn,
      '--key-spec',
      'AES_256',
      ...context,
    );
    const blob = join(folder, 'blob');
    await writeFile(blob, Buffer.from(String(made['CiphertextBlob']), 'base64'));
    const decrypt = ['kms', 'decrypt', '--ciphertext-blob', `fileb://${blob}`];
    expect((await json(...decrypt, ...context))['Plaintext']).toBe(made['Plaintext']);
    expect((await aws(...decrypt)).error).toContain('InvalidCiphertextException');
    const scheduled = await json(
      'kms',
      'schedule-key-deletion',
      '--key-id',
      sandbox.keyArn,
      '--pending-window-in-days',
      '7',
    );
    expect(scheduled).toMatchObject({ KeyState: 'PendingDeletion' });
    expect((await aws(...decrypt, ...context)).error).toContain('KMSInvalidStateException');
    await json('kms', 'cancel-key-deletion', '--key-id', sandbox.keyArn);
    await done('kms', 'enable-key', '--key-id', sandbox.keyArn);
    expect(await json('sts', 'get-caller-identity')).toMatchObject({ Arn: 'arn:aws:iam::123456789012:user/sandbox' });
  });
});
