import type { SandboxResponse } from '../http/response.ts';
import { elements } from '../s3/xml.ts';

/** GetCallerIdentity of the query protocol: how a person finds out whose credentials are in use. */
export function callerIdentity(principalArn: string, accountId: string, requestId: string): SandboxResponse {
  const body = elements(
    'GetCallerIdentityResponse',
    {
      GetCallerIdentityResult: { Arn: principalArn, UserId: 'AIDASANDBOX', Account: accountId },
      ResponseMetadata: { RequestId: requestId },
    },
    'https://sts.amazonaws.com/doc/2011-06-15/',
  );
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}
