import { digestArchive, type FleetItem, jobInFacts, keepJob, planFleet, processShard } from '../../fleet/index.ts';
import type { Context } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { type FleetOptions, withBoth } from '../fleet-source.ts';
import { makePool } from '../pool.ts';
import { counted, number, octets } from '../units.ts';

const itemCommand = (dest: string, source: string, item: FleetItem): string =>
  item.task === 'digest'
    ? `mailproof fleet digest ${dest} --source ${source}`
    : `mailproof fleet shard ${dest} --source ${source} --shard ${item.shard}`;

/** `fleet plan DEST --source SOURCE`. */
export function planCommand(context: Context, dest: string, options: FleetOptions & { readonly shardSize?: number }) {
  return withBoth(context, dest, options, async ({ source, facts }, sink) => {
    const cut = options.shardSize === undefined ? {} : { shardOctets: options.shardSize };
    const authenticated = 'clientSideEncryption' in facts;
    const { plan, digest, items } = await planFleet({ source, sink, authenticated, ...cut, signal: context.signal });
    // Whoever merges may be given the archive's place only.
    const job = jobInFacts(facts);
    if (job !== null) await keepJob(sink, job);
    const whole = plan.shards.length === 0;
    context.printer.summary({
      title: whole ? 'This archive cannot be split: one machine has to read it.' : 'Planned.',
      lines: [
        { label: 'Archive', text: `${octets(source.size)}, ${counted(plan.entries, 'entry', 'entries')}` },
        { label: 'Shards', text: number(plan.shards.length) },
      ],
      next: whole
        ? [`mailproof fleet whole ${dest} --source ${options.source}`]
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
