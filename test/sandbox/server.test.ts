import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { noise, octets, refusal, s3Client } from './clients.ts';

let sandbox: Sandbox;
let s3: S3Client;
let Bucket: string;
const BODY = noise(2_000_000);
beforeEach(async () => {
  sandbox = await startSandbox();
  s3 = s3Client(sandbox);
  Bucket = sandbox.bucket;
  await sandbox.put({ key: 'k', body: BODY, kmsKeyArn: sandbox.keyArn });
});
afterEach(async () => {
  s3.destroy();
  await sandbox.close();
});

const get = (more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key: 'k', ...more }));
const read = async (more: object = {}) => octets(await get(more));

test('the log says who asked for what', async () => {
  sandbox.requests.clear();
  await read({ Range: 'bytes=0-9' });
  await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'nope' })));
  expect(sandbox.requests.entries.map((entry) => ({ ...entry, time: null }))).toEqual([
    {
      service: 's3',
      operation: 'GetObject',
      method: 'GET',
      bucket: Bucket,
      key: 'k',
      range: 'bytes=0-9',
      status: 206,
      time: null,
    },
    {
      service: 's3',
      operation: 'HeadObject',
      method: 'HEAD',
      bucket: Bucket,
      key: 'nope',
      range: null,
      status: 404,
      time: null,
    },
  ]);
});

describe('who may', () => {
  test('a wrong secret, an unknown key, another Region, nobody', async () => {
    const as = async (more: object) => {
      const client = new S3Client({
        endpoint: sandbox.endpoint,
        region: 'us-east-1',
        credentials: sandbox.credentials,
        forcePathStyle: true,
        maxAttempts: 1,
        ...more,
      });
      const result = await refusal(client.send(new GetObjectCommand({ Bucket, Key: 'k' })).then(octets));
      client.destroy();
      return result;
    };
    expect(await as({})).toBe('done');
    expect(await as({ credentials: { accessKeyId: 'test', secretAccessKey: 'x' } })).toBe('SignatureDoesNotMatch/403');
    expect(await as({ credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } })).toBe(
      'InvalidAccessKeyId/403',
    );
    expect(await as({ region: 'eu-central-1' })).toBe('AuthorizationHeaderMalformed/400');
    expect(await as({ systemClockOffset: 3_600_000 })).toBe('RequestTimeTooSkewed/403');
    expect((await fetch(`${sandbox.endpoint}/${Bucket}/k`)).status).toBe(403);
  });
  test('actions that IAM refuses; without s3:ListBucket a missing key looks like a forbidden one', async () => {
    const missing = () => refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'nope' })));
    expect(await missing()).toBe('NoSuchKey/404');
    sandbox.denied.add('s3:ListBucket');
    expect(await missing()).toBe('AccessDenied/403');
    expect(await refusal(s3.send(new ListObjectsV2Command({ Bucket })))).toBe('AccessDenied/403');
    expect(await refusal(read())).toBe('done');
    sandbox.denied.add('s3:GetObject');
    await expect(get()).rejects.toThrow(
      `is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${Bucket}/k"`,
    );
  });
});

test('a port that is taken is an error, and leaves no directory', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'taken-'));
  await expect(startSandbox({ port: sandbox.port, directory })).rejects.toThrow(/EADDRINUSE/);
  expect(readdirSync(directory)).toEqual([]);
  await rm(directory, { recursive: true });
});

test('closing removes what lies on disk and cuts what is under way', async () => {
  sandbox.faults.add({ stallBodyAfter: 10 });
  const reading = get().then(octets);
  reading.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await sandbox.close();
  await expect(reading).rejects.toThrow();
  expect(existsSync(sandbox.directory)).toBe(false);
});

test('the environment leads AWS clients here', () => {
  expect(sandbox.environment).toEqual({
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
  });
});

test('many readers and writers at once', async () => {
  const bodies = Array.from({ length: 12 }, (_, at) => noise(300_000 + at * 7919, at));
  await Promise.all(
    bodies.map((Body, at) =>
      s3.send(
        new PutObjectCommand({
          Bucket,
          Key: `many/${at}`,
          Body,
          ...(at % 2 ? { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sandbox.keyArn } : {}),
        }),
      ),
    ),
  );
  const back = await Promise.all(
    bodies.map((_, at) => s3.send(new GetObjectCommand({ Bucket, Key: `many/${at}` })).then(octets)),
  );
  expect(back.every((octet, at) => octet.equals(bodies[at] ?? Buffer.alloc(0)))).toBe(true);
});
