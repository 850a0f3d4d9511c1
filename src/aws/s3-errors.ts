import type { ErrorRule, ErrorTable } from './error-rule.ts';

const denied: ErrorRule = {
  code: 'ACCESS_DENIED',
  reason: (failure, context) => {
    const action = failure.action ?? (context.writing === true ? 's3:PutObject' : 's3:GetObject');
    return `${failure.principal ?? 'the caller'} may not perform ${action}${failure.resource === null ? '' : ` on ${failure.resource}`}`;
  },
  advice: (failure, context) =>
    context.writing === true
      ? `Allow ${failure.action ?? 's3:PutObject and s3:AbortMultipartUpload'} in the IAM policy and in the bucket policy.`
      : `Allow ${failure.action ?? 's3:GetObject'} in the IAM policy and in the bucket policy. Without s3:ListBucket, S3 refuses in the same words when there is no such object: check the key.`,
};
const noKey: ErrorRule = {
  code: 'SOURCE_NOT_FOUND',
  reason: 'there is no such object',
  advice:
    'Check bucket and key (keys are written plainly, not URL-encoded); job:ORGANIZATION/JOBID finds the archive of a job.',
};
const condition: ErrorRule = {
  code: (_failure, context) => (context.writing === true ? 'OUTPUT_EXISTS' : 'SOURCE_CHANGED'),
  reason: (_failure, context) =>
    context.writing === true ? 'there is such an object already' : 'it was replaced while it was read',
  advice: (_failure, context) =>
    context.writing === true
      ? 'Choose another output, or remove what is there.'
      : 'Wait until nothing writes to it, then run again.',
};

/** Codes of S3. */
export const S3_ERRORS: ErrorTable = {
  AccessDenied: denied,
  AccessDeniedException: denied,
  AllAccessDisabled: denied,
  Forbidden: denied,
  '403': denied,
  NoSuchKey: noKey,
  NotFound: noKey,
  '404': noKey,
  NoSuchVersion: {
    code: 'SOURCE_NOT_FOUND',
    reason: 'there is no such version of the object',
    advice: 'Check the version id; a lifecycle rule may have expired it.',
  },
  NoSuchBucket: {
    code: (_failure, context) => (context.writing === true ? 'OUTPUT_UNWRITABLE' : 'SOURCE_NOT_FOUND'),
    reason: 'there is no such bucket',
    advice: 'Check the name of the bucket, the account and the Region.',
  },
  NoSuchUpload: {
    code: 'OUTPUT_UNWRITABLE',
    reason: 'the multipart upload was ended by someone else',
    advice: 'Look for a lifecycle rule that aborts uploads at once, then run again.',
  },
  MethodNotAllowed: {
    code: 'SOURCE_NOT_FOUND',
    reason: 'that version is a delete marker',
    advice: 'Name an earlier version with ?versionId=.',
  },
  PreconditionFailed: condition,
  '412': condition,
  InvalidRange: {
    code: 'SOURCE_CHANGED',
    reason: 'it is shorter than when it was opened',
    advice: 'Wait until nothing writes to it, then run again.',
  },
  InvalidObjectState: {
    code: 'SOURCE_UNREADABLE',
    reason: 'it lies in an archive storage class and has not been restored',
    advice: 'Restore it (aws s3api restore-object), wait until the restore is complete, then run again.',
  },
  InvalidBucketName: {
    code: 'USAGE',
    reason: 'that is no name of a bucket',
    advice: 'Write s3://bucket/key.',
  },
  KeyTooLongError: { code: 'USAGE', reason: 'the key is longer than 1,024 octets', advice: 'Choose a shorter prefix.' },
  InvalidRequest: {
    code: (_failure, context) => (context.writing === true ? 'OUTPUT_UNWRITABLE' : 'SOURCE_UNREADABLE'),
    reason: (failure) => failure.message,
    advice:
      'An object encrypted with a key of the customer (SSE-C) cannot be read without it; else ask what the message says.',
  },
};
