import type { SandboxResponse } from '../../http/response.ts';
import { encodeUri } from '../../signature/canonical.ts';
import { xmlAnswer } from '../answer.ts';
import { S3Error } from '../error.ts';
import { compareKeys, firstNot } from '../key-order.ts';
import { findBucket } from '../lookup.ts';
import type { Bucket, ObjectVersion, S3Call } from '../state.ts';

interface Page {
  readonly versions: readonly ObjectVersion[];
  readonly prefixes: readonly string[];
  /** The last key or common prefix of the page when more follows. */
  readonly last: string | null;
}

/** ListObjectsV2 and its predecessor ListObjects. */
export function listObjects(call: S3Call): SandboxResponse {
  const { query } = call.request;
  const bucket = findBucket(call.context, call.bucketName);
  const second = query.get('list-type') === '2';
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const limit = readLimit(query.get('max-keys'));
  const token = query.get('continuation-token');
  const startAfter = second ? query.get('start-after') : query.get('marker');
  const page = readPage(bucket, prefix, delimiter, limit, token === undefined ? (startAfter ?? '') : readToken(token));
  const encode =
    query.get('encoding-type') === 'url'
      ? (text: string) => encodeUri(text).replaceAll('%2F', '/')
      : (text: string) => text;
  const owner = { ID: call.context.accountId.padStart(64, '0') };
  return xmlAnswer('ListBucketResult', {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? null : encode(delimiter),
    MaxKeys: limit,
    EncodingType: query.get('encoding-type'),
    IsTruncated: page.last !== null,
    ...(second
      ? {
          KeyCount: page.versions.length + page.prefixes.length,
          ContinuationToken: token,
          StartAfter: startAfter === undefined ? null : encode(startAfter),
          NextContinuationToken: page.last === null ? null : Buffer.from(page.last).toString('base64'),
        }
      : { Marker: encode(startAfter ?? ''), NextMarker: page.last === null ? null : encode(page.last) }),
    Contents: page.versions.map((version) => ({
      Key: encode(version.key),
      LastModified: new Date(version.lastModified).toISOString(),
      ETag: `"${version.etag}"`,
      ...(version.checksum === null
        ? {}
        : { ChecksumAlgorithm: version.checksum.algorithm, ChecksumType: version.checksum.type }),
      Size: version.size,
      Owner: second && query.get('fetch-owner') !== 'true' ? null : owner,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: page.prefixes.map((each) => ({ Prefix: encode(each) })),
  });
}

/** ListObjectVersions, all on one page. */
export function listObjectVersions(call: S3Call): SandboxResponse {
  const bucket = findBucket(call.context, call.bucketName);
  const prefix = call.request.query.get('prefix') ?? '';
  const versions = bucket
    .keys()
    .filter((key) => key.startsWith(prefix))
    .flatMap((key) =>
      bucket
        .versions(key)
        .map((version) => ({ version, latest: version === bucket.latest(key) }))
        .reverse(),
    );
  const describe = ({ version, latest }: { version: ObjectVersion; latest: boolean }) => ({
    Key: version.key,
    VersionId: version.versionId,
    IsLatest: latest,
    LastModified: new Date(version.lastModified).toISOString(),
    ...(version.deleteMarker ? {} : { ETag: `"${version.etag}"`, Size: version.size, StorageClass: 'STANDARD' }),
  });
  return xmlAnswer('ListVersionsResult', {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: 1000,
    IsTruncated: false,
    Version: versions.filter(({ version }) => !version.deleteMarker).map(describe),
    DeleteMarker: versions.filter(({ version }) => version.deleteMarker).map(describe),
  });
}

/** Walks the sorted keys; a common prefix is stepped over by halving, however many keys share it. */
function readPage(bucket: Bucket, prefix: string, delimiter: string, limit: number, after: string): Page {
  const keys = bucket.keys();
  const versions: ObjectVersion[] = [];
  const prefixes: string[] = [];
  // The prefix itself may be a key that ends with the delimiter: it is no common prefix, and what follows it is due.
  const resumed =
    delimiter !== '' && after.endsWith(delimiter) && after.startsWith(prefix) && after.length > prefix.length;
  let at = firstNot(keys, (key) => compareKeys(key, prefix) < 0 || (after !== '' && compareKeys(key, after) <= 0));
  if (resumed) at = firstNot(keys, (key) => key.startsWith(after) || compareKeys(key, after) < 0, at);
  let last = after;
  while (at < keys.length) {
    const key = keys[at] ?? '';
    if (!key.startsWith(prefix)) break;
    const version = bucket.latest(key);
    if (version === null || version.deleteMarker) {
      at += 1;
      continue;
    }
    if (versions.length + prefixes.length >= limit) return { versions, prefixes, last: limit === 0 ? null : last };
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      versions.push(version);
      last = key;
      at += 1;
    } else {
      const common = key.slice(0, cut + delimiter.length);
      prefixes.push(common);
      last = common;
      at = firstNot(keys, (each) => each.startsWith(common), at);
    }
  }
  return { versions, prefixes, last: null };
}

function readLimit(text: string | undefined): number {
  const limit = text === undefined ? 1000 : Number(text);
  if (!Number.isInteger(limit) || limit < 0)
    throw new S3Error('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(1000, limit);
}

function readToken(token: string): string {
  const octets = Buffer.from(token, 'base64');
  if (octets.length === 0 || octets.toString('base64') !== token)
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  return octets.toString('utf8');
}
