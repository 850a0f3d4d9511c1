import { collectBody } from '../../http/request.ts';
import type { SandboxResponse } from '../../http/response.ts';
import { checksumElements, versionHeader, xmlAnswer } from '../answer.ts';
import { CHECKSUM_ALGORITHMS, type Checksum, checksumHeader, combineChecksums } from '../checksum/checksum.ts';
import { writeCondition } from '../condition.ts';
import { encryptionHeaders } from '../encryption.ts';
import { S3Error } from '../error.ts';
import { findBucket, findUpload, releaseParts } from '../lookup.ts';
import type { ObjectVersion, S3Call, StoredPart, Upload } from '../state.ts';
import { childText, readXml, type XmlElement } from '../xml.ts';
import { multipartEtag } from './multipart.ts';
import { commit, newVersionId } from './put-object.ts';

const BODY_LIMIT = 4 * 1024 * 1024;
const PART_MINIMUM = 5 * 1024 * 1024;

/** CompleteMultipartUpload: the parts become the object as they lie, nothing is copied. */
export async function completeMultipartUpload(call: S3Call): Promise<SandboxResponse> {
  const { context, request } = call;
  const bucket = findBucket(context, call.bucketName);
  const upload = findUpload(call);
  const body = await collectBody(request.body, BODY_LIMIT);
  const root = body === null ? null : readXml(body.toString('utf8'));
  if (root === null || root.name !== 'CompleteMultipartUpload') throw new S3Error('MalformedXML');
  const parts = chooseParts(
    upload,
    root.children.filter((element) => element.name === 'Part'),
  );
  const size = parts.reduce((sum, part) => sum + part.blob.size, 0);
  const declared = request.header('x-amz-mp-object-size');
  if (declared !== undefined && Number(declared) !== size)
    throw new S3Error(
      'InvalidRequest',
      `The provided 'x-amz-mp-object-size' header value ${declared} does not match what was computed: ${size}`,
    );
  writeCondition(request.header, bucket.latest(call.key));
  const version: ObjectVersion = {
    versionId: newVersionId(context, bucket),
    key: call.key,
    size,
    etag: multipartEtag(call, upload, parts),
    lastModified: context.clock.now(),
    parts,
    multipart: true,
    encryption: upload.encryption,
    checksum: null,
    media: upload.media,
    deleteMarker: false,
    tags: upload.tags,
  };
  const checksum = wholeChecksum(upload, parts);
  expectChecksum(call, checksum);
  const complete: ObjectVersion = { ...version, checksum };
  await commit(call, bucket, complete);
  bucket.uploads.delete(upload.id);
  await releaseParts(
    context,
    [...upload.parts.values()].filter((part) => !parts.includes(part)),
  );
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${request.host}/${bucket.name}/${encodeURIComponent(call.key)}`,
      Bucket: bucket.name,
      Key: call.key,
      ETag: `"${version.etag}"`,
      ...checksumElements(complete),
    },
    { ...versionHeader(bucket, version), ...encryptionHeaders(upload.encryption) },
  );
}

function chooseParts(upload: Upload, listed: readonly XmlElement[]): StoredPart[] {
  if (listed.length === 0) throw new S3Error('MalformedXML');
  const parts: StoredPart[] = [];
  for (const element of listed) {
    const number = Number(childText(element, 'PartNumber'));
    if (number <= (parts.at(-1)?.number ?? 0)) throw new S3Error('InvalidPartOrder');
    const part = upload.parts.get(number);
    const etag = childText(element, 'ETag')?.replaceAll('"', '').trim();
    if (part === undefined || part.etag !== etag) throw new S3Error('InvalidPart', undefined, { PartNumber: number });
    const claimed = childText(element, `Checksum${part.checksum.algorithm}`);
    if (claimed !== null && claimed !== part.checksum.value)
      throw new S3Error('InvalidPart', undefined, { PartNumber: number });
    parts.push(part);
  }
  for (const part of parts.slice(0, -1)) {
    if (part.blob.size < PART_MINIMUM)
      throw new S3Error('EntityTooSmall', undefined, {
        ProposedSize: part.blob.size,
        MinSizeAllowed: PART_MINIMUM,
        PartNumber: part.number,
      });
  }
  return parts;
}

/** The whole object's checksum, from its parts': those of the upload's algorithm, or of the one S3 takes by itself. */
function wholeChecksum(upload: Upload, parts: readonly StoredPart[]): Checksum | null {
  const algorithm = upload.algorithm ?? 'CRC64NVME';
  const values = parts.map((part) => ({
    value: (upload.algorithm === null ? part.natural : part.checksum)?.value ?? '',
    size: part.blob.size,
  }));
  return combineChecksums(algorithm, upload.type, values);
}

function expectChecksum(call: S3Call, checksum: Checksum | null): void {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const claimed = call.request.header(checksumHeader(algorithm));
    if (claimed === undefined || checksum?.algorithm !== algorithm || claimed === checksum.value) continue;
    throw new S3Error('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
}
