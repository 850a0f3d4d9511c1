import { cancelled } from '../model/cancelled.ts';
import { type ErrorCode, MailproofError } from '../model/index.ts';
import { CREDENTIAL_ERRORS } from './credential-errors.ts';
import type { AwsContext, ErrorRule } from './error-rule.ts';
import { type Failure, readFailure } from './failure.ts';
import { KEY_ERRORS, keyNotVisible, keyRefused } from './key-errors.ts';
import { isCertificateCode, isNetworkCode } from './network-errors.ts';
import { S3_ERRORS } from './s3-errors.ts';
import { isTemporary } from './temporary-errors.ts';
import { WORKMAIL_ERRORS } from './workmail-errors.ts';

export type { AwsContext } from './error-rule.ts';

/**
 * Any failure of the SDK, of the network, or of the service as a run error: one sentence that says what failed and why,
 * advice, and AWS's own words with principal, action and key in `details`. A `MailproofError` passes through unchanged;
 * an aborted signal makes it CANCELLED. Source: the error tables of S3, KMS and WorkMail.
 */
export function awsError(error: unknown, context: AwsContext): MailproofError {
  if (error instanceof MailproofError) return error;
  if (context.signal?.aborted === true) return cancelled(context.signal);
  const failure = readFailure(error);
  const rule = ruleFor(failure, context);
  const code = typeof rule.code === 'string' ? rule.code : rule.code(failure, context);
  const reason = typeof rule.reason === 'string' ? rule.reason : rule.reason(failure, context);
  const advice = typeof rule.advice === 'string' ? rule.advice : rule.advice(failure, context);
  return new MailproofError(code, `${context.what}: ${reason.replace(/\.+$/, '')}.`, {
    cause: withoutExchange(error),
    advice,
    details: {
      service: context.service,
      awsCode: failure.code,
      status: failure.status,
      awsMessage: failure.message,
      requestId: failure.requestId,
      principal: failure.principal,
      action: failure.action,
      resource: failure.resource,
      keyArn: failure.keyArn,
    },
  });
}

/** The SDK hangs the whole exchange on its errors, signature and session token with it: none of that may reach a log. */
function withoutExchange(error: unknown): unknown {
  if (!(error instanceof Error) || !('$response' in error)) return error;
  const lean = new Error(error.message);
  lean.name = error.name;
  if (error.stack !== undefined) lean.stack = error.stack;
  return Object.assign(lean, { $metadata: Reflect.get(error, '$metadata') });
}

function ruleFor(failure: Failure, context: AwsContext): ErrorRule {
  const { code, status, message } = failure;
  if (isNetworkCode(code) || code === 'TimeoutError') return network(failure);
  if (isCertificateCode(code)) return certificate;
  if (isTemporary(code, status)) return temporary;
  if (/region is missing/i.test(message) && status === null) return regionMissing;
  const credential = own(CREDENTIAL_ERRORS, code);
  if (credential !== undefined) return credential;
  return serviceRule(failure, context) ?? statusRule(failure, context) ?? unknown(context);
}

function serviceRule(failure: Failure, context: AwsContext): ErrorRule | undefined {
  const { code, message } = failure;
  if (context.service === 'workmail') return own(WORKMAIL_ERRORS, code);
  const denied = code.startsWith('AccessDenied') || code === 'KMS.AccessDeniedException';
  if (denied && /ciphertext refers to a customer master key that does not exist/i.test(message)) return keyNotVisible;
  if (denied && (failure.action?.startsWith('kms:') === true || /\bkms:[A-Z]/.test(message))) return keyRefused;
  if (context.service === 'kms') return denied ? keyRefused : own(KEY_ERRORS, code);
  if (!code.startsWith('KMS.')) return own(S3_ERRORS, code);
  return own(KEY_ERRORS, code.slice(4)) ?? (denied ? keyRefused : unknown(context));
}

/** An answer without a body (to HEAD) has its status only; a code this table lacks keeps its own words beside it. */
function statusRule(failure: Failure, context: AwsContext): ErrorRule | undefined {
  const { code, status, message } = failure;
  if (status === null) return undefined;
  const rule = ruleOfStatus(status, context);
  if (rule === undefined || message === '' || code === '' || code.startsWith('Unknown')) return rule;
  return { ...rule, reason: `${code}: ${message}` };
}

function ruleOfStatus(status: number, context: AwsContext): ErrorRule | undefined {
  if (context.service === 's3') return own(S3_ERRORS, status === 416 ? 'InvalidRange' : String(status));
  if (status !== 401 && status !== 403) return undefined;
  return context.service === 'kms' ? keyRefused : own(WORKMAIL_ERRORS, 'AccessDeniedException');
}

/** A code comes from outside: `constructor` must not find what every object inherits. */
function own(table: Readonly<Record<string, ErrorRule>>, code: string): ErrorRule | undefined {
  return Object.hasOwn(table, code) ? table[code] : undefined;
}

const temporary: ErrorRule = {
  code: 'TEMPORARY',
  reason: (failure) => `AWS asked to try later (${failure.code || failure.status})`,
  advice: 'Run again in a few minutes: the run resumes where it stopped.',
};

const network = (failure: Failure): ErrorRule => ({
  code: 'TEMPORARY',
  reason: `the connection failed (${failure.code})`,
  advice:
    failure.code === 'ENOTFOUND' || failure.code === 'ECONNREFUSED'
      ? 'Check AWS_REGION, AWS_ENDPOINT_URL and the network, then run again.'
      : 'Check the network, then run again: the run resumes where it stopped.',
});

const certificate: ErrorRule = {
  code: 'SOURCE_UNREADABLE',
  reason: (failure) => `the certificate of the endpoint is not trusted (${failure.code})`,
  advice: 'Where a proxy inspects TLS, name its certificate in NODE_EXTRA_CA_CERTS.',
};

const regionMissing: ErrorRule = {
  code: 'USAGE',
  reason: 'no AWS Region is set',
  advice: 'Set AWS_REGION, or a region in the profile AWS_PROFILE names.',
};

function unknown(context: AwsContext): ErrorRule {
  const code: ErrorCode =
    context.service === 's3' ? (context.writing === true ? 'OUTPUT_UNWRITABLE' : 'SOURCE_UNREADABLE') : 'UNEXPECTED';
  return {
    code,
    reason: (failure) =>
      [failure.code, failure.message].filter((text) => text !== '').join(': ') || 'no reason was given',
    advice: 'Look the message up in the documentation of the service.',
  };
}
