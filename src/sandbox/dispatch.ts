import type { Fault, RequestSummary } from './http/fault.ts';
import type { SandboxRequest } from './http/request.ts';
import type { SandboxResponse } from './http/response.ts';
import type { Handler } from './http/server.ts';
import { jsonError, readJson, readSigned } from './json/serve.ts';
import type { KmsContext } from './kms/operations.ts';
import { serveKms } from './kms/serve.ts';
import { errorBody, S3Error } from './s3/error.ts';
import { routeS3 } from './s3/route.ts';
import { serveS3 } from './s3/serve.ts';
import type { S3Context } from './s3/state.ts';
import type { Credentials } from './signature/verify.ts';
import { callerIdentity } from './sts/caller-identity.ts';
import { serveWorkMail } from './workmail/operations.ts';
import type { Organization } from './workmail/organization.ts';

export interface Services {
  readonly credentials: readonly Credentials[];
  readonly s3: S3Context;
  readonly kms: KmsContext;
  readonly organization: Organization;
}

/** One port for all: JSON services by their target, STS by its form, everything else is S3. */
export function dispatcher(services: Services): Handler {
  const { s3, kms, organization, credentials } = services;
  const caller = (service: string) => ({ credentials, region: s3.region, service, now: s3.clock.now() });
  return {
    summarize,
    async handle(request, summary) {
      if (summary.service === 's3') {
        const route = routeS3(request);
        if (route === null) throw new S3Error(request.rawPath.includes('%') ? 'InvalidURI' : 'MethodNotAllowed');
        return serveS3(request, route, s3, credentials);
      }
      if (summary.service === 'sts') {
        const signed = await readSigned(request, caller('sts'));
        if ('refused' in signed) return signed.refused;
        return callerIdentity(s3.access.principalArn, s3.accountId, request.id);
      }
      const read = await readJson(request, caller(summary.service));
      if ('refused' in read) return read.refused;
      return summary.service === 'kms'
        ? serveKms(summary.operation, read.input, kms)
        : serveWorkMail(summary.operation, read.input, organization);
    },
    refuse(error, request, summary) {
      if (error instanceof S3Error) return s3Refusal(error.code, error.message, error.status, request, error.fields);
      const message = error instanceof Error ? error.message : 'unexpected';
      if (summary.service !== 's3') return jsonError('InternalFailure', message, 500);
      return s3Refusal('InternalError', message, 500, request);
    },
    fail(fault, request, summary) {
      const status = fault.status ?? 500;
      const message = fault.message ?? 'The sandbox was told to fail.';
      if (summary.service !== 's3') return jsonError(fault.code ?? faultName(fault), message, status);
      return s3Refusal(fault.code ?? faultName(fault), message, status, request);
    },
  };
}

/** The code AWS would most likely send with a status. */
function faultName(fault: Fault): string {
  if (fault.status === 503) return 'SlowDown';
  if (fault.status === 429) return 'ThrottlingException';
  if (fault.status === 403) return 'AccessDenied';
  return fault.status === 400 ? 'RequestTimeout' : 'InternalError';
}

function summarize(request: SandboxRequest): RequestSummary {
  const range = request.header('range') ?? null;
  const [service = '', operation = ''] = (request.header('x-amz-target') ?? '').split('.', 2);
  const shared = { method: request.method, range };
  if (service === 'WorkMailService') return { ...shared, service: 'workmail', operation, bucket: null, key: null };
  if (service === 'TrentService') return { ...shared, service: 'kms', operation, bucket: null, key: null };
  const form = request.header('content-type')?.startsWith('application/x-www-form-urlencoded') === true;
  if (request.method === 'POST' && request.rawPath === '/' && form)
    return { ...shared, service: 'sts', operation: 'GetCallerIdentity', bucket: null, key: null };
  const route = routeS3(request);
  return {
    ...shared,
    service: 's3',
    operation: route?.operation ?? 'Unknown',
    bucket: route?.bucket || null,
    key: route?.key || null,
  };
}

function s3Refusal(
  code: string,
  message: string,
  status: number,
  request: SandboxRequest,
  fields: S3Error['fields'] = {},
): SandboxResponse {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: errorBody(code, message, request.rawPath, request.id, fields),
  };
}
