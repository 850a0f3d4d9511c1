import { type Archive, openArchive } from '../archive/index.ts';
import { ArchiveDigests, type ArchiveDigestsResult } from '../identity/index.ts';
import {
  addTally,
  type BatchOutput,
  type Checkpoint,
  emptyTally,
  type Root,
  type RunSettings,
  SHARD_LIMITS,
  type ShardEntry,
  type ShardLimits,
  ShardWriter,
  type Tally,
} from '../manifest/index.ts';
import { inOrder } from '../model/in-order.ts';
import type { ArchivePiece, ByteSource, Digest, Finding, Ledger, Reporter, Sink } from '../model/index.ts';
import { type FinishedRun, finishRun } from './finish-run.ts';

export type { FinishedRun } from './finish-run.ts';

import { processLargeEntry } from './large-entry.ts';
import { takeDestination } from './resume.ts';
import { VERSION } from './version.ts';
import type { BatchPool } from './worker-pool.ts';

/** A checksum someone else holds of the archive, taken again while it is read. */
export interface RawChecksum {
  update(chunk: Uint8Array): void;
  finding(): Finding;
}

export interface ProcessInput {
  readonly source: ByteSource;
  readonly sink: Sink;
  readonly pool: BatchPool;
  readonly reporter: Reporter;
  /** What was found about the source before it was read (key, job, object). */
  readonly findings?: readonly Finding[];
  readonly checksum?: RawChecksum | null;
  /** How large shards and batches are: part of the output, so of the settings. */
  readonly shards?: ShardLimits;
  readonly batchEntries?: number;
  /** Called just before the root is written: the custody record names it. */
  readonly beforeRoot?: (run: FinishedRun) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface ProcessResult {
  readonly root: Root;
  readonly rootDigest: Digest;
  readonly ledger: Ledger;
  readonly findings: readonly Finding[];
  /** Those of them that are about the source: the manifest does not hold them, the custody record does. */
  readonly sourceFindings: readonly Finding[];
  /** Errors the archive itself caused (CRC, truncation…), as opposed to imperfect items. */
  readonly archiveErrors: number;
  readonly itemErrors: number;
  /** How many shards an earlier, interrupted run had finished. */
  readonly resumedShards: number;
}

const settingsOf = ({ shards = SHARD_LIMITS, batchEntries }: ProcessInput): RunSettings => ({
  shardRecords: shards.records,
  shardRecordOctets: shards.recordOctets,
  shardTextOctets: shards.textOctets,
  ...(batchEntries !== undefined && { batchEntries }),
});

/** Everything read and written but the indexes and accounts. */
interface Reading {
  readonly archive: Archive;
  readonly tally: Tally;
  readonly shards: readonly ShardEntry[];
  readonly hashes: ArchiveDigestsResult;
  /** Of the archive itself: the same for whoever reads it. */
  readonly findings: readonly Finding[];
  /** What the checksum somebody else holds came to. */
  readonly checked: readonly Finding[];
}

/** Reads the archive once, forward; what an earlier run finished is read for the whole archive's digests only. */
async function readArchive(input: ProcessInput, done: readonly Checkpoint[]): Promise<Reading> {
  const { source, sink, pool, reporter, signal } = input;
  const archive = await openArchive(source, signal === undefined ? {} : { signal });
  const tally = emptyTally();
  const shards: ShardEntry[] = [];
  const findings: Finding[] = [];
  const take = (checkpoint: Checkpoint) => {
    shards.push(checkpoint.shard);
    addTally(tally, checkpoint.tally);
    findings.push(...checkpoint.findings);
  };
  done.forEach(take);
  const limits = input.shards ?? SHARD_LIMITS;
  const writer = new ShardWriter({ sink, firstShard: done.length, limits, done: take, signal });
  const digests = new ArchiveDigests();
  const progress = { bytes: 0, entries: done.at(-1)?.nextEntry ?? 0, records: 0, issues: 0 };
  const totals = { totalBytes: source.size, totalEntries: archive.declaredEntries };
  const pieces = archive.pieces({
    fromEntry: progress.entries,
    onRaw(chunk) {
      digests.update(chunk);
      input.checksum?.update(chunk);
      progress.bytes += chunk.length;
    },
    ...(input.batchEntries !== undefined && { batchEntries: input.batchEntries }),
    ...(signal !== undefined && { signal }),
  });
  const work = async (piece: ArchivePiece): Promise<BatchOutput> =>
    piece.kind === 'batch' ? pool.run(archive.format, piece.batch) : processLargeEntry(piece.stream);
  for await (const output of inOrder(pieces, pool.size + 1, work, (piece) => piece.kind === 'stream')) {
    progress.entries = output.nextEntry;
    progress.records += output.ids.length;
    for (const { id, entry, issue } of output.issues) reporter.issue(id, entry, issue);
    progress.issues += total(output.tally.issues);
    await writer.add(output);
    reporter.progress({ phase: 'read', ...progress, ...totals });
  }
  await writer.close();
  reporter.progress({ phase: 'index', ...progress, ...totals });
  // Only now has the archive's reader seen all there is to find.
  findings.push(...archive.findings);
  const checked = input.checksum === undefined || input.checksum === null ? [] : [input.checksum.finding()];
  for (const finding of [...findings, ...checked]) reporter.finding(finding);
  return { archive, tally, shards, hashes: digests.finish(), findings, checked };
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, each) => sum + each, 0);

/**
 * The main job: reads an archive once, forward, and writes its manifest. Throws MailproofError where the run cannot go
 * on; everything about single items is in the manifest. Interrupted, it leaves no root, and run again it goes on.
 */
export async function processExport(input: ProcessInput): Promise<ProcessResult> {
  const { source, sink, signal } = input;
  const done = await takeDestination(sink, source, VERSION, settingsOf(input));
  const reading = await readArchive(input, done);
  const { archive, tally, shards, hashes, findings, checked } = reading;
  const sourceFindings = [...(input.findings ?? []), ...checked];
  const account = archive.account();
  const run = { archive, account, tally, shards, hashes, findings, sourceFindings, settings: settingsOf(input) };
  const { root, rootDigest, ledger } = await finishRun({ sink, run, beforeRoot: input.beforeRoot, signal });
  return {
    root,
    rootDigest,
    ledger,
    findings: [...sourceFindings, ...reading.findings],
    sourceFindings,
    archiveErrors: reading.tally.archiveErrors,
    itemErrors: reading.tally.itemErrors,
    resumedShards: done.length,
  };
}
