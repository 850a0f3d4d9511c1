import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  DescribeMailboxExportJobCommand,
  type DescribeMailboxExportJobCommandOutput,
  DescribeOrganizationCommand,
  DescribeUserCommand,
  GetMailboxDetailsCommand,
  ListGroupsCommand,
  ListMailboxExportJobsCommand,
  ListOrganizationsCommand,
  ListResourcesCommand,
  ListUsersCommand,
  StartMailboxExportJobCommand,
  type WorkMailClient,
} from '@aws-sdk/client-workmail';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Sandbox, type SandboxMailbox, startSandbox } from '../../src/sandbox/index.ts';
import { refusal, s3Client, workMailClient } from './clients.ts';

const GENERATED = { kind: 'generated', seed: 4, messages: 20, averageBytes: 3000 } as const;
const MAILBOXES: readonly SandboxMailbox[] = [
  ...Array.from({ length: 12 }, (_, at) => ({ name: `user.number.${at}`, content: GENERATED })),
  { name: 'room', displayName: 'Room 4', type: 'room', content: { kind: 'entries', entries: () => [] } },
  {
    name: 'hand.written',
    content: { kind: 'folder', path: join(import.meta.dirname, '../../fixtures/messages/workmail') },
  },
];

let sandbox: Sandbox;
let workmail: WorkMailClient;
let s3: S3Client;
/** Added to the machine's clock. */
let ahead = 0;
/** What the jobs have waited for. */
let slept: number[] = [];
beforeEach(async () => {
  ahead = 0;
  slept = [];
  const stop = new AbortController();
  sandbox = await startSandbox({
    mailboxes: MAILBOXES,
    jobs: { duration: 10 },
    clock: {
      now: () => Date.now() + ahead,
      sleep: (milliseconds, signal = stop.signal) =>
        new Promise((resolve, reject) => {
          slept.push(milliseconds);
          const timer = setTimeout(resolve, milliseconds);
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            reject(new Error('stopped'));
          });
        }),
    },
  });
  workmail = workMailClient(sandbox);
  s3 = s3Client(sandbox);
});
afterEach(async () => {
  workmail.destroy();
  s3.destroy();
  await sandbox.close();
});

let tokens = 0;
function startCommand(more: object = {}): StartMailboxExportJobCommand {
  tokens += 1;
  return new StartMailboxExportJobCommand({
    ClientToken: `token-${tokens}`,
    OrganizationId: sandbox.organizationId,
    EntityId: sandbox.entities[0]?.id ?? '',
    RoleArn: sandbox.roleArn,
    KmsKeyArn: sandbox.keyArn,
    S3BucketName: sandbox.bucket,
    S3Prefix: 'exports/mara',
    Description: 'for the court',
    ...more,
  });
}
const start = async (more: object = {}) => (await workmail.send(startCommand(more))).JobId ?? '';
const describeJob = (JobId: string) =>
  workmail.send(new DescribeMailboxExportJobCommand({ OrganizationId: sandbox.organizationId, JobId }));
async function ended(JobId: string): Promise<DescribeMailboxExportJobCommandOutput> {
  for (;;) {
    const job = await describeJob(JobId);
    if (job.State !== 'RUNNING') return job;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
describe('limits', () => {
  test('the same token gives the same job; with other parameters it is refused', async () => {
    const id = await start({ ClientToken: 'same' });
    expect(await start({ ClientToken: 'same' })).toBe(id);
    expect(await refusal(start({ ClientToken: 'same', S3Prefix: 'other' }))).toBe('InvalidParameterException/400');
  });
  test('one export of a mailbox in 24 hours; a failed one does not count', async () => {
    sandbox.organization.behaviour.outcome = 'FAILED';
    await ended(await start());
    sandbox.organization.behaviour.outcome = 'COMPLETED';
    await ended(await start());
    expect(await refusal(start())).toBe('LimitExceededException/400');
    ahead = 86_400_000;
    // The client's clock stands where it stood: the request would be too old, so the organization is asked itself.
    const job = sandbox.organization.start({
      clientToken: 'next day',
      entityId: sandbox.entities[0]?.id ?? '',
      description: null,
      roleArn: sandbox.roleArn,
      kmsKeyArn: sandbox.keyArn,
      bucket: sandbox.bucket,
      prefix: 'p',
    });
    expect(job.state).toBe('RUNNING');
  });
  test('ten at once', async () => {
    sandbox.organization.behaviour.duration = 60_000;
    for (const entity of sandbox.entities.slice(0, 10)) await start({ EntityId: entity.email });
    expect(await refusal(start({ EntityId: 'user.number.10' }))).toBe('LimitExceededException/400');
  });
});

// One row for each constraint of the service model 2017-10-01.
test.each<[string, object, string]>([
  ['an organization of another form', { OrganizationId: 'm-1' }, 'InvalidParameterException'],
  ['an organization of upper case', { OrganizationId: `m-${'A'.repeat(32)}` }, 'InvalidParameterException'],
  ['an unknown organization', { OrganizationId: `m-${'0'.repeat(32)}` }, 'OrganizationNotFoundException'],
  ['an entity id too short', { EntityId: 'short' }, 'InvalidParameterException'],
  ['an unknown entity', { EntityId: 'nobody@example.com' }, 'EntityNotFoundException'],
  ['an entity by address, in any case', { EntityId: 'User.Number.3@EXAMPLE.com' }, 'done'],
  ['a prefix with a colon', { S3Prefix: 's3://bucket' }, 'InvalidParameterException'],
  ['an empty prefix', { S3Prefix: '' }, 'InvalidParameterException'],
  ['a prefix of 1,024', { S3Prefix: 'p'.repeat(1024) }, 'InvalidParameterException'],
  ['a bucket with an underscore', { S3BucketName: 'a_b' }, 'InvalidParameterException'],
  ['a bucket of 64', { S3BucketName: 'b'.repeat(64) }, 'InvalidParameterException'],
  ['a key that is no ARN', { KmsKeyArn: 'alias/workmail-exports' }, 'InvalidParameterException'],
  ['a role too short', { RoleArn: 'arn:aws:iam::1' }, 'InvalidParameterException'],
  ['a token with a space', { ClientToken: 'a b' }, 'InvalidParameterException'],
  ['a token of 129', { ClientToken: 't'.repeat(129) }, 'InvalidParameterException'],
  ['a description of 1,024', { Description: 'd'.repeat(1024) }, 'InvalidParameterException'],
  ['a description that is a number', { Description: 5 }, 'InvalidParameterException'],
  ['no prefix', { S3Prefix: undefined }, 'InvalidParameterException'],
])('%s', async (_, more, expected) => {
  expect((await refusal(start(more))).replace('/400', '')).toBe(expected);
});

describe('lists', () => {
  test('jobs: newest first, seven days, in pages, without what only Describe tells', async () => {
    const day = 86_400_000;
    const at = { entityId: sandbox.entities[0]?.id ?? '', bucket: 'b', prefix: 'p' };
    for (const days of [8, 6, 3, 0])
      sandbox.organization.addJob({ ...at, id: `job-${days}`, startTime: Date.now() - days * day, path: 'p/x.zip' });
    const list = (more: object = {}) =>
      workmail.send(new ListMailboxExportJobsCommand({ OrganizationId: sandbox.organizationId, ...more }));
    const all = await list();
    expect(all.Jobs?.map((job) => job.JobId)).toEqual(['job-0', 'job-3', 'job-6']);
    expect(Object.keys(all.Jobs?.[0] ?? {}).sort()).toEqual([
      'EntityId',
      'EstimatedProgress',
      'JobId',
      'S3BucketName',
      'S3Path',
      'StartTime',
      'State',
    ]);
    expect((await describeJob('job-8')).State).toBe('COMPLETED');
    const first = await list({ MaxResults: 2 });
    const second = await list({ MaxResults: 2, NextToken: first.NextToken });
    expect([first.Jobs?.length, second.Jobs?.length, second.NextToken]).toEqual([2, 1, undefined]);
    expect(await refusal(list({ MaxResults: 101 }))).toBe('InvalidParameterException/400');
    expect(await refusal(list({ NextToken: 'bm8=' }))).toBe('InvalidParameterException/400');
  });

  test('users, resources, details, the organization', async () => {
    const OrganizationId = sandbox.organizationId;
    const first = await workmail.send(new ListUsersCommand({ OrganizationId, MaxResults: 10 }));
    const rest = await workmail.send(new ListUsersCommand({ OrganizationId, NextToken: first.NextToken }));
    expect([first.Users?.length, rest.Users?.length, rest.NextToken]).toEqual([10, 3, undefined]);
    expect(first.Users?.[0]).toMatchObject({
      Email: 'user.number.0@example.com',
      Name: 'user.number.0',
      State: 'ENABLED',
      UserRole: 'USER',
    });
    const UserId = first.Users?.[0]?.Id ?? '';
    expect((await workmail.send(new DescribeUserCommand({ OrganizationId, UserId }))).UserId).toBe(UserId);
    expect(await workmail.send(new GetMailboxDetailsCommand({ OrganizationId, UserId }))).toMatchObject({
      MailboxQuota: 51_200,
      MailboxSize: 0.06,
    });
    expect(
      await refusal(workmail.send(new GetMailboxDetailsCommand({ OrganizationId, UserId: 'nobody.at.all' }))),
    ).toBe('EntityNotFoundException/400');
    const resources = await workmail.send(new ListResourcesCommand({ OrganizationId }));
    expect(resources.Resources?.map((each) => [each.Name, each.Type])).toEqual([['room', 'ROOM']]);
    const summary = (await workmail.send(new ListOrganizationsCommand({}))).OrganizationSummaries?.[0];
    expect(summary).toMatchObject({ OrganizationId, State: 'Active', DefaultMailDomain: 'example.com' });
    expect((await workmail.send(new DescribeOrganizationCommand({ OrganizationId }))).State).toBe('Active');
    const other = new DescribeOrganizationCommand({ OrganizationId: `m-${'0'.repeat(32)}` });
    expect(await refusal(workmail.send(other))).toBe('OrganizationNotFoundException/400');
  });
});

test('states and policies that refuse', async () => {
  sandbox.organization.state = 'Deleted';
  expect(await refusal(start())).toBe('OrganizationStateException/400');
  sandbox.organization.state = 'Active';
  sandbox.denied.add('workmail:StartMailboxExportJob');
  expect(await refusal(start())).toBe('AccessDeniedException/400');
  expect(await refusal(workmail.send(new ListGroupsCommand({ OrganizationId: sandbox.organizationId })))).toBe(
    'UnknownOperationException/400',
  );
});
