import { collectBody } from '../../http/request.ts';
import type { SandboxResponse } from '../../http/response.ts';
import { emptyAnswer, xmlAnswer } from '../answer.ts';
import { S3Error, type S3ErrorCode } from '../error.ts';
import { findBucket } from '../lookup.ts';
import { Bucket, type S3Call } from '../state.ts';
import { child, childText, readXml, type XmlElement } from '../xml.ts';

const DOCUMENT_LIMIT = 64 * 1024;

/** CreateBucket. In us-east-1 a bucket one owns already is no error; elsewhere it is. */
export function createBucket(call: S3Call): SandboxResponse {
  const { context, bucketName } = call;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucketName)) throw new S3Error('InvalidBucketName');
  if (context.buckets.has(bucketName)) {
    if (context.region !== 'us-east-1') throw new S3Error('BucketAlreadyOwnedByYou');
  } else {
    context.buckets.set(bucketName, new Bucket(bucketName, context.clock.now()));
  }
  return emptyAnswer({ location: `/${bucketName}` });
}

export function headBucket(call: S3Call): SandboxResponse {
  findBucket(call.context, call.bucketName);
  return emptyAnswer({ 'x-amz-bucket-region': call.context.region });
}

export function deleteBucket(call: S3Call): SandboxResponse {
  if (!findBucket(call.context, call.bucketName).empty) throw new S3Error('BucketNotEmpty');
  call.context.buckets.delete(call.bucketName);
  return emptyAnswer({}, 204);
}

export function listBuckets(call: S3Call): SandboxResponse {
  return xmlAnswer('ListAllMyBucketsResult', {
    Owner: { ID: call.context.accountId.padStart(64, '0') },
    Buckets: {
      Bucket: [...call.context.buckets.values()].map((bucket) => ({
        Name: bucket.name,
        CreationDate: new Date(bucket.created).toISOString(),
        BucketRegion: call.context.region,
      })),
    },
  });
}

/** An empty element is us-east-1's name, as it was before there were others. */
export function getBucketLocation(call: S3Call): SandboxResponse {
  findBucket(call.context, call.bucketName);
  const { region } = call.context;
  const text = region === 'us-east-1' ? '' : region;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${text}</LocationConstraint>`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: Buffer.from(body) };
}

export function getBucketVersioning(call: S3Call): SandboxResponse {
  const { versioning } = findBucket(call.context, call.bucketName);
  return xmlAnswer('VersioningConfiguration', { Status: versioning === 'Off' ? null : versioning });
}

export async function putBucketVersioning(call: S3Call): Promise<SandboxResponse> {
  const bucket = findBucket(call.context, call.bucketName);
  const status = childText(await readDocument(call), 'Status');
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML');
  bucket.versioning = status;
  return emptyAnswer();
}

export function getBucketEncryption(call: S3Call): SandboxResponse {
  const { encryption } = findBucket(call.context, call.bucketName);
  return xmlAnswer('ServerSideEncryptionConfiguration', {
    Rule: {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: encryption.algorithm, KMSMasterKeyID: encryption.keyId },
      BucketKeyEnabled: encryption.bucketKey,
    },
  });
}

export async function putBucketEncryption(call: S3Call): Promise<SandboxResponse> {
  const bucket = findBucket(call.context, call.bucketName);
  const rule = child(await readDocument(call), 'Rule');
  const byDefault = child(rule, 'ApplyServerSideEncryptionByDefault');
  const algorithm = childText(byDefault, 'SSEAlgorithm');
  if (algorithm !== 'AES256' && algorithm !== 'aws:kms' && algorithm !== 'aws:kms:dsse')
    throw new S3Error('MalformedXML');
  bucket.encryption = {
    algorithm,
    keyId: childText(byDefault, 'KMSMasterKeyID'),
    bucketKey: childText(rule, 'BucketKeyEnabled') === 'true',
  };
  return emptyAnswer();
}

export function deleteBucketEncryption(call: S3Call): SandboxResponse {
  findBucket(call.context, call.bucketName).encryption = { algorithm: 'AES256', keyId: null, bucketKey: false };
  return emptyAnswer({}, 204);
}

/** Configuration the sandbox only keeps and gives back: what is answered where none was ever put. */
const DOCUMENTS: Readonly<Record<string, { readonly absent?: S3ErrorCode; readonly empty?: string }>> = {
  notification: { empty: 'NotificationConfiguration' },
  policy: { absent: 'NoSuchBucketPolicy' },
  publicAccessBlock: { empty: 'PublicAccessBlockConfiguration' },
  ownershipControls: { empty: 'OwnershipControls' },
  tagging: { empty: 'Tagging' },
  lifecycle: { empty: 'LifecycleConfiguration' },
  cors: { empty: 'CORSConfiguration' },
  logging: { empty: 'BucketLoggingStatus' },
};

/** The name of the configuration a query asks for, or null. */
export function documentName(query: ReadonlyMap<string, string>): string | null {
  return Object.keys(DOCUMENTS).find((name) => query.has(name)) ?? null;
}

/** GET, PUT and DELETE of a bucket's other configuration. */
export async function bucketDocument(call: S3Call): Promise<SandboxResponse> {
  const bucket = findBucket(call.context, call.bucketName);
  const name = documentName(call.request.query) ?? '';
  if (call.request.method === 'PUT') {
    const body = await collectBody(call.request.body, DOCUMENT_LIMIT);
    if (body === null) throw new S3Error('MalformedXML');
    bucket.documents.set(name, body.toString('utf8'));
    return emptyAnswer();
  }
  if (call.request.method === 'DELETE') {
    bucket.documents.delete(name);
    return emptyAnswer({}, 204);
  }
  const { absent, empty } = DOCUMENTS[name] ?? {};
  const kept = bucket.documents.get(name);
  if (kept === undefined && absent !== undefined) throw new S3Error(absent);
  if (kept === undefined) return xmlAnswer(empty ?? name, {});
  const type = name === 'policy' ? 'application/json' : 'application/xml';
  return { status: 200, headers: { 'content-type': type }, body: Buffer.from(kept) };
}

export async function readDocument(call: S3Call): Promise<XmlElement> {
  const body = await collectBody(call.request.body, DOCUMENT_LIMIT);
  const root = body === null ? null : readXml(body.toString('utf8'));
  if (root === null) throw new S3Error('MalformedXML');
  return root;
}
