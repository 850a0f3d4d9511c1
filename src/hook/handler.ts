import { createHash } from 'node:crypto';
import { MailproofError } from '../model/index.ts';
import { type Announcement, announceAll } from './announce.ts';
import { type HookMessage, type HookTarget, isQueueEvent, readEvent } from './events.ts';
import { failureOf, framesOf, type HookFailure } from './failure.ts';
import { type Log, logReporter, placeOf } from './log.ts';
import { type HookOutcome, type HookPorts, runTarget } from './run.ts';

/** What the runtime tells of an invocation. */
export interface HookContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** Lambda's partial batch response. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** For a direct invocation. */
export interface HookResponse {
  readonly outcomes: readonly HookOutcome[];
  readonly ignored: number;
}

export type HookHandler = (event: unknown, context: HookContext) => Promise<BatchResponse | HookResponse>;

/** Less than this is not worth beginning another export with. */
const LEAST_MILLISECONDS = 45_000;

/**
 * The Lambda handler. A batch of a queue is answered with the messages that failed; anything else throws a `HookFailure`,
 * whose name says whether a retry helps. What no retry helps is announced as failed, and still returned as failed, so
 * that the queue's redrive policy keeps the message where a person finds it.
 */
export function makeHandler(ports: HookPorts, log: Log): HookHandler {
  return async (event, context) => {
    const messages = readEvent(event);
    const done = new Map<string, HookOutcome | HookFailure>();
    const tell: Log = (level, message, fields) => log(level, message, { requestId: context.awsRequestId, ...fields });
    const outcomes: HookOutcome[] = [];
    const failed: { readonly message: HookMessage; readonly failure: HookFailure }[] = [];
    for (const message of messages) {
      const { failure: unreadable, ignored } = message;
      if (ignored.length > 0) tell('info', 'ignored', { count: ignored.length, reason: ignored.join(',') });
      let failure = unreadable === null ? null : failureOf(unreadable);
      if (failure !== null) tell('error', 'failed', { code: failure.code, retryable: false });
      for (const target of message.targets) {
        const outcome = await once(done, target, ports, context, tell);
        if (outcome instanceof Error) failure ??= outcome;
        else outcomes.push(outcome);
      }
      if (failure !== null) failed.push({ message, failure });
    }
    if (isQueueEvent(event)) {
      return { batchItemFailures: failed.map(({ message }) => ({ itemIdentifier: message.id ?? '' })) };
    }
    const [first] = failed;
    if (first !== undefined) throw first.failure;
    return { outcomes, ignored: messages.reduce((sum, { ignored }) => sum + ignored.length, 0) };
  };
}

/** A target that comes twice in one event is done once. */
async function once(
  done: Map<string, HookOutcome | HookFailure>,
  target: HookTarget,
  ports: HookPorts,
  context: HookContext,
  tell: Log,
): Promise<HookOutcome | HookFailure> {
  const name = JSON.stringify(target);
  const known = done.get(name);
  if (known !== undefined) return known;
  const outcome = await attempt(target, ports, context, tell);
  done.set(name, outcome);
  return outcome;
}

async function attempt(
  target: HookTarget,
  ports: HookPorts,
  context: HookContext,
  tell: Log,
): Promise<HookOutcome | HookFailure> {
  const { clock } = ports;
  const place = target.kind === 'job' ? target.jobId : placeOf(target.bucket, target.key);
  const begun = clock.now();
  try {
    if (context.getRemainingTimeInMillis() < LEAST_MILLISECONDS) {
      throw new MailproofError('TIMEOUT', 'Too little time is left of the invocation.');
    }
    const outcome = await runTarget(target, ports, {
      remaining: () => context.getRemainingTimeInMillis(),
      reporterOf: (bucket, key) => logReporter(tell, placeOf(bucket, key), () => clock.now()),
    });
    const { state, announcement } = outcome;
    tell('info', state, { place, verdict: announcement?.verdict ?? null, milliseconds: clock.now() - begun });
    return outcome;
  } catch (error) {
    const failure = failureOf(error);
    const { code, retryable } = failure;
    tell(retryable ? 'warn' : 'error', 'failed', { place, code, retryable, frames: framesOf(failure) });
    if (!failure.retryable) await announceFailure(target, failure, ports, tell);
    return failure;
  }
}

/** A failure to tell of a failure is logged only: the message itself goes to the dead-letter queue. */
async function announceFailure(target: HookTarget, failure: HookFailure, ports: HookPorts, tell: Log): Promise<void> {
  const id = createHash('sha256')
    .update(JSON.stringify([target, failure.code]))
    .digest('hex');
  const announcement: Announcement = {
    schemaVersion: 1,
    id: `sha256:${id}`,
    type: 'failed',
    archive: target.kind === 'object' ? { bucket: target.bucket, key: target.key, versionId: target.versionId } : null,
    job: target.kind === 'job' ? { organizationId: target.organizationId, jobId: target.jobId } : null,
    verdict: null,
    manifest: null,
    counts: null,
    failure: { code: failure.code, retryable: failure.retryable },
  };
  try {
    await announceAll(ports.announcers, announcement);
  } catch (error) {
    tell('error', 'not announced', { code: failureOf(error).code });
  }
}
