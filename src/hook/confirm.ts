import { type AwsClients, completedJob, describeJob, type Job, listJobs, locateExport } from '../aws/index.ts';
import type { ExportAddress } from '../fleet/open-export.ts';
import { type Clock, type Finding, MailproofError } from '../model/index.ts';
import type { HookTarget } from './events.ts';

export interface ConfirmInput {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly organizationId: string | null;
  /** How long a job that is not complete yet is waited for, in milliseconds. */
  readonly patience: number;
  readonly signal?: AbortSignal | undefined;
}

/** An export whose job has completed, or of which nobody could be asked. */
export interface ConfirmedExport {
  readonly address: ExportAddress;
  readonly job: Job | null;
  readonly findings: readonly Finding[];
}

const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 15_000;

/**
 * Asks WorkMail whether the export is complete: the object may be there before the state flips. Throws
 * JOB_NOT_COMPLETED, for which a later retry helps, and JOB_FAILED, JOB_CANCELLED, JOB_NOT_FOUND, for which none does.
 */
export async function confirmExport(target: HookTarget, input: ConfirmInput): Promise<ConfirmedExport> {
  const { clients, signal } = input;
  if (target.kind === 'job') {
    const request = { workmail: clients.workmail, organizationId: target.organizationId, jobId: target.jobId, signal };
    const job = await completed(input, () => describeJob(request));
    const { bucket, key, versionId } = await locateExport(required(job), clients.s3, signal);
    return { address: { bucket, key, versionId }, job, findings: [] };
  }
  const { kind: _, ...address } = target;
  const job = input.organizationId === null ? null : await completed(input, () => jobOf(target, input));
  return { address, job, findings: job === null ? [unconfirmed(input.organizationId)] : [] };
}

function required(job: Job | null): Job {
  if (job === null) throw new MailproofError('JOB_NOT_FOUND', 'WorkMail does not know the job.');
  return job;
}

/** Looks until the job is complete or patience ends. */
async function completed(input: ConfirmInput, look: () => Promise<Job | null>): Promise<Job | null> {
  const { clock, patience, signal } = input;
  const deadline = clock.now() + patience;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 2)) {
    const job = await look();
    const running = job !== null && (job.state === 'RUNNING' || job.state === 'UNKNOWN');
    if (!running || clock.now() + pause > deadline) return job === null ? null : completedJob(job);
    await clock.sleep(pause, signal);
  }
}

type ObjectTarget = HookTarget & { readonly kind: 'object' };

/**
 * The job that wrote an object: by its path, by its id within the key, or, as long as a running job names neither, by its
 * prefix. Null where the organization knows none: WorkMail lists the jobs of seven days only.
 */
async function jobOf(target: ObjectTarget, input: ConfirmInput): Promise<Job | null> {
  const { clients, organizationId, signal } = input;
  if (organizationId === null) return null;
  const request = { workmail: clients.workmail, organizationId, signal };
  const running: string[] = [];
  for await (const job of listJobs(request)) {
    if (job.bucket !== target.bucket) continue;
    if (pathsOf(job).includes(target.key) || target.key.includes(job.jobId)) {
      // The list leaves out role, key and prefix.
      return describeJob({ ...request, jobId: job.jobId });
    }
    if (job.state === 'RUNNING') running.push(job.jobId);
  }
  for (const jobId of running) {
    const job = await describeJob({ ...request, jobId });
    const folder = job.prefix?.replace(/^\/+|\/+$/g, '') ?? null;
    if (folder !== null && (target.key.startsWith(`${folder}/`) || pathsOf(job).includes(target.key))) return job;
  }
  return null;
}

/** S3Path in its readings: nobody has published which one WorkMail means. */
function pathsOf({ path, bucket }: Job): readonly string[] {
  if (path === null) return [];
  const bare = path.startsWith('/') ? path.slice(1) : path;
  return [path, bare, bucket !== null && bare.startsWith(`${bucket}/`) ? bare.slice(bucket.length + 1) : bare];
}

const unconfirmed = (organizationId: string | null): Finding => ({
  check: 'job',
  severity: 'warning',
  message:
    organizationId === null
      ? 'No organization is configured: whether the export job has completed was not asked.'
      : 'The organization knows no job of the last seven days that wrote this object: it is processed as it is.',
});
