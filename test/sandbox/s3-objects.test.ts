import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { gather, noise, octets, refusal, s3Client } from './clients.ts';

let sandbox: Sandbox;
let s3: S3Client;
let Bucket: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  s3 = s3Client(sandbox);
  Bucket = sandbox.bucket;
});
afterAll(async () => {
  s3.destroy();
  await sandbox.close();
});

const DATA = Buffer.from('0123456789abcdefghij');
const base64 = (algorithm: string, data: string | Buffer) => createHash(algorithm).update(data).digest('base64');
const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: DATA, ...more }));

describe('put and get', () => {
  test('what was put comes back with its headers, metadata and ETag', async () => {
    const { ETag, ChecksumCRC32 } = await put('a', {
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      Metadata: { Foo: 'bar' },
      Tagging: 'k=v&l=w',
    });
    expect(ETag).toBe(`"${createHash('md5').update(DATA).digest('hex')}"`);
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a', ChecksumMode: 'ENABLED' }));
    expect((await octets(got)).equals(DATA)).toBe(true);
    expect(got).toMatchObject({
      ETag,
      ChecksumCRC32,
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      ContentDisposition: 'inline',
      ContentLength: 20,
      AcceptRanges: 'bytes',
      Metadata: { foo: 'bar' },
      ServerSideEncryption: 'AES256',
      TagCount: 2,
    });
    const named = new GetObjectCommand({ Bucket, Key: 'a', ResponseContentType: 'text/csv' });
    expect((await s3.send(named)).ContentType).toBe('text/csv');
  });

  test.each([0, 1, 524_287, 524_288, 524_289, 3_000_000])(
    '%i octets, streamed in chunks with a trailer',
    async (size) => {
      const body = noise(size);
      const pieces = [body.subarray(0, size >> 1), body.subarray(size >> 1)].filter((piece) => piece.length > 0);
      await s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body: Readable.from(pieces), ContentLength: size }));
      const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream' }));
      expect(got.ContentEncoding).toBeUndefined();
      expect((await octets(got)).equals(body)).toBe(true);
      expect((await gather(sandbox.get('stream'))).equals(body)).toBe(true);
    },
  );

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    '%s is verified, kept and told',
    async (name) => {
      const made = await put('sum', { ChecksumAlgorithm: name });
      const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'sum', ChecksumMode: 'ENABLED' }));
      expect(head[`Checksum${name}`]).toBe(made[`Checksum${name}`]);
      expect(head[`Checksum${name}`]?.length).toBeGreaterThan(6);
      expect(head.ChecksumType).toBe('FULL_OBJECT');
      const silent = await s3.send(new HeadObjectCommand({ Bucket, Key: 'sum' }));
      expect(silent[`Checksum${name}`]).toBeUndefined();
    },
  );

  test('without a checksum of the client, the server takes CRC-64/NVME', async () => {
    const plain = new S3Client({
      endpoint: sandbox.endpoint,
      region: sandbox.region,
      credentials: sandbox.credentials,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    await plain.send(new PutObjectCommand({ Bucket, Key: 'natural', Body: '123456789' }));
    const head = await plain.send(new HeadObjectCommand({ Bucket, Key: 'natural', ChecksumMode: 'ENABLED' }));
    expect(Buffer.from(head.ChecksumCRC64NVME ?? '', 'base64').toString('hex')).toBe('ae8b14860a799888');
    plain.destroy();
  });

  test.each<[string, Partial<PutObjectCommandInput>, string]>([
    ['another SHA-256', { ChecksumSHA256: base64('sha256', 'x') }, 'BadDigest/400'],
    ['another CRC-32', { ChecksumCRC32: 'AAAAAA==' }, 'BadDigest/400'],
    ['a CRC-32 that is none', { ChecksumCRC32: 'AAAA' }, 'InvalidRequest/400'],
    ['another MD5', { ContentMD5: base64('md5', 'x') }, 'BadDigest/400'],
    ['an MD5 that is none', { ContentMD5: 'AAAA' }, 'InvalidDigest/400'],
    ['the right MD5', { ContentMD5: base64('md5', DATA) }, 'done'],
    ['a key too long', { Key: 'k'.repeat(1025) }, 'KeyTooLongError/400'],
    ['metadata too large', { Metadata: { a: 'x'.repeat(2100) } }, 'InvalidRequest/400'],
    ['an encryption nobody knows', { ServerSideEncryption: 'rot13' as 'AES256' }, 'InvalidArgument/400'],
    ['a bucket that is not there', { Bucket: 'nowhere' }, 'NoSuchBucket/404'],
  ])('%s: %j', async (_, more, expected) => {
    expect(await refusal(put('checked', more))).toBe(expected);
  });

  test('a refused upload leaves nothing: neither object nor file', async () => {
    expect(await refusal(put('refused', { ContentMD5: base64('md5', 'x') }))).toBe('BadDigest/400');
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'refused' })))).toBe('NotFound/404');
  });

  test.each(['p/ü ñ+&=%25.eml', 'p/日本語/✉.txt', 'p//x', 'p/dir/', "p/it's (1)!*~.txt", 'p/\u0001'])(
    'key %j',
    async (Key) => {
      await put(Key, { Body: Key });
      expect((await octets(await s3.send(new GetObjectCommand({ Bucket, Key })))).toString()).toBe(Key);
    },
  );
});

describe('ranges', () => {
  test.each([
    ['bytes=5-9', '56789', 'bytes 5-9/20'],
    ['bytes=-5', 'fghij', 'bytes 15-19/20'],
    ['bytes=-50', DATA.toString(), 'bytes 0-19/20'],
    ['bytes=15-', 'fghij', 'bytes 15-19/20'],
    ['bytes=18-1000', 'ij', 'bytes 18-19/20'],
    ['bytes=9-5', DATA.toString(), undefined],
    ['bytes=-', DATA.toString(), undefined],
    ['bytes=0-1,3-4', DATA.toString(), undefined],
    ['lines=1-2', DATA.toString(), undefined],
  ])('%s', async (Range, text, ContentRange) => {
    await put('r');
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'r', Range }));
    expect((await octets(got)).toString()).toBe(text);
    expect(got.ContentRange).toBe(ContentRange);
    expect(got.$metadata.httpStatusCode).toBe(ContentRange === undefined ? 200 : 206);
  });
  test.each(['bytes=20-', 'bytes=100-200', 'bytes=-0'])('%s lies outside', async (Range) => {
    await put('r');
    expect(await refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'r', Range })))).toBe('InvalidRange/416');
  });
});

describe('preconditions', () => {
  const OTHER = '"deadbeefdeadbeefdeadbeefdeadbeef"';
  test('of a read', async () => {
    const { ETag = '' } = await put('c');
    const get = (more: object) => refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'c', ...more })));
    expect(await get({ IfMatch: ETag, Range: 'bytes=0-1' })).toBe('done');
    expect(await get({ IfMatch: OTHER })).toBe('PreconditionFailed/412');
    expect(await get({ IfNoneMatch: OTHER })).toBe('done');
    expect(await get({ IfNoneMatch: ETag })).toMatch(/\/304$/);
    expect(await get({ IfUnmodifiedSince: new Date(0) })).toBe('PreconditionFailed/412');
    expect(await get({ IfModifiedSince: new Date(0) })).toBe('done');
    expect(await get({ IfModifiedSince: new Date(Date.now() + 5000) })).toMatch(/\/304$/);
    expect(await get({ IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).toBe('done');
  });
  test('of a write', async () => {
    const { ETag = '' } = await put('w');
    expect(await refusal(put('w', { IfNoneMatch: '*' }))).toBe('PreconditionFailed/412');
    expect(await refusal(put('w2', { IfNoneMatch: '*' }))).toBe('done');
    expect(await refusal(put('w', { IfMatch: OTHER }))).toBe('PreconditionFailed/412');
    expect(await refusal(put('w', { IfMatch: ETag, Body: 'new' }))).toBe('done');
    expect(await refusal(put('nothing', { IfMatch: ETag }))).toBe('NoSuchKey/404');
    expect(await refusal(put('w', { IfNoneMatch: ETag }))).toBe('NotImplemented/501');
    expect(await refusal(s3.send(new DeleteObjectCommand({ Bucket, Key: 'w', IfMatch: OTHER })))).toBe(
      'PreconditionFailed/412',
    );
  });
  test('of two writers only one creates', async () => {
    const both = await Promise.all(
      [0, 1].map((each) => refusal(put('race', { IfNoneMatch: '*', Body: noise(200_000, each) }))),
    );
    expect(both.sort()).toEqual(['PreconditionFailed/412', 'done']);
  });
});
