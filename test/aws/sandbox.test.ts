import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type AwsClients,
  cancelJob,
  compareKeys,
  createChecksum,
  createClients,
  describeJob,
  findOutputLogs,
  getMailboxDetails,
  kmsKeyUnwrapper,
  listJobs,
  listUsers,
  locateExport,
  openS3Object,
  preflightKey,
  s3Sink,
  startJob,
  waitForJob,
  wholeObjectDigest,
} from '../../src/aws/index.ts';
import { systemClock } from '../../src/io/index.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { describeSink } from '../conformance/sink.ts';
import { collect, describeByteSource, expectSame, numbered } from '../conformance/source.ts';
import { quickTuning } from './tuning.ts';

let sandbox: Sandbox;
let clients: AwsClients;
beforeAll(async () => {
  sandbox = await startSandbox({
    jobs: { duration: 20, oncePerDay: false },
    mailboxes: ['ann', 'bob', 'cid'].map((name, seed) => ({
      name,
      content: { kind: 'generated', seed, messages: 5, averageBytes: 2_000 },
    })),
  });
  clients = createClients({
    endpoint: sandbox.endpoint,
    region: sandbox.region,
    credentials: sandbox.credentials,
    attempts: 1,
  });
});
afterAll(async () => {
  clients.destroy();
  await sandbox.close();
});
afterEach(() => {
  sandbox.faults.clear();
  sandbox.denied.clear();
  sandbox.key.denied.clear();
  Object.assign(sandbox.key, { state: 'Enabled', deletion: null, visibility: 'own', requiredContextPrefix: null });
});

const kms = () => ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: sandbox.keyArn }) as const;
for (const encrypted of [false, true]) {
  describeByteSource(`an object of the sandbox${encrypted ? ' under SSE-KMS' : ''}`, async (content) => {
    const address = { Bucket: sandbox.bucket, Key: `source/${randomUUID()}/ü b+c%20.zip` };
    const put = (Body: Uint8Array) =>
      clients.s3.send(new PutObjectCommand({ ...address, Body, ...(encrypted ? kms() : {}) }));
    await put(content);
    return {
      open: () =>
        openS3Object({
          s3: clients.s3,
          bucket: address.Bucket,
          key: address.Key,
          tuning: quickTuning({ rangeBytes: 700_000 }),
        }),
      replace: async (other) => {
        await put(other);
      },
      remove: async () => {
        await clients.s3.send(new DeleteObjectCommand(address));
      },
    };
  });
  describeSink(`a prefix of the sandbox${encrypted ? ' under SSE-KMS' : ''}`, async () => {
    const bucket = sandbox.bucket;
    const prefix = `sink/${randomUUID()}`;
    const make = () => s3Sink({ s3: clients.s3, bucket, prefix, ...(encrypted ? { kmsKeyId: sandbox.keyArn } : {}) });
    return {
      sink: make(),
      another: make,
      leftovers: async () => {
        const { Uploads = [] } = await clients.s3.send(
          new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }),
        );
        return Uploads.map(({ Key = '' }) => Key);
      },
      remove: async () => {},
    };
  });
}

describe('an export job from start to archive', () => {
  const workmail = () => ({ workmail: clients.workmail, organizationId: sandbox.organizationId });
  const start = (entityId: string, prefix: string) =>
    startJob({
      ...workmail(),
      entityId,
      roleArn: sandbox.roleArn,
      kmsKeyArn: sandbox.keyArn,
      bucket: sandbox.bucket,
      prefix,
      clock: systemClock,
    });
  const wait = (jobId: string) =>
    waitForJob({ ...workmail(), jobId, clock: systemClock, pollMilliseconds: 10, timeoutMilliseconds: 20_000 });

  test.each(['key', 'bucket-prefixed', 'leading-slash', 'folder'] as const)(
    'is found where S3Path is written as %s, with its output log',
    async (pathReading) => {
      sandbox.organization.behaviour.pathReading = pathReading;
      const prefix = `exports/${pathReading}`;
      const { jobId } = await start('ann@example.com', prefix);
      const job = await wait(jobId);
      const located = await locateExport(job, clients.s3);
      expect(located.reading).toBe(
        {
          key: 'path-is-key',
          'bucket-prefixed': 'without-bucket',
          'leading-slash': 'without-leading-slash',
          folder: 'listed-by-time',
        }[pathReading],
      );
      const logs = await findOutputLogs({ s3: clients.s3, bucket: located.bucket, key: located.key });
      expect(logs).toMatchObject([
        { origin: 'object', values: { totalMessages: expect.any(String), sha384Hash: expect.any(String) } },
      ]);
      const source = await openS3Object({ s3: clients.s3, bucket: located.bucket, key: located.key });
      expect(Buffer.from(await source.bytes(0, 4)).toString('hex')).toBe('504b0304');
      const { kmsKeyId } = source.identity.details;
      expect(compareKeys(typeof kmsKeyId === 'string' ? kmsKeyId : null, job.kmsKeyArn)).toBe('same');
      await source.close();
    },
  );

  test('starting the same again that day is the same job', async () => {
    const first = await start('bob@example.com', 'exports/twice');
    expect(await start('bob@example.com', 'exports/twice')).toEqual(first);
    await wait(first.jobId);
    const listed: string[] = [];
    for await (const { jobId } of listJobs({ ...workmail(), pageSize: 1 })) listed.push(jobId);
    expect(listed).toContain(first.jobId);
    expect(new Set(listed).size).toBe(listed.length);
  });

  test('a cancelled and a failed job end the wait', async () => {
    Object.assign(sandbox.organization.behaviour, { duration: 60_000, pathReading: 'key' });
    const { jobId } = await start('cid@example.com', 'exports/cancelled');
    await expect(
      waitForJob({ ...workmail(), jobId, clock: systemClock, pollMilliseconds: 5, timeoutMilliseconds: 30 }),
    ).rejects.toMatchObject({ code: 'TIMEOUT' });
    await cancelJob({ ...workmail(), jobId });
    await expect(wait(jobId)).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    Object.assign(sandbox.organization.behaviour, { duration: 20, outcome: 'FAILED' });
    const failed = await start('cid@example.com', 'exports/failed');
    await expect(wait(failed.jobId)).rejects.toMatchObject({ code: 'JOB_FAILED' });
    sandbox.organization.behaviour.outcome = 'COMPLETED';
    await expect(describeJob({ ...workmail(), jobId: 'no-such-job' })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await expect(start('nobody@example.com', 'x')).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(start('ann@example.com', 'bad prefix?')).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
    await expect(describeJob({ ...workmail(), organizationId: `m-${'f'.repeat(32)}`, jobId })).rejects.toMatchObject({
      code: 'ORGANIZATION_NOT_FOUND',
    });
  });

  test('users and the size of a mailbox', async () => {
    const names: (string | null)[] = [];
    for await (const { name, id } of listUsers(workmail())) {
      names.push(name);
      expect(await getMailboxDetails({ ...workmail(), userId: id })).toMatchObject({
        quotaMegabytes: expect.any(Number),
      });
    }
    expect(names).toEqual(expect.arrayContaining(['ann', 'bob', 'cid']));
  });
});

describe('the key', () => {
  const open = async (key: string) =>
    openS3Object({ s3: clients.s3, bucket: sandbox.bucket, key, tuning: quickTuning() }).then((source) =>
      source.bytes(0, source.size),
    );
  const encrypted = async (bucketKey = false) => {
    const key = `key/${randomUUID()}`;
    await sandbox.put({ key, body: numbered(1_000), kmsKeyArn: sandbox.keyArn, bucketKey });
    return key;
  };

  test('disabled, pending deletion, refused, not visible: each is told apart when reading', async () => {
    const key = await encrypted();
    sandbox.key.state = 'Disabled';
    await expect(open(key)).rejects.toMatchObject({ code: 'KEY_DISABLED' });
    sandbox.key.state = 'PendingDeletion';
    await expect(open(key)).rejects.toMatchObject({
      code: 'KEY_STATE_INVALID',
      advice: expect.stringContaining('the archive is lost'),
    });
    sandbox.key.state = 'Enabled';
    sandbox.key.denied.add('kms:Decrypt');
    await expect(open(key)).rejects.toMatchObject({ code: 'KEY_ACCESS_DENIED', details: { action: 'kms:Decrypt' } });
    sandbox.key.denied.clear();
    sandbox.key.visibility = 'hidden';
    await expect(open(key)).rejects.toMatchObject({ code: 'KEY_ACCESS_DENIED' });
    sandbox.key.visibility = 'own';
    sandbox.denied.add('s3:GetObject');
    await expect(open(key)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    sandbox.denied.clear();
    expectSame(await open(key), numbered(1_000));
  });

  test('a policy that conditions on the object refuses under a Bucket Key, and the advice says why', async () => {
    sandbox.key.requiredContextPrefix = `arn:aws:s3:::${sandbox.bucket}/`;
    expectSame(await open(await encrypted()), numbered(1_000));
    sandbox.key.requiredContextPrefix = null;
    const key = await encrypted(true);
    sandbox.key.requiredContextPrefix = `arn:aws:s3:::${sandbox.bucket}/`;
    await expect(open(key)).rejects.toMatchObject({
      code: 'KEY_ACCESS_DENIED',
      advice: expect.stringContaining('Bucket Key'),
    });
  });

  test('the preflight tells state and date, and resolves the alias', async () => {
    expect(await preflightKey(clients.kms, 'alias/workmail-exports')).toMatchObject({
      arn: sandbox.keyArn,
      state: 'Enabled',
      enabled: true,
      findings: [],
    });
    Object.assign(sandbox.key, { state: 'PendingDeletion', deletion: Date.UTC(2026, 11, 24) });
    expect(await preflightKey(clients.kms, sandbox.keyArn)).toMatchObject({
      state: 'PendingDeletion',
      deletionDate: '2026-12-24T00:00:00.000Z',
      findings: [{ severity: 'error', message: expect.stringContaining('2026-12-24') }],
    });
    sandbox.key.state = 'Disabled';
    expect((await preflightKey(clients.kms, sandbox.keyArn)).findings).toMatchObject([{ severity: 'error' }]);
    sandbox.denied.add('kms:DescribeKey');
    expect((await preflightKey(clients.kms, sandbox.keyArn)).findings).toMatchObject([{ severity: 'warning' }]);
    sandbox.denied.clear();
    const gone = sandbox.keyArn.replace('1111', '9999');
    expect((await preflightKey(clients.kms, gone)).findings).toMatchObject([
      { severity: 'error', message: expect.stringContaining(gone) },
    ]);
  });

  test('a data key is unwrapped only with its own context and unaltered', async () => {
    const { EncryptCommand } = await import('@aws-sdk/client-kms');
    const context = { 'aws:x': 'y' };
    const { CiphertextBlob = new Uint8Array() } = await clients.kms.send(
      new EncryptCommand({ KeyId: sandbox.keyArn, Plaintext: Buffer.from('data key'), EncryptionContext: context }),
    );
    const unwrapper = kmsKeyUnwrapper(clients.kms);
    expect(
      Buffer.from(await unwrapper.decrypt({ ciphertext: CiphertextBlob, encryptionContext: context })).toString(),
    ).toBe('data key');
    await expect(unwrapper.decrypt({ ciphertext: CiphertextBlob, encryptionContext: {} })).rejects.toMatchObject({
      code: 'CIPHERTEXT_ALTERED',
    });
    const altered = CiphertextBlob.map((octet, index) => (index === CiphertextBlob.length - 1 ? octet ^ 1 : octet));
    await expect(unwrapper.decrypt({ ciphertext: altered, encryptionContext: context })).rejects.toMatchObject({
      code: 'CIPHERTEXT_ALTERED',
    });
  });
});

describe('checksums of the whole object', () => {
  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    '%s, as S3 keeps it, is what is computed here',
    async (algorithm) => {
      const Key = `checksum/${algorithm}`;
      const content = numbered(200_001);
      await clients.s3.send(
        new PutObjectCommand({ Bucket: sandbox.bucket, Key, Body: content, ChecksumAlgorithm: algorithm, ...kms() }),
      );
      const source = await openS3Object({ s3: clients.s3, bucket: sandbox.bucket, key: Key });
      const digest = wholeObjectDigest(source.identity);
      expect(digest).toMatchObject({ algorithm: algorithm.toLowerCase(), from: 'checksum' });
      const checksum = createChecksum(digest?.algorithm ?? 'md5');
      for await (const chunk of source.read(0, source.size)) checksum.update(chunk);
      expect(checksum.digest()).toBe(digest?.expected);
    },
  );

  test('what the sink writes carries its SHA-256', async () => {
    const sink = s3Sink({ s3: clients.s3, bucket: sandbox.bucket, prefix: 'checksum' });
    const { digest } = await sink.put('own', numbered(5_000));
    const expected = Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64');
    expect(wholeObjectDigest((await sink.open('own')).identity)).toEqual({
      algorithm: 'sha256',
      expected,
      from: 'checksum',
    });
  });
});

describe('a bad network', () => {
  test.each([
    ['reset', { reset: true }],
    ['cut', { cutBodyAfter: 123_456 }],
    ['slow down', { status: 503, code: 'SlowDown' }],
    ['stall', { stallBodyAfter: 10_000 }],
  ])('%s on every third GET is overcome', async (_, fault) => {
    const content = numbered(2_000_000);
    await sandbox.put({ key: 'bad/network', body: content, kmsKeyArn: sandbox.keyArn });
    let count = 0;
    sandbox.faults.add({
      operation: 'GetObject',
      times: 30,
      when: () => {
        count += 1;
        return count % 3 === 0;
      },
      ...fault,
    });
    const source = await openS3Object({
      s3: clients.s3,
      bucket: sandbox.bucket,
      key: 'bad/network',
      tuning: quickTuning({ rangeBytes: 200_000, stallMilliseconds: 300 }),
    });
    expectSame(await collect(source.read(0, content.length)), content);
    expect(count).toBeGreaterThan(10);
    await source.close();
  });

  test('an object replaced under the reader is SOURCE_CHANGED, also between header and body', async () => {
    const put = (content: Uint8Array) => sandbox.put({ key: 'replaced', body: content });
    await put(numbered(1_000_000));
    const source = await openS3Object({
      s3: clients.s3,
      bucket: sandbox.bucket,
      key: 'replaced',
      tuning: quickTuning({ rangeBytes: 100_000, ahead: 2 }),
    });
    sandbox.faults.add({
      operation: 'GetObject',
      skip: 4,
      before: async () => {
        await put(numbered(1_000_000).fill(9));
      },
    });
    await expect(collect(source.read(0, 1_000_000))).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    await source.close();
  });

  test('a part that fails for good leaves no upload behind', async () => {
    sandbox.faults.add({
      operation: 'UploadPart',
      skip: 1,
      times: Number.POSITIVE_INFINITY,
      status: 503,
      code: 'SlowDown',
    });
    const sink = s3Sink({
      s3: clients.s3,
      bucket: sandbox.bucket,
      prefix: 'failing',
      tuning: quickTuning({ rangeBytes: 5 << 20 }),
    });
    await expect(sink.put('big', numbered(12_000_000))).rejects.toMatchObject({ code: 'TEMPORARY' });
    const { Uploads = [] } = await clients.s3.send(
      new ListMultipartUploadsCommand({ Bucket: sandbox.bucket, Prefix: 'failing' }),
    );
    expect(Uploads).toEqual([]);
  });
});
