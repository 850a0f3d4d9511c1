/** WorkMail's four states, and UNKNOWN for one this version has not heard of. */
export const JOB_STATES = ['RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'UNKNOWN'] as const;

export type JobState = (typeof JOB_STATES)[number];

/**
 * A mailbox export job as WorkMail tells it. What it leaves out is null: the list leaves out role, key, prefix and error.
 * Source: service model 2017-10-01, DescribeMailboxExportJob and MailboxExportJob.
 */
export interface Job {
  readonly organizationId: string;
  readonly jobId: string;
  readonly entityId: string | null;
  readonly description: string | null;
  readonly roleArn: string | null;
  readonly kmsKeyArn: string | null;
  readonly bucket: string | null;
  readonly prefix: string | null;
  /** S3Path: see `locateExport` for what it may mean. */
  readonly path: string | null;
  readonly state: JobState;
  /** 0 to 100, WorkMail's estimate. */
  readonly progress: number | null;
  readonly errorInfo: string | null;
  /** RFC 3339, UTC. */
  readonly startTime: string | null;
  /** RFC 3339, UTC. */
  readonly endTime: string | null;
}

/** What both answers of WorkMail may hold of a job. */
interface JobAnswer {
  readonly EntityId?: string | undefined;
  readonly Description?: string | undefined;
  readonly RoleArn?: string | undefined;
  readonly KmsKeyArn?: string | undefined;
  readonly S3BucketName?: string | undefined;
  readonly S3Prefix?: string | undefined;
  readonly S3Path?: string | undefined;
  readonly EstimatedProgress?: number | undefined;
  readonly State?: string | undefined;
  readonly ErrorInfo?: string | undefined;
  readonly StartTime?: Date | undefined;
  readonly EndTime?: Date | undefined;
}

/** Reads an answer of WorkMail. Empty strings are as good as absent; a time that is none is null, never now. */
export function jobFrom(organizationId: string, jobId: string, answer: JobAnswer): Job {
  const { EstimatedProgress: progress } = answer;
  return {
    organizationId,
    jobId,
    entityId: text(answer.EntityId),
    description: text(answer.Description),
    roleArn: text(answer.RoleArn),
    kmsKeyArn: text(answer.KmsKeyArn),
    bucket: text(answer.S3BucketName),
    prefix: text(answer.S3Prefix),
    path: text(answer.S3Path),
    state: JOB_STATES.find((state) => state === answer.State) ?? 'UNKNOWN',
    progress: progress === undefined || !Number.isFinite(progress) ? null : Math.min(100, Math.max(0, progress)),
    errorInfo: text(answer.ErrorInfo),
    startTime: time(answer.StartTime),
    endTime: time(answer.EndTime),
  };
}

function text(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

function time(value: Date | undefined): string | null {
  return value === undefined || Number.isNaN(value.getTime()) ? null : value.toISOString();
}
