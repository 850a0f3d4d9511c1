import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { gather, octets, refusal, s3Client } from './clients.ts';

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

describe('copies, tags, attributes', () => {
  test('a copy keeps octets and metadata, or takes new ones', async () => {
    const { ETag } = await put('from ü', { Metadata: { a: '1' }, ContentType: 'text/plain' });
    const CopySource = encodeURI(`${Bucket}/from ü`);
    const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    expect(copied.CopyObjectResult?.ETag).toBe(ETag);
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }));
    expect(head).toMatchObject({ ContentType: 'text/plain', Metadata: { a: '1' }, ContentLength: 20 });
    await s3.send(
      new CopyObjectCommand({
        Bucket,
        Key: 'to',
        CopySource,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
        TaggingDirective: 'REPLACE',
        Tagging: 't=u',
      }),
    );
    expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ b: '2' });
    const copy = (more: object) => refusal(s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource, ...more })));
    expect(await copy({ CopySourceIfMatch: '"x"' })).toBe('PreconditionFailed/412');
    expect(await copy({ CopySourceIfNoneMatch: ETag })).toBe('PreconditionFailed/412');
    expect(await copy({ CopySource: `${Bucket}/nope` })).toBe('NoSuchKey/404');
    expect(await copy({ CopySource: 'nokey' })).toBe('InvalidArgument/400');
  });
  test('tags', async () => {
    await put('tagged');
    await s3.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'tagged', Tagging: { TagSet: [{ Key: 'k', Value: '<v>' }] } }),
    );
    const get = () => s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect((await get()).TagSet).toEqual([{ Key: 'k', Value: '<v>' }]);
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: 'tagged' }));
    expect((await get()).TagSet ?? []).toEqual([]);
  });
  test('attributes', async () => {
    await put('attributes', { ChecksumAlgorithm: 'SHA256' });
    const found = await s3.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key: 'attributes',
        ObjectAttributes: ['ETag', 'Checksum', 'ObjectSize', 'StorageClass'],
      }),
    );
    expect(found).toMatchObject({
      ETag: createHash('md5').update(DATA).digest('hex'),
      Checksum: { ChecksumSHA256: base64('sha256', DATA), ChecksumType: 'FULL_OBJECT' },
      ObjectSize: 20,
      StorageClass: 'STANDARD',
    });
  });
});

describe('deletion and versions', () => {
  test('a missing key is no error, many keys go at once', async () => {
    await Promise.all(['d1', 'd2'].map((key) => put(key)));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'never' }));
    const { Deleted } = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: 'd1' }, { Key: 'd2' }] } }),
    );
    expect(Deleted?.map((each) => each.Key)).toEqual(['d1', 'd2']);
    const quiet = await s3.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Quiet: true, Objects: [{ Key: 'd1' }] } }),
    );
    expect(quiet.Deleted ?? []).toEqual([]);
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: 'd1' })))).toBe('NotFound/404');
    expect(await refusal(s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [] } })))).toBe(
      'MalformedXML/400',
    );
  });

  test('versions: each can be read, a delete marker hides them, and can be deleted itself', async () => {
    const name = 'versioned';
    sandbox.createBucket(name);
    const at = { Bucket: name, Key: 'v' };
    const before = await put('v', { Bucket: name, Body: 'null version' });
    expect(before.VersionId).toBeUndefined();
    await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Enabled' } }));
    const one = await put('v', { Bucket: name, Body: 'one' });
    const two = await put('v', { Bucket: name, Body: 'two' });
    const read = async (VersionId?: string) =>
      (await octets(await s3.send(new GetObjectCommand({ ...at, VersionId })))).toString();
    expect([await read(), await read(one.VersionId), await read('null')]).toEqual(['two', 'one', 'null version']);
    const marker = await s3.send(new DeleteObjectCommand(at));
    expect(marker.DeleteMarker).toBe(true);
    expect(await refusal(read())).toBe('NoSuchKey/404');
    expect(await refusal(read(marker.VersionId))).toBe('MethodNotAllowed/405');
    expect(await refusal(read('f'.repeat(32)))).toBe('NoSuchVersion/404');
    const list = await s3.send(new ListObjectVersionsCommand({ Bucket: name, Prefix: 'v' }));
    expect(list.Versions?.map((version) => version.VersionId)).toEqual([two.VersionId, one.VersionId, 'null']);
    expect(list.DeleteMarkers?.map((each) => [each.VersionId, each.IsLatest])).toEqual([[marker.VersionId, true]]);
    const undo = await s3.send(new DeleteObjectCommand({ ...at, VersionId: marker.VersionId }));
    expect(undo.DeleteMarker).toBe(true);
    expect(await read()).toBe('two');
    await s3.send(new PutBucketVersioningCommand({ Bucket: name, VersioningConfiguration: { Status: 'Suspended' } }));
    await put('v', { Bucket: name, Body: 'null again' });
    expect([await read(), await read('null'), await read(two.VersionId)]).toEqual(['null again', 'null again', 'two']);
    await s3.send(
      new CopyObjectCommand({ Bucket: name, Key: 'old', CopySource: `${name}/v?versionId=${one.VersionId}` }),
    );
    expect((await gather(sandbox.get('old', name))).toString()).toBe('one');
  });
});
