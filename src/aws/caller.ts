import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { readFailure } from './failure.ts';

/** Whose credentials AWS saw in a run, or why that is not known. */
export type Caller =
  | { readonly arn: string; readonly account: string | null; readonly userId: string | null }
  | { readonly arn: null; readonly reason: string };

/** Nobody was asked. */
export const NOT_ASKED: Caller = { arn: null, reason: 'Nothing in this run was asked of AWS.' };

/** In a network without a way to STS the request is never answered: a run does not wait for that. */
const PATIENCE_MILLISECONDS = 3_000;
const REASON_LIMIT = 300;

/**
 * Asks STS who is calling (GetCallerIdentity: no permission is needed for it, and none can take it away). Never throws:
 * who called is worth knowing, and a run is not worth losing over it.
 */
export async function askCaller(
  sts: Pick<STSClient, 'send'>,
  options: { readonly timeoutMilliseconds?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Caller> {
  const { timeoutMilliseconds = PATIENCE_MILLISECONDS, signal } = options;
  const patience = new AbortController();
  const abortSignal = signal === undefined ? patience.signal : AbortSignal.any([signal, patience.signal]);
  let timer: NodeJS.Timeout | undefined;
  // Where credentials are looked for (a metadata service that is not there) the SDK does not heed the signal.
  const late = new Promise<Caller>((resolve) => {
    timer = setTimeout(() => {
      patience.abort();
      resolve({ arn: null, reason: `STS did not answer within ${timeoutMilliseconds / 1000} seconds.` });
    }, timeoutMilliseconds);
  });
  const asked = sts.send(new GetCallerIdentityCommand({}), { abortSignal }).then(
    ({ Arn, Account, UserId }): Caller =>
      Arn === undefined
        ? { arn: null, reason: 'STS answered without an ARN.' }
        : { arn: Arn, account: Account ?? null, userId: UserId ?? null },
    (error: unknown): Caller => ({ arn: null, reason: reasonOf(error) }),
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = readFailure(error);
  const said = [code, message].filter((part) => part !== '').join(': ');
  return `STS could not be asked: ${said.slice(0, REASON_LIMIT)}`;
}
