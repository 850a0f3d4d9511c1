import { sha256 } from '../identity/index.ts';
import { ROOT_PATH } from '../manifest/index.ts';
import { type ByteSource, type Digest, MailproofError, type Sink } from '../model/index.ts';
import { VERSION } from '../pipeline/version.ts';
import {
  checkPlan,
  type FleetPlan,
  ITEMS_PATH,
  PLAN_PATH,
  type PlannedShard,
  pinOf,
  planSchema,
  readRecord,
  readWhole,
} from './records.ts';
import { rangesOf, readZipListing } from './zip-listing.ts';

/** A shard is closed when it has this many octets: some minutes of one Lambda, and few enough shards to list. */
export const SHARD_OCTETS = 1.5 * 1024 ** 3;
/** Above this a Lambda's fifteen minutes may not do; only one entry alone can make a shard so large. */
const LAMBDA_OCTETS = 6 * 1024 ** 3;

export interface PlanInput {
  readonly source: ByteSource;
  readonly sink: Sink;
  readonly shardOctets?: number;
  readonly signal?: AbortSignal | undefined;
}

/** One item of the Distributed Map. The digest of the whole archive is a task of its own beside the shards. */
export type FleetItem =
  | { readonly task: 'shard'; readonly shard: number; readonly runner: 'lambda' | 'task' }
  | { readonly task: 'digest'; readonly runner: 'lambda' | 'task' };

export interface Planned {
  readonly plan: FleetPlan;
  readonly digest: Digest;
  readonly items: readonly FleetItem[];
}

/**
 * Cuts an archive into shards, from its central directory alone, and writes plan and items. A plan that is there already
 * for the same archive is kept: planning again changes nothing, so that finished shards stay finished. Throws
 * OUTPUT_EXISTS where the destination has a root, SOURCE_CHANGED where it has a plan of another archive.
 */
export async function planFleet(input: PlanInput): Promise<Planned> {
  const { source, sink, shardOctets = SHARD_OCTETS, signal } = input;
  if ((await readWhole(sink, ROOT_PATH)) !== null) {
    throw new MailproofError('OUTPUT_EXISTS', `${sink.location} already holds a finished manifest.`);
  }
  const known = await readPlan(sink);
  if (known !== null) {
    checkPlan(known.plan, source);
    return { ...known, items: itemsOf(known.plan) };
  }
  const listing = await readZipListing(source, signal);
  const plan: FleetPlan = {
    schemaVersion: 1,
    version: VERSION,
    archive: pinOf(source),
    entries: listing?.count ?? 0,
    shards: listing === null ? [] : cutShards(rangesOf(listing), shardOctets),
  };
  const items = itemsOf(plan);
  const octets = planOctets(plan);
  await sink.put(ITEMS_PATH, Buffer.from(JSON.stringify(items)));
  await sink.put(PLAN_PATH, octets);
  return { plan, digest: sha256(octets), items };
}

const planOctets = (plan: FleetPlan): Buffer => Buffer.from(`${JSON.stringify(plan, null, 1)}\n`);

/** The plan of a destination with its digest; null where there is none. */
export async function readPlan(sink: Sink): Promise<{ plan: FleetPlan; digest: Digest } | null> {
  const plan = await readRecord(sink, PLAN_PATH, planSchema);
  return plan === null ? null : { plan, digest: sha256(planOctets(plan)) };
}

/** The plan, or MANIFEST_NOT_FOUND. */
export async function requiredPlan(sink: Sink): Promise<{ plan: FleetPlan; digest: Digest }> {
  const read = await readPlan(sink);
  if (read !== null) return read;
  throw new MailproofError('MANIFEST_NOT_FOUND', `${sink.location} holds no plan.`, {
    advice: 'Begin with `mailproof fleet plan`.',
  });
}

type Range = { readonly first: number; readonly last: number; readonly start: number; readonly end: number };

function cutShards(ranges: Iterable<Range>, shardOctets: number): PlannedShard[] {
  const shards: PlannedShard[] = [];
  let open: Range | null = null;
  const close = (range: Range) => {
    const { first, last, start, end } = range;
    const runner = end - start > LAMBDA_OCTETS ? 'task' : 'lambda';
    shards.push({ shard: shards.length, firstEntry: first, nextEntry: last, start, end, runner });
  };
  for (const { first, last, start, end } of ranges) {
    const grown: Range =
      open === null ? { first, last, start, end } : { first: open.first, last, start: open.start, end };
    // A gap belongs to the entries around it; a shard of a gap alone would have no record to show for it.
    const full = grown.end - grown.start >= shardOctets && grown.last > grown.first;
    if (full) close(grown);
    open = full ? null : grown;
  }
  if (open !== null) close(open);
  return shards;
}

/** At 60 MB/s a Lambda reads some 45 GB in twelve minutes; beyond, the digest is a task too. */
const LAMBDA_DIGEST_OCTETS = 36 * 1024 ** 3;

function itemsOf(plan: FleetPlan): FleetItem[] {
  if (plan.shards.length === 0) return [];
  const runner = plan.archive.size > LAMBDA_DIGEST_OCTETS ? 'task' : 'lambda';
  return [
    // First, for it takes longest.
    { task: 'digest', runner },
    ...plan.shards.map(({ shard, runner: by }): FleetItem => ({ task: 'shard', shard, runner: by })),
  ];
}
