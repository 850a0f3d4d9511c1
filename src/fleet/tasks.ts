import { type AwsClients, type Job, s3Sink } from '../aws/index.ts';
import type { KeyMaterial } from '../decrypt/index.ts';
import { ROOT_PATH } from '../manifest/index.ts';
import { type Clock, isThere, type Reporter, type Sink } from '../model/index.ts';
import type { BatchPool } from '../pipeline/index.ts';
import type { VerdictName } from '../verify/verdict.ts';
import { writeCustody } from './custody.ts';
import { digestArchive } from './digest.ts';
import { type VerifiedRun, verifyFinished } from './finished-run.ts';
import { keepJob, keptJob } from './job-record.ts';
import { mergeFleet } from './merge.ts';
import { type OpenedExport, openStored, type StoredExport } from './open-export.ts';
import { planFleet } from './plan.ts';
import { ITEMS_PATH } from './records.ts';
import { processShard } from './shard.ts';
import { readsAsOne } from './splitting.ts';
import { type FleetTask, readTask } from './task.ts';

export interface TaskPorts {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly makePool: () => BatchPool;
  readonly reporter: Reporter;
  readonly kmsKeyId: string | null;
  readonly pins?: KeyMaterial;
  /** Told of a run that is merged and verified; of one that was merged before, again. */
  readonly concluded?: (run: VerifiedRun, task: FleetTask, sink: Sink) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/** Small on purpose: Step Functions carries it, up to 256 KiB for a whole map. */
export type TaskResult =
  | { readonly task: 'plan'; readonly mode: 'fleet' | 'whole'; readonly shards: number; readonly itemsKey: string }
  | { readonly task: 'shard'; readonly shard: number; readonly records: number }
  | { readonly task: 'digest'; readonly sha256: string }
  | {
      readonly task: 'merge';
      readonly manifestDigest: string;
      readonly manifest: string;
      readonly verdict: VerdictName;
      readonly counts: Readonly<Record<string, number>>;
    };

/** Does one task of the fleet: the same code in a Lambda, in a container and in a process. Throws MailproofError. */
export async function runTask(event: unknown, ports: TaskPorts): Promise<TaskResult> {
  const task = readTask(event);
  const { clients, signal, kmsKeyId } = ports;
  const encryption = kmsKeyId === null ? {} : { kmsKeyId };
  const sink = s3Sink({ s3: clients.s3, ...task.destination, ...encryption, signal });
  switch (task.task) {
    case 'plan':
      return planTask(task, sink, ports);
    case 'shard': {
      const pool = ports.makePool();
      const { shard } = task;
      const { reporter } = ports;
      try {
        const { records } = await withSource(task, null, ports, ({ source }) =>
          processShard({ source, sink, signal, shard, pool, reporter }),
        );
        return { task: 'shard', shard, records };
      } finally {
        await pool.close();
      }
    }
    case 'digest': {
      const { sha256 } = await withSource(task, null, ports, ({ source, checksum }) =>
        digestArchive({ source, sink, signal, checksum }),
      );
      return { task: 'digest', sha256 };
    }
    case 'merge':
      return mergeTask(task, sink, ports);
  }
}

/** What can be split is wrapped in an envelope at most: nothing is spooled. */
async function withSource<T>(
  task: FleetTask,
  job: Job | null,
  { clients, pins, signal }: TaskPorts,
  act: (opened: OpenedExport) => Promise<T>,
): Promise<T> {
  const stored = await openStored(clients, task.source, job, { pins, signal });
  const opened = await stored.open('envelope');
  try {
    return await act(opened);
  } finally {
    await opened.source.close();
  }
}

async function planTask(
  task: FleetTask & { readonly task: 'plan' },
  sink: Sink,
  { clients, pins, signal }: TaskPorts,
): Promise<TaskResult> {
  const job = task.input?.job ?? null;
  if (job !== null) await keepJob(sink, job);
  const itemsKey = `${task.destination.prefix}/${ITEMS_PATH}`;
  const stored: StoredExport = await openStored(clients, task.source, job, { pins, signal });
  const whole = { task: 'plan', mode: 'whole', shards: 0, itemsKey } as const;
  let open = stored.source;
  try {
    if (await readsAsOne(stored.source, signal)) return whole;
    const { source } = await stored.open('envelope');
    open = source;
    if (source !== stored.source && (await readsAsOne(source, signal))) return whole;
    const cut = task.shardOctets === undefined ? {} : { shardOctets: task.shardOctets };
    const { plan } = await planFleet({ source, sink, signal, authenticated: source !== stored.source, ...cut });
    const { length } = plan.shards;
    return length === 0 ? whole : { task: 'plan', mode: 'fleet', shards: length, itemsKey };
  } finally {
    await open.close();
  }
}

/** A merge that wrote the root and was then taken away is done: it is verified and told, and not begun again. */
async function mergeTask(
  task: FleetTask & { readonly task: 'merge' },
  sink: Sink,
  ports: TaskPorts,
): Promise<TaskResult> {
  const { clock, reporter, signal } = ports;
  const startedAt = clock.now();
  if (!(await isThere(sink, ROOT_PATH))) {
    await withSource(task, await keptJob(sink), ports, ({ source, facts, sourceFacts, findings, caller }) =>
      mergeFleet({
        source,
        sink,
        signal,
        reporter,
        findings,
        beforeRoot: (finished) =>
          writeCustody(sink, finished, {
            command: ['fleet', 'merge', source.identity.location],
            source: facts,
            facts: sourceFacts,
            startedAt,
            finishedAt: clock.now(),
            caller,
          }),
      }),
    );
  }
  const run = await verifyFinished(sink, signal);
  await ports.concluded?.(run, task, sink);
  return {
    task: 'merge',
    manifestDigest: run.digest,
    manifest: `${sink.location}/${ROOT_PATH}`,
    verdict: run.verdict,
    counts: { ...run.root.counts },
  };
}
