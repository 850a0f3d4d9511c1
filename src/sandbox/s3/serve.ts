import type { SandboxRequest } from '../http/request.ts';
import type { SandboxResponse } from '../http/response.ts';
import { type Credentials, type SignatureFailure, verifySignature } from '../signature/verify.ts';
import { S3Error } from './error.ts';
import { authorize } from './lookup.ts';
import {
  bucketDocument,
  createBucket,
  deleteBucket,
  deleteBucketEncryption,
  getBucketEncryption,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  putBucketEncryption,
  putBucketVersioning,
} from './operations/bucket.ts';
import { completeMultipartUpload } from './operations/complete-upload.ts';
import { copyObject, uploadPartCopy } from './operations/copy-object.ts';
import { deleteObject, deleteObjects } from './operations/delete-object.ts';
import { listObjects, listObjectVersions } from './operations/list-objects.ts';
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from './operations/multipart.ts';
import { putObject } from './operations/put-object.ts';
import { getObjectAttributes, readObject } from './operations/read-object.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './operations/tagging.ts';
import type { Route } from './route.ts';
import type { S3Call, S3Context } from './state.ts';

type Operation = (call: S3Call) => SandboxResponse | Promise<SandboxResponse>;

/** Each operation with the IAM action it needs. */
const OPERATIONS: Readonly<Record<string, readonly [Operation, string]>> = {
  AbortMultipartUpload: [abortMultipartUpload, 's3:AbortMultipartUpload'],
  BucketDocument: [bucketDocument, 's3:PutBucketConfiguration'],
  CompleteMultipartUpload: [completeMultipartUpload, 's3:PutObject'],
  CopyObject: [copyObject, 's3:PutObject'],
  CreateBucket: [createBucket, 's3:CreateBucket'],
  CreateMultipartUpload: [createMultipartUpload, 's3:PutObject'],
  DeleteBucket: [deleteBucket, 's3:DeleteBucket'],
  DeleteBucketEncryption: [deleteBucketEncryption, 's3:PutEncryptionConfiguration'],
  DeleteObject: [deleteObject, 's3:DeleteObject'],
  DeleteObjectTagging: [deleteObjectTagging, 's3:DeleteObjectTagging'],
  DeleteObjects: [deleteObjects, 's3:DeleteObject'],
  GetBucketEncryption: [getBucketEncryption, 's3:GetEncryptionConfiguration'],
  GetBucketLocation: [getBucketLocation, 's3:GetBucketLocation'],
  GetBucketVersioning: [getBucketVersioning, 's3:GetBucketVersioning'],
  GetObject: [readObject, 's3:GetObject'],
  GetObjectAttributes: [getObjectAttributes, 's3:GetObjectAttributes'],
  GetObjectTagging: [getObjectTagging, 's3:GetObjectTagging'],
  HeadBucket: [headBucket, 's3:ListBucket'],
  HeadObject: [readObject, 's3:GetObject'],
  ListBuckets: [listBuckets, 's3:ListAllMyBuckets'],
  ListMultipartUploads: [listMultipartUploads, 's3:ListBucketMultipartUploads'],
  ListObjectVersions: [listObjectVersions, 's3:ListBucketVersions'],
  ListObjects: [listObjects, 's3:ListBucket'],
  ListObjectsV2: [listObjects, 's3:ListBucket'],
  ListParts: [listParts, 's3:ListMultipartUploadParts'],
  PutBucketEncryption: [putBucketEncryption, 's3:PutEncryptionConfiguration'],
  PutBucketVersioning: [putBucketVersioning, 's3:PutBucketVersioning'],
  PutObject: [putObject, 's3:PutObject'],
  PutObjectTagging: [putObjectTagging, 's3:PutObjectTagging'],
  UploadPart: [uploadPart, 's3:PutObject'],
  UploadPartCopy: [uploadPartCopy, 's3:PutObject'],
};

/** Does one S3 request. Throws `S3Error`. */
export async function serveS3(
  request: SandboxRequest,
  route: Route,
  context: S3Context,
  credentials: readonly Credentials[],
): Promise<SandboxResponse> {
  const checked = verifySignature(request, {
    credentials,
    region: context.region,
    service: 's3',
    now: context.clock.now(),
    payloadHash: 'UNSIGNED-PAYLOAD',
  });
  if ('failure' in checked) throw signatureError(checked.failure, context.region);
  const [operation, action] = OPERATIONS[route.operation] ?? [];
  if (operation === undefined || action === undefined) throw new S3Error('NotImplemented');
  const resource = `"arn:aws:s3:::${route.bucket}${route.key === '' ? '' : `/${route.key}`}"`;
  authorize(context, action, resource);
  return operation({
    context,
    request,
    operation: route.operation,
    bucketName: route.bucket,
    key: route.key,
    verified: checked.verified,
  });
}

function signatureError(failure: SignatureFailure, region: string): S3Error {
  switch (failure) {
    case 'anonymous':
      return new S3Error('AccessDenied');
    case 'malformed':
      return new S3Error('AuthorizationHeaderMalformed');
    case 'unknown-key':
      return new S3Error('InvalidAccessKeyId');
    case 'mismatch':
      return new S3Error('SignatureDoesNotMatch');
    case 'wrong-region':
      return new S3Error(
        'AuthorizationHeaderMalformed',
        `The authorization header is malformed; the region is wrong; expecting '${region}'`,
        {
          Region: region,
        },
      );
    case 'expired':
      return new S3Error('AccessDenied', 'Request has expired');
    case 'skewed':
      return new S3Error('RequestTimeTooSkewed');
  }
}
