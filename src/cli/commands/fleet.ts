import {
  ASSUMPTIONS,
  digestArchive,
  estimateCost,
  type FleetItem,
  mergeFleet,
  planFleet,
  processShard,
  writeCustody,
} from '../../fleet/index.ts';
import type { CommonOptions, Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { makePool } from '../pool.ts';
import { openSink } from '../sink.ts';
import { type OpenedSource, openSource } from '../source.ts';
import { counted, duration, number, octets } from '../units.ts';

export interface FleetOptions extends CommonOptions {
  readonly source: string;
  readonly versionId?: string;
  readonly kmsKeyId?: string;
}

type Sink = Awaited<ReturnType<typeof openSink>>;

/** Opens source and destination, and closes the source whatever happens. */
async function withBoth(
  context: Context,
  dest: string,
  options: FleetOptions,
  act: (opened: OpenedSource, sink: Sink) => Promise<number>,
): Promise<number> {
  const opened = await openSource(context, options.source, options);
  try {
    return await act(opened, await openSink(context, dest, options));
  } finally {
    await opened.source.close();
    opened.close();
  }
}

const itemCommand = (dest: string, source: string, item: FleetItem): string =>
  item.task === 'digest'
    ? `mailproof fleet digest ${dest} --source ${source}`
    : `mailproof fleet shard ${dest} --source ${source} --shard ${item.shard}`;

/** `fleet plan DEST --source SOURCE`. */
export function planCommand(context: Context, dest: string, options: FleetOptions & { readonly shardSize?: number }) {
  return withBoth(context, dest, options, async ({ source }, sink) => {
    const cut = options.shardSize === undefined ? {} : { shardOctets: options.shardSize };
    const { plan, digest, items } = await planFleet({ source, sink, ...cut, signal: context.signal });
    const whole = plan.shards.length === 0;
    context.printer.summary({
      title: whole ? 'This archive cannot be split: one machine has to read it.' : 'Planned.',
      lines: [
        { label: 'Archive', text: `${octets(source.size)}, ${counted(plan.entries, 'entry', 'entries')}` },
        { label: 'Shards', text: number(plan.shards.length) },
      ],
      next: whole
        ? [`mailproof process ${options.source} --out ${dest}`]
        : [
            ...items.slice(0, 3).map((item) => itemCommand(dest, options.source, item)),
            `mailproof fleet merge ${dest} --source ${options.source}`,
          ],
      data: {
        plan: digest,
        entries: plan.entries,
        shards: plan.shards.map((shard) => ({ ...shard })),
        items: [...items],
      },
    });
    return whole ? EXIT.damaged : EXIT.done;
  });
}

/** `fleet shard DEST --source SOURCE --shard N`. */
export function shardCommand(
  context: Context,
  dest: string,
  options: FleetOptions & { readonly shard: number; readonly workers?: number },
) {
  return withBoth(context, dest, options, async ({ source }, sink) => {
    const pool = makePool(options.workers);
    const { printer: reporter, signal } = context;
    try {
      const { records } = await processShard({ source, sink, shard: options.shard, pool, reporter, signal });
      reporter.data({ shard: options.shard, records }, `Shard ${options.shard}: ${counted(records, 'record')}.`);
      return EXIT.done;
    } finally {
      await pool.close();
    }
  });
}

/** `fleet digest DEST --source SOURCE`. */
export function digestCommand(context: Context, dest: string, options: FleetOptions) {
  return withBoth(context, dest, options, async ({ source, checksum }, sink) => {
    const { sha256, sha384, md5 } = await digestArchive({ source, sink, checksum, signal: context.signal });
    context.printer.data({ sha256, sha384, md5 }, `sha256:${sha256}`);
    return EXIT.done;
  });
}

/** `fleet merge DEST --source SOURCE`. */
export function mergeCommand(context: Context, dest: string, options: FleetOptions) {
  const { clock, printer, signal } = context;
  const startedAt = clock.now();
  return withBoth(context, dest, options, async (opened, sink) => {
    const { root, rootDigest } = await mergeFleet({
      source: opened.source,
      sink,
      reporter: printer,
      findings: opened.findings,
      signal,
      beforeRoot: (finished) =>
        writeCustody(sink, finished, {
          command: ['fleet', 'merge', dest, '--source', options.source],
          source: opened.facts,
          facts: opened.sourceFacts,
          startedAt,
          finishedAt: clock.now(),
        }),
    });
    printer.summary({
      title: 'Merged: the manifest is the one a single machine writes.',
      lines: [
        { label: 'Items', text: number(root.counts.items) },
        { label: 'Manifest', text: `${sink.location}/manifest.json` },
        { label: 'Digest', text: rootDigest },
      ],
      next: [`mailproof verify ${dest}`],
      data: { manifestDigest: rootDigest, counts: { ...root.counts }, balanced: root.balanced },
    });
    return root.balanced ? EXIT.done : EXIT.incomplete;
  });
}

/** `fleet estimate`: what so many mailboxes cost and take, with the arithmetic. Asks nobody. */
export async function estimateCommand(
  context: Context,
  options: { readonly mailboxes: number; readonly gigabytes: number },
): Promise<number> {
  const { mailboxes, gigabytes } = options;
  const estimate = estimateCost(Array.from({ length: mailboxes }, () => gigabytes * 1e9));
  const dollars = (value: number) => `$${value < 10 ? value.toFixed(2) : number(Math.round(value))}`;
  context.printer.summary({
    title: `${counted(mailboxes, 'mailbox', 'mailboxes')} of ${number(gigabytes)} GB: ${dollars(estimate.dollars)} once, ${dollars(estimate.monthlyDollars)} a month to keep.`,
    lines: [
      ...estimate.lines.map(({ what, arithmetic, dollars: value }) => ({
        label: what,
        text: `${arithmetic} = ${dollars(value)}`,
      })),
      {
        label: 'Exports',
        text: `${duration(estimate.exportSeconds * 1000)} if WorkMail writes ${ASSUMPTIONS.exportRate} MB/s (unknown), ${ASSUMPTIONS.exportsAtOnce} at once`,
      },
      { label: 'One machine', text: `${duration(estimate.oneMachineSeconds * 1000)} at ${ASSUMPTIONS.shardRate} MB/s` },
      {
        label: 'Fleet',
        text: `${duration(estimate.fleetSeconds * 1000)} with ${number(ASSUMPTIONS.concurrency)} functions`,
      },
    ],
    data: { ...estimate, lines: estimate.lines.map((line) => ({ ...line })), assumptions: { ...ASSUMPTIONS } },
  });
  return EXIT.done;
}
