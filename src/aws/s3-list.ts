import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_TUNING } from './backoff.ts';
import { retrying } from './retrying.ts';

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970, or null where the listing does not say. */
  readonly modified: number | null;
  /** With its quotes, or null where the listing does not say. */
  readonly etag: string | null;
}

export interface ListRequest {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** `/` keeps to one level. */
  readonly delimiter?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The objects below a prefix, all pages, in the order of their keys' octets. Throws what `awsError` makes of a refusal. */
export async function* listObjects({
  s3,
  bucket,
  prefix,
  delimiter,
  signal,
}: ListRequest): AsyncGenerator<ListedObject> {
  const context = { what: `s3://${bucket}/${prefix} could not be listed`, service: 's3', signal } as const;
  let ContinuationToken: string | undefined;
  do {
    const page = await retrying(context, DEFAULT_TUNING, () =>
      s3.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
          ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
        }),
        signal === undefined ? {} : { abortSignal: signal },
      ),
    );
    for (const { Key, Size, LastModified, ETag } of page.Contents ?? []) {
      if (Key === undefined) continue;
      const modified = LastModified?.getTime() ?? Number.NaN;
      yield { key: Key, size: Size ?? 0, modified: Number.isNaN(modified) ? null : modified, etag: ETag ?? null };
    }
    ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (ContinuationToken !== undefined);
}
