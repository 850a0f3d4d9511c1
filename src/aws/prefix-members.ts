import type { S3Client } from '@aws-sdk/client-s3';
import { type ByteSource, MailproofError } from '../model/index.ts';
import { listObjects } from './s3-list.ts';
import { openS3Object } from './s3-source.ts';

/** An object below a prefix. */
export interface PrefixMember {
  /** The key without the prefix. */
  readonly path: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string | null;
  /** Milliseconds since 1970, or null. */
  readonly modified: number | null;
  /** A console's folder: a key that ends with a slash and has no octets. */
  readonly directory: boolean;
  open(signal?: AbortSignal): Promise<ByteSource>;
}

export interface PrefixRequest {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Empty, or ending with a slash. */
  readonly prefix: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lists the objects below a prefix, in the order of their keys' octets, each to be opened only as the listing showed it. Throws
 * SOURCE_NOT_FOUND for a bucket that is not there, ACCESS_DENIED; opening throws SOURCE_CHANGED, KEY_* and what reading throws.
 */
export async function listPrefixMembers({
  s3,
  bucket,
  prefix,
  signal,
}: PrefixRequest): Promise<readonly PrefixMember[]> {
  const members: PrefixMember[] = [];
  for await (const { key, size, etag, modified } of listObjects({ s3, bucket, prefix, signal })) {
    const path = key.slice(prefix.length);
    // The prefix itself, where the console made it: it holds nothing and has no name within itself.
    if (path === '' && size === 0) continue;
    members.push({
      path,
      key,
      size,
      etag,
      modified,
      directory: size === 0 && path.endsWith('/'),
      async open(openSignal) {
        const source = await openS3Object({ s3, bucket, key, signal: openSignal ?? signal });
        if (etag === null || source.identity.etag === etag) return source;
        await source.close();
        throw new MailproofError('SOURCE_CHANGED', `s3://${bucket}/${key} was changed since the prefix was listed.`, {
          advice: 'Wait until nothing writes below the prefix, then run again with another --out.',
          details: { key, expected: etag, found: source.identity.etag },
        });
      },
    });
  }
  // General purpose buckets list in this order; directory buckets and some servers do not.
  return members.sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)));
}
