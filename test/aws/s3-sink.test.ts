import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type S3SinkOptions, s3Sink } from '../../src/aws/index.ts';
import { cutParts, partSize } from '../../src/aws/s3-parts.ts';
import { describeSink } from '../conformance/sink.ts';
import { collect, expectSame, numbered } from '../conformance/source.ts';
import { type FakeS3, startFakeS3 } from './fake-s3.ts';
import { quickTuning } from './tuning.ts';

let fake: FakeS3;
beforeAll(async () => {
  fake = await startFakeS3();
});
afterAll(() => fake.stop());
afterEach(() => {
  fake.fault = () => undefined;
  fake.objects.clear();
  fake.uploads.clear();
  fake.requests.length = 0;
});
const sinkOf = (changes: Partial<S3SinkOptions> = {}) =>
  s3Sink({
    s3: fake.s3,
    bucket: 'bucket',
    prefix: 'runs/one',
    tuning: quickTuning({ rangeBytes: 100_000 }),
    ...changes,
  });

for (const [name, prefix, rangeBytes] of [
  ['below a prefix', 'runs/one', 1 << 20],
  ['over a whole bucket', '', 8 << 20],
] as const) {
  describeSink(`an S3 sink ${name}`, async () => ({
    sink: sinkOf({ prefix, tuning: quickTuning({ rangeBytes }) }),
    another: () => sinkOf({ prefix, tuning: quickTuning({ rangeBytes }) }),
    leftovers: async () => [...fake.uploads.keys()],
    remove: async () => {
      fake.objects.clear();
      fake.uploads.clear();
    },
  }));
}

describe('what is sent', () => {
  const writes = () => fake.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD');

  test('one request with MD5, SHA-256, type, key and condition', async () => {
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/k-1';
    const sink = sinkOf({ kmsKeyId: key });
    expect(sink.location).toBe('s3://bucket/runs/one');
    await sink.put('manifest.json', new TextEncoder().encode('{}'), { mediaType: 'application/json', ifAbsent: true });
    expect(writes()).toHaveLength(1);
    expect(writes()[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-md5': 'mZFLkyvTelC5g8XnyQrpOw==',
      'x-amz-checksum-sha256': 'RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=',
      'if-none-match': '*',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': key,
    });
    // No trailer, no chunked signature: S3-compatible servers refuse them.
    expect(writes()[0]?.headers['content-encoding']).toBeUndefined();
  });

  test('without a key the bucket decides how it is encrypted', async () => {
    await sinkOf().put('a', numbered(1));
    expect(Object.keys(writes()[0]?.headers ?? {}).filter((name) => name.includes('encryption'))).toEqual([]);
  });

  test('parts: encrypted from the start, each with its MD5, completed in order whatever order they ended in', async () => {
    const content = numbered(1_234_567);
    const sink = sinkOf({ kmsKeyId: 'key', prefix: '/x/' });
    expect(sink.location).toBe('s3://bucket/x');
    await sink.put('big', content);
    expectSame(fake.objects.get('x/big')?.body ?? new Uint8Array(), content);
    const [create, ...rest] = writes();
    expect(create?.headers['x-amz-server-side-encryption-aws-kms-key-id']).toBe('key');
    const complete = rest.pop();
    expect(rest).toHaveLength(13);
    for (const part of rest) expect(part.headers['content-md5']).toMatch(/==$/);
    const numbers = [
      ...Buffer.from(complete?.body ?? [])
        .toString()
        .matchAll(/<PartNumber>(\d+)/g),
    ].map((match) => Number(match[1]));
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
  });

  test('content of exactly one part is one request', async () => {
    await sinkOf().put('exact', numbered(100_000));
    expect(writes()).toHaveLength(1);
    await sinkOf().put('more', numbered(100_001));
    expect(writes()).toHaveLength(5);
  });
});

describe('faults', () => {
  test.each(['SlowDown', 'InternalError', 'RequestTimeout', 'ConditionalRequestConflict'])(
    'a passing %s is overcome',
    async (code) => {
      let left = 4;
      fake.fault = ({ method }) => {
        if (method === 'GET' || left === 0) return undefined;
        left -= 1;
        return { kind: 'error', status: 503, code };
      };
      await sinkOf().put('a', numbered(1_000));
      left = 4;
      await sinkOf().put('b', numbered(350_000), { ifAbsent: true });
      expectSame(fake.objects.get('runs/one/b')?.body ?? new Uint8Array(), numbered(350_000));
      expect(fake.uploads.size).toBe(0);
    },
  );

  test('a part that cannot be written aborts the upload, stops the content, and tells why', async () => {
    fake.fault = ({ query }) =>
      query.get('partNumber') === '3'
        ? { kind: 'error', status: 403, code: 'AccessDenied', message: 'Access Denied' }
        : undefined;
    let asked = 0;
    let released = false;
    const content = async function* () {
      try {
        for (; asked < 1_000; asked += 1) yield numbered(100_000);
      } finally {
        released = true;
      }
    };
    await expect(sinkOf().put('big', content())).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      message: expect.stringContaining('s3://bucket/runs/one/big could not be written'),
    });
    expect(asked).toBeLessThan(20);
    expect(released).toBe(true);
    expect(fake.uploads.size).toBe(0);
    expect(fake.objects.size).toBe(0);
  });

  test.each(['PUT', 'POST'])('an answer to %s that is lost does not make a winner lose', async (method) => {
    const content = numbered(method === 'PUT' ? 1_000 : 250_000);
    let lost = false;
    fake.fault = (request) => {
      const last =
        method === 'PUT' ? request.method === 'PUT' : request.method === 'POST' && request.query.has('uploadId');
      if (!last || lost) return undefined;
      lost = true;
      return { kind: 'lost-answer' };
    };
    await expect(sinkOf().put('root', content, { ifAbsent: true })).resolves.toMatchObject({ size: content.length });
    expect(lost).toBe(true);
    await expect(sinkOf().put('root', content, { ifAbsent: true })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  });

  test.each<[number, string, string]>([
    [404, 'NoSuchBucket', 'OUTPUT_UNWRITABLE'],
    [403, 'AccessDenied', 'ACCESS_DENIED'],
    [400, 'KMS.DisabledException', 'KEY_DISABLED'],
    [400, 'EntityTooLarge', 'OUTPUT_UNWRITABLE'],
    [503, 'SlowDown', 'TEMPORARY'],
  ])('%d %s is %s', async (status, code, expected) => {
    fake.fault = () => ({ kind: 'error', status, code });
    await expect(sinkOf().put('a', numbered(1))).rejects.toMatchObject({ code: expected });
    await expect(sinkOf().put('a', numbered(100_001))).rejects.toMatchObject({ code: expected });
  });

  test('a key longer than S3 takes is USAGE', async () => {
    await expect(sinkOf().put('é'.repeat(600), numbered(1))).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('the signal of the sink ends every put', async () => {
    await expect(sinkOf({ signal: AbortSignal.abort() }).put('a', numbered(1))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

test('a console\u2019s folder objects are no files', async () => {
  fake.put('runs/one/', new Uint8Array(0));
  fake.put('runs/one/sub/', new Uint8Array(0));
  fake.put('runs/one/a', numbered(1));
  fake.put('runs/one-other/b', numbered(1));
  const found: string[] = [];
  for await (const { path } of sinkOf().list('')) found.push(path);
  expect(found).toEqual(['a']);
});

test('parts are cut alike however the stream is chunked', async () => {
  const content = numbered(1_000_003);
  const cut = async (chunk: number) => {
    const chunks = async function* () {
      for (let offset = 0; offset < content.length; offset += chunk) yield content.subarray(offset, offset + chunk);
    };
    const sizes: number[] = [];
    const watched = async function* () {
      for await (const part of cutParts(chunks(), (index) => (index < 2 ? 100_000 : 200_000))) {
        sizes.push(part.length);
        yield part;
      }
    };
    expectSame(await collect(watched()), content);
    return sizes;
  };
  for (const chunk of [321, 65_536, 100_000, 2_000_000])
    expect(await cut(chunk)).toEqual([100_000, 100_000, 200_000, 200_000, 200_000, 200_000, 3]);
});

test('ten thousand parts reach beyond any export, and none below the least S3 takes', () => {
  let total = 0;
  for (let index = 0; index < 10_000; index += 1) total += partSize(index, 8 << 20);
  expect(total).toBeGreaterThan(290 * 2 ** 30);
  expect(partSize(0, 8 << 20)).toBe(8 << 20);
  expect(partSize(9_999, 8 << 20)).toBe(64 << 20);
});
