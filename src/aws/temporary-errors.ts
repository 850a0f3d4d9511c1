/** Service codes that ask for another try: throttling, overload, internal failures. */
const TEMPORARY_CODES: ReadonlySet<string> = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServiceException',
  'RequestTimeout',
  'RequestTimeoutException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
  'TransactionInProgressException',
  'EC2ThrottledException',
  'TimeoutError',
  'IncompleteBody',
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'ConditionalRequestConflict',
  'OperationAborted',
  'DependencyTimeoutException',
  'KMSInternalException',
  'KeyUnavailableException',
  'LambdaThrottledException',
]);

/** `KMS.ThrottlingException` is S3 passing on what KMS said. 501 is no outage: what is not built stays so. */
export function isTemporary(code: string, status: number | null): boolean {
  if (TEMPORARY_CODES.has(code.startsWith('KMS.') ? code.slice(4) : code)) return true;
  return status === 429 || status === 408 || (status !== null && status >= 500 && status !== 501);
}
