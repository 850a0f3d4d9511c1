import { Readable } from 'node:stream';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Fault, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { kmsClient, noise, octets, refusal, s3Client } from './clients.ts';

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

describe('faults', () => {
  test('a status, so many times, after so many', async () => {
    sandbox.faults.add({ operation: 'GetObject', status: 503, skip: 1, times: 2 });
    const results = [];
    for (let each = 0; each < 4; each++) results.push(await refusal(read()));
    expect(results).toEqual(['done', 'SlowDown/503', 'SlowDown/503', 'done']);
  });

  test.each<[Fault, string]>([
    [{ status: 500 }, 'InternalError/500'],
    [{ status: 403, message: 'no' }, 'AccessDenied/403'],
    [{ status: 400 }, 'RequestTimeout/400'],
    [{ status: 503, code: 'ServiceUnavailable' }, 'ServiceUnavailable/503'],
    [{ key: 'other', status: 500 }, 'done'],
    [{ service: 'kms', status: 500 }, 'done'],
    [{ when: (request) => request.range !== null, status: 500 }, 'done'],
  ])('%j', async (fault, expected) => {
    sandbox.faults.add(fault);
    expect(await refusal(read())).toBe(expected);
  });

  test('of a JSON service, and disarmed', async () => {
    const kms = kmsClient(sandbox);
    const describeKey = () => refusal(kms.send(new DescribeKeyCommand({ KeyId: sandbox.keyArn })));
    const disarm = sandbox.faults.add({ service: 'kms', status: 429, times: Infinity });
    expect(await describeKey()).toBe('ThrottlingException/429');
    disarm();
    expect(await describeKey()).toBe('done');
    sandbox.faults.add({ service: 'kms', status: 400, code: 'LimitExceededException' });
    sandbox.faults.clear();
    expect(await describeKey()).toBe('done');
    kms.destroy();
  });

  test('a body cut after so many octets: those came, no more', async () => {
    sandbox.faults.add({ cutBodyAfter: 700_000 });
    const got = await get();
    let received = 0;
    const reading = (async () => {
      if (!(got.Body instanceof Readable)) return;
      for await (const chunk of got.Body) received += chunk.length;
    })();
    await expect(reading).rejects.toThrow(/aborted|hang up|terminated|ECONNRESET/);
    expect(received).toBe(700_000);
  });

  test('a body that falls silent; the client gives up; closing is not held up', async () => {
    sandbox.faults.add({ stallBodyAfter: 1000 });
    const stop = new AbortController();
    const reading = s3.send(new GetObjectCommand({ Bucket, Key: 'k' }), { abortSignal: stop.signal }).then(octets);
    setTimeout(() => stop.abort(), 50);
    await expect(reading).rejects.toThrow();
  });

  test('a connection cut before any answer', async () => {
    sandbox.faults.add({ reset: true });
    await expect(read()).rejects.toThrow(/hang up|ECONNRESET/);
  });

  test('one octet altered on the way', async () => {
    sandbox.faults.add({ alterBodyAt: 1_234_567 });
    const got = await read({ ChecksumMode: undefined, Range: 'bytes=0-1999999' });
    expect([...got.entries()].filter(([at, octet]) => octet !== BODY[at]).map(([at]) => at)).toEqual([1_234_567]);
  });

  test('delayed and slow, by the clock it is given', async () => {
    const slept: number[] = [];
    const clock = { now: () => Date.now(), sleep: async (milliseconds: number) => void slept.push(milliseconds) };
    const slow = await startSandbox({ clock });
    const client = s3Client(slow);
    await slow.put({ key: 'k', body: BODY });
    slow.faults.add({ delay: 30, bytesPerSecond: 1000 });
    const got = await octets(await client.send(new GetObjectCommand({ Bucket, Key: 'k' })));
    expect(got.equals(BODY)).toBe(true);
    expect(slept[0]).toBe(30);
    expect(slept.slice(1).reduce((sum, each) => sum + each, 0)).toBe(BODY.length);
    client.destroy();
    await slow.close();
  });

  test('an object replaced before and during a read: the read goes on with what it began', async () => {
    const replacement = () => sandbox.put({ key: 'k', body: Buffer.from('replaced') }).then(() => undefined);
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }));
    sandbox.faults.add({ operation: 'GetObject', duringBody: replacement });
    expect((await read({ IfMatch: ETag })).equals(BODY)).toBe(true);
    expect(await refusal(read({ IfMatch: ETag }))).toBe('PreconditionFailed/412');
    sandbox.faults.add({
      operation: 'GetObject',
      before: () => sandbox.put({ key: 'k', body: Buffer.from('again') }).then(() => undefined),
    });
    expect((await read()).toString()).toBe('again');
  });
});
