import { createHash } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { type FleetTask, readTask, runTask, type TaskResult } from '../fleet/index.ts';
import { type Announcement, announceAll } from './announce.ts';
import { announcementOf, announceOnce } from './conclude.ts';
import { failureOf, framesOf, type HookFailure, RETRYABLE_NAME } from './failure.ts';
import type { HookContext } from './handler.ts';
import { type Log, logReporter } from './log.ts';
import type { HookPorts } from './run.ts';

export type FleetHandler = (event: unknown, context: HookContext) => Promise<TaskResult>;

/** Stops before the runtime does, so that Step Functions reads a name it retries and not a time limit's. */
const MARGIN_MILLISECONDS = 15_000;

/**
 * The handler of the state machine's function: one task of the fleet. A merge tells its verdict, and what no retry helps
 * is told as failed, as the hook does. Throws a `HookFailure`, by whose name the state machine retries.
 */
export function makeFleetHandler(ports: HookPorts, log: Log): FleetHandler {
  return async (event, context) => {
    const tell: Log = (level, message, fields) => log(level, message, { requestId: context.awsRequestId, ...fields });
    const limit = new AbortController();
    const left = Math.max(0, context.getRemainingTimeInMillis() - MARGIN_MILLISECONDS);
    const timer = setTimeout(() => limit.abort(), left);
    const { clients, clock, makePool, settings, announcers } = ports;
    const { signal } = limit;
    // Each request under way listens to it: there are more than the ten Node takes for a leak.
    setMaxListeners(0, signal);
    try {
      const result = await runTask(event, {
        clients,
        clock,
        makePool,
        reporter: logReporter(tell, context.awsRequestId, () => clock.now()),
        kmsKeyId: settings.kmsKeyId,
        pins: settings.pins,
        signal,
        concluded: async (run, task, sink) =>
          void (await announceOnce(announcers, announcementOf(run, sink, task.source), sink, signal)),
      });
      tell('info', result.task);
      return result;
    } catch (error) {
      const failure = failureOf(error);
      const { code, retryable } = failure;
      tell(failure.name === RETRYABLE_NAME ? 'warn' : 'error', 'failed', {
        code,
        retryable,
        frames: framesOf(failure),
      });
      if (!retryable) await announceFailure(event, failure, ports, tell);
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  };
}

/** A failure to tell of a failure is logged only: the execution fails in any case, and its alarm goes off. */
async function announceFailure(event: unknown, failure: HookFailure, ports: HookPorts, tell: Log): Promise<void> {
  try {
    await announceAll(ports.announcers, failedAnnouncement(readTask(event), failure));
  } catch (error) {
    tell('error', 'not announced', { code: failureOf(error).code });
  }
}

/** All tasks of one archive that fail for the same reason have one id: receivers hear of it once. */
function failedAnnouncement({ source }: FleetTask, { code, retryable }: HookFailure): Announcement {
  const id = createHash('sha256')
    .update(JSON.stringify(['fleet', source, code]))
    .digest('hex');
  return {
    schemaVersion: 1,
    id: `sha256:${id}`,
    type: 'failed',
    archive: source,
    job: null,
    verdict: null,
    manifest: null,
    counts: null,
    failure: { code, retryable },
  };
}
