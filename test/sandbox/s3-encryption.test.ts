import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { gather, noise, octets, refusal, s3Client } from './clients.ts';

let sandbox: Sandbox;
let s3: S3Client;
let Bucket: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  s3 = s3Client(sandbox);
  Bucket = sandbox.bucket;
});
afterEach(async () => {
  s3.destroy();
  await sandbox.close();
});

const KMS = () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sandbox.keyArn }) as const;
const put = (Key: string, more: object = KMS(), Body: Buffer | string = 'the evidence itself') =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const onDisk = () => readdirSync(sandbox.directory).map((name) => readFileSync(join(sandbox.directory, name)));

test('what lies on disk is ciphertext; SSE-S3 objects lie in plain', async () => {
  const made = await put('secret');
  expect(made.ETag).not.toBe(`"${createHash('md5').update('the evidence itself').digest('hex')}"`);
  expect(onDisk().some((octet) => octet.includes('evidence'))).toBe(false);
  expect((await octets(await get('secret'))).toString()).toBe('the evidence itself');
  await put('open', {});
  expect(onDisk().some((octet) => octet.includes('evidence'))).toBe(true);
});

test('an object of several frames, read at their edges', async () => {
  const frame = 512 * 1024;
  const body = noise(frame * 2 + 100);
  await put('frames', KMS(), body);
  for (const [start, end] of [
    [0, 1],
    [frame - 1, frame + 1],
    [frame, frame * 2],
    [frame * 2 + 99, frame * 2 + 100],
    [5, body.length],
  ] as const) {
    const got = await octets(await get('frames', { Range: `bytes=${start}-${end - 1}` }));
    expect(got.equals(body.subarray(start, end)), `${start}-${end}`).toBe(true);
  }
});

test('an octet altered on disk is found, and only where it lies', async () => {
  const frame = 512 * 1024;
  const body = noise(frame * 2);
  await put('altered', KMS(), body);
  const [name = ''] = readdirSync(sandbox.directory);
  const stored = readFileSync(join(sandbox.directory, name));
  stored[stored.length - 100] = (stored[stored.length - 100] ?? 0) ^ 1;
  writeFileSync(join(sandbox.directory, name), stored);
  const first = await octets(await get('altered', { Range: `bytes=0-${frame - 1}` }));
  expect(first.equals(body.subarray(0, frame))).toBe(true);
  await expect(get('altered', { Range: `bytes=${frame}-` }).then(octets)).rejects.toThrow();
});

// The facts' table of what GetObject answers when the key will not open the object.
describe('key states', () => {
  test.each<[string, () => void, string, RegExp]>([
    ['disabled', () => (sandbox.key.state = 'Disabled'), 'KMS.DisabledException/400', /is disabled/],
    [
      'pending deletion',
      () => (sandbox.key.state = 'PendingDeletion'),
      'KMS.KMSInvalidStateException/400',
      /pending deletion/,
    ],
    [
      'pending import',
      () => (sandbox.key.state = 'PendingImport'),
      'KMS.KMSInvalidStateException/400',
      /PendingImport/,
    ],
    ['deleted', () => sandbox.keys.keys.delete(sandbox.key.id), 'KMS.NotFoundException/400', /does not exist/],
    ['deleted when its date came', () => (sandbox.key.deletion = 1), 'KMS.NotFoundException/400', /does not exist/],
    [
      'refused by IAM',
      () => sandbox.denied.add('kms:Decrypt'),
      'AccessDenied/403',
      /not authorized to perform: kms:Decrypt on resource: arn:aws:kms/,
    ],
    ['refused by the key policy', () => sandbox.key.denied.add('kms:Decrypt'), 'AccessDenied/403', /kms:Decrypt/],
    [
      'of another account',
      () => (sandbox.key.visibility = 'hidden'),
      'AccessDenied/403',
      /refers to a customer master key that does not exist/,
    ],
  ])('%s', async (_, change, code, sentence) => {
    await put('k');
    change();
    expect(await refusal(get('k'))).toBe(code);
    await expect(get('k')).rejects.toThrow(sentence);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sandbox.keyArn });
    const withChecksum = new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' });
    expect(await refusal(s3.send(withChecksum))).toMatch(/\/40[03]$/);
  });

  test('enabled again, it opens again', async () => {
    await put('k');
    sandbox.key.state = 'Disabled';
    expect(await refusal(put('l'))).toBe('KMS.DisabledException/400');
    sandbox.key.state = 'Enabled';
    expect((await octets(await get('k'))).toString()).toBe('the evidence itself');
  });

  test('writing in one go needs GenerateDataKey; a part needs Decrypt too', async () => {
    sandbox.denied.add('kms:Decrypt');
    expect(await refusal(put('k'))).toBe('done');
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: 'm', ...KMS() }));
    const part = new UploadPartCommand({ Bucket, Key: 'm', UploadId, PartNumber: 1, Body: 'x' });
    expect(await refusal(s3.send(part))).toBe('AccessDenied/403');
    sandbox.denied.clear();
    sandbox.denied.add('kms:GenerateDataKey');
    expect(await refusal(put('k'))).toBe('AccessDenied/403');
  });
});

test('the context is the object, or with a Bucket Key the bucket: a policy on the one refuses the other', async () => {
  sandbox.key.requiredContextPrefix = `arn:aws:s3:::${Bucket}/exports/`;
  expect(await refusal(put('exports/a'))).toBe('done');
  expect(await refusal(get('exports/a'))).toBe('done');
  expect(await refusal(put('other/a'))).toBe('AccessDenied/403');
  expect(await refusal(put('exports/a', { ...KMS(), BucketKeyEnabled: true }))).toBe('AccessDenied/403');
  sandbox.key.requiredContextPrefix = null;
  const made = await put('exports/a', { ...KMS(), BucketKeyEnabled: true });
  expect(made.BucketKeyEnabled).toBe(true);
  sandbox.key.requiredContextPrefix = `arn:aws:s3:::${Bucket}/exports/`;
  expect(await refusal(get('exports/a'))).toBe('AccessDenied/403');
});

test('a context of the client, and one that is none', async () => {
  const SSEKMSEncryptionContext = Buffer.from('{"matter":"42"}').toString('base64');
  expect(await refusal(put('c', { ...KMS(), SSEKMSEncryptionContext }))).toBe('done');
  expect((await octets(await get('c'))).toString()).toBe('the evidence itself');
  expect(await refusal(put('c', { ...KMS(), SSEKMSEncryptionContext: 'AAAA' }))).toBe('InvalidArgument/400');
});

test('a key that is not there, an alias, and the key AWS manages', async () => {
  const unknown = sandbox.keyArn.replace(/[^/]+$/, '99999999-9999-9999-9999-999999999999');
  expect(await refusal(put('u', { ...KMS(), SSEKMSKeyId: unknown }))).toBe('KMS.NotFoundException/400');
  expect((await put('u', { ...KMS(), SSEKMSKeyId: 'alias/workmail-exports' })).SSEKMSKeyId).toBe(sandbox.keyArn);
  const managed = await put('u', { ServerSideEncryption: 'aws:kms' });
  expect(managed.SSEKMSKeyId).not.toBe(sandbox.keyArn);
  expect((await put('v', { ServerSideEncryption: 'aws:kms' })).SSEKMSKeyId).toBe(managed.SSEKMSKeyId);
});

test('a copy is re-encrypted', async () => {
  await put('from');
  const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` }));
  expect(copied.ServerSideEncryption).toBe('AES256');
  sandbox.key.state = 'Disabled';
  expect((await gather(sandbox.get('to'))).toString()).toBe('the evidence itself');
  expect(await refusal(s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` })))).toBe(
    'KMS.DisabledException/400',
  );
});

test('SSE-C: only who has the key', async () => {
  const key = (seed: number) => {
    const octet = noise(32, seed);
    return {
      SSECustomerAlgorithm: 'AES256',
      SSECustomerKey: octet.toString('base64'),
      SSECustomerKeyMD5: createHash('md5').update(octet).digest('base64'),
    };
  };
  await put('own', key(1));
  expect(onDisk().some((octet) => octet.includes('evidence'))).toBe(false);
  expect((await octets(await get('own', key(1)))).toString()).toBe('the evidence itself');
  expect(await refusal(get('own'))).toBe('InvalidRequest/400');
  expect(await refusal(get('own', key(2)))).toBe('AccessDenied/403');
});
