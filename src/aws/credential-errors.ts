import type { ErrorRule, ErrorTable } from './error-rule.ts';

const SIGN_IN = 'Sign in again (aws sso login, or renew the temporary credentials), then run again.';

const expired: ErrorRule = { code: 'CREDENTIALS_MISSING', reason: 'the AWS credentials have expired', advice: SIGN_IN };
const unknown: ErrorRule = {
  code: 'CREDENTIALS_MISSING',
  reason: 'AWS does not know the access key that was used',
  advice: 'Check AWS_PROFILE and the access key; a key of another partition or a deleted key is unknown.',
};
const absent: ErrorRule = {
  code: 'CREDENTIALS_MISSING',
  reason: (failure) =>
    /expired/i.test(failure.message) ? 'the AWS session has expired' : 'no AWS credentials were found',
  advice: 'Set AWS_PROFILE, sign in with aws sso login, or run where a role is attached.',
};
const clock: ErrorRule = {
  code: 'CREDENTIALS_MISSING',
  reason: "AWS refused the signature because this machine's clock is wrong",
  advice: 'Set the clock (NTP), then run again.',
};
const region: ErrorRule = {
  code: 'USAGE',
  reason: (failure) => `the Region is not the right one (${failure.message})`,
  advice: 'Set AWS_REGION to the Region of the WorkMail organization: its key and bucket are in the same one.',
};

/** Refusals that are about who asks, whatever the service. */
export const CREDENTIAL_ERRORS: ErrorTable = {
  CredentialsProviderError: absent,
  MissingAuthenticationToken: absent,
  MissingAuthenticationTokenException: absent,
  InvalidAccessKeyId: unknown,
  InvalidClientTokenId: unknown,
  UnrecognizedClientException: unknown,
  InvalidToken: unknown,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  TokenRefreshRequired: expired,
  TokenProviderError: expired,
  RequestExpired: clock,
  RequestTimeTooSkewed: clock,
  SignatureDoesNotMatch: {
    code: 'CREDENTIALS_MISSING',
    reason: 'the secret key does not belong to the access key, or a proxy altered the request',
    advice: 'Check the secret access key; where a proxy stands between, let it pass requests unaltered.',
  },
  InvalidSignatureException: {
    code: 'CREDENTIALS_MISSING',
    reason: "the secret key does not belong to the access key, or this machine's clock is wrong",
    advice: 'Check the secret access key and the clock.',
  },
  NotSignedUp: unknown,
  OptInRequired: unknown,
  AuthorizationHeaderMalformed: region,
  PermanentRedirect: region,
  IllegalLocationConstraintException: region,
};
