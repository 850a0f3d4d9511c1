import type { JsonInput } from '../json/input.ts';
import type { MailboxEntry } from '../mailbox/generate.ts';
import type { ZipOptions } from '../zip/write-zip.ts';

export type JobState = 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

/** How `S3Path` names the archive: nobody has published which it is, so a reader must cope with all. */
export type PathReading = 'key' | 'bucket-prefixed' | 'leading-slash' | 'folder';

/** WorkMail's output log as AWS documents it: every value is a string. */
export type OutputLog = Readonly<Record<string, string>>;

/** How export jobs behave from now on. Tests change it between jobs. */
export interface JobBehaviour {
  /** Milliseconds from start to end, at least. */
  duration: number;
  outcome: 'COMPLETED' | 'FAILED';
  errorInfo: string;
  pathReading: PathReading;
  outputLog: 'beside' | 'inside' | 'metadata' | 'none';
  /** Alters the log before it is written. */
  alterLog: ((log: OutputLog) => OutputLog) | null;
  /** Alters the items on their way into the archive. */
  alterEntries: ((entries: AsyncIterable<MailboxEntry>) => AsyncIterable<MailboxEntry>) | null;
  /** Alters the archive's octets on their way to S3. */
  alterArchive: ((archive: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>) | null;
  zip: ZipOptions;
  bucketKey: boolean;
  /** One export per mailbox in 24 hours. */
  oncePerDay: boolean;
  maximumRunning: number;
}

/** One export job. Times are milliseconds since 1970. */
export interface ExportJob {
  readonly id: string;
  readonly clientToken: string;
  readonly entityId: string;
  readonly description: string | null;
  readonly roleArn: string;
  readonly kmsKeyArn: string;
  readonly bucket: string;
  readonly prefix: string;
  readonly startTime: number;
  endTime: number | null;
  state: JobState;
  progress: number;
  path: string | null;
  errorInfo: string | null;
  readonly abort: AbortController;
}

export const DEFAULT_BEHAVIOUR: JobBehaviour = {
  duration: 1000,
  outcome: 'COMPLETED',
  errorInfo: 'The export failed because the sandbox was told to let it fail.',
  pathReading: 'key',
  outputLog: 'beside',
  alterLog: null,
  alterEntries: null,
  alterArchive: null,
  zip: {},
  bucketKey: false,
  oncePerDay: true,
  maximumRunning: 10,
};

/** A job as ListMailboxExportJobs tells it: without role, key, prefix and error. */
export function listedJob(job: ExportJob): JsonInput {
  return {
    JobId: job.id,
    EntityId: job.entityId,
    ...(job.description === null ? {} : { Description: job.description }),
    S3BucketName: job.bucket,
    ...(job.path === null ? {} : { S3Path: job.path }),
    EstimatedProgress: job.progress,
    State: job.state,
    StartTime: job.startTime / 1000,
    ...(job.endTime === null ? {} : { EndTime: job.endTime / 1000 }),
  };
}

/** A job as DescribeMailboxExportJob tells it. */
export function describedJob(job: ExportJob): JsonInput {
  const { JobId: _, ...listed } = listedJob(job);
  return {
    ...listed,
    RoleArn: job.roleArn,
    KmsKeyArn: job.kmsKeyArn,
    S3Prefix: job.prefix,
    ...(job.errorInfo === null ? {} : { ErrorInfo: job.errorInfo }),
  };
}
