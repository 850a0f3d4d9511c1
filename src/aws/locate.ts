import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { MailproofError } from '../model/index.ts';
import { DEFAULT_TUNING } from './backoff.ts';
import type { Job } from './job-types.ts';
import { completedJob } from './job-wait.ts';
import { retrying } from './retrying.ts';
import { learnReason } from './s3-head.ts';
import { listObjects } from './s3-list.ts';

/** How S3Path was understood, in the order they are tried. Nobody has published which one WorkMail means. */
export type PathReading = 'path-is-key' | 'without-leading-slash' | 'without-bucket' | 'listed-by-time';

/** One thing that was tried, for the message and the manifest. */
export interface TriedReading {
  readonly reading: PathReading;
  /** The key asked for, or the prefix listed. */
  readonly key: string;
  /** `refused`: S3 does not say whether it exists. */
  readonly outcome: 'found' | 'absent' | 'refused';
}

export interface LocatedExport {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | null;
  readonly reading: PathReading;
  readonly tried: readonly TriedReading[];
}

/** Written after the job's own end: multipart completion and clocks that differ. */
const AFTER_END_MILLISECONDS = 15 * 60_000;
/** Named in a message of several candidates. */
const NAMED = 10;

/**
 * Finds the archive of a completed job: S3Path in its readings, the first object that exists; then the one `.zip` below
 * S3Prefix (and S3Path as a prefix) written within the job's time. Throws SOURCE_AMBIGUOUS naming the candidates,
 * SOURCE_NOT_FOUND or ACCESS_DENIED with what was tried, and JOB_* where the job is not complete.
 */
export async function locateExport(job: Job, s3: S3Client, signal?: AbortSignal): Promise<LocatedExport> {
  completedJob(job);
  const { bucket, path } = job;
  if (bucket === null) {
    throw new MailproofError('SOURCE_NOT_FOUND', `The export job ${job.jobId} names no bucket.`, {
      advice: 'Name the archive itself, as s3://bucket/key.',
    });
  }
  const tried: TriedReading[] = [];
  for (const { reading, key } of path === null ? [] : readings(path, bucket)) {
    const answer = await exists(s3, bucket, key, signal);
    tried.push({ reading, key, outcome: answer.outcome });
    if (answer.outcome === 'found') return { bucket, key, versionId: answer.versionId, reading, tried };
  }
  const candidates = await listByTime(job, bucket, s3, tried, signal);
  const [key] = candidates;
  if (candidates.length > 1) throw ambiguous(job, bucket, candidates);
  if (key === undefined) throw notFound(job, bucket, tried);
  const answer = await exists(s3, bucket, key, signal);
  return { bucket, key, versionId: answer.versionId, reading: 'listed-by-time', tried };
}

/** A key that ends with a slash is a console's folder, an empty object: never an archive. */
function readings(path: string, bucket: string): readonly { reading: PathReading; key: string }[] {
  const withoutSlash = path.startsWith('/') ? path.slice(1) : path;
  const withoutBucket = withoutSlash.startsWith(`${bucket}/`) ? withoutSlash.slice(bucket.length + 1) : withoutSlash;
  const all: { reading: PathReading; key: string }[] = [
    { reading: 'path-is-key', key: path },
    { reading: 'without-leading-slash', key: withoutSlash },
    { reading: 'without-bucket', key: withoutBucket },
  ];
  return all.filter(
    ({ key }, index) => key !== '' && !key.endsWith('/') && all.findIndex((one) => one.key === key) === index,
  );
}

/** Without checksums, so that a key policy has no say in whether the object is there. */
async function exists(
  s3: S3Client,
  bucket: string,
  key: string,
  signal: AbortSignal | undefined,
): Promise<{ outcome: TriedReading['outcome']; versionId: string | null }> {
  const context = { what: `s3://${bucket}/${key} could not be looked for`, service: 's3', signal } as const;
  const parameters = { Bucket: bucket, Key: key };
  const options = signal === undefined ? {} : { abortSignal: signal };
  try {
    const head = await retrying(context, DEFAULT_TUNING, () => s3.send(new HeadObjectCommand(parameters), options));
    const version = head.VersionId;
    return { outcome: 'found', versionId: version === undefined || version === 'null' ? null : version };
  } catch (error) {
    const code = error instanceof MailproofError ? error.code : null;
    if (code === 'SOURCE_NOT_FOUND') return { outcome: 'absent', versionId: null };
    if (code === 'ACCESS_DENIED') return { outcome: 'refused', versionId: null };
    // An expired token is a bare 400 to HEAD.
    if (code === 'SOURCE_UNREADABLE') await learnReason(s3, parameters, context, options);
    throw error;
  }
}

/** Keys of the archives within the job's time. Adds to `tried`. */
async function listByTime(
  job: Job,
  bucket: string,
  s3: S3Client,
  tried: TriedReading[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  // LastModified has whole seconds: an object of the first second must not fall before StartTime's fraction.
  const from = job.startTime === null ? Number.NEGATIVE_INFINITY : Math.floor(Date.parse(job.startTime) / 1000) * 1000;
  const to = job.endTime === null ? Number.POSITIVE_INFINITY : Date.parse(job.endTime) + AFTER_END_MILLISECONDS;
  const prefixes = [job.prefix, job.path].flatMap((text) => (text === null ? [] : [text, text.replace(/^\//, '')]));
  const found = new Set<string>();
  for (const prefix of new Set(prefixes)) {
    try {
      const before = found.size;
      for await (const { key, modified } of listObjects({ s3, bucket, prefix, signal })) {
        if (modified === null || modified < from || modified > to) continue;
        if (key.toLowerCase().endsWith('.zip')) found.add(key);
      }
      tried.push({ reading: 'listed-by-time', key: prefix, outcome: found.size > before ? 'found' : 'absent' });
    } catch (error) {
      const code = error instanceof MailproofError ? error.code : null;
      if (code !== 'ACCESS_DENIED' && code !== 'SOURCE_NOT_FOUND') throw error;
      tried.push({ reading: 'listed-by-time', key: prefix, outcome: code === 'ACCESS_DENIED' ? 'refused' : 'absent' });
    }
  }
  return [...found];
}

function ambiguous(job: Job, bucket: string, candidates: readonly string[]): MailproofError {
  const named = candidates.slice(0, NAMED).map((key) => `s3://${bucket}/${key}`);
  const rest = candidates.length - named.length;
  return new MailproofError(
    'SOURCE_AMBIGUOUS',
    `One archive was expected for the export job ${job.jobId}, ${candidates.length} were written within its time: ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`,
    { advice: 'Name the right one, as s3://bucket/key.', details: { jobId: job.jobId, candidates: candidates.length } },
  );
}

function notFound(job: Job, bucket: string, tried: readonly TriedReading[]): MailproofError {
  const list = tried.map(({ reading, key, outcome }) => `${reading} "${key}" ${outcome}`).join('; ');
  const refused = tried.some(({ outcome }) => outcome === 'refused');
  return new MailproofError(
    refused ? 'ACCESS_DENIED' : 'SOURCE_NOT_FOUND',
    `The archive of the export job ${job.jobId} was not found in the bucket ${bucket}; tried: ${list === '' ? 'nothing, for the job names no path' : list}.`,
    {
      advice: refused
        ? 'Allow s3:GetObject and s3:ListBucket: without s3:ListBucket, S3 refuses to say whether an object exists.'
        : 'Look whether it was moved or expired by a lifecycle rule, and name it as s3://bucket/key.',
      details: { jobId: job.jobId, bucket, path: job.path, prefix: job.prefix },
    },
  );
}
