import type { SandboxResponse } from '../../http/response.ts';
import { checksumElements, checksumHeaders, emptyAnswer, objectHeaders, versionHeader, xmlAnswer } from '../answer.ts';
import { checksumHeader } from '../checksum/checksum.ts';
import { readCondition } from '../condition.ts';
import { openDataKey } from '../encryption.ts';
import { S3Error } from '../error.ts';
import { findBucket, findVersion } from '../lookup.ts';
import { objectOctets } from '../object-octets.ts';
import { readRange } from '../range.ts';
import type { ObjectVersion, S3Call } from '../state.ts';

/** GetObject and HeadObject: preconditions, then the key, then the range. */
export function readObject(call: S3Call): SandboxResponse {
  const { request, context } = call;
  const bucket = findBucket(context, call.bucketName);
  const version = findVersion(call);
  const headers = objectHeaders(bucket, version);
  if (readCondition(request.header, version) === 'not-modified') return emptyAnswer(headers, 304);
  const withChecksum = request.header('x-amz-checksum-mode')?.toUpperCase() === 'ENABLED';
  const head = request.method === 'HEAD';
  // HEAD tells of an object without its key, unless it is asked for the checksum, which lies encrypted beside it.
  const dataKey =
    head && !withChecksum && version.encryption.kind !== 'customer'
      ? null
      : openDataKey(version.encryption, request.header, context.keys);

  const part = partRange(request.query.get('partNumber'), version);
  if (part !== null && request.header('range') !== undefined)
    throw new S3Error('InvalidRequest', 'Cannot specify both Range header and partNumber query parameter');
  const range = part ?? readRange(request.header('range'), version.size);
  const [start, end] = range ?? [0, version.size];
  if (range !== null) headers['content-range'] = `bytes ${start}-${end - 1}/${version.size}`;
  if (part !== null && version.multipart) headers['x-amz-mp-parts-count'] = String(version.parts.length);
  headers['content-length'] = String(end - start);
  if (withChecksum) Object.assign(headers, range === null ? checksumHeaders(version) : partChecksum(call, version));
  for (const [name, value] of request.query) {
    if (name.startsWith('response-')) headers[name.slice('response-'.length)] = value;
  }
  const status = range !== null && (part === null || version.multipart) ? 206 : 200;
  if (status === 200) delete headers['content-range'];
  return { status, headers, body: head ? null : objectOctets(context, version, dataKey, start, end) };
}

function partRange(text: string | undefined, version: ObjectVersion): readonly [number, number] | null {
  if (text === undefined) return null;
  const index = Number(text) - 1;
  const part = version.parts[index];
  if (part === undefined) throw new S3Error('InvalidPartNumber');
  const start = version.parts.slice(0, index).reduce((sum, each) => sum + each.blob.size, 0);
  return [start, start + part.blob.size];
}

function partChecksum(call: S3Call, version: ObjectVersion): Record<string, string> {
  const part = version.parts[Number(call.request.query.get('partNumber')) - 1];
  return part === undefined || version.checksum === null
    ? {}
    : { [checksumHeader(part.checksum.algorithm)]: part.checksum.value };
}

/** GetObjectAttributes. */
export function getObjectAttributes(call: S3Call): SandboxResponse {
  const version = findVersion(call);
  const bucket = findBucket(call.context, call.bucketName);
  const wanted = new Set((call.request.header('x-amz-object-attributes') ?? '').split(',').map((name) => name.trim()));
  if (version.encryption.kind !== 'AES256') openDataKey(version.encryption, call.request.header, call.context.keys);
  return xmlAnswer(
    'GetObjectAttributesResponse',
    {
      ETag: wanted.has('ETag') ? version.etag : null,
      Checksum: wanted.has('Checksum') ? checksumElements(version) : null,
      ObjectParts:
        wanted.has('ObjectParts') && version.multipart
          ? {
              PartsCount: version.parts.length,
              PartNumberMarker: 0,
              MaxParts: 1000,
              IsTruncated: false,
              Part: version.parts.map((part, index) => ({
                PartNumber: index + 1,
                Size: part.blob.size,
                [`Checksum${part.checksum.algorithm}`]: part.checksum.value,
              })),
            }
          : null,
      StorageClass: wanted.has('StorageClass') ? 'STANDARD' : null,
      ObjectSize: wanted.has('ObjectSize') ? version.size : null,
    },
    { 'last-modified': new Date(version.lastModified).toUTCString(), ...versionHeader(bucket, version) },
  );
}
