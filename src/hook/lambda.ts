import { runTask, type TaskResult } from '../fleet/index.ts';
import { failureOf, RETRYABLE_NAME } from './failure.ts';
import { type HookContext, type HookHandler, makeHandler } from './handler.ts';
import { lambdaPorts } from './lambda-ports.ts';
import { jsonLog, logReporter } from './log.ts';

/** The bundle's entry: `lambda.hook` and `lambda.fleet` are the handlers of the two functions. */
const log = jsonLog((line) => void process.stdout.write(line));
const ports = lambdaPorts(process.env, new URL('./worker.mjs', import.meta.url));

export const hook: HookHandler = makeHandler(ports, log);

/** Stops before the runtime does, so that Step Functions reads a name it retries and not a time limit's. */
const MARGIN_MILLISECONDS = 15_000;

/** One task of the state machine. */
export async function fleet(event: unknown, context: HookContext): Promise<TaskResult> {
  const limit = new AbortController();
  const left = Math.max(0, context.getRemainingTimeInMillis() - MARGIN_MILLISECONDS);
  const timer = setTimeout(() => limit.abort(), left);
  const { clients, clock, makePool, settings } = ports;
  try {
    const reporter = logReporter(log, context.awsRequestId, () => clock.now());
    const result = await runTask(event, {
      clients,
      clock,
      makePool,
      reporter,
      kmsKeyId: settings.kmsKeyId,
      signal: limit.signal,
    });
    log('info', result.task, { requestId: context.awsRequestId });
    return result;
  } catch (error) {
    const failure = failureOf(error);
    const level = failure.name === RETRYABLE_NAME ? 'warn' : 'error';
    log(level, 'failed', { requestId: context.awsRequestId, code: failure.code, retryable: failure.retryable });
    throw failure;
  } finally {
    clearTimeout(timer);
  }
}
