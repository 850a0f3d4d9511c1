import { type AwsClients, type Job, locateExport } from '../../aws/index.ts';
import type { KeyMaterial } from '../../decrypt/index.ts';
import { ROOT_PATH } from '../../manifest/index.ts';
import { type Clock, MailproofError, type Reporter, type Sink } from '../../model/index.ts';
import { type BatchPool, processExport } from '../../pipeline/index.ts';
import { writeCustody } from '../custody.ts';
import { verifyFinished } from '../finished-run.ts';
import { openExport } from '../open-export.ts';
import type { MailboxOutcome } from './record.ts';

export interface ProcessMailboxInput {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly job: Job;
  /** Of this mailbox alone. */
  readonly sink: Sink;
  readonly pool: BatchPool;
  readonly reporter: Reporter;
  /** What is accepted of client-side encryption. */
  readonly pins?: KeyMaterial | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Processes one export of an organization and verifies it; one that an earlier run finished is verified only. */
export async function processMailbox(input: ProcessMailboxInput): Promise<MailboxOutcome> {
  const { clients, clock, job, sink, pool, reporter, pins, signal } = input;
  const startedAt = clock.now();
  const address = await locateExport(job, clients.s3, signal);
  const opened = await openExport(clients, address, job, { pins, signal });
  const { source, findings, checksum, facts, sourceFacts, caller } = opened;
  const options = signal === undefined ? {} : { signal };
  try {
    await processExport({
      source,
      sink,
      pool,
      reporter,
      findings,
      checksum,
      ...options,
      beforeRoot: (finished) =>
        writeCustody(sink, finished, {
          command: ['organization', 'process', `job:${job.organizationId}/${job.jobId}`],
          source: facts,
          facts: sourceFacts,
          startedAt,
          finishedAt: clock.now(),
          caller,
        }),
    }).catch((error: unknown) => {
      if (!(error instanceof MailproofError && error.code === 'OUTPUT_EXISTS')) throw error;
    });
    const { root, verdict } = await verifyFinished(sink, signal);
    const { items, issues, errors } = root.counts;
    return { items, issues, errors, verdict, manifest: `${sink.location}/${ROOT_PATH}` };
  } finally {
    await source.close();
  }
}
