import { notAuthorized } from '../access.ts';
import { S3Error } from './error.ts';
import type { Bucket, ObjectVersion, S3Call, S3Context, StoredPart, Upload } from './state.ts';

/** Throws AccessDenied where the action is refused. */
export function authorize(context: S3Context, action: string, resource: string): void {
  if (context.access.denied.has(action))
    throw new S3Error('AccessDenied', notAuthorized(context.access, action, resource));
}

export function findBucket(context: S3Context, name: string): Bucket {
  const bucket = context.buckets.get(name);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', undefined, { BucketName: name });
  return bucket;
}

/**
 * The version a read is about. A caller who may not list the bucket is not told that a key is missing: 403, as AWS
 * answers, so that the two cannot be told apart.
 */
export function findVersion(
  call: S3Call,
  key = call.key,
  versionId = call.request.query.get('versionId'),
): ObjectVersion {
  const bucket = findBucket(call.context, call.bucketName);
  return versionIn(call.context, bucket, key, versionId);
}

export function versionIn(
  context: S3Context,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): ObjectVersion {
  const version =
    versionId === undefined ? bucket.latest(key) : bucket.versions(key).find((each) => each.versionId === versionId);
  if (version !== null && version !== undefined && !version.deleteMarker) return version;
  authorize(context, 's3:ListBucket', `"arn:aws:s3:::${bucket.name}"`);
  if (versionId === undefined) throw new S3Error('NoSuchKey', undefined, { Key: key });
  if (version?.deleteMarker === true) throw new S3Error('MethodNotAllowed');
  throw new S3Error('NoSuchVersion', undefined, { Key: key, VersionId: versionId });
}

export function findUpload(call: S3Call): Upload {
  const bucket = findBucket(call.context, call.bucketName);
  const id = call.request.query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(id);
  if (upload === undefined || upload.key !== call.key) throw new S3Error('NoSuchUpload', undefined, { UploadId: id });
  return upload;
}

/** Deletes the octets of versions or parts that nothing refers to any more. */
export async function releaseParts(context: S3Context, parts: Iterable<StoredPart>): Promise<void> {
  for (const part of parts) await context.store.release(part.blob);
}

/** An id for versions, uploads and ETags that are not digests. */
export function randomId(context: S3Context, octets: number): string {
  return Buffer.from(context.random(octets)).toString('hex');
}
