import type { SandboxResponse } from '../../http/response.ts';
import { checksumHeaders, emptyAnswer, versionHeader } from '../answer.ts';
import { writeCondition } from '../condition.ts';
import { chooseEncryption, encryptionHeaders } from '../encryption.ts';
import { S3Error } from '../error.ts';
import { findBucket, randomId, releaseParts } from '../lookup.ts';
import { readMedia, readTagging } from '../media.ts';
import type { Bucket, ObjectVersion, S3Call, S3Context } from '../state.ts';
import { storeUpload } from '../upload-body.ts';

const KEY_BYTES = 1024;

/** PutObject. The precondition is checked before the upload, to spare it, and again when it is made current. */
export async function putObject(call: S3Call): Promise<SandboxResponse> {
  const { request, context, key } = call;
  const bucket = findBucket(context, call.bucketName);
  checkKey(key);
  writeCondition(request.header, bucket.latest(key));
  const media = readMedia(request.headers);
  const { encryption, dataKey } = chooseEncryption(request.header, bucket, key, context.keys);
  const stored = await storeUpload(call, dataKey, encryption.kind === 'AES256');
  const lastModified = context.clock.now();
  const etag = stored.md5 !== null && encryption.kind === 'AES256' ? stored.md5 : randomId(context, 16);
  const version: ObjectVersion = {
    versionId: newVersionId(context, bucket),
    key,
    size: stored.blob.size,
    etag,
    lastModified,
    parts: [{ number: 1, blob: stored.blob, etag, checksum: stored.checksum, natural: null, lastModified }],
    multipart: false,
    encryption,
    checksum: { ...stored.checksum, type: 'FULL_OBJECT' },
    media,
    deleteMarker: false,
    tags: readTagging(request.header('x-amz-tagging')),
  };
  await commit(call, bucket, version);
  return emptyAnswer({
    etag: `"${etag}"`,
    ...checksumHeaders(version),
    ...versionHeader(bucket, version),
    ...encryptionHeaders(encryption),
  });
}

/** Makes a version current if the write's preconditions still hold: nothing happens between the look and the deed. */
export async function commit(call: S3Call, bucket: Bucket, version: ObjectVersion): Promise<void> {
  try {
    writeCondition(call.request.header, bucket.latest(version.key));
  } catch (error) {
    if (!version.multipart) await releaseParts(call.context, version.parts);
    throw error;
  }
  for (const replaced of bucket.commit(version)) await releaseParts(call.context, replaced.parts);
}

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > KEY_BYTES) throw new S3Error('KeyTooLongError');
}

export function newVersionId(context: S3Context, bucket: Bucket): string {
  return bucket.versioning === 'Enabled' ? randomId(context, 16) : 'null';
}
