import { createHash, randomUUID } from 'node:crypto';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AwsClients, createClients, locateExport, openS3Object, s3Sink } from '../../src/aws/index.ts';
import { describeSink } from '../conformance/sink.ts';
import { collect, describeByteSource, expectSame, numbered } from '../conformance/source.ts';
import { type Radosgw, radosgwMissing, startRadosgw } from './radosgw/start.ts';

const missing = radosgwMissing();
if (missing !== null) console.warn(`skipped, radosgw: ${missing}`);

describe.skipIf(missing !== null)('Ceph radosgw', () => {
  let gateway: Radosgw;
  let clients: AwsClients;
  beforeAll(async () => {
    gateway = await startRadosgw();
    clients = createClients({ endpoint: gateway.endpoint, region: 'us-east-1', credentials: gateway.credentials });
    await clients.s3.send(new CreateBucketCommand({ Bucket: 'exports' }));
  });
  afterAll(async () => {
    clients.destroy();
    await gateway.stop();
  });
  const put = (key: string, content: Uint8Array, encrypted = false) =>
    clients.s3.send(
      new PutObjectCommand({
        Bucket: 'exports',
        Key: key,
        Body: content,
        ...(encrypted ? { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: gateway.keyArn } : {}),
      }),
    );

  for (const encrypted of [false, true]) {
    describeByteSource(`an object${encrypted ? ' encrypted under SSE-KMS' : ''}`, async (content) => {
      const key = `source/${randomUUID()}/ü b+c%20.zip`;
      await put(key, content, encrypted);
      return {
        open: () => openS3Object({ s3: clients.s3, bucket: 'exports', key, tuning: { rangeBytes: 700_000 } }),
        replace: async (other) => {
          await put(key, other, encrypted);
        },
        remove: async () => {
          await clients.s3.send(new DeleteObjectCommand({ Bucket: 'exports', Key: key }));
        },
      };
    });
  }

  for (const encrypted of [false, true]) {
    describeSink(
      `a prefix${encrypted ? ' written under SSE-KMS' : ''}`,
      async () => {
        const prefix = `sink/${randomUUID()}`;
        const make = () =>
          s3Sink({ s3: clients.s3, bucket: 'exports', prefix, ...(encrypted ? { kmsKeyId: gateway.keyArn } : {}) });
        return {
          sink: make(),
          another: make,
          leftovers: async () => {
            const { Uploads = [] } = await clients.s3.send(
              new ListMultipartUploadsCommand({ Bucket: 'exports', Prefix: prefix }),
            );
            return Uploads.map(({ Key = '' }) => Key);
          },
          remove: async () => {},
        };
      },
      { noConditionalStreams: 'radosgw 16 does not make CompleteMultipartUpload conditional' },
    );
  }

  test('SSE-KMS: what is written names its key, and the identity of a source tells it', async () => {
    const sink = s3Sink({ s3: clients.s3, bucket: 'exports', prefix: 'kms', kmsKeyId: gateway.keyArn });
    for (const size of [1_000, 9_000_000]) {
      await sink.put(`${size}`, numbered(size));
      const head = await clients.s3.send(new HeadObjectCommand({ Bucket: 'exports', Key: `kms/${size}` }));
      expect(head).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: gateway.keyArn });
      const source = await sink.open(`${size}`);
      expect(source.identity.details).toMatchObject({ serverSideEncryption: 'aws:kms', kmsKeyId: gateway.keyArn });
      await source.close();
    }
  });

  test('a version goes on being read after another has replaced it', async () => {
    const Bucket = 'versions';
    await clients.s3.send(new CreateBucketCommand({ Bucket }));
    await clients.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    const content = numbered(3_000_000);
    await clients.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: content }));
    const source = await openS3Object({ s3: clients.s3, bucket: Bucket, key: 'k', tuning: { rangeBytes: 500_000 } });
    expect(source.identity.version).toMatch(/\S/);
    await clients.s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: numbered(10) }));
    expectSame(await collect(source.read(0, content.length)), content);
    await source.close();
  });

  test('what is refused is told by its code', async () => {
    const { s3 } = clients;
    await expect(openS3Object({ s3, bucket: 'exports', key: 'nope' })).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    });
    await expect(openS3Object({ s3, bucket: 'no-such-bucket', key: 'k' })).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      message: expect.stringContaining('no such bucket'),
    });
    const nowhere = s3Sink({ s3, bucket: 'no-such-bucket', prefix: 'p' });
    await expect(nowhere.put('a', numbered(1))).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    await put('refused', numbered(10));
    for (const [accessKeyId, secretAccessKey] of [
      ['nobody', 'x'],
      ['test', 'wrong'],
    ] as const) {
      const other = createClients({
        endpoint: gateway.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey },
      });
      await expect(openS3Object({ s3: other.s3, bucket: 'exports', key: 'refused' })).rejects.toMatchObject({
        code: 'CREDENTIALS_MISSING',
      });
      other.destroy();
    }
  });

  test('the archive of a job is found by S3Path and by time', async () => {
    await put('mail/ann/archive.zip', numbered(10));
    const job = {
      organizationId: `m-${'0'.repeat(32)}`,
      jobId: 'j',
      entityId: null,
      description: null,
      roleArn: null,
      kmsKeyArn: null,
      bucket: 'exports',
      prefix: 'mail/',
      state: 'COMPLETED',
      progress: 100,
      errorInfo: null,
      startTime: new Date(Date.now() - 60_000).toISOString(),
      endTime: new Date().toISOString(),
    } as const;
    const byPath = await locateExport({ ...job, path: '/exports/mail/ann/archive.zip' }, clients.s3);
    expect(byPath).toMatchObject({ key: 'mail/ann/archive.zip', reading: 'without-bucket' });
    const byTime = await locateExport({ ...job, path: null }, clients.s3);
    expect(byTime).toMatchObject({ key: 'mail/ann/archive.zip', reading: 'listed-by-time' });
  });

  test('256 MiB stream in and out, and come back the same', async () => {
    const chunk = numbered(1 << 20);
    const content = async function* () {
      for (let index = 0; index < 256; index += 1) {
        chunk[0] = index;
        yield chunk;
      }
    };
    const sink = s3Sink({ s3: clients.s3, bucket: 'exports', prefix: 'big', kmsKeyId: gateway.keyArn });
    const { digest, size } = await sink.put('big.bin', content());
    expect(size).toBe(256 << 20);
    const source = await sink.open('big.bin');
    const hash = createHash('sha256');
    for await (const part of source.read(0, size)) hash.update(part);
    expect(`sha256:${hash.digest('hex')}`).toBe(digest);
    await source.close();
  });
});
