import { createHash } from 'node:crypto';
import type { SandboxResponse } from '../../http/response.ts';
import { emptyAnswer, xmlAnswer } from '../answer.ts';
import { algorithmOf, type ChecksumAlgorithm, type ChecksumType, checksumHeader } from '../checksum/checksum.ts';
import { chooseEncryption, encryptionHeaders, openDataKey } from '../encryption.ts';
import { S3Error } from '../error.ts';
import { findBucket, findUpload, randomId, releaseParts } from '../lookup.ts';
import { readMedia, readTagging } from '../media.ts';
import type { S3Call, StoredPart, Upload } from '../state.ts';
import { storeUpload, type UploadedBody } from '../upload-body.ts';
import { checkKey } from './put-object.ts';

/** CreateMultipartUpload. */
export function createMultipartUpload(call: S3Call): SandboxResponse {
  const { request, context, key } = call;
  const bucket = findBucket(context, call.bucketName);
  checkKey(key);
  const named = request.header('x-amz-checksum-algorithm');
  const algorithm = named === undefined ? null : algorithmOf(named);
  if (named !== undefined && algorithm === null)
    throw new S3Error('InvalidRequest', 'Checksum algorithm provided is unsupported.');
  const { encryption } = chooseEncryption(request.header, bucket, key, context.keys);
  const upload: Upload = {
    id: randomId(context, 32),
    key,
    created: context.clock.now(),
    encryption,
    media: readMedia(request.headers),
    tags: readTagging(request.header('x-amz-tagging')),
    algorithm,
    type: checksumType(algorithm, request.header('x-amz-checksum-type')),
    parts: new Map(),
  };
  bucket.uploads.set(upload.id, upload);
  return xmlAnswer(
    'InitiateMultipartUploadResult',
    { Bucket: bucket.name, Key: key, UploadId: upload.id },
    {
      ...encryptionHeaders(encryption),
      ...(algorithm === null ? {} : { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': upload.type }),
    },
  );
}

/** SHA digests cannot be combined, CRC-64/NVME is never composite: S3 refuses both. */
function checksumType(algorithm: ChecksumAlgorithm | null, asked: string | undefined): ChecksumType {
  const sha = algorithm === 'SHA1' || algorithm === 'SHA256';
  const natural = algorithm === null || algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE';
  if (asked === undefined) return natural;
  const impossible = asked === 'FULL_OBJECT' ? sha : asked !== 'COMPOSITE' || natural === 'FULL_OBJECT';
  if (impossible)
    throw new S3Error(
      'InvalidRequest',
      `The ${asked} checksum type cannot be used with the ${algorithm ?? 'null'} checksum algorithm.`,
    );
  return asked === 'FULL_OBJECT' ? 'FULL_OBJECT' : 'COMPOSITE';
}

/** UploadPart. */
export async function uploadPart(call: S3Call): Promise<SandboxResponse> {
  const { request, context } = call;
  const upload = findUpload(call);
  const number = partNumber(call);
  const dataKey = openDataKey(upload.encryption, request.header, context.keys);
  const plain = upload.encryption.kind === 'AES256';
  const stored = await storeUpload(call, dataKey, plain, upload.algorithm ?? 'CRC64NVME', upload.algorithm === null);
  const part = await keepPart(call, upload, number, stored);
  return emptyAnswer({
    etag: `"${part.etag}"`,
    [checksumHeader(part.checksum.algorithm)]: part.checksum.value,
    ...encryptionHeaders(upload.encryption),
  });
}

export function partNumber(call: S3Call): number {
  const number = Number(call.request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new S3Error('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
  return number;
}

/** Keeps a part, in place of an earlier one of that number. */
export async function keepPart(
  call: S3Call,
  upload: Upload,
  number: number,
  stored: UploadedBody,
): Promise<StoredPart> {
  const { context } = call;
  const mismatch = upload.algorithm !== null && stored.claimed && stored.checksum.algorithm !== upload.algorithm;
  const bucket = context.buckets.get(call.bucketName);
  if (mismatch || bucket?.uploads.get(upload.id) !== upload) {
    await context.store.release(stored.blob);
    if (!mismatch) throw new S3Error('NoSuchUpload');
    throw new S3Error(
      'InvalidRequest',
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.algorithm?.toLowerCase()}, actual checksum Type: ${stored.checksum.algorithm.toLowerCase()}`,
    );
  }
  const replaced = upload.parts.get(number);
  const part: StoredPart = {
    number,
    blob: stored.blob,
    etag: stored.md5 !== null && upload.encryption.kind === 'AES256' ? stored.md5 : randomId(context, 16),
    checksum: stored.checksum,
    natural: stored.natural,
    lastModified: context.clock.now(),
  };
  upload.parts.set(number, part);
  if (replaced !== undefined) await context.store.release(replaced.blob);
  return part;
}

/** ListParts, with paging. */
export function listParts(call: S3Call): SandboxResponse {
  const upload = findUpload(call);
  const marker = Number(call.request.query.get('part-number-marker') ?? 0);
  const limit = Math.min(1000, Number(call.request.query.get('max-parts') ?? 1000));
  const after = [...upload.parts.values()].filter((part) => part.number > marker).sort((a, b) => a.number - b.number);
  const page = after.slice(0, limit);
  return xmlAnswer('ListPartsResult', {
    Bucket: call.bucketName,
    Key: call.key,
    UploadId: upload.id,
    StorageClass: 'STANDARD',
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: limit,
    IsTruncated: page.length < after.length,
    ...(upload.algorithm === null ? {} : { ChecksumAlgorithm: upload.algorithm, ChecksumType: upload.type }),
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.lastModified).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.blob.size,
      [`Checksum${part.checksum.algorithm}`]: part.checksum.value,
    })),
  });
}

/** ListMultipartUploads, all on one page. */
export function listMultipartUploads(call: S3Call): SandboxResponse {
  const bucket = findBucket(call.context, call.bucketName);
  const prefix = call.request.query.get('prefix') ?? '';
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    Prefix: prefix,
    IsTruncated: false,
    Upload: [...bucket.uploads.values()]
      .filter((upload) => upload.key.startsWith(prefix))
      .map((upload) => ({ Key: upload.key, UploadId: upload.id, Initiated: new Date(upload.created).toISOString() })),
  });
}

/** AbortMultipartUpload. */
export async function abortMultipartUpload(call: S3Call): Promise<SandboxResponse> {
  const upload = findUpload(call);
  findBucket(call.context, call.bucketName).uploads.delete(upload.id);
  await releaseParts(call.context, upload.parts.values());
  return emptyAnswer({}, 204);
}

/** The ETag of an object in parts: an MD5 of MD5s, unless a key of KMS or the customer hides what the octets are. */
export function multipartEtag(call: S3Call, upload: Upload, parts: readonly StoredPart[]): string {
  if (upload.encryption.kind !== 'AES256') return `${randomId(call.context, 16)}-${parts.length}`;
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(part.etag, 'hex'));
  return `${hash.digest('hex')}-${parts.length}`;
}
