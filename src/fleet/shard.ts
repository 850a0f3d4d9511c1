import { inOrder } from '../model/in-order.ts';
import { type ByteSource, MailproofError, type Reporter, type Sink } from '../model/index.ts';
import { processLargeEntry } from '../pipeline/large-entry.ts';
import type { BatchPool } from '../pipeline/worker-pool.ts';
import { encodeFrame } from './frames.ts';
import { requiredPlan } from './plan.ts';
import { checkPlan, framesPath, readRecord, receiptPath, receiptSchema, type ShardReceipt } from './records.ts';
import { readRange, readZipListing } from './zip-listing.ts';

export interface ShardInput {
  readonly source: ByteSource;
  readonly sink: Sink;
  readonly shard: number;
  readonly pool: BatchPool;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads one shard of the plan and writes what its batches became; the receipt last. Done again it writes the same octets;
 * a shard that has its receipt is not read again. Throws ARCHIVE_DAMAGED where directory and archive disagree within the
 * shard: ordinals cannot be trusted then, and one machine has to read the whole archive.
 */
export async function processShard(input: ShardInput): Promise<ShardReceipt> {
  const { source, sink, shard, pool, reporter, signal } = input;
  const { plan, digest } = await requiredPlan(sink);
  checkPlan(plan, source);
  const planned = plan.shards[shard];
  if (planned === undefined) {
    throw new MailproofError('USAGE', `The plan has ${plan.shards.length} shards, and no shard ${shard}.`);
  }
  const known = await readRecord(sink, receiptPath(shard), receiptSchema);
  if (known !== null && known.plan === digest) return known;
  const listing = await readZipListing(source, signal);
  if (listing === null) throw damaged(shard);
  const reading = readRange(source, listing, planned, signal);
  const outputs = inOrder(
    reading.pieces,
    pool.size + 1,
    (piece) => (piece.kind === 'batch' ? pool.run('zip', piece.batch) : processLargeEntry(piece.stream)),
    (piece) => piece.kind === 'stream',
  );
  let count = 0;
  let records = 0;
  let next = planned.firstEntry;
  async function* frames(): AsyncGenerator<Uint8Array> {
    for await (const output of outputs) {
      count++;
      records += output.ids.length;
      next = output.nextEntry;
      for (const { id, entry, issue } of output.issues) reporter.issue(id, entry, issue);
      yield* encodeFrame(output).filter(({ length }) => length > 0);
      reporter.progress({
        phase: 'read',
        bytes: 0,
        totalBytes: planned === undefined ? null : planned.end - planned.start,
        entries: next,
        totalEntries: plan.entries,
        records,
        issues: 0,
      });
    }
    // Before the file appears: a shard that is not what was planned must leave nothing behind.
    if (reading.salvaged() || next !== planned?.nextEntry) throw damaged(shard);
  }
  const written = await sink.put(framesPath(shard), frames(), signal === undefined ? {} : { signal });
  const receipt: ShardReceipt = {
    plan: digest,
    shard,
    frames: { ...written, count },
    records,
    gaps: reading.gaps().map((gap) => ({ ...gap })),
  };
  await sink.put(receiptPath(shard), Buffer.from(`${JSON.stringify(receipt)}\n`));
  return receipt;
}

const damaged = (shard: number) =>
  new MailproofError('ARCHIVE_DAMAGED', `Directory and archive disagree within shard ${shard}.`, {
    advice: 'One machine has to read this archive: mailproof process, to another destination.',
    details: { shard },
  });
