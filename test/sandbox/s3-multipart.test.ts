import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { startChecksum } from '../../src/sandbox/s3/checksum/checksum.ts';
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

const FIVE = 5 * 1024 * 1024;
const PARTS = [noise(FIVE, 1), noise(FIVE + 77, 2), noise(5, 3)];
const WHOLE = Buffer.concat(PARTS);

async function begin(Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> {
  return (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId ?? '';
}

async function upload(
  Key: string,
  UploadId: string,
  more: { ChecksumAlgorithm?: 'CRC32' | 'SHA256' | 'CRC64NVME' } = {},
) {
  const Parts = [];
  for (const [at, Body] of PARTS.entries()) {
    const part = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: at + 1, Body, ...more }));
    const { ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME } = part;
    Parts.push({ PartNumber: at + 1, ETag, ChecksumCRC32, ChecksumSHA256, ChecksumCRC64NVME });
  }
  return Parts;
}

const finish = (
  Key: string,
  UploadId: string,
  Parts: object[],
  more: Partial<CompleteMultipartUploadCommandInput> = {},
) => s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));
const head = (Key: string, more: object = {}) =>
  s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more }));
const sum = (algorithm: 'CRC32' | 'CRC64NVME', data: Buffer) => {
  const running = startChecksum(algorithm);
  running.update(data);
  return running.value();
};

describe('an upload in three parts', () => {
  test('SSE-S3: the ETag is an MD5 of MD5s; reads cross parts; CRC-64/NVME of the whole', async () => {
    const id = await begin('plain', { Metadata: { m: '1' }, ContentType: 'text/plain' });
    const parts = await upload('plain', id);
    const done = await finish('plain', id, parts, { MpuObjectSize: WHOLE.length });
    const md5s = createHash('md5');
    for (const part of PARTS) md5s.update(createHash('md5').update(part).digest());
    expect(done.ETag).toBe(`"${md5s.digest('hex')}-3"`);
    expect((await gather(sandbox.get('plain'))).equals(WHOLE)).toBe(true);
    const from = FIVE - 10;
    const got = await s3.send(
      new GetObjectCommand({ Bucket, Key: 'plain', Range: `bytes=${from}-${from + FIVE + 100}` }),
    );
    expect((await octets(got)).equals(WHOLE.subarray(from, from + FIVE + 101))).toBe(true);
    expect(await head('plain')).toMatchObject({
      ContentLength: WHOLE.length,
      ContentType: 'text/plain',
      Metadata: { m: '1' },
      ChecksumCRC64NVME: sum('CRC64NVME', WHOLE),
      ChecksumType: 'FULL_OBJECT',
    });
    expect(await head('plain', { PartNumber: 2 })).toMatchObject({ PartsCount: 3, ContentLength: FIVE + 77 });
    expect(await refusal(head('plain', { PartNumber: 4 }))).toMatch(/416$/);
    const third = await s3.send(new GetObjectCommand({ Bucket, Key: 'plain', PartNumber: 3, ChecksumMode: 'ENABLED' }));
    expect((await octets(third)).equals(WHOLE.subarray(-5))).toBe(true);
    const both = new GetObjectCommand({ Bucket, Key: 'plain', PartNumber: 3, Range: 'bytes=0-1' });
    expect(await refusal(s3.send(both))).toBe('InvalidRequest/400');
    const told = await s3.send(
      new GetObjectAttributesCommand({ Bucket, Key: 'plain', ObjectAttributes: ['ObjectParts'] }),
    );
    expect(told.ObjectParts?.TotalPartsCount).toBe(3);
  });

  test('SSE-KMS: the ETag is no digest of the octets', async () => {
    const id = await begin('kms', { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sandbox.keyArn });
    const { ETag } = await finish('kms', id, await upload('kms', id));
    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(ETag).not.toBe((await head('plain')).ETag);
    expect((await gather(sandbox.get('kms'))).equals(WHOLE)).toBe(true);
    expect(await head('kms')).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sandbox.keyArn });
  });

  test.each([
    ['CRC32', 'COMPOSITE'],
    ['CRC32', 'FULL_OBJECT'],
    ['SHA256', 'COMPOSITE'],
    ['CRC64NVME', 'FULL_OBJECT'],
  ] as const)('%s, %s', async (ChecksumAlgorithm, ChecksumType) => {
    const id = await begin('sums', { ChecksumAlgorithm, ChecksumType });
    await finish('sums', id, await upload('sums', id, { ChecksumAlgorithm }));
    const told = await head('sums');
    expect(told.ChecksumType).toBe(ChecksumType);
    const value = told[`Checksum${ChecksumAlgorithm}`];
    if (ChecksumType === 'COMPOSITE') expect(value).toMatch(/=-3$/);
    else expect(value).toBe(sum(ChecksumAlgorithm, WHOLE));
  });
});

test('lists, pages of parts, a part replaced, an upload aborted; and no file is left behind', async () => {
  const { directory } = sandbox;
  const files = readdirSync(directory).length;
  const id = await begin('listed');
  const parts = await upload('listed', id);
  const list = (more: object = {}) => s3.send(new ListPartsCommand({ Bucket, Key: 'listed', UploadId: id, ...more }));
  expect((await list()).Parts?.map((part) => part.Size)).toEqual(PARTS.map((part) => part.length));
  const first = await list({ MaxParts: 2 });
  expect(first.IsTruncated).toBe(true);
  expect((await list({ PartNumberMarker: first.NextPartNumberMarker })).Parts?.map((part) => part.PartNumber)).toEqual([
    3,
  ]);
  await s3.send(new UploadPartCommand({ Bucket, Key: 'listed', UploadId: id, PartNumber: 1, Body: 'again' }));
  expect(await refusal(finish('listed', id, parts))).toBe('InvalidPart/400');
  expect(readdirSync(directory).length).toBe(files + 3);
  const uploads = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: 'listed' }));
  expect(uploads.Uploads?.map((each) => each.UploadId)).toEqual([id]);
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'listed', UploadId: id }));
  expect(await refusal(list())).toBe('NoSuchUpload/404');
  expect(readdirSync(directory).length).toBe(files);
});

test('parts copied from an object', async () => {
  await sandbox.put({ key: 'source', body: WHOLE, kmsKeyArn: sandbox.keyArn });
  const id = await begin('copied');
  const copy = (PartNumber: number, CopySourceRange?: string) =>
    s3.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: 'copied',
        UploadId: id,
        PartNumber,
        CopySource: `${Bucket}/source`,
        CopySourceRange,
      }),
    );
  const one = await copy(1, `bytes=0-${FIVE - 1}`);
  const two = await copy(2);
  await finish('copied', id, [
    { PartNumber: 1, ETag: one.CopyPartResult?.ETag },
    { PartNumber: 2, ETag: two.CopyPartResult?.ETag },
  ]);
  expect((await gather(sandbox.get('copied'))).equals(Buffer.concat([WHOLE.subarray(0, FIVE), WHOLE]))).toBe(true);
});

describe('what CompleteMultipartUpload refuses', () => {
  test('and that it can then be made right', async () => {
    const id = await begin('strict', { ChecksumAlgorithm: 'CRC32' });
    const parts = await upload('strict', id, { ChecksumAlgorithm: 'CRC32' });
    const [one = {}, two = {}, three = {}] = parts;
    const complete = (list: object[], more: object = {}) => refusal(finish('strict', id, list, more));
    expect(await complete([two, one])).toBe('InvalidPartOrder/400');
    expect(await complete([one, one])).toBe('InvalidPartOrder/400');
    expect(await complete([three, { PartNumber: 4, ETag: '"x"' }])).toBe('InvalidPart/400');
    expect(await complete([{ ...one, ChecksumCRC32: 'AAAAAA==' }])).toBe('InvalidPart/400');
    expect(await complete([])).toBe('MalformedXML/400');
    expect(await complete(parts, { MpuObjectSize: 1 })).toBe('InvalidRequest/400');
    expect(await complete(parts, { ChecksumCRC32: 'AAAAAA==' })).toBe('BadDigest/400');
    await sandbox.put({ key: 'strict', body: Buffer.from('there') });
    expect(await complete(parts, { IfNoneMatch: '*' })).toBe('PreconditionFailed/412');
    expect(await complete(parts, { IfMatch: '"other"' })).toBe('PreconditionFailed/412');
    expect(await complete([one, two])).toBe('done');
    expect((await head('strict')).ContentLength).toBe(FIVE * 2 + 77);
    expect(await complete([one, two])).toBe('NoSuchUpload/404');
  });

  test('small parts, wrong numbers, other algorithms', async () => {
    const id = await begin('small', { ChecksumAlgorithm: 'SHA256' });
    const part = (PartNumber: number, more: object = { ChecksumAlgorithm: 'SHA256' }) =>
      s3.send(new UploadPartCommand({ Bucket, Key: 'small', UploadId: id, PartNumber, Body: 'x', ...more }));
    const [one, two] = [await part(1), await part(2)];
    expect(
      await refusal(
        finish('small', id, [
          { PartNumber: 1, ETag: one.ETag, ChecksumSHA256: one.ChecksumSHA256 },
          { PartNumber: 2, ETag: two.ETag, ChecksumSHA256: two.ChecksumSHA256 },
        ]),
      ),
    ).toBe('EntityTooSmall/400');
    expect(await refusal(part(0))).toBe('InvalidArgument/400');
    expect(await refusal(part(10_001))).toBe('InvalidArgument/400');
    expect(await refusal(part(3, { ChecksumAlgorithm: 'CRC32' }))).toBe('InvalidRequest/400');
    expect(await refusal(begin('x', { ChecksumAlgorithm: 'SHA1', ChecksumType: 'FULL_OBJECT' }))).toBe(
      'InvalidRequest/400',
    );
    expect(await refusal(begin('x', { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'COMPOSITE' }))).toBe(
      'InvalidRequest/400',
    );
    expect(await refusal(begin('x', { ChecksumAlgorithm: 'MD4' as 'SHA1' }))).toBe('InvalidRequest/400');
  });
});
