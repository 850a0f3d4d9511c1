import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { JsonObject, SourceIdentity } from '../model/index.ts';

/** An object's place, pinned where a version is known. */
export interface ObjectAddress {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string | undefined;
}

export function objectLocation({ bucket, key }: ObjectAddress): string {
  return `s3://${bucket}/${key}`;
}

/**
 * What a HEAD answer says of an object. `details` holds, where S3 gives them: `serverSideEncryption`, `kmsKeyId`,
 * `bucketKeyEnabled`, `storageClass`, `contentType`, `contentEncoding`, `metadata` (user metadata, names in lower case),
 * `checksums` (by algorithm, base64) and `checksumType` (`FULL_OBJECT` or `COMPOSITE`).
 */
export function objectIdentity(address: ObjectAddress, head: HeadObjectCommandOutput): SourceIdentity {
  const modified = head.LastModified;
  return {
    location: objectLocation(address),
    version: head.VersionId === undefined || head.VersionId === 'null' ? null : head.VersionId,
    etag: head.ETag ?? null,
    lastModified: modified === undefined || Number.isNaN(modified.getTime()) ? null : modified.toISOString(),
    details: present({
      kind: 's3',
      serverSideEncryption: head.ServerSideEncryption,
      kmsKeyId: head.SSEKMSKeyId,
      bucketKeyEnabled: head.BucketKeyEnabled,
      customerKeyAlgorithm: head.SSECustomerAlgorithm,
      storageClass: head.StorageClass,
      contentType: head.ContentType,
      contentEncoding: head.ContentEncoding,
      metadata: head.Metadata ?? {},
      checksums: present({
        sha512: head.ChecksumSHA512,
        sha256: head.ChecksumSHA256,
        sha1: head.ChecksumSHA1,
        md5: head.ChecksumMD5,
        crc64nvme: head.ChecksumCRC64NVME,
        crc32c: head.ChecksumCRC32C,
        crc32: head.ChecksumCRC32,
      }),
      checksumType: head.ChecksumType,
    }),
  };
}

function present(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const kept: Record<string, JsonObject[string]> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept;
}
