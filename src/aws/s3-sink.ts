import { createHash, randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { cancelled } from '../model/cancelled.ts';
import type { PutOptions, PutResult, Sink } from '../model/index.ts';
import { DEFAULT_TUNING, type Tuning } from './backoff.ts';
import type { AwsContext } from './errors.ts';
import { linkSignals } from './link.ts';
import { retrying } from './retrying.ts';
import { checkSinkPath, checkSinkPrefix } from './s3-key.ts';
import { cutParts, partSize } from './s3-parts.ts';
import { openS3Object } from './s3-source.ts';
import { putParts, putWhole, type Upload } from './s3-upload.ts';

export interface S3SinkOptions {
  readonly s3: S3Client;
  readonly bucket: string;
  /** Without a slash at either end; empty for the whole bucket. */
  readonly prefix: string;
  /** Encrypts everything written with this KMS key. Left out, the bucket's default decides. */
  readonly kmsKeyId?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly tuning?: Partial<Tuning>;
}

/**
 * An S3 prefix as a sink. Content up to `rangeBytes` is one PutObject, more is a multipart upload of parallel parts,
 * aborted on failure. An object appears whole or not at all, as S3 has it; `ifAbsent` is `If-None-Match: *`.
 */
export function s3Sink(options: S3SinkOptions): Sink {
  const { s3, bucket, kmsKeyId } = options;
  const tuning: Tuning = { ...DEFAULT_TUNING, ...options.tuning };
  const trimmed = options.prefix.replace(/^\/+/, '').replace(/(?<!\/)\/+$/, '');
  const base = trimmed === '' ? '' : `${trimmed}/`;
  const location = `s3://${bucket}${trimmed === '' ? '' : `/${trimmed}`}`;
  const sendOptions = options.signal === undefined ? {} : { abortSignal: options.signal };
  const contextOf = (what: string, signal = options.signal): AwsContext => ({
    what,
    service: 's3',
    writing: true,
    signal,
  });

  async function put(
    path: string,
    content: Uint8Array | AsyncIterable<Uint8Array>,
    { mediaType, ifAbsent = false, signal }: PutOptions = {},
  ): Promise<PutResult> {
    checkSinkPath(path, base);
    const link = linkSignals(options.signal, signal);
    const upload: Upload = {
      s3,
      bucket,
      key: base + path,
      mediaType,
      kmsKeyId,
      ifAbsent,
      token: randomUUID(),
      context: contextOf(`${location}/${path} could not be written`, link.signal),
      tuning,
    };
    const hash = createHash('sha256');
    let size = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of content instanceof Uint8Array ? [content] : content) {
        if (link.signal.aborted) throw cancelled(link.signal);
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    };
    const parts = cutParts(counted(), (index) => partSize(index, tuning.rangeBytes));
    try {
      if (link.signal.aborted) throw cancelled(link.signal);
      const first = await parts.next();
      const second = first.done === true ? first : await parts.next();
      if (second.done === true) await putWhole(upload, first.done === true ? new Uint8Array(0) : first.value);
      else await putParts(upload, chain([first.done === true ? new Uint8Array(0) : first.value, second.value], parts));
      return { size, digest: `sha256:${hash.digest('hex')}` };
    } finally {
      // Stops the content where the writing failed, so that whoever produces it is released.
      await parts.return(undefined);
      link.release();
    }
  }

  async function* list(prefix: string): AsyncGenerator<{ path: string; size: number }> {
    checkSinkPrefix(prefix, base);
    let ContinuationToken: string | undefined;
    do {
      const page = await retrying({ ...contextOf(`${location} could not be listed`), writing: false }, tuning, () =>
        s3.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: base + prefix,
            ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
          }),
          sendOptions,
        ),
      );
      for (const { Key = '', Size = 0 } of page.Contents ?? []) {
        // A console's "folder" is an object whose key ends with a slash: no file of ours.
        if (Key.startsWith(base) && !Key.endsWith('/')) yield { path: Key.slice(base.length), size: Size };
      }
      ContinuationToken = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }

  return {
    location,
    put,
    list,
    async open(path) {
      checkSinkPath(path, base);
      return openS3Object({ s3, bucket, key: base + path, signal: options.signal, tuning });
    },
    async remove(path) {
      checkSinkPath(path, base);
      await retrying(contextOf(`${location}/${path} could not be removed`), tuning, () =>
        s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: base + path }), sendOptions),
      );
    },
  };
}

async function* chain(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* first;
  yield* rest;
}
