import { decodePercent, type SandboxRequest } from '../http/request.ts';
import { documentName } from './operations/bucket.ts';

export interface Route {
  readonly operation: string;
  /** Empty for the list of all buckets. */
  readonly bucket: string;
  /** Empty for an operation on a bucket. */
  readonly key: string;
}

/** The bucket and key a request is about (path-style, or virtual-hosted by its Host), and the API's name for it. */
export function routeS3(request: SandboxRequest): Route | null {
  const path = decodePercent(request.rawPath);
  if (path === null) return null;
  const hosted = hostedBucket(request.host);
  const slash = path.indexOf('/', 1);
  const bucket = hosted ?? (slash < 0 ? path.slice(1) : path.slice(1, slash));
  const key = hosted === null ? (slash < 0 ? '' : path.slice(slash + 1)) : path.slice(1);
  const operation =
    bucket === '' ? serviceOperation(request) : key === '' ? bucketOperation(request) : objectOperation(request);
  return operation === null ? null : { operation, bucket, key };
}

/** `bucket.localhost:port` or `bucket.s3[.region].amazonaws.com`; null where the host is an address or has no bucket. */
function hostedBucket(host: string): string | null {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  for (const end of ['.localhost', '.amazonaws.com']) {
    if (!name.endsWith(end)) continue;
    const rest = name.slice(0, -end.length);
    if (end === '.localhost') return rest;
    const mark = rest.search(/\.s3(?:\.[a-z0-9-]+)?$/);
    return mark > 0 ? rest.slice(0, mark) : null;
  }
  return null;
}

function serviceOperation(request: SandboxRequest): string | null {
  return request.method === 'GET' ? 'ListBuckets' : null;
}

function bucketOperation({ method, query }: SandboxRequest): string | null {
  const verb = method === 'PUT' ? 'Put' : method === 'DELETE' ? 'Delete' : 'Get';
  if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : null;
  if (query.has('versioning') && verb !== 'Delete') return `${verb}BucketVersioning`;
  if (query.has('encryption')) return `${verb}BucketEncryption`;
  if (documentName(query) !== null) return 'BucketDocument';
  if (method === 'PUT') return 'CreateBucket';
  if (method === 'DELETE') return 'DeleteBucket';
  if (method === 'HEAD') return 'HeadBucket';
  if (method !== 'GET') return null;
  if (query.has('location')) return 'GetBucketLocation';
  if (query.has('uploads')) return 'ListMultipartUploads';
  if (query.has('versions')) return 'ListObjectVersions';
  return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
}

function objectOperation(request: SandboxRequest): string | null {
  const { method, query } = request;
  const copy = request.header('x-amz-copy-source') !== undefined;
  switch (method) {
    case 'HEAD':
      return 'HeadObject';
    case 'GET':
      if (query.has('uploadId')) return 'ListParts';
      if (query.has('attributes')) return 'GetObjectAttributes';
      return query.has('tagging') ? 'GetObjectTagging' : 'GetObject';
    case 'PUT':
      if (query.has('uploadId')) return copy ? 'UploadPartCopy' : 'UploadPart';
      if (query.has('tagging')) return 'PutObjectTagging';
      return copy ? 'CopyObject' : 'PutObject';
    case 'POST':
      if (query.has('uploads')) return 'CreateMultipartUpload';
      return query.has('uploadId') ? 'CompleteMultipartUpload' : null;
    case 'DELETE':
      if (query.has('uploadId')) return 'AbortMultipartUpload';
      return query.has('tagging') ? 'DeleteObjectTagging' : 'DeleteObject';
    default:
      return null;
  }
}
