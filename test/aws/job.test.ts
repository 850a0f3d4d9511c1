import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  cancelJob,
  completedJob,
  describeJob,
  getMailboxDetails,
  type Job,
  listJobs,
  listResources,
  listUsers,
  startJob,
  waitForJob,
} from '../../src/aws/index.ts';
import { jobFrom } from '../../src/aws/job-types.ts';
import type { Clock } from '../../src/model/index.ts';
import { exception, type FakeJson, startFakeJson } from './fake-json.ts';

const organizationId = `m-${'0a'.repeat(16)}`;
const jobId = '5c0e-job';
let fake: FakeJson;
beforeAll(async () => {
  fake = await startFakeJson();
});
afterAll(() => fake.stop());
afterEach(() => {
  fake.answer = () => ({ body: {} });
  fake.calls.length = 0;
});

/** Time passes only in sleep. */
function testClock(start = Date.UTC(2026, 2, 1, 23, 59)): Clock & { readonly slept: number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      slept.push(milliseconds);
      now += milliseconds;
    },
  };
}
async function all<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const found: Value[] = [];
  for await (const value of values) found.push(value);
  return found;
}

const inputs = {
  organizationId,
  entityId: 'ann@example.org',
  roleArn: 'arn:aws:iam::111122223333:role/export',
  kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/k-1',
  bucket: 'exports',
  prefix: 'ann/',
};

describe('start', () => {
  const start = (changes: object = {}) =>
    startJob({ workmail: fake.workmail, ...inputs, clock: testClock(), ...changes });

  test('sends every field, and a token within the pattern of the service', async () => {
    fake.answer = () => ({ body: { JobId: jobId } });
    const started = await start({ description: 'case 7' });
    expect(started.jobId).toBe(jobId);
    expect(fake.calls).toEqual([
      {
        operation: 'StartMailboxExportJob',
        input: {
          ClientToken: started.clientToken,
          OrganizationId: organizationId,
          EntityId: 'ann@example.org',
          Description: 'case 7',
          RoleArn: inputs.roleArn,
          KmsKeyArn: inputs.kmsKeyArn,
          S3BucketName: 'exports',
          S3Prefix: 'ann/',
        },
      },
    ]);
    expect(started.clientToken).toMatch(/^[\x21-\x7e]{1,128}$/);
  });

  test('the token is the same for the same inputs on one day, and another for any other', async () => {
    fake.answer = () => ({ body: { JobId: jobId } });
    const token = async (changes: object) => (await start(changes)).clientToken;
    const same = await token({});
    expect(await token({ clock: testClock(Date.UTC(2026, 2, 1, 0, 0)) })).toBe(same);
    const others = [
      { clock: testClock(Date.UTC(2026, 2, 2)) },
      ...['organizationId', 'entityId', 'roleArn', 'kmsKeyArn', 'bucket', 'prefix', 'description'].map((name) => ({
        [name]: 'x',
      })),
      // Moving a letter from one field to the next must not meet the same token.
      { entityId: 'ann@example.or', roleArn: `g${inputs.roleArn}` },
    ];
    const tokens = await Promise.all(others.map(token));
    expect(new Set([same, ...tokens]).size).toBe(others.length + 1);
    expect(await token({ clientToken: 'mine' })).toBe('mine');
  });

  test('an answer without a job is an error', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'UNEXPECTED' });
  });

  test.each([
    ['EntityNotFoundException', 'ENTITY_NOT_FOUND'],
    ['InvalidParameterException', 'PARAMETER_INVALID'],
    ['LimitExceededException', 'JOB_LIMIT'],
    ['OrganizationNotFoundException', 'ORGANIZATION_NOT_FOUND'],
    ['OrganizationStateException', 'ORGANIZATION_STATE'],
    ['AccessDeniedException', 'ACCESS_DENIED'],
    ['UnrecognizedClientException', 'CREDENTIALS_MISSING'],
    ['ThrottlingException', 'TEMPORARY'],
  ])('%s is %s', async (name, code) => {
    fake.answer = () => exception(name, 'What AWS says.');
    await expect(start()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^The export of ann@example\.org could not be started: .*[^.]\.$/),
      advice: expect.stringMatching(/\.$/),
      details: { awsCode: name, awsMessage: 'What AWS says.' },
    });
  });
});

describe('describe, list, cancel', () => {
  test('a job in full, times as RFC 3339', async () => {
    fake.answer = () => ({
      body: {
        EntityId: 'e-1',
        Description: 'case 7',
        RoleArn: 'role',
        KmsKeyArn: 'key',
        S3BucketName: 'exports',
        S3Prefix: 'ann/',
        S3Path: 'ann/x.zip',
        EstimatedProgress: 100,
        State: 'COMPLETED',
        StartTime: 1_772_000_000.25,
        EndTime: 1_772_000_060,
      },
    });
    expect(await describeJob({ workmail: fake.workmail, organizationId, jobId })).toEqual({
      organizationId,
      jobId,
      entityId: 'e-1',
      description: 'case 7',
      roleArn: 'role',
      kmsKeyArn: 'key',
      bucket: 'exports',
      prefix: 'ann/',
      path: 'ann/x.zip',
      state: 'COMPLETED',
      progress: 100,
      errorInfo: null,
      startTime: '2026-02-25T06:13:20.250Z',
      endTime: '2026-02-25T06:14:20.000Z',
    });
  });

  test('an empty answer is a job of which nothing is known; odd values are nulls', async () => {
    const job = await describeJob({ workmail: fake.workmail, organizationId, jobId });
    expect(job).toMatchObject({ state: 'UNKNOWN', progress: null, startTime: null, path: null });
    const odd = jobFrom(organizationId, jobId, {
      State: 'PAUSED',
      EstimatedProgress: 250,
      S3Path: '',
      StartTime: new Date(Number.NaN),
    });
    expect(odd).toMatchObject({ state: 'UNKNOWN', progress: 100, path: null, startTime: null });
  });

  test('a job that is not there says that the list covers seven days only', async () => {
    fake.answer = () => exception('EntityNotFoundException');
    const expected = {
      code: 'JOB_NOT_FOUND',
      advice: expect.stringContaining('ListMailboxExportJobs covers the last seven days only'),
    };
    await expect(describeJob({ workmail: fake.workmail, organizationId, jobId })).rejects.toMatchObject(expected);
    await expect(cancelJob({ workmail: fake.workmail, organizationId, jobId })).rejects.toMatchObject(expected);
  });

  test('the list goes through all pages, in order', async () => {
    fake.answer = ({ input }) => {
      const page = Number(input['NextToken'] ?? 0);
      const Jobs = [{ JobId: `j${page}a`, State: 'RUNNING' }, {}, { JobId: `j${page}b`, State: 'FAILED' }];
      return { body: page < 2 ? { Jobs, NextToken: String(page + 1) } : { Jobs } };
    };
    const jobs = await all(listJobs({ workmail: fake.workmail, organizationId, pageSize: 3 }));
    expect(jobs.map((job) => job.jobId)).toEqual(['j0a', 'j0b', 'j1a', 'j1b', 'j2a', 'j2b']);
    expect(fake.calls.map(({ input }) => input)).toEqual([
      { OrganizationId: organizationId, MaxResults: 3 },
      { OrganizationId: organizationId, MaxResults: 3, NextToken: '1' },
      { OrganizationId: organizationId, MaxResults: 3, NextToken: '2' },
    ]);
  });

  test('a page that names itself as the next does not go on for ever', async () => {
    fake.answer = () => ({ body: { Jobs: [], NextToken: 'again' } });
    await expect(all(listJobs({ workmail: fake.workmail, organizationId }))).rejects.toMatchObject({
      code: 'TEMPORARY',
    });
    await expect(all(listUsers({ workmail: fake.workmail, organizationId }))).rejects.toMatchObject({
      code: 'TEMPORARY',
    });
  });

  test('cancelling twice sends one token', async () => {
    await cancelJob({ workmail: fake.workmail, organizationId, jobId });
    await cancelJob({ workmail: fake.workmail, organizationId, jobId });
    await cancelJob({ workmail: fake.workmail, organizationId, jobId, clientToken: 'mine' });
    const tokens = fake.calls.map(({ input }) => input['ClientToken']);
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[2]).toBe('mine');
  });

  test('an aborted signal is CANCELLED', async () => {
    const signal = AbortSignal.abort();
    await expect(describeJob({ workmail: fake.workmail, organizationId, jobId, signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(fake.calls).toEqual([]);
  });
});

describe('wait', () => {
  const running = (progress: number) => ({ body: { State: 'RUNNING', EstimatedProgress: progress } });
  const wait = (changes: object = {}) => {
    const clock = testClock();
    return { clock, waited: waitForJob({ workmail: fake.workmail, organizationId, jobId, clock, ...changes }) };
  };

  test('looks at growing pauses until the job is complete, and tells each look', async () => {
    let look = 0;
    fake.answer = () => {
      look += 1;
      return look < 9 ? running(look * 10) : { body: { State: 'COMPLETED', S3Path: 'x.zip' } };
    };
    const told: (number | null)[] = [];
    const { clock, waited } = wait({ onProgress: (job: Job) => told.push(job.progress) });
    expect(await waited).toMatchObject({ state: 'COMPLETED', path: 'x.zip' });
    expect(told).toEqual([10, 20, 30, 40, 50, 60, 70, 80, null]);
    expect(clock.slept).toEqual([5_000, 7_500, 11_250, 16_875, 25_312.5, 37_968.75, 56_953.125, 60_000]);
  });

  test('a failed and a cancelled job are errors with the reason', async () => {
    fake.answer = () => ({ body: { State: 'FAILED', ErrorInfo: 'The role cannot be assumed' } });
    await expect(wait().waited).rejects.toMatchObject({
      code: 'JOB_FAILED',
      message: expect.stringContaining('The role cannot be assumed'),
    });
    fake.answer = () => ({ body: { State: 'CANCELLED' } });
    await expect(wait().waited).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
  });

  test('the time limit is TIMEOUT with how the job stands; the last look is at the limit itself', async () => {
    fake.answer = () => running(42);
    const { clock, waited } = wait({ timeoutMilliseconds: 20_000 });
    await expect(waited).rejects.toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
      message: expect.stringContaining('RUNNING at 42 % after 20 s'),
    });
    expect(clock.slept).toEqual([5_000, 7_500, 7_500]);
    expect(fake.calls).toHaveLength(4);
  });

  test('passing failures do not end it, lasting ones and refusals do', async () => {
    let look = 0;
    fake.answer = () => {
      look += 1;
      return look < 5 ? exception('ThrottlingException') : { body: { State: 'COMPLETED' } };
    };
    expect((await wait().waited).state).toBe('COMPLETED');
    fake.calls.length = 0;
    fake.answer = () => exception('InternalFailure', '', 500);
    await expect(wait().waited).rejects.toMatchObject({ code: 'TEMPORARY' });
    expect(fake.calls).toHaveLength(12);
    fake.calls.length = 0;
    fake.answer = () => exception('EntityNotFoundException');
    await expect(wait().waited).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    expect(fake.calls).toHaveLength(1);
  });

  test('a signal ends it', async () => {
    const controller = new AbortController();
    fake.answer = () => running(1);
    const { waited } = wait({ signal: controller.signal, onProgress: () => controller.abort() });
    await expect(waited).rejects.toThrow();
    expect(fake.calls).toHaveLength(1);
  });

  test.each(['RUNNING', 'UNKNOWN'] as const)('a job that is %s has no archive yet', (state) => {
    const job = { ...jobFrom(organizationId, jobId, {}), state, progress: 7 };
    expect(() => completedJob(job)).toThrow(expect.objectContaining({ code: 'JOB_NOT_COMPLETED' }));
  });
});

describe('mailboxes', () => {
  test('size and quota', async () => {
    fake.answer = () => ({ body: { MailboxQuota: 51_200, MailboxSize: 12.5 } });
    expect(await getMailboxDetails({ workmail: fake.workmail, organizationId, userId: 'u-1' })).toEqual({
      quotaMegabytes: 51_200,
      sizeMegabytes: 12.5,
    });
    fake.answer = () => ({ body: {} });
    expect(await getMailboxDetails({ workmail: fake.workmail, organizationId, userId: 'u-1' })).toEqual({
      quotaMegabytes: null,
      sizeMegabytes: null,
    });
    fake.answer = () => exception('EntityNotFoundException');
    await expect(getMailboxDetails({ workmail: fake.workmail, organizationId, userId: 'u-1' })).rejects.toMatchObject({
      code: 'ENTITY_NOT_FOUND',
    });
  });

  test('users and resources of all pages', async () => {
    fake.answer = ({ operation, input }) => {
      const more = input['NextToken'] === undefined ? { NextToken: 'n' } : {};
      const Id = input['NextToken'] === undefined ? 'one' : 'two';
      return operation === 'ListUsers'
        ? { body: { Users: [{ Id, Email: `${Id}@x.org`, Name: Id, State: 'ENABLED', UserRole: 'USER' }, {}], ...more } }
        : { body: { Resources: [{ Id, Type: 'ROOM' }], ...more } };
    };
    const request = { workmail: fake.workmail, organizationId };
    expect(await all(listUsers(request))).toEqual([
      { kind: 'user', id: 'one', email: 'one@x.org', name: 'one', state: 'ENABLED', role: 'USER' },
      { kind: 'user', id: 'two', email: 'two@x.org', name: 'two', state: 'ENABLED', role: 'USER' },
    ]);
    expect(await all(listResources(request))).toEqual([
      { kind: 'resource', id: 'one', email: null, name: null, state: null, role: 'ROOM' },
      { kind: 'resource', id: 'two', email: null, name: null, state: null, role: 'ROOM' },
    ]);
  });
});
