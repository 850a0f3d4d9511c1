import { createHash } from 'node:crypto';
import { collectBody } from '../../http/request.ts';
import type { SandboxResponse } from '../../http/response.ts';
import { emptyAnswer, xmlAnswer } from '../answer.ts';
import { writeCondition } from '../condition.ts';
import { S3Error } from '../error.ts';
import { findBucket, randomId, releaseParts } from '../lookup.ts';
import type { Bucket, ObjectVersion, S3Call } from '../state.ts';
import { childText, readXml } from '../xml.ts';

const BODY_LIMIT = 2 * 1024 * 1024;
const OBJECT_LIMIT = 1000;

interface Deleted {
  readonly versionId: string | null;
  readonly marker: boolean;
}

/** DeleteObject: a missing key is no error; in a bucket with versions a delete marker is put on top. */
export async function deleteObject(call: S3Call): Promise<SandboxResponse> {
  const bucket = findBucket(call.context, call.bucketName);
  if (call.request.header('if-match') !== undefined) writeCondition(call.request.header, bucket.latest(call.key));
  const deleted = await removeKey(call, bucket, call.key, call.request.query.get('versionId'));
  return emptyAnswer(
    {
      ...(deleted.versionId === null ? {} : { 'x-amz-version-id': deleted.versionId }),
      ...(deleted.marker ? { 'x-amz-delete-marker': 'true' } : {}),
    },
    204,
  );
}

/** DeleteObjects: up to 1,000 keys; the body's integrity must be proved, as S3 demands. */
export async function deleteObjects(call: S3Call): Promise<SandboxResponse> {
  const bucket = findBucket(call.context, call.bucketName);
  const body = await collectBody(call.request.body, BODY_LIMIT);
  if (body === null) throw new S3Error('MalformedXML');
  const md5 = call.request.header('content-md5');
  const proved =
    md5 !== undefined || [...call.request.headers.keys()].some((name) => name.startsWith('x-amz-checksum-'));
  if (!proved) throw new S3Error('InvalidRequest', 'Missing required header for this request: Content-MD5');
  if (md5 !== undefined && createHash('md5').update(body).digest('base64') !== md5) throw new S3Error('BadDigest');
  const root = readXml(body.toString('utf8'));
  const objects = root?.children.filter((element) => element.name === 'Object') ?? [];
  if (root?.name !== 'Delete' || objects.length === 0 || objects.length > OBJECT_LIMIT)
    throw new S3Error('MalformedXML');
  const quiet = childText(root, 'Quiet') === 'true';
  const results = [];
  for (const object of objects) {
    const key = childText(object, 'Key') ?? '';
    const versionId = childText(object, 'VersionId') ?? undefined;
    const deleted = await removeKey(call, bucket, key, versionId);
    results.push({
      Key: key,
      VersionId: versionId,
      DeleteMarker: deleted.marker ? true : null,
      DeleteMarkerVersionId: deleted.marker ? deleted.versionId : null,
    });
  }
  return xmlAnswer('DeleteResult', { Deleted: quiet ? [] : results });
}

async function removeKey(call: S3Call, bucket: Bucket, key: string, versionId: string | undefined): Promise<Deleted> {
  const { context } = call;
  if (versionId !== undefined || bucket.versioning === 'Off') {
    const removed = bucket.remove(key, (version) => versionId === undefined || version.versionId === versionId);
    for (const version of removed) await releaseParts(context, version.parts);
    return {
      versionId: versionId ?? null,
      marker: versionId !== undefined && removed.some((each) => each.deleteMarker),
    };
  }
  const marker: ObjectVersion = {
    versionId: bucket.versioning === 'Enabled' ? randomId(context, 16) : 'null',
    key,
    size: 0,
    etag: '',
    lastModified: context.clock.now(),
    parts: [],
    multipart: false,
    encryption: { kind: 'AES256' },
    checksum: null,
    media: { headers: {}, metadata: {} },
    deleteMarker: true,
    tags: [],
  };
  for (const replaced of bucket.commit(marker)) await releaseParts(context, replaced.parts);
  return { versionId: marker.versionId, marker: true };
}
