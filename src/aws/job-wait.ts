import { type Clock, MailproofError } from '../model/index.ts';
import { describeJob, type JobRequest } from './job.ts';
import type { Job } from './job-types.ts';

export interface WaitRequest extends JobRequest {
  readonly clock: Clock;
  /** Left out, it waits as long as the job runs: an export of 50 GB takes many hours. */
  readonly timeoutMilliseconds?: number | undefined;
  /** The pause after the first look; each next is half as long again, up to `maximumPollMilliseconds`. 5 s. */
  readonly pollMilliseconds?: number;
  /** One minute. */
  readonly maximumPollMilliseconds?: number;
  /** Called after every look. */
  readonly onProgress?: (job: Job) => void;
}

/** Looks in a row that may fail for a passing reason: with growing pauses some ten minutes. */
const MOST_FAILURES = 12;

/**
 * Waits until a job is complete, and returns it. A look that fails for a passing reason is no reason to give up an export of
 * hours. Throws JOB_FAILED with WorkMail's reason, JOB_CANCELLED, TIMEOUT, CANCELLED, and what `describeJob` throws.
 */
export async function waitForJob(request: WaitRequest): Promise<Job> {
  const { clock, signal, timeoutMilliseconds = Number.POSITIVE_INFINITY } = request;
  const { pollMilliseconds = 5_000, maximumPollMilliseconds = 60_000 } = request;
  const deadline = clock.now() + timeoutMilliseconds;
  let pause = pollMilliseconds;
  let failures = 0;
  let last: Job | null = null;
  for (;;) {
    try {
      last = await describeJob(request);
      failures = 0;
      request.onProgress?.(last);
      if (last.state === 'COMPLETED' || last.state === 'FAILED' || last.state === 'CANCELLED')
        return completedJob(last);
    } catch (error) {
      failures += 1;
      if (!(error instanceof MailproofError) || error.code !== 'TEMPORARY' || failures >= MOST_FAILURES) throw error;
    }
    const left = deadline - clock.now();
    if (left <= 0) throw timeout(request, last, timeoutMilliseconds);
    // The last look is made at the time limit itself, not a pause before it.
    await clock.sleep(Math.min(pause, left), signal);
    pause = Math.min(maximumPollMilliseconds, pause * 1.5);
  }
}

/** The job, where it is complete. Throws JOB_FAILED, JOB_CANCELLED or JOB_NOT_COMPLETED where there is no archive to read. */
export function completedJob(job: Job): Job {
  const details = { organizationId: job.organizationId, jobId: job.jobId, state: job.state, progress: job.progress };
  switch (job.state) {
    case 'COMPLETED':
      return job;
    case 'FAILED':
      throw new MailproofError(
        'JOB_FAILED',
        `The export job ${job.jobId} failed: ${job.errorInfo ?? 'WorkMail gives no reason'}.`,
        {
          advice: 'Remove the cause (most often the role, the key policy or the bucket), then start a new job.',
          details: { ...details, errorInfo: job.errorInfo },
        },
      );
    case 'CANCELLED':
      throw new MailproofError('JOB_CANCELLED', `The export job ${job.jobId} was cancelled.`, {
        advice: 'Start a new job; a mailbox is exported once in 24 hours.',
        details,
      });
    case 'RUNNING':
    case 'UNKNOWN': {
      const stand = job.progress === null ? '' : ` at ${job.progress} %`;
      throw new MailproofError(
        'JOB_NOT_COMPLETED',
        `The export job ${job.jobId} is ${job.state}${stand}, COMPLETED was expected.`,
        {
          advice: 'Wait for it with jobs wait, then run again.',
          details,
        },
      );
    }
  }
}

function timeout(request: WaitRequest, last: Job | null, milliseconds: number): MailproofError {
  const stand =
    last === null
      ? 'could not be described'
      : `is ${last.state}${last.progress === null ? '' : ` at ${last.progress} %`}`;
  return new MailproofError(
    'TIMEOUT',
    `The export job ${request.jobId} ${stand} after ${Math.round(milliseconds / 1000)} s, COMPLETED was expected.`,
    {
      advice: 'The job goes on: wait again, with a longer time limit.',
      details: { organizationId: request.organizationId, jobId: request.jobId, state: last?.state ?? null },
    },
  );
}
