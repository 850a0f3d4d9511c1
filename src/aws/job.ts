import { createHash } from 'node:crypto';
import {
  CancelMailboxExportJobCommand,
  DescribeMailboxExportJobCommand,
  ListMailboxExportJobsCommand,
  StartMailboxExportJobCommand,
  type WorkMailClient,
} from '@aws-sdk/client-workmail';
import { type Clock, MailproofError } from '../model/index.ts';
import { type AwsContext, awsError } from './errors.ts';
import { type Job, jobFrom } from './job-types.ts';

interface Request {
  readonly workmail: WorkMailClient;
  readonly organizationId: string;
  readonly signal?: AbortSignal | undefined;
}

export interface JobRequest extends Request {
  readonly jobId: string;
}

export interface StartJobRequest extends Request {
  /** A user, group or resource: its id, name or email address. */
  readonly entityId: string;
  readonly roleArn: string;
  readonly kmsKeyArn: string;
  readonly bucket: string;
  /** WorkMail requires one. */
  readonly prefix: string;
  readonly description?: string | undefined;
  /** Left out, derived from all of the above and the day in UTC: running the same again that day starts nothing new. */
  readonly clientToken?: string | undefined;
  readonly clock: Clock;
}

/** Starts an export. Throws ENTITY_NOT_FOUND, PARAMETER_INVALID, JOB_LIMIT, ORGANIZATION_NOT_FOUND, ORGANIZATION_STATE. */
export async function startJob(request: StartJobRequest): Promise<{ jobId: string; clientToken: string }> {
  const { workmail, organizationId, entityId, roleArn, kmsKeyArn, bucket, prefix, description } = request;
  const day = new Date(request.clock.now()).toISOString().slice(0, 10);
  const clientToken =
    request.clientToken ??
    tokenOf(['start', organizationId, entityId, roleArn, kmsKeyArn, bucket, prefix, description ?? '', day]);
  const what = `The export of ${entityId} could not be started`;
  const answer = await asking(request, { what, subject: 'entity' }, (options) =>
    workmail.send(
      new StartMailboxExportJobCommand({
        ClientToken: clientToken,
        OrganizationId: organizationId,
        EntityId: entityId,
        RoleArn: roleArn,
        KmsKeyArn: kmsKeyArn,
        S3BucketName: bucket,
        S3Prefix: prefix,
        ...(description === undefined ? {} : { Description: description }),
      }),
      options,
    ),
  );
  if (answer.JobId === undefined || answer.JobId === '') {
    throw new MailproofError('UNEXPECTED', `${what}: the answer of WorkMail names no job.`, {
      advice: 'Look for the job with jobs list.',
    });
  }
  return { jobId: answer.JobId, clientToken };
}

/** Asks how a job stands. Throws JOB_NOT_FOUND, ORGANIZATION_NOT_FOUND, ORGANIZATION_STATE, PARAMETER_INVALID. */
export async function describeJob(request: JobRequest): Promise<Job> {
  const { workmail, organizationId, jobId } = request;
  const what = `The export job ${jobId} could not be described`;
  const answer = await asking(request, { what, subject: 'job' }, (options) =>
    workmail.send(new DescribeMailboxExportJobCommand({ OrganizationId: organizationId, JobId: jobId }), options),
  );
  return jobFrom(organizationId, jobId, answer);
}

/** The jobs of the last seven days (WorkMail tells of no others), all pages, in WorkMail's order. */
export async function* listJobs(request: Request & { readonly pageSize?: number }): AsyncGenerator<Job> {
  const { workmail, organizationId, pageSize = 100 } = request;
  const what = `The export jobs of ${organizationId} could not be listed`;
  const seen = new Set<string>();
  let NextToken: string | undefined;
  do {
    const answer = await asking(request, { what, subject: 'entity' }, (options) =>
      workmail.send(
        new ListMailboxExportJobsCommand({
          OrganizationId: organizationId,
          MaxResults: pageSize,
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
        options,
      ),
    );
    for (const job of answer.Jobs ?? []) {
      if (job.JobId !== undefined) yield jobFrom(organizationId, job.JobId, job);
    }
    NextToken = nextToken(answer.NextToken, seen, what);
  } while (NextToken !== undefined);
}

/** Cancels a job. One near its end may complete all the same. Throws JOB_NOT_FOUND and what `describeJob` throws. */
export async function cancelJob(request: JobRequest & { readonly clientToken?: string | undefined }): Promise<void> {
  const { workmail, organizationId, jobId } = request;
  const ClientToken = request.clientToken ?? tokenOf(['cancel', organizationId, jobId]);
  const what = `The export job ${jobId} could not be cancelled`;
  await asking(request, { what, subject: 'job' }, (options) =>
    workmail.send(
      new CancelMailboxExportJobCommand({ ClientToken, OrganizationId: organizationId, JobId: jobId }),
      options,
    ),
  );
}

/** A token that came before would page for ever. `seen` is added to. */
export function nextToken(token: string | undefined, seen: Set<string>, what: string): string | undefined {
  if (token === undefined || token === '') return undefined;
  if (seen.has(token)) throw new MailproofError('TEMPORARY', `${what}: WorkMail gave the same page twice.`);
  seen.add(token);
  return token;
}

/** Sends one request to WorkMail and throws its failure as a run error. */
export async function asking<Answer>(
  request: Request,
  context: Pick<AwsContext, 'what' | 'subject'>,
  send: (options: { abortSignal?: AbortSignal }) => Promise<Answer>,
): Promise<Answer> {
  const { signal } = request;
  try {
    signal?.throwIfAborted();
    return await send(signal === undefined ? {} : { abortSignal: signal });
  } catch (error) {
    throw awsError(error, { ...context, service: 'workmail', signal });
  }
}

/** Within WorkMail's pattern `[\x21-\x7e]{1,128}`. JSON keeps ("a","bc") and ("ab","c") apart. */
function tokenOf(inputs: readonly string[]): string {
  return `mailproof-${createHash('sha256').update(JSON.stringify(inputs)).digest('hex')}`;
}
