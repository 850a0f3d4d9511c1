import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createClients, openS3Object } from '../../src/aws/index.ts';
import { collect, describeByteSource, expectSame, numbered } from '../conformance/source.ts';
import { type FakeRequest, type FakeS3, type Fault, startFakeS3 } from './fake-s3.ts';
import { quickTuning } from './tuning.ts';

let fake: FakeS3;
beforeAll(async () => {
  fake = await startFakeS3();
});
afterAll(() => fake.stop());
afterEach(() => {
  fake.fault = () => undefined;
  fake.objects.clear();
  fake.requests.length = 0;
});
const open = (key: string, tuning = quickTuning({ rangeBytes: 100_000 })) =>
  openS3Object({ s3: fake.s3, bucket: 'bucket', key, tuning });
const gets = () => fake.requests.filter(({ method }) => method === 'GET');

describeByteSource('an S3 object in ranges of 300,000', async (content) => {
  fake.put('a/b.zip', content);
  return {
    open: () => open('a/b.zip', quickTuning({ rangeBytes: 300_000 })),
    replace: async (other) => fake.put('a/b.zip', other),
    remove: async () => {},
  };
});
test('with the settings of a run, 20 MB are three ranges at once', async () => {
  fake.put('k', numbered(20_000_000));
  const source = await openS3Object({ s3: fake.s3, bucket: 'bucket', key: 'k' });
  expectSame(await source.bytes(0, 20_000_000), numbered(20_000_000));
  expectSame(await collect(source.read(1, 20_000_000)), numbered(20_000_000).subarray(1));
  expect(gets()).toHaveLength(6);
});

describe('requests', () => {
  test('HEAD asks for checksums, then every GET is a range pinned by If-Match and version', async () => {
    fake.put('k', numbered(250_000), { 'x-amz-version-id': 'v7' });
    const source = await open('k');
    await source.bytes(0, 250_000);
    await collect(source.read(0, 250_000));
    const [head, ...rest] = fake.requests;
    expect(head).toMatchObject({ method: 'HEAD', headers: { 'x-amz-checksum-mode': 'ENABLED' } });
    expect(rest).toHaveLength(6);
    for (const request of rest) {
      expect(request.headers['if-match']).toBe(source.identity.etag);
      expect(request.query.get('versionId')).toBe('v7');
    }
    expect(rest.map(({ headers }) => headers.range).slice(0, 3)).toEqual([
      'bytes=0-99999',
      'bytes=100000-199999',
      'bytes=200000-249999',
    ]);
  });

  test('no more than `ahead` ranges are under way, however slow the reader', async () => {
    fake.put('k', numbered(2_000_000));
    const source = await open('k', quickTuning({ rangeBytes: 100_000, ahead: 3 }));
    let read = 0;
    for await (const _ of source.read(0, 2_000_000)) {
      read += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(gets().length).toBeLessThanOrEqual(read + 3);
    }
    expect(read).toBe(20);
  });

  test('breaking off, aborting and closing give up what is under way', async () => {
    fake.put('k', numbered(1_000_000));
    const stalling = (request: FakeRequest): Fault | undefined =>
      request.headers.range === 'bytes=0-99999' ? undefined : { kind: 'stall', after: 10 };
    fake.fault = stalling;
    const source = await open('k');
    for await (const _ of source.read(0, 1_000_000)) break;
    await vi.waitFor(() => expect(fake.underWay()).toBe(0));
    const controller = new AbortController();
    const reading = source.bytes(0, 1_000_000, controller.signal);
    await vi.waitFor(() => expect(fake.underWay()).toBe(4));
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(() => expect(fake.underWay()).toBe(0));
    const other = source.bytes(0, 1_000_000);
    const refused = expect(other).rejects.toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(() => expect(fake.underWay()).toBe(4));
    await source.close();
    await refused;
    await vi.waitFor(() => expect(fake.underWay()).toBe(0));
  });

  test('what the object says of itself is its identity', async () => {
    fake.put('k', numbered(5), {
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'arn:aws:kms:eu-west-1:111122223333:key/k1',
      'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      'x-amz-meta-totalmessages': '76',
      'x-amz-checksum-crc64nvme': 'AAAAAAAAAAA=',
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-version-id': 'null',
      'content-type': 'application/zip',
    });
    const { identity } = await open('k');
    expect(identity).toEqual({
      location: 's3://bucket/k',
      version: null,
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      lastModified: '2026-02-25T06:13:20.000Z',
      details: {
        kind: 's3',
        serverSideEncryption: 'aws:kms',
        kmsKeyId: 'arn:aws:kms:eu-west-1:111122223333:key/k1',
        bucketKeyEnabled: true,
        contentType: 'application/zip',
        metadata: { totalmessages: '76' },
        checksums: { crc64nvme: 'AAAAAAAAAAA=' },
        checksumType: 'FULL_OBJECT',
      },
    });
  });
});

describe('faults in the middle', () => {
  /** The fault for the first `times` GETs of each range start, then none. */
  const passing = (fault: Fault, times = 1) => {
    let left = times;
    fake.fault = (request) => {
      if (request.method !== 'GET' || left === 0) return undefined;
      left -= 1;
      return fault;
    };
  };

  test.each<[string, Fault]>([
    ['a connection reset at once', { kind: 'reset', after: 0 }],
    ['a connection reset in the body', { kind: 'reset', after: 41_234 }],
    ['a body that ends early in good order', { kind: 'short', after: 7 }],
    ['a body of nothing', { kind: 'short', after: 0 }],
    ['503 SlowDown', { kind: 'error', status: 503, code: 'SlowDown' }],
    ['500 InternalError', { kind: 'error', status: 500, code: 'InternalError' }],
    ['an error page of a proxy', { kind: 'error', status: 502 }],
    ['400 RequestTimeout', { kind: 'error', status: 400, code: 'RequestTimeout' }],
    ['503 from KMS behind S3', { kind: 'error', status: 400, code: 'KMS.ThrottlingException' }],
  ])('%s is overcome and the octets are right', async (_, fault) => {
    fake.put('k', numbered(350_000));
    passing(fault, 3);
    const source = await open('k');
    expectSame(await collect(source.read(0, 350_000)), numbered(350_000));
    passing(fault, 3);
    expectSame(await source.bytes(0, 350_000), numbered(350_000));
  });

  test('a body that stalls is given up and taken up at the octet reached', async () => {
    fake.put('k', numbered(90_000));
    passing({ kind: 'stall', after: 50_000 });
    const source = await open('k', quickTuning({ stallMilliseconds: 100 }));
    expectSame(await source.bytes(0, 90_000), numbered(90_000));
    expect(gets().map(({ headers }) => headers.range)).toEqual(['bytes=0-89999', 'bytes=50000-89999']);
  });

  test('a server that breaks off every 10,000 octets is read to the end', async () => {
    fake.put('k', numbered(95_000));
    fake.fault = ({ method }) => (method === 'GET' ? { kind: 'short', after: 10_000 } : undefined);
    const source = await open('k');
    expectSame(await source.bytes(0, 95_000), numbered(95_000));
    expect(gets().map(({ headers }) => headers.range?.split('-')[0])).toEqual(
      Array.from({ length: 10 }, (_, index) => `bytes=${index * 10_000}`),
    );
  });

  test('pauses grow exponentially with jitter, and a server that never recovers is TEMPORARY', async () => {
    fake.put('k', numbered(10));
    const tuning = quickTuning({ attempts: 5 });
    const source = await open('k', tuning);
    fake.fault = () => ({ kind: 'error', status: 503, code: 'SlowDown' });
    await expect(source.bytes(0, 10)).rejects.toMatchObject({
      code: 'TEMPORARY',
      retryable: true,
      details: { awsCode: 'SlowDown' },
    });
    expect(tuning.pauses).toEqual([110, 220, 440, 880]);
  });

  test('answers that always end at one octet are SOURCE_TRUNCATED there', async () => {
    fake.put('k', numbered(1_000));
    const source = await open('k');
    fake.fault = ({ headers }) => ({
      kind: 'short',
      after: Math.max(0, 600 - Number(/=(\d+)/.exec(headers.range ?? '')?.[1])),
    });
    await expect(source.bytes(0, 1_000)).rejects.toMatchObject({
      code: 'SOURCE_TRUNCATED',
      details: { reached: 600, end: 1_000 },
    });
  });

  test.each<[string, Fault, string]>([
    ['a server that ignores ranges', { kind: 'whole' }, 'SOURCE_UNREADABLE'],
    [
      'another range than asked for',
      { kind: 'headers', headers: { 'content-range': 'bytes 1-99/200' } },
      'SOURCE_UNREADABLE',
    ],
    [
      'another size of the whole',
      { kind: 'headers', headers: { 'content-range': 'bytes 0-99/201' } },
      'SOURCE_CHANGED',
    ],
    ['another ETag, If-Match ignored', { kind: 'headers', headers: { etag: '"other"' } }, 'SOURCE_CHANGED'],
    ['access taken away', { kind: 'error', status: 403, code: 'AccessDenied' }, 'ACCESS_DENIED'],
    ['the key disabled', { kind: 'error', status: 400, code: 'KMS.DisabledException' }, 'KEY_DISABLED'],
    ['the object removed', { kind: 'error', status: 404, code: 'NoSuchKey' }, 'SOURCE_CHANGED'],
    ['the object shorter, no condition', { kind: 'error', status: 416, code: 'InvalidRange' }, 'SOURCE_CHANGED'],
    ['credentials expired', { kind: 'error', status: 400, code: 'ExpiredToken' }, 'CREDENTIALS_MISSING'],
  ])('%s is %3$s without another try', async (_, fault, code) => {
    fake.put('k', numbered(200));
    const source = await open('k');
    fake.fault = () => fault;
    await expect(source.bytes(0, 100)).rejects.toMatchObject({ code });
    expect(gets()).toHaveLength(1);
  });

  test('an answer that goes on beyond its range is refused', async () => {
    fake.put('k', numbered(200));
    const source = await open('k');
    fake.fault = () => ({ kind: 'too-long' });
    await expect(source.bytes(0, 100)).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
  });

  test('one failing range ends the read, and the other ranges with it', async () => {
    fake.put('k', numbered(1_000_000));
    fake.fault = ({ method, headers }) => {
      if (method !== 'GET') return undefined;
      return headers.range === 'bytes=200000-299999' ? { kind: 'error', status: 403, code: 'AccessDenied' } : undefined;
    };
    const source = await open('k');
    await expect(collect(source.read(0, 1_000_000))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await expect(source.bytes(0, 1_000_000)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    await vi.waitFor(() => expect(fake.underWay()).toBe(0));
  });
});

describe('a HEAD that is refused', () => {
  const kms =
    'User: arn:aws:sts::111122223333:assumed-role/reader/me is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:111122223333:key/k-1 because no identity-based policy allows the kms:Decrypt action';

  test('has no reason: a GET of one octet learns it', async () => {
    fake.put('k', numbered(10), { 'x-amz-server-side-encryption-bucket-key-enabled': 'true' });
    fake.fault = ({ method, headers }) => {
      if (method === 'HEAD' && headers['x-amz-checksum-mode'] === undefined) return undefined;
      return { kind: 'error', status: 403, code: 'AccessDenied', message: kms };
    };
    await expect(open('k')).rejects.toMatchObject({
      code: 'KEY_ACCESS_DENIED',
      message: expect.stringMatching(
        /^s3:\/\/bucket\/k could not be read: .*assumed-role\/reader\/me may not perform kms:Decrypt .*key\/k-1\.$/,
      ),
      advice: expect.stringContaining('Under an S3 Bucket Key the encryption context'),
      details: {
        principal: 'arn:aws:sts::111122223333:assumed-role/reader/me',
        action: 'kms:Decrypt',
        keyArn: 'arn:aws:kms:eu-west-1:111122223333:key/k-1',
      },
    });
    expect(gets().at(-1)?.headers.range).toBe('bytes=0-0');
  });

  test('only because of checksums is asked again without them', async () => {
    fake.put('k', numbered(10));
    fake.fault = ({ headers }) =>
      headers['x-amz-checksum-mode'] === 'ENABLED' ? { kind: 'error', status: 403 } : undefined;
    const source = await open('k');
    expectSame(await source.bytes(0, 10), numbered(10));
    expect(source.identity.details['checksums']).toEqual({});
  });

  test('on an empty object too', async () => {
    fake.put('empty', new Uint8Array(0));
    fake.fault = ({ headers }) =>
      headers['x-amz-checksum-mode'] === 'ENABLED' ? { kind: 'error', status: 403 } : undefined;
    expect((await open('empty')).size).toBe(0);
  });

  test.each<[number, string, string, string]>([
    [404, 'NoSuchKey', '', 'SOURCE_NOT_FOUND'],
    [404, 'NoSuchBucket', '', 'SOURCE_NOT_FOUND'],
    [404, 'NoSuchVersion', '', 'SOURCE_NOT_FOUND'],
    [405, 'MethodNotAllowed', '', 'SOURCE_NOT_FOUND'],
    [403, 'AccessDenied', 'Access Denied', 'ACCESS_DENIED'],
    [
      403,
      'AccessDenied',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      'KEY_ACCESS_DENIED',
    ],
    [400, 'KMS.DisabledException', 'arn:aws:kms:eu-west-1:111122223333:key/k-1 is disabled.', 'KEY_DISABLED'],
    [
      400,
      'KMS.KMSInvalidStateException',
      'arn:aws:kms:eu-west-1:111122223333:key/k-1 is pending deletion.',
      'KEY_STATE_INVALID',
    ],
    [400, 'KMS.NotFoundException', '', 'KEY_NOT_FOUND'],
    [403, 'InvalidAccessKeyId', '', 'CREDENTIALS_MISSING'],
    [403, 'SignatureDoesNotMatch', '', 'CREDENTIALS_MISSING'],
    [400, 'ExpiredToken', '', 'CREDENTIALS_MISSING'],
    [403, 'InvalidObjectState', '', 'SOURCE_UNREADABLE'],
    [501, 'NotImplemented', '', 'SOURCE_UNREADABLE'],
    [503, 'SlowDown', '', 'TEMPORARY'],
  ])('%d %s %s is %s', async (status, code, message, expected) => {
    fake.fault = () => ({ kind: 'error', status, code, message });
    await expect(open('k')).rejects.toMatchObject({ code: expected, advice: expect.stringMatching(/\S/) });
  });

  test('an error page of a proxy is one sentence', async () => {
    fake.page = '<html><body>Blocked\n<br>by policy</html>';
    fake.fault = () => ({ kind: 'error', status: 403 });
    await expect(open('k')).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringMatching(/^s3:[^\n]*\.$/),
    });
    fake.page = '';
  });

  test('an endpoint nobody listens at is TEMPORARY and the advice names the endpoint', async () => {
    const other = await startFakeS3();
    await other.stop();
    const clients = createClients({
      endpoint: other.endpoint,
      region: 'x',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      attempts: 1,
    });
    await expect(openS3Object({ s3: clients.s3, bucket: 'b', key: 'k', tuning: quickTuning() })).rejects.toMatchObject({
      code: 'TEMPORARY',
      advice: expect.stringContaining('AWS_ENDPOINT_URL'),
    });
    clients.destroy();
  });
});
