import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { MailproofError } from '../model/index.ts';
import type { Tuning } from './backoff.ts';
import { awsError } from './errors.ts';
import { readFailure } from './failure.ts';
import { retrying } from './retrying.ts';
import { type ObjectAddress, objectLocation } from './s3-identity.ts';

/**
 * Asks what an object is, with its checksums. A refused HEAD carries no body and so no reason: a GET of one octet learns
 * it. Showing checksums of a KMS-encrypted object needs kms:Decrypt: where the GET shows that reading is allowed all the
 * same, the HEAD is asked again without them. Throws what `awsError` makes of the refusal.
 */
export async function headObject(
  s3: S3Client,
  address: ObjectAddress,
  tuning: Tuning,
  signal: AbortSignal | undefined,
): Promise<HeadObjectCommandOutput> {
  const context = { what: `${objectLocation(address)} could not be read`, service: 's3', signal } as const;
  const parameters = {
    Bucket: address.bucket,
    Key: address.key,
    ...(address.versionId === undefined ? {} : { VersionId: address.versionId }),
  };
  const options = signal === undefined ? {} : { abortSignal: signal };
  const head = (checksums: boolean) =>
    s3.send(new HeadObjectCommand({ ...parameters, ...(checksums ? { ChecksumMode: 'ENABLED' } : {}) }), options);
  try {
    return await retrying(context, tuning, () => head(true));
  } catch (error) {
    const status = error instanceof MailproofError ? readFailure(error.cause).status : null;
    if (status === null || status < 400 || status >= 500) throw error;
    await learnReason(s3, parameters, context, options, () => head(false));
    return retrying(context, tuning, () => head(false));
  }
}

/** Throws the reason S3 gives to a GET of one octet; returns where that octet may be read. */
export async function learnReason(
  s3: S3Client,
  parameters: { Bucket: string; Key: string; VersionId?: string },
  context: { what: string; service: 's3'; signal: AbortSignal | undefined },
  options: { abortSignal?: AbortSignal },
  headAgain?: () => Promise<HeadObjectCommandOutput>,
): Promise<void> {
  try {
    const response = await s3.send(new GetObjectCommand({ ...parameters, Range: 'bytes=0-0' }), options);
    // One octet at most: read, so that the socket goes back to the pool.
    await response.Body?.transformToByteArray();
  } catch (error) {
    // An empty object has no first octet; S3 answers 416, which says that it may be read.
    if (readFailure(error).code === 'InvalidRange') return;
    const bucketKey = await headAgain?.().then(
      (answer) => answer.BucketKeyEnabled === true,
      () => false,
    );
    throw awsError(error, { ...context, bucketKey: bucketKey === true });
  }
}
