import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { MailproofError } from '../model/index.ts';
import type { Tuning } from './backoff.ts';
import type { AwsContext } from './errors.ts';
import { linkSignals } from './link.ts';
import { retrying } from './retrying.ts';

/** One object to be written. */
export interface Upload {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly key: string;
  readonly mediaType: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly ifAbsent: boolean;
  /** Written into the object's metadata, so that an answer lost on the way can be told from another writer's object. */
  readonly token: string;
  readonly context: AwsContext;
  readonly tuning: Tuning;
}

/** The name of the metadata entry that holds `token`. */
const TOKEN = 'mailproof-write';

const encryption = ({ kmsKeyId }: Upload) =>
  kmsKeyId === undefined ? {} : ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId } as const);
const target = (upload: Upload) => ({ Bucket: upload.bucket, Key: upload.key });
const about = (upload: Upload) => ({
  ...(upload.mediaType === undefined ? {} : { ContentType: upload.mediaType }),
  ...(upload.ifAbsent ? { Metadata: { [TOKEN]: upload.token } } : {}),
});
const condition = ({ ifAbsent }: Upload) => (ifAbsent ? { IfNoneMatch: '*' } : {});
const options = ({ context }: Upload) => (context.signal === undefined ? {} : { abortSignal: context.signal });
const base64 = (algorithm: string, content: Uint8Array) => createHash(algorithm).update(content).digest('base64');

/** Writes an object in one request. S3 checks MD5 and SHA-256 of what arrived, and keeps the SHA-256. */
export async function putWhole(upload: Upload, content: Uint8Array): Promise<void> {
  const command = () =>
    new PutObjectCommand({
      ...target(upload),
      ...about(upload),
      ...encryption(upload),
      ...condition(upload),
      Body: content,
      ContentLength: content.length,
      ContentMD5: base64('md5', content),
      ChecksumSHA256: base64('sha256', content),
    });
  await unlessOurs(upload, () =>
    retrying(upload.context, upload.tuning, () => upload.s3.send(command(), options(upload))),
  );
}

/**
 * Writes an object in parts, a few under way at once. On any failure the upload is aborted after every part under way has
 * ended: a part that arrived after the abort would stay, and be paid for, unseen.
 */
export async function putParts(upload: Upload, parts: AsyncIterable<Uint8Array>): Promise<void> {
  if (upload.ifAbsent) await refuseTaken(upload);
  const { s3, tuning } = upload;
  const link = linkSignals(upload.context.signal);
  const context = { ...upload.context, signal: link.signal };
  const created = await retrying(upload.context, tuning, () =>
    s3.send(
      new CreateMultipartUploadCommand({ ...target(upload), ...about(upload), ...encryption(upload) }),
      options(upload),
    ),
  );
  const UploadId = created.UploadId;
  if (UploadId === undefined)
    throw new MailproofError('OUTPUT_UNWRITABLE', `${upload.context.what}: S3 gave no upload id.`);
  const underWay = new Set<Promise<void>>();
  const completed: CompletedPart[] = [];
  let failure: { readonly error: unknown } | null = null;
  const send = async (PartNumber: number, content: Uint8Array) => {
    const ContentMD5 = base64('md5', content);
    const answer = await retrying(context, tuning, () =>
      s3.send(
        new UploadPartCommand({
          ...target(upload),
          UploadId,
          PartNumber,
          Body: content,
          ContentLength: content.length,
          ContentMD5,
        }),
        { abortSignal: link.signal },
      ),
    );
    completed.push({ PartNumber, ETag: answer.ETag });
  };
  try {
    let number = 0;
    for await (const content of parts) {
      if (failure !== null) break;
      number += 1;
      const sending: Promise<void> = send(number, content)
        .catch((error: unknown) => {
          failure ??= { error };
          link.abort();
        })
        .finally(() => underWay.delete(sending));
      underWay.add(sending);
      if (underWay.size >= tuning.ahead) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    rethrow(failure);
    completed.sort((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
    const complete = () =>
      new CompleteMultipartUploadCommand({
        ...target(upload),
        ...condition(upload),
        UploadId,
        MultipartUpload: { Parts: completed },
      });
    await unlessOurs(upload, () => retrying(upload.context, tuning, () => s3.send(complete(), options(upload))));
  } catch (error) {
    link.abort();
    await Promise.all(underWay);
    await abort(upload, UploadId);
    throw error;
  } finally {
    link.release();
  }
}

function rethrow(failure: { readonly error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}

/** Without the run's signal: it is mostly because of it that there is something to clear away. */
async function abort(upload: Upload, UploadId: string): Promise<void> {
  const { signal: _, ...context } = upload.context;
  const tuning = { ...upload.tuning, attempts: 3 };
  await retrying(context, tuning, () =>
    upload.s3.send(new AbortMultipartUploadCommand({ ...target(upload), UploadId })),
  ).catch(() => {});
}

/** Asked before a long upload; the answer that counts is the condition's. */
async function refuseTaken(upload: Upload): Promise<void> {
  if ((await writtenBy(upload)) === null) return;
  throw new MailproofError('OUTPUT_EXISTS', `${upload.context.what}: there is such an object already.`, {
    advice: 'Choose another output, or remove what is there.',
  });
}

/**
 * A conditional write whose answer was lost is sent again, and then finds its own object. The token tells that case from
 * another writer's, so that a run that did win is not told that it lost.
 */
async function unlessOurs(upload: Upload, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = error instanceof MailproofError ? error.code : null;
    if (!upload.ifAbsent || (code !== 'OUTPUT_EXISTS' && code !== 'OUTPUT_UNWRITABLE')) throw error;
    if ((await writtenBy(upload).catch(() => null)) !== upload.token) throw error;
  }
}

/** The token of the object that is there, empty where it has none, null where there is no object. */
async function writtenBy(upload: Upload): Promise<string | null> {
  try {
    const head = await retrying({ ...upload.context, writing: false }, upload.tuning, () =>
      upload.s3.send(new HeadObjectCommand(target(upload)), options(upload)),
    );
    return head.Metadata?.[TOKEN] ?? '';
  } catch (error) {
    // Without s3:ListBucket S3 refuses what is not there: not to know is no reason not to try.
    const code = error instanceof MailproofError ? error.code : null;
    if (code === 'SOURCE_NOT_FOUND' || code === 'ACCESS_DENIED') return null;
    throw error;
  }
}
