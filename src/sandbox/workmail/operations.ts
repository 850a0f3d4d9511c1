import { notAuthorized } from '../access.ts';
import type { SandboxResponse } from '../http/response.ts';
import { type JsonInput, numberOf, textOf } from '../json/input.ts';
import { jsonAnswer, jsonError } from '../json/serve.ts';
import { constrain } from './constraint.ts';
import { WorkMailError } from './error.ts';
import { describedJob, listedJob } from './job.ts';
import type { SandboxEntity } from './mailbox.ts';
import type { Organization } from './organization.ts';

type Operation = (input: JsonInput, organization: Organization) => JsonInput;

const LIST_DAYS = 7 * 86_400_000;
const PAGE_DEFAULT = 100;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  StartMailboxExportJob: (input, organization) => {
    constrain(
      input,
      ['ClientToken', 'OrganizationId', 'EntityId', 'RoleArn', 'KmsKeyArn', 'S3BucketName', 'S3Prefix'],
      ['Description'],
    );
    belongs(input, organization);
    const text = (name: string) => textOf(input, name) ?? '';
    const job = organization.start({
      clientToken: text('ClientToken'),
      entityId: text('EntityId'),
      description: textOf(input, 'Description') ?? null,
      roleArn: text('RoleArn'),
      kmsKeyArn: text('KmsKeyArn'),
      bucket: text('S3BucketName'),
      prefix: text('S3Prefix'),
    });
    return { JobId: job.id };
  },
  DescribeMailboxExportJob: (input, organization) => {
    constrain(input, ['JobId', 'OrganizationId']);
    belongs(input, organization);
    return describedJob(organization.job(textOf(input, 'JobId') ?? ''));
  },
  ListMailboxExportJobs: (input, organization) => {
    constrain(input, ['OrganizationId'], ['NextToken', 'MaxResults']);
    belongs(input, organization);
    const since = organization.clock.now() - LIST_DAYS;
    const jobs = organization.jobs.filter((job) => job.startTime >= since).reverse();
    const { page, rest } = paged(jobs, input);
    return { Jobs: page.map(listedJob), ...rest };
  },
  CancelMailboxExportJob: (input, organization) => {
    constrain(input, ['ClientToken', 'JobId', 'OrganizationId']);
    belongs(input, organization);
    organization.cancel(textOf(input, 'JobId') ?? '');
    return {};
  },
  GetMailboxDetails: (input, organization) => {
    constrain(input, ['OrganizationId', 'UserId']);
    belongs(input, organization);
    const entity = organization.entity(textOf(input, 'UserId') ?? '');
    return { MailboxQuota: entity.quota, MailboxSize: entity.size };
  },
  ListUsers: (input, organization) => {
    constrain(input, ['OrganizationId'], ['NextToken', 'MaxResults']);
    belongs(input, organization);
    const users = organization.entities.filter((entity) => entity.type === 'user');
    const { page, rest } = paged(users, input);
    return { Users: page.map((user) => ({ Id: user.id, ...described(user) })), ...rest };
  },
  DescribeUser: (input, organization) => {
    constrain(input, ['OrganizationId', 'UserId']);
    belongs(input, organization);
    const user = organization.entity(textOf(input, 'UserId') ?? '');
    return { UserId: user.id, ...described(user) };
  },
  ListResources: (input, organization) => {
    constrain(input, ['OrganizationId'], ['NextToken', 'MaxResults']);
    belongs(input, organization);
    const resources = organization.entities.filter((entity) => entity.type !== 'user');
    const { page, rest } = paged(resources, input);
    return {
      Resources: page.map((each) => ({
        Id: each.id,
        Email: each.email,
        Name: each.name.slice(0, 20),
        Type: each.type.toUpperCase(),
        State: 'ENABLED',
      })),
      ...rest,
    };
  },
  DescribeOrganization: (input, organization) => {
    constrain(input, ['OrganizationId']);
    if (textOf(input, 'OrganizationId') !== organization.id) throw unknownOrganization(input);
    return {
      OrganizationId: organization.id,
      Alias: organization.alias,
      State: organization.state,
      DirectoryType: 'WorkMailDirectory',
      DefaultMailDomain: organization.domain,
    };
  },
  ListOrganizations: (_, organization) => ({
    OrganizationSummaries: [
      {
        OrganizationId: organization.id,
        Alias: organization.alias,
        DefaultMailDomain: organization.domain,
        State: organization.state,
      },
    ],
  }),
};

/** Does one WorkMail request; a refusal is an answer. */
export function serveWorkMail(operation: string, input: JsonInput, organization: Organization): SandboxResponse {
  const handler = OPERATIONS[operation];
  if (handler === undefined) return jsonError('UnknownOperationException', `The sandbox has no WorkMail ${operation}.`);
  const action = `workmail:${operation}`;
  if (organization.access.denied.has(action))
    return jsonError(
      'AccessDeniedException',
      notAuthorized(organization.access, action, `organization/${organization.id}`),
    );
  try {
    return jsonAnswer(handler(input, organization));
  } catch (error) {
    if (error instanceof WorkMailError) return jsonError(error.name, error.message);
    throw error;
  }
}

function described(user: SandboxEntity): JsonInput {
  return { Email: user.email, Name: user.name, DisplayName: user.displayName, State: 'ENABLED', UserRole: 'USER' };
}

function belongs(input: JsonInput, organization: Organization): void {
  if (textOf(input, 'OrganizationId') !== organization.id) throw unknownOrganization(input);
  if (organization.state !== 'Active')
    throw new WorkMailError('OrganizationStateException', `The organization is ${organization.state}, not Active.`);
}

function unknownOrganization(input: JsonInput): WorkMailError {
  const id = textOf(input, 'OrganizationId') ?? '';
  return new WorkMailError('OrganizationNotFoundException', `No organization found with ID ${id}.`);
}

/** A page of a list. The token is opaque to clients: the place to go on at. */
function paged<T>(all: readonly T[], input: JsonInput): { readonly page: readonly T[]; readonly rest: JsonInput } {
  const token = textOf(input, 'NextToken');
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString('latin1'));
  if (!Number.isInteger(start) || start < 0 || start > all.length)
    throw new WorkMailError('InvalidParameterException', 'The next token is invalid.');
  const end = start + (numberOf(input, 'MaxResults') ?? PAGE_DEFAULT);
  return {
    page: all.slice(start, end),
    rest: end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64') } : {},
  };
}
