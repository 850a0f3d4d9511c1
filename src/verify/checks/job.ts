import type { Finding } from '../../model/index.ts';
import type { Check, CheckContext } from '../check.ts';
import type { JobFacts, ObjectFacts } from '../facts.ts';
import { finding } from '../finding-list.ts';

const NO_JOB = 'nothing is known of the export job';

/** Objects appear in S3 up to this long after the job's end: see the ways to locate an archive. */
export const AFTER_END_MILLISECONDS = 15 * 60 * 1000;

/** The job that wrote the archive came to its end. */
export const jobState: Check = {
  name: 'job-state',
  unable: ({ facts }) => (facts.job === null ? NO_JOB : null),
  *run({ facts: { job } }): Generator<Finding> {
    if (job === null || job.state === 'COMPLETED') return;
    const about = { expected: 'COMPLETED', found: job.state };
    const why = job.errorInfo === null ? '' : `: ${job.errorInfo}`;
    const message =
      job.state === 'RUNNING'
        ? `Export job ${job.jobId} was still running: what it had written by then is not the whole mailbox.`
        : `Export job ${job.jobId} is ${job.state}${why}: what it wrote is not the whole mailbox.`;
    yield finding('job-state', 'error', message, about);
  },
};

/** A job has a beginning and an end, in that order. */
export const jobTimes: Check = {
  name: 'job-times',
  unable: ({ facts }) => (facts.job === null ? NO_JOB : null),
  *run({ facts: { job } }): Generator<Finding> {
    if (job === null) return;
    const [start, end] = [millisecondsOf(job.startTime), millisecondsOf(job.endTime)];
    if (start === null || end === null) {
      const message = `Export job ${job.jobId} does not say when it ${start === null ? 'began' : 'ended'}.`;
      yield finding('job-times', job.state === 'COMPLETED' ? 'warning' : 'info', message);
    } else if (end < start) {
      const message = `Export job ${job.jobId} ended before it began.`;
      yield finding('job-times', 'error', message, { expected: `after ${job.startTime}`, found: String(job.endTime) });
    }
  },
};

/** The archive lies encrypted under the key that the job was told to use. */
export const jobKey: Check = {
  name: 'job-key',
  unable: ({ facts: { job, object } }) => {
    if (job === null || job.kmsKeyArn === null) return NO_JOB;
    if (object === null || !object.location.startsWith('s3://')) return 'the archive was not read from S3';
    // An alias does not say which key it stands for without asking KMS.
    return isAlias(job.kmsKeyArn) ? 'the job names its key by an alias' : null;
  },
  *run({ facts: { job, object } }): Generator<Finding> {
    if (job?.kmsKeyArn === null || job === null || object === null) return;
    const expected = job.kmsKeyArn;
    const found = object.kmsKeyId ?? object.encryption ?? 'no key';
    if (object.kmsKeyId !== null && sameKey(expected, object.kmsKeyId)) return;
    const copy = isCopy(job, object);
    const message = `${object.location} is not encrypted with the key of its export job${copy ? ': it is a copy, under a name of its own' : ''}.`;
    yield finding('job-key', copy ? 'warning' : 'error', message, { expected, found });
  },
};

/** The archive was written while the job ran: later, somebody else wrote it. */
export const jobWindow: Check = {
  name: 'job-window',
  unable: ({ facts: { job, object } }) => {
    if (job === null || millisecondsOf(job.startTime) === null) return NO_JOB;
    return millisecondsOf(object?.lastModified ?? null) === null
      ? 'the time the archive was written is not known'
      : null;
  },
  *run({ facts: { job, object }, logs }: CheckContext): Generator<Finding> {
    const start = millisecondsOf(job?.startTime ?? null);
    const end = millisecondsOf(job?.endTime ?? null);
    const written = millisecondsOf(object?.lastModified ?? null);
    if (job === null || object === null || start === null || written === null) return;
    // S3 gives whole seconds: an object written within the job's first second may seem to come before it.
    const early = written < Math.floor(start / 1000) * 1000;
    const late = end !== null && written > end + AFTER_END_MILLISECONDS;
    if (!early && !late) return;
    const about = { expected: `${job.startTime} to ${job.endTime ?? 'now'}`, found: String(object.lastModified) };
    const when = early ? 'before its export job began' : 'after its export job had ended';
    if (logs.some((log) => log.confirmsArchive)) {
      const message = `${object.location} was written ${when}; the output log's hash confirms its octets all the same.`;
      yield finding('job-window', 'info', message, about);
      return;
    }
    const copy = isCopy(job, object);
    const message = `${object.location} was written ${when}${copy ? ': it is a copy, under a name of its own' : ''}.`;
    yield finding('job-window', copy ? 'warning' : 'error', message, about);
  },
};

function millisecondsOf(time: string | null): number | null {
  const value = time === null ? Number.NaN : Date.parse(time);
  return Number.isNaN(value) ? null : value;
}

const isAlias = (key: string): boolean => /(^|:)alias\//.test(key);

/** A key is named by its ARN or by its id alone; ids are unique within an account and Region. */
export function sameKey(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [left, right].map((key) => key.slice(key.lastIndexOf('/') + 1));
  return one === other && (!left.startsWith('arn:') || !right.startsWith('arn:'));
}

/** Whether the object is known not to be where the job wrote: then its key and its time are its owner's affair. */
function isCopy(job: JobFacts, object: ObjectFacts): boolean {
  const match = /^s3:\/\/([^/]+)\/(.*)$/s.exec(object.location);
  const [bucket, key] = [match?.[1], match?.[2]];
  if (bucket === undefined || key === undefined) return true;
  if (job.s3BucketName !== null && bucket !== job.s3BucketName) return true;
  if (job.s3Path === null || job.s3Path === '') return false;
  // S3Path may begin with a slash or with the bucket's name, and may be a prefix of the key.
  const path = job.s3Path.replace(/^\//, '');
  const within = path.startsWith(`${bucket}/`) ? path.slice(bucket.length + 1) : path;
  return !key.startsWith(path) && !key.startsWith(within);
}
