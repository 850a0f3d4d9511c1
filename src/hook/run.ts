import { setMaxListeners } from 'node:events';
import { type AwsClients, s3Sink } from '../aws/index.ts';
import { writeCustody } from '../fleet/custody.ts';
import { verifyFinished } from '../fleet/finished-run.ts';
import { type OpenedExport, openStored } from '../fleet/open-export.ts';
import { ROOT_PATH, type ShardLimits } from '../manifest/index.ts';
import { type ByteSource, type Clock, isThere, MailproofError, type Reporter, type Sink } from '../model/index.ts';
import { type BatchPool, processExport } from '../pipeline/index.ts';
import type { Announcement, Announcer } from './announce.ts';
import { announcementOf, announceOnce, wasAnnounced } from './conclude.ts';
import { type ConfirmedExport, confirmExport } from './confirm.ts';
import { type Destination, destinationOf } from './destination.ts';
import type { HookTarget } from './events.ts';
import type { FleetRequest, HandOver } from './hand-over.ts';
import type { HookSettings } from './settings.ts';

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
  /** When a shard of the manifest is closed; part of its settings. */
  readonly shards?: ShardLimits;
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
  const limit = new AbortController();
  const left = Math.max(0, invocation.remaining() - MARGIN_MILLISECONDS);
  const outOfTime = new MailproofError('TIMEOUT', 'The time limit of the invocation is near.', {
    advice: 'Finished shards are kept: the next delivery goes on after them.',
  });
  const timer = setTimeout(() => limit.abort(outOfTime), left);
  const { signal } = limit;
  // Each request under way listens to it: there are more than the ten Node takes for a leak.
  setMaxListeners(0, signal);
  try {
    const patience = Math.min(PATIENCE_MILLISECONDS, left / 2);
    const { clients, clock, settings } = ports;
    const { organizationId } = settings;
    const confirmed = await confirmExport(target, { clients, clock, organizationId, patience, signal });
    return await runConfirmed(confirmed, ports, invocation, signal);
  } catch (error) {
    throw signal.aborted ? outOfTime : error;
  } finally {
    clearTimeout(timer);
  }
}

async function runConfirmed(
  confirmed: ConfirmedExport,
  ports: HookPorts,
  invocation: Invocation,
  signal: AbortSignal,
): Promise<HookOutcome> {
  const { clients, settings, handOver } = ports;
  const { address, job } = confirmed;
  const { pins, kmsKeyId, singleRunOctets } = settings;
  const stored = await openStored(clients, address, job, { pins, signal });
  let open = stored.source;
  try {
    const destination = destinationOf(address.bucket, address.key, open);
    const key = kmsKeyId === null ? {} : { kmsKeyId };
    const sink = s3Sink({ s3: clients.s3, ...destination, ...key, signal });
    const concluded = (state: 'processed' | 'known') => conclude(state, confirmed, stored.source, sink, ports, signal);
    if (await isThere(sink, ROOT_PATH)) return await concluded('known');
    const request = handOverRequest(confirmed, stored.source, destination);
    if (handOver !== null && open.size > singleRunOctets) {
      await handOver(request, signal);
      return { state: 'handed-over', announcement: null };
    }
    try {
      const opened = await stored.open();
      open = opened.source;
      await read(confirmed, opened, sink, ports, invocation, signal);
    } catch (error) {
      if (signal.aborted) {
        if (handOver === null) throw error;
        // The signal is spent: this one request must still go out.
        await handOver(request);
        return { state: 'handed-over', announcement: null };
      }
      // Another delivery of the same event was faster, and has removed what this one was working with.
      if (!(await isThere(sink, ROOT_PATH))) throw error;
      return await concluded('known');
    }
    return await concluded('processed');
  } finally {
    await open.close();
  }
}

function handOverRequest(confirmed: ConfirmedExport, stored: ByteSource, destination: Destination): FleetRequest {
  const { address, job } = confirmed;
  // Pinned: the fleet must read the version the hook saw.
  const source = { ...address, versionId: stored.identity.version };
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
  const { clock, shards } = ports;
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
      ...(shards !== undefined && { shards }),
      signal,
      beforeRoot: (finished) =>
        writeCustody(sink, finished, {
          command: ['hook', opened.source.identity.location],
          source: opened.facts,
          facts: opened.sourceFacts,
          startedAt,
          finishedAt: clock.now(),
          caller: opened.caller,
        }),
    });
  } finally {
    await pool.close();
  }
}

/** Verifies what is written and tells it, once. */
async function conclude(
  state: 'processed' | 'known',
  confirmed: ConfirmedExport,
  stored: ByteSource,
  sink: Sink,
  ports: HookPorts,
  signal: AbortSignal,
): Promise<HookOutcome> {
  if (state === 'known' && (await wasAnnounced(sink))) return { state, announcement: null };
  const run = await verifyFinished(sink, signal);
  const archive = { ...confirmed.address, versionId: stored.identity.version };
  const announcement = announcementOf({ ...run, job: run.job ?? confirmed.job }, sink, archive);
  return { state, announcement: await announceOnce(ports.announcers, announcement, sink, signal) };
}
