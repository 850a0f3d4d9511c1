import { MailproofError } from '../model/index.ts';

/** Where a run reads from. */
export type SourceLocation =
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string; readonly versionId: string | null }
  | { readonly kind: 'job'; readonly organizationId: string; readonly jobId: string }
  | { readonly kind: 'path'; readonly path: string };

/** Where a run writes to, and where a manifest is read from. */
export type SinkLocation =
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'path'; readonly path: string };

/** WorkMail's own patterns (service model 2017-10-01). */
const ORGANIZATION = /^m-[0-9a-f]{32}$/;
const JOB = /^[A-Za-z0-9-]{1,63}$/;
/** Names of old buckets hold capitals and underscores still. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
const VERSION = /^(.+)\?versionId=([A-Za-z0-9._-]{1,1024})$/s;

/**
 * Reads `s3://bucket/key`, `s3://bucket/key?versionId=…`, `job:ORGANIZATION/JOBID`, or a path. A key stands as it is, not
 * URL-encoded: `%20` is three letters. A file whose name begins like a location is written `./job:…`. Throws USAGE.
 */
export function parseSourceLocation(text: string): SourceLocation {
  const scheme = schemeOf(text);
  if (scheme === 's3') {
    const { bucket, rest } = bucketOf(text);
    const version = VERSION.exec(rest);
    const key = version?.[1] ?? rest;
    if (key === '' || key.endsWith('/')) {
      throw usage(
        `${text} names no object: a key was expected after the bucket.`,
        'Write s3://bucket/key, or job:ORGANIZATION/JOBID.',
      );
    }
    return { kind: 's3', bucket, key, versionId: version?.[2] ?? null };
  }
  if (scheme === 'job') return { kind: 'job', ...parseJob(text.slice(4)) };
  return { kind: 'path', path: pathOf(text, scheme) };
}

/** Reads `s3://bucket`, `s3://bucket/prefix` (a slash at its end changes nothing), or a path. Throws USAGE. */
export function parseSinkLocation(text: string): SinkLocation {
  const scheme = schemeOf(text);
  if (scheme === 'job') throw usage(`${text} cannot be written to.`, 'Name a folder or s3://bucket/prefix.');
  if (scheme !== 's3') return { kind: 'path', path: pathOf(text, scheme) };
  const { bucket, rest } = bucketOf(text);
  const prefix = rest.endsWith('/') ? rest.slice(0, -1) : rest;
  const bad =
    prefix !== '' && prefix.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (bad) throw usage(`${text} has an empty or dotted part in its prefix.`, 'Write s3://bucket/prefix.');
  return { kind: 's3', bucket, prefix };
}

/** Reads `ORGANIZATION/JOBID`. Throws USAGE. */
export function parseJob(text: string): { organizationId: string; jobId: string } {
  const slash = text.indexOf('/');
  const organizationId = slash < 0 ? text : text.slice(0, slash);
  const jobId = slash < 0 ? '' : text.slice(slash + 1);
  if (!ORGANIZATION.test(organizationId)) {
    throw usage(
      `${JSON.stringify(organizationId)} is no organization id: m- and 32 hexadecimal digits were expected.`,
      'Look it up with aws workmail list-organizations, and write job:ORGANIZATION/JOBID.',
    );
  }
  if (!JOB.test(jobId)) {
    throw usage(
      `${JSON.stringify(jobId)} is no job id: up to 63 letters, digits and hyphens were expected.`,
      'Look it up with jobs list, and write job:ORGANIZATION/JOBID.',
    );
  }
  return { organizationId, jobId };
}

/** The scheme in lower case, or null. One letter is a drive on Windows. */
function schemeOf(text: string): string | null {
  if (/^job:/i.test(text)) return 'job';
  return /^([A-Za-z][A-Za-z0-9+.-]{1,20}):\/\//.exec(text)?.[1]?.toLowerCase() ?? null;
}

function bucketOf(text: string): { bucket: string; rest: string } {
  const after = text.slice('s3://'.length);
  const slash = after.indexOf('/');
  const bucket = slash < 0 ? after : after.slice(0, slash);
  if (!BUCKET.test(bucket)) {
    throw usage(`${JSON.stringify(bucket)} in ${text} is no name of a bucket.`, 'Write s3://bucket/key.');
  }
  return { bucket, rest: slash < 0 ? '' : after.slice(slash + 1) };
}

function pathOf(text: string, scheme: string | null): string {
  if (scheme !== null)
    throw usage(`${scheme}:// is not read: s3://, job: or a path was expected.`, 'Name a file by its path.');
  if (text === '')
    throw usage('The location is empty.', 'Name a file, a folder, s3://bucket/key or job:ORGANIZATION/JOBID.');
  if (text.includes('\0')) throw usage('The path holds a NUL character.', 'Name a file by its path.');
  return text;
}

function usage(message: string, advice: string): MailproofError {
  return new MailproofError('USAGE', message, { advice });
}
