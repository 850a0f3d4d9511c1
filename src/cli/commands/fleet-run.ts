import { type CustodyInput, keptJob, mergeFleet, verifyFinished, withJob, writeCustody } from '../../fleet/index.ts';
import { announcementOf, announceOnce, announcersOf, readSettings } from '../../hook/index.ts';
import { ROOT_PATH } from '../../manifest/index.ts';
import { isThere, type Sink } from '../../model/index.ts';
import { type FinishedRun, processExport } from '../../pipeline/process.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type FleetOptions, withBoth } from '../fleet-source.ts';
import { makePool } from '../pool.ts';
import type { OpenedSource } from '../source.ts';
import { number } from '../units.ts';
import { VERDICT_SENTENCES } from '../verdict.ts';

/** Writes the custody record of a run, begun now, when it ends. */
function custodian({ clock }: Context, opened: OpenedSource, sink: Sink, command: CustodyInput['command']) {
  const startedAt = clock.now();
  const { facts: source, sourceFacts: facts, caller } = opened;
  return (finished: FinishedRun) =>
    writeCustody(sink, finished, { command, source, facts, startedAt, finishedAt: clock.now(), caller });
}

const isFinished = (sink: Sink): Promise<boolean> => isThere(sink, ROOT_PATH);

/** `fleet merge DEST --source SOURCE`: of a run that was merged before, its verdict again. */
export function mergeCommand(context: Context, dest: string, options: FleetOptions): Promise<number> {
  return withBoth(context, dest, options, async (bare, sink) => {
    const { signal, printer: reporter } = context;
    if (!(await isFinished(sink))) {
      const opened = withJob(bare, await keptJob(sink));
      const { source, findings } = opened;
      const beforeRoot = custodian(context, opened, sink, ['fleet', 'merge', dest, '--source', options.source]);
      await mergeFleet({ source, sink, reporter, findings, signal, beforeRoot });
    }
    return conclude(context, dest, sink, bare);
  });
}

/** `fleet whole DEST --source SOURCE`: what cannot be split, by one machine. The merge that follows tells the verdict. */
export function wholeCommand(
  context: Context,
  dest: string,
  options: FleetOptions & { readonly workers?: number },
): Promise<number> {
  return withBoth(context, dest, options, async (bare, sink) => {
    const { signal, printer: reporter } = context;
    if (await isFinished(sink)) {
      reporter.note(`${sink.location} already holds a finished manifest.`);
      return EXIT.done;
    }
    const opened = withJob(bare, await keptJob(sink));
    const { source, findings, checksum } = opened;
    const beforeRoot = custodian(context, opened, sink, ['fleet', 'whole', dest, '--source', options.source]);
    const pool = makePool(options.workers);
    try {
      const { root, rootDigest } = await processExport({
        source,
        sink,
        pool,
        reporter,
        findings,
        checksum,
        signal,
        beforeRoot,
      });
      reporter.data({ manifestDigest: rootDigest, counts: { ...root.counts } }, `${sink.location}/${ROOT_PATH}`);
      return EXIT.done;
    } finally {
      await pool.close();
    }
  });
}

/** Verifies the run and tells everyone the environment names, as the hook does: once. */
async function conclude(context: Context, dest: string, sink: Sink, { sourceFacts }: OpenedSource): Promise<number> {
  const { environment, printer, signal } = context;
  const run = await verifyFinished(sink, signal);
  const { root, digest, verdict } = run;
  const settings = readSettings(environment);
  const { createClients } = await import('../../aws/index.ts');
  const clients = createClients({ environment });
  let told: string[] = [];
  try {
    const announcers = announcersOf(settings, clients, environment);
    const archive = addressOf(sourceFacts.object?.location ?? '', sourceFacts.object?.versionId ?? null);
    const announcement = announcementOf(run, sink, archive);
    if (announcers.length > 0 && (await announceOnce(announcers, announcement, sink, signal)) !== null)
      told = announcers.map(({ name }) => name);
  } finally {
    clients.destroy();
  }
  printer.summary({
    title: 'Merged: the manifest is the one a single machine writes.',
    lines: [
      { label: 'Items', text: number(root.counts.items) },
      { label: 'Manifest', text: `${sink.location}/${ROOT_PATH}` },
      { label: 'Digest', text: digest },
      { label: 'Verdict', text: VERDICT_SENTENCES[verdict] },
      ...(told.length > 0 ? [{ label: 'Told', text: told.join(', ') }] : []),
    ],
    next: [`mailproof verify ${dest}`],
    data: { manifestDigest: digest, counts: { ...root.counts }, balanced: root.balanced, verdict, told },
  });
  return root.balanced && verdict !== 'INCOMPLETE' ? EXIT.done : EXIT.incomplete;
}

/** An archive in S3; null for a file. */
function addressOf(location: string, versionId: string | null) {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(location) ?? [];
  return bucket === undefined || key === undefined ? null : { bucket, key, versionId };
}
