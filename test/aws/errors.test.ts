import { inspect } from 'node:util';
import * as workmail from '@aws-sdk/client-workmail';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AwsContext, awsError } from '../../src/aws/index.ts';
import { MailproofError } from '../../src/model/index.ts';

const s3: AwsContext = { what: 's3://b/k could not be read', service: 's3' };
const failure = (name: string, message = '', status?: number) =>
  Object.assign(new Error(message), {
    name,
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status, requestId: 'R' } }),
  });
const system = (code: string) => Object.assign(new Error(code), { code });

describe('every exception of WorkMail', () => {
  const names = Object.entries(workmail)
    .filter(
      ([name, value]) =>
        typeof value === 'function' && value.prototype instanceof Error && name !== 'WorkMailServiceException',
    )
    .map(([name]) => name);

  test('the SDK has them', () => expect(names.length).toBeGreaterThanOrEqual(22));

  test.each(names)('%s has a sentence and advice of its own', (name) => {
    const error = awsError(failure(name, 'What AWS says.', 400), { what: 'It could not be done', service: 'workmail' });
    expect(error.code).not.toBe('UNEXPECTED');
    expect(error.message).toMatch(/^It could not be done: .+[^.]\.$/);
    expect(error.advice).toMatch(/\.$/);
  });
});

describe('S3 and what it passes on from KMS', () => {
  const principal = 'arn:aws:sts::111122223333:assumed-role/reader/me';
  const key = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
  const denied = `User: ${principal} is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;

  test.each<[string, string, string, string, RegExp]>([
    [
      'kms:Decrypt by IAM',
      'AccessDenied',
      `User: ${principal} is not authorized to perform: kms:Decrypt on resource: ${key} because no identity-based policy allows the kms:Decrypt action`,
      'KEY_ACCESS_DENIED',
      /reader\/me may not perform kms:Decrypt with the KMS key arn:.*555555/,
    ],
    [
      'kms:Decrypt by key policy',
      'AccessDenied',
      denied,
      'KEY_ACCESS_DENIED',
      /reader\/me may not perform kms:Decrypt with the KMS key\./,
    ],
    [
      'a key not visible',
      'AccessDenied',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      'KEY_ACCESS_DENIED',
      /does not exist for this caller/,
    ],
    ['KMS.AccessDeniedException', 'KMS.AccessDeniedException', '', 'KEY_ACCESS_DENIED', /kms:Decrypt/],
    [
      's3:GetObject',
      'AccessDenied',
      `User: ${principal} is not authorized to perform: s3:GetObject on resource: "arn" because`,
      'ACCESS_DENIED',
      /reader\/me may not perform s3:GetObject/,
    ],
    ['no detail', 'AccessDenied', 'Access Denied', 'ACCESS_DENIED', /the caller may not perform s3:GetObject/],
    ['disabled', 'KMS.DisabledException', `${key} is disabled.`, 'KEY_DISABLED', /key\/1111.* is disabled/],
    [
      'pending deletion',
      'KMS.KMSInvalidStateException',
      `${key} is pending deletion.`,
      'KEY_STATE_INVALID',
      /pending deletion/,
    ],
    [
      'deleted',
      'KMS.NotFoundException',
      `Key '${key}' does not exist`,
      'KEY_NOT_FOUND',
      /does not exist, or is in another Region/,
    ],
    ['another code of KMS', 'KMS.SomethingNewException', 'new', 'SOURCE_UNREADABLE', /SomethingNew/],
    ['wrong Region', 'PermanentRedirect', 'use eu-west-1', 'USAGE', /Region/],
    [
      'SSE-C',
      'InvalidRequest',
      'The object was stored using a form of Server Side Encryption.',
      'SOURCE_UNREADABLE',
      /Server Side Encryption\.$/,
    ],
    ['a name every object inherits', 'constructor', 'x', 'ACCESS_DENIED', /constructor: x/],
    ['another such name', '__proto__', 'x', 'ACCESS_DENIED', /__proto__/],
  ])('%s', (_, name, message, code, sentence) => {
    const error = awsError(failure(name, message, 403), s3);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.details).toMatchObject({ awsCode: name, status: 403, requestId: 'R', service: 's3' });
  });

  test('the advice of a lost key says what is at stake; that of a Bucket Key names the context', () => {
    expect(awsError(failure('KMS.KMSInvalidStateException'), s3).advice).toContain(
      'the archive is lost when the key goes',
    );
    expect(awsError(failure('AccessDenied', denied), { ...s3, bucketKey: true }).advice).toContain(
      'Under an S3 Bucket Key',
    );
    expect(awsError(failure('AccessDenied', denied), s3).advice).toContain('If the bucket uses an S3 Bucket Key');
  });

  test.each([
    [403, false, 'ACCESS_DENIED'],
    [404, false, 'SOURCE_NOT_FOUND'],
    [412, false, 'SOURCE_CHANGED'],
    [412, true, 'OUTPUT_EXISTS'],
    [416, false, 'SOURCE_CHANGED'],
    [429, false, 'TEMPORARY'],
    [500, false, 'TEMPORARY'],
    [501, false, 'SOURCE_UNREADABLE'],
    [418, true, 'OUTPUT_UNWRITABLE'],
  ])('a bare status %d, writing %s, is %s', (status, writing, code) => {
    expect(awsError(failure('UnknownError', '', status), { ...s3, writing }).code).toBe(code);
  });
});

describe('below and beside the services', () => {
  test.each([
    [system('ECONNRESET'), 'TEMPORARY'],
    [system('ENOTFOUND'), 'TEMPORARY'],
    [system('HPE_INVALID_CONSTANT'), 'TEMPORARY'],
    [new Error('outer', { cause: system('EPIPE') }), 'TEMPORARY'],
    [failure('TimeoutError'), 'TEMPORARY'],
    [system('SELF_SIGNED_CERT_IN_CHAIN'), 'SOURCE_UNREADABLE'],
    [new Error('Region is missing'), 'USAGE'],
    [failure('CredentialsProviderError', 'Could not load credentials from any providers'), 'CREDENTIALS_MISSING'],
    [
      failure('CredentialsProviderError', 'The SSO session associated with this profile has expired'),
      'CREDENTIALS_MISSING',
    ],
    [failure('ExpiredTokenException', '', 400), 'CREDENTIALS_MISSING'],
    [failure('RequestTimeTooSkewed', '', 403), 'CREDENTIALS_MISSING'],
    [failure('AuthorizationHeaderMalformed', "the region 'us-east-1' is wrong; expecting 'eu-west-1'", 400), 'USAGE'],
    ['a string', 'SOURCE_UNREADABLE'],
    [undefined, 'SOURCE_UNREADABLE'],
    [new TypeError('x is not a function'), 'SOURCE_UNREADABLE'],
  ])('%s is %s', (error, code) => {
    const made = awsError(error, s3);
    expect(made.code).toBe(code);
    expect(made.cause).toBe(error);
    expect(made.retryable).toBe(code === 'TEMPORARY');
  });

  test('a run error passes through, an abort is CANCELLED with the reason of the signal', () => {
    const own = new MailproofError('SOURCE_CHANGED', 'x');
    expect(awsError(own, s3)).toBe(own);
    expect(awsError(failure('AbortError'), { ...s3, signal: AbortSignal.abort() }).code).toBe('CANCELLED');
    expect(awsError(failure('AbortError'), { ...s3, signal: AbortSignal.abort(own) })).toBe(own);
  });

  test('the exchange the SDK hangs on its errors, session token included, is not passed on', () => {
    const error = failure('NoSuchKey', '', 404);
    // As the SDK does it: it cannot be deleted, and every inspector that looks at hidden properties shows it.
    Object.defineProperty(error, '$response', { value: { headers: { 'x-amz-security-token': 'secret' } } });
    const made = awsError(error, s3);
    expect(inspect(error, { showHidden: true, depth: 9 })).toContain('secret');
    expect(inspect(made, { showHidden: true, depth: 9 })).not.toContain('secret');
    expect(made.cause).toMatchObject({ name: 'NoSuchKey', $metadata: { httpStatusCode: 404 } });
  });

  test('refusals of WorkMail and KMS without a known code go by their status', () => {
    expect(awsError(failure('Odd', '', 403), { what: 'x', service: 'workmail' }).code).toBe('ACCESS_DENIED');
    expect(awsError(failure('Odd', '', 403), { what: 'x', service: 'kms' }).code).toBe('KEY_ACCESS_DENIED');
    expect(awsError(failure('Odd', '', 400), { what: 'x', service: 'workmail' }).code).toBe('UNEXPECTED');
  });

  test('whatever a service says makes one bounded sentence', () => {
    const texts = fc.string({ maxLength: 50 });
    const repeated = fc
      .tuple(texts, fc.nat(20_000))
      .map(([text, times]) => `User: ${text.repeat(times % 1_000)} arn:aws:kms:`.repeat(1 + (times % 7)));
    const services = fc.constantFrom('s3', 'kms', 'workmail' as const);
    fc.assert(
      fc.property(
        texts,
        repeated,
        fc.integer({ min: 100, max: 599 }),
        services,
        fc.boolean(),
        (name, message, status, service, writing) => {
          const error = awsError(failure(name, message, status), { what: 'It failed', service, writing });
          expect(error.message.startsWith('It failed: ')).toBe(true);
          expect(error.message.endsWith('.')).toBe(true);
          expect(error.message.length).toBeLessThan(4_000);
          expect(error.message).not.toContain('\n');
        },
      ),
      { seed: 20_260_301, numRuns: 300 },
    );
  });
});
