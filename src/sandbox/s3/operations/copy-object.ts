import { createHash } from 'node:crypto';
import { decodePercent } from '../../http/request.ts';
import type { SandboxResponse } from '../../http/response.ts';
import { checksumElements, versionHeader, xmlAnswer } from '../answer.ts';
import { algorithmOf, type ChecksumAlgorithm, startChecksum } from '../checksum/checksum.ts';
import { readCondition } from '../condition.ts';
import { chooseEncryption, encryptionHeaders, openDataKey } from '../encryption.ts';
import { S3Error } from '../error.ts';
import { authorize, findBucket, findUpload, randomId, versionIn } from '../lookup.ts';
import { readMedia, readTagging } from '../media.ts';
import { objectOctets } from '../object-octets.ts';
import { readRange } from '../range.ts';
import type { ObjectVersion, S3Call } from '../state.ts';
import type { UploadedBody } from '../upload-body.ts';
import { keepPart, partNumber } from './multipart.ts';
import { commit, newVersionId } from './put-object.ts';

/** CopyObject: read under the source's key, written anew under the destination's. */
export async function copyObject(call: S3Call): Promise<SandboxResponse> {
  const { request, context, key } = call;
  const bucket = findBucket(context, call.bucketName);
  const source = copySource(call);
  const replace = request.header('x-amz-metadata-directive') === 'REPLACE';
  const { encryption, dataKey } = chooseEncryption(request.header, bucket, key, context.keys);
  const algorithm =
    algorithmOf(request.header('x-amz-checksum-algorithm') ?? source.checksum?.algorithm ?? '') ?? 'CRC64NVME';
  const stored = await copyOctets(call, source, [0, source.size], dataKey, algorithm);
  const lastModified = context.clock.now();
  const etag = encryption.kind === 'AES256' && stored.md5 !== null ? stored.md5 : randomId(context, 16);
  const version: ObjectVersion = {
    versionId: newVersionId(context, bucket),
    key,
    size: source.size,
    etag,
    lastModified,
    parts: [{ number: 1, blob: stored.blob, etag, checksum: stored.checksum, natural: null, lastModified }],
    multipart: false,
    encryption,
    checksum: { ...stored.checksum, type: 'FULL_OBJECT' },
    media: replace ? readMedia(request.headers) : source.media,
    deleteMarker: false,
    tags:
      request.header('x-amz-tagging-directive') === 'REPLACE'
        ? readTagging(request.header('x-amz-tagging'))
        : source.tags,
  };
  await commit(call, bucket, version);
  return xmlAnswer(
    'CopyObjectResult',
    { ETag: `"${etag}"`, LastModified: new Date(lastModified).toISOString(), ...checksumElements(version) },
    {
      ...versionHeader(bucket, version),
      ...encryptionHeaders(encryption),
      ...(source.versionId === 'null' ? {} : { 'x-amz-copy-source-version-id': source.versionId }),
    },
  );
}

/** UploadPartCopy. */
export async function uploadPartCopy(call: S3Call): Promise<SandboxResponse> {
  const { request, context } = call;
  const upload = findUpload(call);
  const number = partNumber(call);
  const source = copySource(call);
  const header = request.header('x-amz-copy-source-range');
  const range = readRange(header, source.size) ?? [0, source.size];
  const dataKey = openDataKey(upload.encryption, request.header, context.keys);
  const stored = await copyOctets(call, source, range, dataKey, upload.algorithm ?? 'CRC64NVME');
  const part = await keepPart(call, upload, number, stored);
  return xmlAnswer('CopyPartResult', {
    ETag: `"${part.etag}"`,
    LastModified: new Date(part.lastModified).toISOString(),
    [`Checksum${part.checksum.algorithm}`]: part.checksum.value,
  });
}

function copySource(call: S3Call): ObjectVersion {
  const header = call.request.header('x-amz-copy-source') ?? '';
  const [path = '', query = ''] = header.split('?', 2);
  const decoded = decodePercent(path)?.replace(/^\//, '') ?? '';
  const slash = decoded.indexOf('/');
  if (slash < 1)
    throw new S3Error('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  const bucket = findBucket(call.context, decoded.slice(0, slash));
  const versionId = query.startsWith('versionId=') ? query.slice('versionId='.length) : undefined;
  authorize(call.context, 's3:GetObject', `"arn:aws:s3:::${decoded}"`);
  const version = versionIn(call.context, bucket, decoded.slice(slash + 1), versionId);
  if (readCondition(call.request.header, version, 'x-amz-copy-source-') === 'not-modified')
    throw new S3Error('PreconditionFailed');
  return version;
}

async function copyOctets(
  call: S3Call,
  source: ObjectVersion,
  [start, end]: readonly [number, number],
  dataKey: Uint8Array | null,
  algorithm: ChecksumAlgorithm,
): Promise<UploadedBody> {
  const { context, request } = call;
  const sourceKey = openDataKey(source.encryption, request.header, context.keys);
  const md5 = createHash('md5');
  const checksum = startChecksum(algorithm);
  async function* observed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of objectOctets(context, source, sourceKey, start, end)) {
      md5.update(chunk);
      checksum.update(chunk);
      yield chunk;
    }
  }
  const blob = await context.store.write(observed(), dataKey);
  const taken = { algorithm, value: checksum.value() };
  return {
    blob,
    md5: md5.digest('hex'),
    checksum: taken,
    natural: algorithm === 'CRC64NVME' ? taken : null,
    claimed: false,
  };
}
