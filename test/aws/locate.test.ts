import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findOutputLogs, type Job, locateExport, parseOutputLog } from '../../src/aws/index.ts';
import { type FakeS3, startFakeS3 } from './fake-s3.ts';

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

const job: Job = {
  organizationId: `m-${'0'.repeat(32)}`,
  jobId: 'job-1',
  entityId: 'e',
  description: null,
  roleArn: null,
  kmsKeyArn: null,
  bucket: 'exports',
  prefix: 'ann/2026',
  path: 'ann/2026/archive.zip',
  state: 'COMPLETED',
  progress: 100,
  errorInfo: null,
  startTime: '2026-03-01T10:00:00.700Z',
  endTime: '2026-03-01T11:00:00.000Z',
};
const within = new Date('2026-03-01T10:59:00Z');
const zip = (key: string, modified = within) => fake.put(key, Buffer.from('PK'), {}, modified);
const locate = (changes: Partial<Job> = {}) => locateExport({ ...job, ...changes }, fake.s3);

describe('the readings of S3Path', () => {
  test.each([
    ['ann/2026/archive.zip', 'ann/2026/archive.zip', 'path-is-key'],
    ['/ann/archive.zip', '/ann/archive.zip', 'path-is-key'],
    ['/ann/archive.zip', 'ann/archive.zip', 'without-leading-slash'],
    ['exports/ann/archive.zip', 'ann/archive.zip', 'without-bucket'],
    ['/exports/ann/archive.zip', 'ann/archive.zip', 'without-bucket'],
    ['exports/exports/a.zip', 'exports/a.zip', 'without-bucket'],
    ['ann/2026', 'ann/2026/some-name.zip', 'listed-by-time'],
    ['ann/2026/', 'ann/2026/some-name.ZIP', 'listed-by-time'],
    ['/ann/2026/', 'ann/2026/deep/er/name.zip', 'listed-by-time'],
    ['elsewhere', 'elsewhere-of-all/name.zip', 'listed-by-time'],
  ])('%s finds %s by %s', async (path, key, reading) => {
    zip(key);
    expect(await locate({ path })).toMatchObject({ bucket: 'exports', key, versionId: null, reading });
  });

  test('the first that exists wins, and what was tried is told', async () => {
    zip('a.zip');
    zip('exports/a.zip');
    expect((await locate({ path: 'exports/a.zip' })).key).toBe('exports/a.zip');
    fake.objects.delete('exports/a.zip');
    expect(await locate({ path: 'exports/a.zip' })).toMatchObject({
      key: 'a.zip',
      tried: [
        { reading: 'path-is-key', key: 'exports/a.zip', outcome: 'absent' },
        { reading: 'without-bucket', key: 'a.zip', outcome: 'found' },
      ],
    });
  });

  test('a folder object of the console is no archive', async () => {
    fake.put('ann/2026/', Buffer.alloc(0), {}, within);
    zip('ann/2026/x.zip');
    expect((await locate({ path: 'ann/2026/' })).key).toBe('ann/2026/x.zip');
  });

  test('the version is told where there is one', async () => {
    fake.put('ann/2026/archive.zip', Buffer.from('PK'), { 'x-amz-version-id': 'v9' }, within);
    expect((await locate()).versionId).toBe('v9');
  });
});

describe('by time', () => {
  test.each([
    ['2026-03-01T10:00:00Z', true],
    ['2026-03-01T09:59:59Z', false],
    ['2026-03-01T11:15:00Z', true],
    ['2026-03-01T11:15:01Z', false],
  ])('an archive written at %s: %s', async (time, found) => {
    zip('ann/2026/x.zip', new Date(time));
    const located = locate({ path: null });
    if (found) expect((await located).reading).toBe('listed-by-time');
    else await expect(located).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });

  test('a job without times accepts the only archive there is', async () => {
    zip('ann/2026/x.zip', new Date('2020-01-01T00:00:00Z'));
    expect((await locate({ path: null, startTime: null, endTime: null })).key).toBe('ann/2026/x.zip');
  });

  test('several are an error that names them, over all pages', async () => {
    for (let index = 0; index < 12; index += 1) zip(`ann/2026/${index}.zip`);
    fake.put('ann/2026/log.json', Buffer.from('{}'), {}, within);
    await expect(locate()).rejects.toMatchObject({
      code: 'SOURCE_AMBIGUOUS',
      message: expect.stringMatching(/12 were written.*s3:\/\/exports\/ann\/2026\/0\.zip.* and 2 more\.$/),
    });
  });

  test('none is SOURCE_NOT_FOUND with every reading tried', async () => {
    await expect(locate({ path: '/exports/a.zip' })).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
      message: expect.stringMatching(
        /path-is-key "\/exports\/a\.zip" absent; without-leading-slash "exports\/a\.zip" absent; without-bucket "a\.zip" absent; listed-by-time "ann\/2026" absent/,
      ),
    });
  });

  test('a refusal without s3:ListBucket is ACCESS_DENIED, for S3 does not say whether it exists', async () => {
    fake.fault = () => ({ kind: 'error', status: 403, code: 'AccessDenied' });
    await expect(locate()).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      advice: expect.stringContaining('s3:ListBucket'),
    });
  });

  test('a bucket that is not there, a job without one, a job that runs', async () => {
    fake.fault = () => ({ kind: 'error', status: 404, code: 'NoSuchBucket' });
    await expect(locate()).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(locate({ bucket: null })).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    await expect(locate({ state: 'RUNNING' })).rejects.toMatchObject({ code: 'JOB_NOT_COMPLETED' });
    await expect(locate({ path: null, prefix: null })).rejects.toMatchObject({
      message: expect.stringContaining('names no path'),
    });
  });

  test('what is neither absent nor refused comes through', async () => {
    fake.fault = () => ({ kind: 'error', status: 400, code: 'ExpiredToken' });
    // A HEAD tells no code: 400 without a body is all there is, and a GET learns the rest.
    await expect(locate()).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
    await expect(locate({ path: null })).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
    await expect(locateExport(job, fake.s3, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});

describe('the output log', () => {
  const log = {
    totalNonExportableItems: '13',
    totalMessages: '76',
    sha384Hash: '4de9',
    totalBytes: '161892',
    totalFolders: '15',
    startTime: '1684',
    endTime: '1685',
  };
  const find = () => findOutputLogs({ s3: fake.s3, bucket: 'exports', key: 'ann/archive.zip' });

  test('beside the archive, by content; others are passed over', async () => {
    zip('ann/archive.zip');
    fake.put('ann/zzz', Buffer.from(JSON.stringify(log)));
    fake.put('ann/archive.json', Buffer.from(JSON.stringify({ ...log, totalMessages: '77' })));
    fake.put('ann/broken.json', Buffer.from('{"totalMessages":'));
    fake.put('ann/two-keys.json', Buffer.from('{"totalMessages":"1","totalBytes":"2"}'));
    fake.put('ann/list.json', Buffer.from('[1,2,3]'));
    fake.put('ann/large.json', Buffer.from(JSON.stringify({ ...log, padding: 'x'.repeat(70_000) })));
    fake.put('ann/sub/other.json', Buffer.from(JSON.stringify(log)));
    expect(await find()).toEqual([
      { origin: 'object', location: 's3://exports/ann/archive.json', values: { ...log, totalMessages: '77' } },
      { origin: 'object', location: 's3://exports/ann/zzz', values: log },
    ]);
    expect(fake.requests.some(({ method, key }) => method === 'GET' && key === 'ann/large.json')).toBe(false);
  });

  test('in the user metadata, whose names S3 lowers', async () => {
    fake.put('ann/archive.zip', Buffer.from('PK'), {
      'x-amz-meta-totalmessages': '76',
      'x-amz-meta-sha384hash': 'ab',
      'x-amz-meta-totalbytes': '9',
    });
    expect(await find()).toEqual([
      {
        origin: 'metadata',
        location: 's3://exports/ann/archive.zip',
        values: { totalMessages: '76', sha384Hash: 'ab', totalBytes: '9' },
      },
    ]);
  });

  test('what may not be listed or read is no error; an abort is', async () => {
    zip('ann/archive.zip');
    fake.put('ann/a.json', Buffer.from(JSON.stringify(log)));
    fake.fault = ({ key }) => (key === 'ann/a.json' ? { kind: 'error', status: 403, code: 'AccessDenied' } : undefined);
    expect(await find()).toEqual([]);
    fake.fault = () => ({ kind: 'error', status: 403, code: 'AccessDenied' });
    expect(await find()).toEqual([]);
    const request = { s3: fake.s3, bucket: 'exports', key: 'ann/archive.zip', signal: AbortSignal.abort() };
    await expect(findOutputLogs(request)).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  test.each([
    '',
    '   ',
    'null',
    '"x"',
    '{}',
    '{"a":1}',
    '{"totalMessages":{},"totalBytes":[],"totalFolders":null}',
    `{"x":"${'x'.repeat(70_000)}"}`,
  ])('not a log: %.20s', (text) => expect(parseOutputLog(text)).toBeNull());

  test('what is said twice and differs stands as both: nobody chooses the one that suits', () => {
    const twice = '{"totalMessages":"25","totalMessages":"24","totalBytes":"1","totalFolders":"4"}';
    expect(parseOutputLog(twice)).toMatchObject({ totalMessages: '24 and 25', totalBytes: '1' });
    const logs =
      '[{"totalMessages":"1","totalBytes":"2","endTime":"3"},{"totalMessages":"9","totalBytes":"2","endTime":"3"}]';
    expect(parseOutputLog(logs)).toMatchObject({ totalMessages: '1 and 9', totalBytes: '2', endTime: '3' });
    const same = '{"totalMessages":"24","totalMessages":"24","totalBytes":"1","totalFolders":"4"}';
    expect(parseOutputLog(same)).toMatchObject({ totalMessages: '24' });
  });

  test('numbers are as good as strings', () => {
    expect(parseOutputLog(' {"totalMessages":76,"totalBytes":1,"TOTALFOLDERS":"15"}')).toEqual({
      totalMessages: '76',
      totalBytes: '1',
      totalFolders: '15',
    });
  });
});
