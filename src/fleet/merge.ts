import { createHash } from 'node:crypto';
import { openArchive } from '../archive/index.ts';
import {
  addTally,
  type Checkpoint,
  checkpointPath,
  emptyTally,
  type Root,
  type RunSettings,
  SHARD_LIMITS,
  type ShardLimits,
  ShardWriter,
} from '../manifest/index.ts';
import {
  type ByteSource,
  type Digest,
  type Finding,
  MailproofError,
  type Reporter,
  type Sink,
} from '../model/index.ts';
import { finishRun } from '../pipeline/finish-run.ts';
import type { FinishedRun } from '../pipeline/process.ts';
import { takeDestination } from '../pipeline/resume.ts';
import { VERSION } from '../pipeline/version.ts';
import { readFrames } from './frames.ts';
import { requiredPlan } from './plan.ts';
import {
  type ArchiveDigestReceipt,
  checkPlan,
  DIGEST_PATH,
  digestSchema,
  framesPath,
  readRecord,
  receiptPath,
  receiptSchema,
  type ShardReceipt,
} from './records.ts';

export interface MergeInput {
  readonly source: ByteSource;
  readonly sink: Sink;
  readonly reporter: Reporter;
  /** What was found about the source (key, job, object): for the custody record. */
  readonly findings?: readonly Finding[];
  readonly beforeRoot?: (run: FinishedRun) => Promise<void>;
  /** When a shard of the manifest is closed; part of its settings. */
  readonly shards?: ShardLimits;
  readonly signal?: AbortSignal | undefined;
}

export interface MergeResult {
  readonly root: Root;
  readonly rootDigest: Digest;
  readonly findings: readonly Finding[];
}

const settingsOf = ({ shards = SHARD_LIMITS }: MergeInput): RunSettings => ({
  shardRecords: shards.records,
  shardRecordOctets: shards.recordOctets,
  shardTextOctets: shards.textOctets,
});

/**
 * Joins the shards to one manifest, byte for byte the one a single machine writes: batches go through the same writer in
 * the same order. Refuses (MANIFEST_INVALID) where a shard or the digest is missing, of another plan, or altered: there is
 * no manifest of most of an archive. Interrupted, it goes on after the last shard of the manifest that was written.
 */
export async function mergeFleet(input: MergeInput): Promise<MergeResult> {
  const { source, sink, signal } = input;
  const { plan, digest } = await requiredPlan(sink);
  checkPlan(plan, source);
  const receipts = await readReceipts(sink, plan.shards.length, digest);
  const hashes = await readDigest(sink, digest);
  const options = signal === undefined ? {} : { signal };
  const archive = await openArchive(source, options);
  const settings = settingsOf(input);
  const done = await takeDestination(sink, source, VERSION, settings);
  const tally = emptyTally();
  const shards: Checkpoint['shard'][] = [];
  const findings: Finding[] = [];
  const take = (checkpoint: Checkpoint) => {
    shards.push(checkpoint.shard);
    addTally(tally, checkpoint.tally);
    findings.push(...checkpoint.findings);
  };
  done.forEach(take);
  const limits = input.shards ?? SHARD_LIMITS;
  const writer = new ShardWriter({ sink, firstShard: done.length, limits, done: take, signal });
  try {
    await replay(input, receipts, writer, done.at(-1)?.nextEntry ?? 0);
    await writer.close();
  } catch (error) {
    // What came from altered frames must not be gone on from.
    await writer.close().catch(() => undefined);
    if (error instanceof MailproofError && error.code === 'MANIFEST_INVALID') await forget(sink, shards.length);
    throw error;
  }
  findings.push(...archive.findings);
  for (const finding of [...findings, ...hashes.checked.map(findingOf)]) input.reporter.finding(finding);

  const sourceFindings = [...(input.findings ?? []), ...hashes.checked.map(findingOf)];
  const { directory, gaps } = archive.account();
  const account = { directory, gaps: [...receipts.flatMap((receipt) => receipt.gaps), ...gaps] };
  const run = { archive, account, tally, shards, hashes, findings, sourceFindings, settings };
  const { root, rootDigest } = await finishRun({ sink, run, beforeRoot: input.beforeRoot, signal });
  return { root, rootDigest, findings: [...sourceFindings, ...findings] };
}

/** Removes the checkpoints of this merge, and of those before it. */
async function forget(sink: Sink, count: number): Promise<void> {
  for (let shard = 0; shard < count; shard++) await sink.remove(checkpointPath(shard));
}

/** Every receipt of the plan. All that is missing is named at once: those shards are run again, and no others. */
async function readReceipts(sink: Sink, count: number, plan: Digest): Promise<readonly ShardReceipt[]> {
  if (count === 0) {
    throw new MailproofError('ARCHIVE_DAMAGED', 'The plan has no shards: one machine has to read this archive.', {
      advice: 'Use mailproof process.',
    });
  }
  const receipts: ShardReceipt[] = [];
  const missing: number[] = [];
  for (let shard = 0; shard < count; shard++) {
    const receipt = await readRecord(sink, receiptPath(shard), receiptSchema);
    if (receipt === null || receipt.plan !== plan || receipt.shard !== shard) missing.push(shard);
    else receipts.push(receipt);
  }
  if (missing.length === 0) return receipts;
  const named = missing.slice(0, 20).join(', ');
  throw new MailproofError('MANIFEST_INVALID', `${missing.length} of ${count} shards are not done: ${named}.`, {
    advice: 'Run these shards again (redrive the execution), then merge.',
    details: { missing: missing.length, shards: count, first: missing[0] ?? null },
  });
}

async function readDigest(sink: Sink, plan: Digest): Promise<ArchiveDigestReceipt> {
  const hashes = await readRecord(sink, DIGEST_PATH, digestSchema);
  if (hashes !== null && hashes.plan === plan) return hashes;
  throw new MailproofError('MANIFEST_INVALID', 'The digest of the whole archive has not been taken.', {
    advice: 'Run the digest task, then merge.',
  });
}

/** Feeds the stored batches to the writer, in order. A shard's frames are hashed as they are read. */
async function replay(
  { sink, reporter, signal }: MergeInput,
  receipts: readonly ShardReceipt[],
  writer: ShardWriter,
  fromEntry: number,
): Promise<void> {
  let records = 0;
  for (const { shard, frames } of receipts) {
    const file = await sink.open(framesPath(shard)).catch((cause: unknown) => {
      throw altered(shard, cause);
    });
    try {
      const hash = createHash('sha256');
      let count = 0;
      for await (const output of readFrames(file, (chunk) => hash.update(chunk), signal)) {
        count++;
        if (output.nextEntry <= fromEntry) continue;
        await writer.add(output);
        records += output.ids.length;
        reporter.progress({
          phase: 'index',
          bytes: 0,
          totalBytes: null,
          entries: output.nextEntry,
          totalEntries: null,
          records,
          issues: 0,
        });
      }
      if (count !== frames.count || `sha256:${hash.digest('hex')}` !== frames.digest) throw altered(shard);
    } finally {
      await file.close();
    }
  }
}

const altered = (shard: number, cause?: unknown) =>
  new MailproofError('MANIFEST_INVALID', `What shard ${shard} wrote is not what its receipt says.`, {
    cause,
    advice: 'Remove its receipt, run the shard again, then merge.',
    details: { shard },
  });

/** zod's optional fields may be undefined; a finding's may not. */
function findingOf(checked: ArchiveDigestReceipt['checked'][number]): Finding {
  const { expected, found, ...rest } = checked;
  return { ...rest, ...(expected !== undefined && { expected }), ...(found !== undefined && { found }) };
}
