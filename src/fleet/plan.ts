import { sha256 } from '../identity/index.ts';
import { ROOT_PATH } from '../manifest/index.ts';
import { type ByteSource, type Digest, isThere, MailproofError, type Sink } from '../model/index.ts';
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
} from './records.ts';
import { rangesOf, readZipListing } from './zip-listing.ts';

/** A shard is closed when it has this many octets: some minutes of one Lambda, and few enough shards to list. */
export const SHARD_OCTETS = 1.5 * 1024 ** 3;
/** Of an archive a client encrypted: each shard reads all of it once to authenticate it, so that there must be few. */
const AUTHENTICATED_SHARD_OCTETS = 4 * 1024 ** 3;
/** Above this a Lambda's fifteen minutes may not do; only one entry alone can make a shard so large. */
const LAMBDA_OCTETS = 6 * 1024 ** 3;
/** At 60 MB/s a Lambda reads some 45 GB in twelve minutes; what reads more is a task in a container. */
export const LAMBDA_READ_OCTETS = 36 * 1024 ** 3;

export interface PlanInput {
  readonly source: ByteSource;
  readonly sink: Sink;
  readonly shardOctets?: number;
  /** A client encrypted it: whoever opens it reads all of it before the first octet is given out. */
  readonly authenticated?: boolean;
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
  const { source, sink, authenticated = false, signal } = input;
  const shardOctets = input.shardOctets ?? (authenticated ? AUTHENTICATED_SHARD_OCTETS : SHARD_OCTETS);
  const opening = authenticated ? source.size : 0;
  if (await isThere(sink, ROOT_PATH)) {
    throw new MailproofError('OUTPUT_EXISTS', `${sink.location} already holds a finished manifest.`);
  }
  const known = await readPlan(sink);
  if (known !== null) {
    checkPlan(known.plan, source);
    return { ...known, items: itemsOf(known.plan, opening) };
  }
  const listing = await readZipListing(source, signal);
  const plan: FleetPlan = {
    schemaVersion: 1,
    version: VERSION,
    archive: pinOf(source),
    entries: listing?.count ?? 0,
    shards: listing === null ? [] : cutShards(rangesOf(listing), shardOctets, opening),
  };
  const items = itemsOf(plan, opening);
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

/** `opening`: octets read before the shard itself is. */
function cutShards(ranges: Iterable<Range>, shardOctets: number, opening: number): PlannedShard[] {
  const shards: PlannedShard[] = [];
  let open: Range | null = null;
  const close = (range: Range) => {
    const { first, last, start, end } = range;
    const large = end - start > LAMBDA_OCTETS || end - start + opening > LAMBDA_READ_OCTETS;
    const runner = large ? 'task' : 'lambda';
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

function itemsOf(plan: FleetPlan, opening: number): FleetItem[] {
  if (plan.shards.length === 0) return [];
  const runner = plan.archive.size + opening > LAMBDA_READ_OCTETS ? 'task' : 'lambda';
  return [
    // First, for it takes longest.
    { task: 'digest', runner },
    ...plan.shards.map(({ shard, runner: by }): FleetItem => ({ task: 'shard', shard, runner: by })),
  ];
}
