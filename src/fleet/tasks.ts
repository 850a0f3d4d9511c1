import { z } from 'zod';
import { type AwsClients, s3Sink } from '../aws/index.ts';
import { ManifestReader } from '../manifest/index.ts';
import { type Clock, MailproofError, type Reporter } from '../model/index.ts';
import type { BatchPool } from '../pipeline/index.ts';
import { checkRun } from '../verify/check-run.ts';
import type { VerdictName } from '../verify/verdict.ts';
import { writeCustody } from './custody.ts';
import { digestArchive } from './digest.ts';
import { mergeFleet } from './merge.ts';
import { type OpenedExport, openExport } from './open-export.ts';
import { planFleet } from './plan.ts';
import { ITEMS_PATH } from './records.ts';
import { processShard } from './shard.ts';

const place = {
  source: z.object({ bucket: z.string().min(1), key: z.string().min(1), versionId: z.string().nullable() }),
  destination: z.object({ bucket: z.string().min(1), prefix: z.string().min(1) }),
};

/** What the state machine sends to its one function. */
const taskSchema = z.discriminatedUnion('task', [
  z.object({ task: z.literal('plan'), ...place, shardOctets: z.number().int().min(1).optional() }),
  z.object({ task: z.literal('shard'), ...place, shard: z.number().int().min(0) }),
  z.object({ task: z.literal('digest'), ...place }),
  z.object({ task: z.literal('merge'), ...place }),
]);

export type FleetTask = z.infer<typeof taskSchema>;

export interface TaskPorts {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly makePool: () => BatchPool;
  readonly reporter: Reporter;
  readonly kmsKeyId: string | null;
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
  const read = taskSchema.safeParse(event);
  if (!read.success) {
    throw new MailproofError('PARAMETER_INVALID', 'The task is not one of plan, shard, digest and merge.', {
      advice: 'Check the definition of the state machine.',
    });
  }
  const task = read.data;
  const { clients, signal, kmsKeyId } = ports;
  const opened = await openExport(clients, task.source, null, signal);
  const encryption = kmsKeyId === null ? {} : { kmsKeyId };
  const sink = s3Sink({ s3: clients.s3, ...task.destination, ...encryption, signal });
  const input = { source: opened.source, sink, signal };
  try {
    switch (task.task) {
      case 'plan': {
        const cut = task.shardOctets === undefined ? {} : { shardOctets: task.shardOctets };
        const { plan } = await planFleet({ ...input, ...cut });
        const mode = plan.shards.length === 0 ? 'whole' : 'fleet';
        return { task: 'plan', mode, shards: plan.shards.length, itemsKey: `${task.destination.prefix}/${ITEMS_PATH}` };
      }
      case 'shard': {
        const pool = ports.makePool();
        try {
          const { records } = await processShard({ ...input, shard: task.shard, pool, reporter: ports.reporter });
          return { task: 'shard', shard: task.shard, records };
        } finally {
          await pool.close();
        }
      }
      case 'digest':
        return { task: 'digest', sha256: (await digestArchive({ ...input, checksum: opened.checksum })).sha256 };
      case 'merge':
        return await merge(task, opened, input, ports);
    }
  } finally {
    await opened.source.close();
  }
}

async function merge(
  task: FleetTask,
  opened: OpenedExport,
  input: Pick<Parameters<typeof mergeFleet>[0], 'source' | 'sink' | 'signal'>,
  { clock, reporter, signal }: TaskPorts,
): Promise<TaskResult> {
  const startedAt = clock.now();
  const { sink } = input;
  const { root, rootDigest } = await mergeFleet({
    ...input,
    reporter,
    findings: opened.findings,
    beforeRoot: (finished) =>
      writeCustody(sink, finished, {
        command: ['fleet', 'merge', opened.source.identity.location],
        source: opened.facts,
        facts: opened.sourceFacts,
        startedAt,
        finishedAt: clock.now(),
      }),
  });
  const manifest = await ManifestReader.open(sink);
  const { verdict } = await checkRun({
    manifest,
    facts: opened.sourceFacts,
    findings: opened.findings,
    reporter,
    ...(signal !== undefined && { signal }),
  });
  return {
    task: 'merge',
    manifestDigest: rootDigest,
    manifest: `s3://${task.destination.bucket}/${task.destination.prefix}/manifest.json`,
    verdict: verdict.verdict,
    counts: { ...root.counts },
  };
}
