import type { ErrorRule, ErrorTable } from './error-rule.ts';
import type { Failure } from './failure.ts';

const key = (failure: Failure) => (failure.keyArn === null ? 'the KMS key' : `the KMS key ${failure.keyArn}`);

const disabled: ErrorRule = {
  code: 'KEY_DISABLED',
  reason: (failure) => `${key(failure)} is disabled`,
  advice: 'Enable the key (aws kms enable-key), then run again.',
};
const notFound: ErrorRule = {
  code: 'KEY_NOT_FOUND',
  reason: (failure) => `${key(failure)} does not exist, or is in another Region`,
  advice: 'Check the key ARN and the Region; what a deleted key encrypted cannot be read again.',
};
const state: ErrorRule = {
  code: 'KEY_STATE_INVALID',
  reason: (failure) => `${key(failure)} is pending deletion or import`,
  advice:
    'Cancel the deletion (aws kms cancel-key-deletion), then enable the key: the archive is lost when the key goes.',
};
const usage: ErrorRule = {
  code: 'KEY_STATE_INVALID',
  reason: (failure) => `${key(failure)} cannot be used to encrypt and decrypt`,
  advice: 'Use a symmetric key whose usage is ENCRYPT_DECRYPT.',
};
const ciphertext: ErrorRule = {
  code: 'CIPHERTEXT_ALTERED',
  reason: 'KMS does not accept the ciphertext: it was altered, or its encryption context is another',
  advice: 'Check that the object is unaltered and that the expected encryption context is the right one.',
};
const wrongKey: ErrorRule = {
  code: 'KEY_MISMATCH',
  reason: 'the ciphertext was made with another key than the one named',
  advice: 'Name the key the object was encrypted with.',
};

/** Codes of KMS. S3 passes them on as `KMS.<code>`. */
export const KEY_ERRORS: ErrorTable = {
  DisabledException: disabled,
  NotFoundException: notFound,
  InvalidArnException: notFound,
  KMSInvalidStateException: state,
  InvalidStateException: state,
  InvalidKeyUsageException: usage,
  InvalidCiphertextException: ciphertext,
  IncorrectKeyException: wrongKey,
  CustomKeyStoreInvalidStateException: usage,
  CloudHsmClusterNotActiveException: usage,
};

/** A refusal by IAM or by the key's policy, as KMS or S3 word it. */
export const keyRefused: ErrorRule = {
  code: 'KEY_ACCESS_DENIED',
  reason: (failure) =>
    `${failure.principal ?? 'the caller'} may not perform ${failure.action ?? 'kms:Decrypt'} with ${key(failure)}`,
  advice: (failure, context) => {
    const allow = `Allow ${failure.action ?? 'kms:Decrypt'} on the key in the IAM policy of the caller and in the key policy.`;
    const bucketKey =
      'Under an S3 Bucket Key the encryption context aws:s3:arn is the ARN of the bucket, not of the object: a key policy that conditions on BUCKET/PREFIX* refuses it.';
    const maybe = `If the bucket uses an S3 Bucket Key: ${bucketKey.charAt(0).toLowerCase()}${bucketKey.slice(1)}`;
    if (context.service === 'kms') return allow;
    return `${allow} ${context.bucketKey === true ? bucketKey : maybe}`;
  },
};

/** S3 passing on that KMS found no such key for this caller: nearly always a policy or another account, not a lost key. */
export const keyNotVisible: ErrorRule = {
  code: 'KEY_ACCESS_DENIED',
  reason: 'the KMS key it is encrypted with does not exist for this caller, is in another Region, or may not be used',
  advice: 'Use the full key ARN, and allow the account and the role of the caller in the key policy.',
};
