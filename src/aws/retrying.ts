import { cancelled } from '../model/cancelled.ts';
import { backoff, type Tuning } from './backoff.ts';
import { type AwsContext, awsError } from './errors.ts';

/** Makes a request, again after a pause as long as its failure is temporary, and throws its failure as a run error. */
export async function retrying<Result>(
  context: AwsContext,
  tuning: Tuning,
  request: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 1; ; failures += 1) {
    if (context.signal?.aborted === true) throw cancelled(context.signal);
    try {
      return await request();
    } catch (error) {
      const failure = awsError(error, context);
      if (!failure.retryable || failures >= tuning.attempts) throw failure;
      await tuning.sleep(backoff(failures, tuning), context.signal);
    }
  }
}
