import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutBucketEncryptionCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { compareKeys } from '../../src/sandbox/s3/key-order.ts';
import { refusal, s3Client } from './clients.ts';

let sandbox: Sandbox;
let s3: S3Client;
beforeAll(async () => {
  sandbox = await startSandbox({ region: 'eu-west-1', bucket: 'lists' });
  s3 = s3Client(sandbox);
  for (const key of KEYS) await sandbox.put({ key, body: Buffer.from(key) });
});
afterAll(async () => {
  s3.destroy();
  await sandbox.close();
});

const KEYS = ['a', 'b/', 'b/1', 'b/2/x', 'b/2/y', 'c&<>', 'd\u0001', 'e/1', 'e/2', 'f\uffee', 'f\u{1f600}', 'z'];

/** What paging through a list gives: keys and common prefixes in order, pages of the size asked for. */
async function pages(input: Partial<ListObjectsV2CommandInput>): Promise<{ found: string[]; sizes: number[] }> {
  const found: string[] = [];
  const sizes: number[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: 'lists', EncodingType: 'url', ...input, ContinuationToken }),
    );
    const names = [
      ...(page.Contents ?? []).map((each) => each.Key),
      ...(page.CommonPrefixes ?? []).map((each) => each.Prefix),
    ];
    found.push(...names.map((name) => decodeURIComponent(name ?? '')).sort(compareKeys));
    expect(page.KeyCount).toBe(names.length);
    sizes.push(names.length);
    ContinuationToken = page.NextContinuationToken;
    expect(page.IsTruncated).toBe(ContinuationToken !== undefined);
  } while (ContinuationToken !== undefined);
  return { found, sizes };
}

/** The same, from the definition. */
function expected(prefix: string, delimiter: string, after = ''): string[] {
  const names = KEYS.filter((key) => key.startsWith(prefix) && compareKeys(key, after) > 0).map((key) => {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return cut < 0 ? key : key.slice(0, cut + delimiter.length);
  });
  return [...new Set(names)].sort(compareKeys);
}

describe('ListObjectsV2', () => {
  test.each([
    ['', ''],
    ['', '/'],
    ['b', '/'],
    ['b/', '/'],
    ['b/2', '/'],
    ['f', ''],
    ['nothing', '/'],
    ['', '2'],
  ])('prefix %j, delimiter %j, in pages of any size', async (Prefix, Delimiter) => {
    const wanted = expected(Prefix, Delimiter);
    for (const MaxKeys of [1, 2, 3, 1000]) {
      const { found, sizes } = await pages({ Prefix, Delimiter, MaxKeys });
      expect(found).toEqual(wanted);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(MaxKeys);
    }
  });
  test('starts after a key', async () => {
    expect((await pages({ StartAfter: 'b/2/x', MaxKeys: 2 })).found).toEqual(expected('', '', 'b/2/x'));
  });
  test('tells size, ETag and time; nothing where no key is wanted', async () => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: 'lists', Prefix: 'c', FetchOwner: true }));
    expect(page.Contents?.[0]).toMatchObject({ Key: 'c&<>', Size: 4, StorageClass: 'STANDARD' });
    expect(page.Contents?.[0]?.Owner?.ID).toHaveLength(64);
    expect(Math.abs((page.Contents?.[0]?.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    expect((await s3.send(new ListObjectsV2Command({ Bucket: 'lists', MaxKeys: 0 }))).IsTruncated).toBe(false);
  });
  test('refuses a token of its own making, and a bucket that is not there', async () => {
    const list = (input: ListObjectsV2CommandInput) => refusal(s3.send(new ListObjectsV2Command(input)));
    expect(await list({ Bucket: 'lists', ContinuationToken: '***' })).toBe('InvalidArgument/400');
    expect(await list({ Bucket: 'lists', MaxKeys: -1 })).toBe('InvalidArgument/400');
    expect(await list({ Bucket: 'nowhere' })).toBe('NoSuchBucket/404');
  });
  test('its predecessor pages by marker', async () => {
    const first = await s3.send(new ListObjectsCommand({ Bucket: 'lists', MaxKeys: 2 }));
    expect(first.Contents?.map((each) => each.Key)).toEqual(['a', 'b/']);
    const second = await s3.send(new ListObjectsCommand({ Bucket: 'lists', MaxKeys: 1, Marker: first.NextMarker }));
    expect(second.Contents?.map((each) => each.Key)).toEqual(['b/1']);
  });
});

test('keys are in the order of their UTF-8 octets', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
      const octets = Buffer.compare(Buffer.from(a), Buffer.from(b));
      expect(Math.sign(compareKeys(a, b))).toBe(octets);
    }),
    { seed: 5, numRuns: 500 },
  );
});

describe('buckets', () => {
  test('are made, found, told of and deleted when empty', async () => {
    const Bucket = 'made-here';
    const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    expect(await refusal(s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration })))).toBe(
      'BucketAlreadyOwnedByYou/409',
    );
    expect(await refusal(s3.send(new CreateBucketCommand({ Bucket: 'UPPER' })))).toBe('InvalidBucketName/400');
    expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-west-1');
    expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe('eu-west-1');
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map((each) => each.Name)).toContain(Bucket);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }));
    expect(await refusal(s3.send(new DeleteBucketCommand({ Bucket })))).toBe('BucketNotEmpty/409');
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'x' }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    expect(await refusal(s3.send(new HeadBucketCommand({ Bucket })))).toBe('NotFound/404');
  });

  test('versioning and default encryption', async () => {
    const Bucket = 'configured';
    sandbox.createBucket(Bucket);
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
    expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    const rule = {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: sandbox.keyArn },
      BucketKeyEnabled: true,
    } as const;
    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }));
    const told = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    expect(told.ServerSideEncryptionConfiguration?.Rules).toEqual([rule]);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'x', Body: 'x' }));
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'x' }));
    expect(head).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: sandbox.keyArn,
      BucketKeyEnabled: true,
    });
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'y', Body: 'y' }));
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'y' }))).ServerSideEncryption).toBe('AES256');
    const wrong = { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'none' as 'AES256' } }] };
    expect(
      await refusal(s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: wrong }))),
    ).toBe('MalformedXML/400');
  });

  test('other configuration is kept and given back', async () => {
    const Bucket = 'documents';
    sandbox.createBucket(Bucket);
    expect(
      (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).EventBridgeConfiguration,
    ).toBeUndefined();
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
    expect((await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).EventBridgeConfiguration).toEqual(
      {},
    );
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: block }));
    expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual(block);
    expect(await refusal(s3.send(new GetBucketPolicyCommand({ Bucket })))).toBe('NoSuchBucketPolicy/404');
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: '{"Statement":[]}' }));
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe('{"Statement":[]}');
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await refusal(s3.send(new GetBucketPolicyCommand({ Bucket })))).toBe('NoSuchBucketPolicy/404');
  });
});
