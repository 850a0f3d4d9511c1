import { createHash } from 'node:crypto';
import { type ChecksumAlgorithm, startChecksum } from './checksum/checksum.ts';
import { chooseEncryption, openDataKey } from './encryption.ts';
import { findBucket, randomId, releaseParts, versionIn } from './lookup.ts';
import { objectOctets } from './object-octets.ts';
import { newVersionId } from './operations/put-object.ts';
import type { ObjectVersion, S3Context } from './state.ts';

export interface DirectPut {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly mediaType?: string;
  /** SSE-KMS under this key; SSE-S3 where it is absent. */
  readonly kmsKeyArn?: string;
  readonly bucketKey?: boolean;
  /** User metadata; a function is asked once the body has been written. */
  readonly metadata?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  readonly checksum?: ChecksumAlgorithm;
}

export type PutObject = (object: DirectPut) => Promise<ObjectVersion>;

/** Puts an object without a request: what WorkMail does, and what a test sets up. Streams; holds one frame. */
export async function putDirectly(context: S3Context, object: DirectPut): Promise<ObjectVersion> {
  const bucket = findBucket(context, object.bucket);
  const headers: Record<string, string> =
    object.kmsKeyArn === undefined
      ? {}
      : {
          'x-amz-server-side-encryption': 'aws:kms',
          'x-amz-server-side-encryption-aws-kms-key-id': object.kmsKeyArn,
          'x-amz-server-side-encryption-bucket-key-enabled': String(object.bucketKey ?? false),
        };
  const header = (name: string) => headers[name];
  const { encryption, dataKey } = chooseEncryption(header, bucket, object.key, context.keys);
  const algorithm = object.checksum ?? 'CRC32';
  const checksum = startChecksum(algorithm);
  const md5 = encryption.kind === 'AES256' ? createHash('md5') : null;
  async function* observed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of object.body instanceof Uint8Array ? [object.body] : object.body) {
      checksum.update(chunk);
      md5?.update(chunk);
      yield chunk;
    }
  }
  const blob = await context.store.write(observed(), dataKey);
  const etag = md5?.digest('hex') ?? randomId(context, 16);
  const taken = { algorithm, value: checksum.value() };
  const lastModified = context.clock.now();
  const version: ObjectVersion = {
    versionId: newVersionId(context, bucket),
    key: object.key,
    size: blob.size,
    etag,
    lastModified,
    parts: [{ number: 1, blob, etag, checksum: taken, natural: null, lastModified }],
    multipart: false,
    encryption,
    checksum: { ...taken, type: 'FULL_OBJECT' },
    media: {
      headers: { 'content-type': object.mediaType ?? 'binary/octet-stream' },
      metadata: lowerCase(typeof object.metadata === 'function' ? object.metadata() : (object.metadata ?? {})),
    },
    deleteMarker: false,
    tags: [],
  };
  for (const replaced of bucket.commit(version)) await releaseParts(context, replaced.parts);
  return version;
}

/** Reads an object without a request, decrypted. */
export function readDirectly(context: S3Context, bucketName: string, key: string): AsyncIterable<Uint8Array> {
  const version = versionIn(context, findBucket(context, bucketName), key, undefined);
  const dataKey = openDataKey(version.encryption, () => undefined, context.keys);
  return objectOctets(context, version, dataKey, 0, version.size);
}

/** Header names carry no case. */
function lowerCase(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
