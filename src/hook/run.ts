import { type AwsClients, s3Sink } from '../aws/index.ts';
import { writeCustody } from '../fleet/custody.ts';
import { type OpenedExport, openExport } from '../fleet/open-export.ts';
import { ManifestReader, ROOT_PATH } from '../manifest/index.ts';
import { type Clock, MailproofError, type Reporter, type Sink } from '../model/index.ts';
import { type BatchPool, processExport } from '../pipeline/index.ts';
import { checkRun } from '../verify/check-run.ts';
import { type Announcement, type Announcer, announceAll } from './announce.ts';
import { type ConfirmedExport, confirmExport } from './confirm.ts';
import { type Destination, destinationOf, exists } from './destination.ts';
import type { HookTarget } from './events.ts';
import type { HandOver } from './hand-over.ts';
import type { HookSettings } from './settings.ts';

/** Written when all have been told, so that a delivery repeated later tells nobody twice. */
export const ANNOUNCED_PATH = 'announced.json';
/** Kept for writing what is begun, for the answer, and for the runtime itself. */
const MARGIN_MILLISECONDS = 20_000;
/** A job whose state has not flipped yet is waited for as long as this; then the message comes again. */
const PATIENCE_MILLISECONDS = 60_000;

export interface HookPorts {
  readonly clients: AwsClients;
  readonly clock: Clock;
  readonly settings: HookSettings;
  readonly makePool: () => BatchPool;
  readonly announcers: readonly Announcer[];
  readonly handOver: HandOver | null;
}

/** One invocation. */
export interface Invocation {
  /** Milliseconds until the runtime ends it. */
  readonly remaining: () => number;
  readonly reporterOf: (bucket: string, key: string) => Reporter;
}

/** `processed`: this invocation wrote the root. `known`: it was there already. `handed-over`: the fleet has it. */
export interface HookOutcome {
  readonly state: 'processed' | 'known' | 'handed-over';
  readonly announcement: Announcement | null;
}

/**
 * Processes one export: asks WorkMail, reads, writes the manifest beside the export, tells the verdict. At-least-once
 * delivery gives one manifest: whoever comes second, at the same time or later, finds the root and stops. Before the time
 * limit it stops by itself; finished shards are kept, and the fleet or the next delivery goes on.
 */
export async function runTarget(target: HookTarget, ports: HookPorts, invocation: Invocation): Promise<HookOutcome> {
  const { clients, clock, settings, handOver } = ports;
  const limit = new AbortController();
  const left = Math.max(0, invocation.remaining() - MARGIN_MILLISECONDS);
  const outOfTime = new MailproofError('TIMEOUT', 'The time limit of the invocation is near.', {
    advice: 'Finished shards are kept: the next delivery goes on after them.',
  });
  const timer = setTimeout(() => limit.abort(outOfTime), left);
  const { signal } = limit;
  try {
    const patience = Math.min(PATIENCE_MILLISECONDS, left / 2);
    const { organizationId } = settings;
    const confirmed = await confirmExport(target, { clients, clock, organizationId, patience, signal });
    const opened = await openExport(clients, confirmed.address, confirmed.job, signal);
    try {
      const { bucket, key } = confirmed.address;
      const destination = destinationOf(bucket, key, opened.source);
      const sink = s3Sink({ s3: clients.s3, ...destination, ...keyOf(settings), signal });
      if (await exists(sink, ROOT_PATH)) return await conclude('known', confirmed, opened, sink, ports, signal);
      const request = handOverRequest(confirmed, opened, destination);
      if (handOver !== null && opened.source.size > settings.singleRunOctets) {
        await handOver(request, signal);
        return { state: 'handed-over', announcement: null };
      }
      try {
        await read(confirmed, opened, sink, ports, invocation, signal);
      } catch (error) {
        if (signal.aborted) {
          if (handOver === null) throw outOfTime;
          // The signal is spent: this one request must still go out.
          await handOver(request);
          return { state: 'handed-over', announcement: null };
        }
        // Another delivery of the same event was faster, and has removed what this one was working with.
        if (!(await exists(sink, ROOT_PATH))) throw error;
        return await conclude('known', confirmed, opened, sink, ports, signal);
      }
      return await conclude('processed', confirmed, opened, sink, ports, signal);
    } finally {
      await opened.source.close();
    }
  } catch (error) {
    throw signal.aborted ? outOfTime : error;
  } finally {
    clearTimeout(timer);
  }
}

const keyOf = ({ kmsKeyId }: HookSettings) => (kmsKeyId === null ? {} : { kmsKeyId });

function handOverRequest(confirmed: ConfirmedExport, opened: OpenedExport, destination: Destination) {
  const { address, job } = confirmed;
  // Pinned: the fleet must read the version the hook saw.
  const source = { ...address, versionId: opened.source.identity.version };
  return { source, destination, job: job === null ? null : { ...job } };
}

async function read(
  confirmed: ConfirmedExport,
  opened: OpenedExport,
  sink: Sink,
  ports: HookPorts,
  invocation: Invocation,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = ports;
  const startedAt = clock.now();
  const { bucket, key } = confirmed.address;
  const pool = ports.makePool();
  try {
    await processExport({
      source: opened.source,
      sink,
      pool,
      reporter: invocation.reporterOf(bucket, key),
      findings: [...confirmed.findings, ...opened.findings],
      checksum: opened.checksum,
      signal,
      beforeRoot: (finished) =>
        writeCustody(sink, finished, {
          command: ['hook', opened.source.identity.location],
          source: opened.facts,
          facts: opened.sourceFacts,
          startedAt,
          finishedAt: clock.now(),
        }),
    });
  } finally {
    await pool.close();
  }
}

const SILENT: Reporter = {
  progress: () => undefined,
  note: () => undefined,
  issue: () => undefined,
  finding: () => undefined,
};

/** Verifies what is written and tells it, once. */
async function conclude(
  state: 'processed' | 'known',
  confirmed: ConfirmedExport,
  opened: OpenedExport,
  sink: Sink,
  ports: HookPorts,
  signal: AbortSignal,
): Promise<HookOutcome> {
  if (state === 'known' && (await exists(sink, ANNOUNCED_PATH))) return { state, announcement: null };
  const announcement = await verdictOf(confirmed, opened, sink, signal);
  await announceAll(ports.announcers, announcement, signal);
  await sink.put(ANNOUNCED_PATH, Buffer.from(`${JSON.stringify({ id: announcement.id })}\n`));
  return { state, announcement };
}

async function verdictOf(
  confirmed: ConfirmedExport,
  opened: Pick<OpenedExport, 'sourceFacts' | 'findings' | 'source'>,
  sink: Sink,
  signal: AbortSignal,
): Promise<Announcement> {
  const manifest = await ManifestReader.open(sink);
  const { verdict } = await checkRun({
    manifest,
    facts: opened.sourceFacts,
    findings: [...confirmed.findings, ...opened.findings],
    reporter: SILENT,
    signal,
  });
  const { address, job } = confirmed;
  const { root, digest } = manifest;
  return {
    schemaVersion: 1,
    id: digest,
    type: 'processed',
    archive: { ...address, versionId: opened.source.identity.version },
    job: job === null ? null : { organizationId: job.organizationId, jobId: job.jobId },
    verdict: verdict.verdict,
    manifest: { location: `${sink.location}/${ROOT_PATH}`, digest },
    counts: { ...root.counts, balanced: root.balanced },
    failure: null,
  };
}
