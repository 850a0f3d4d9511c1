import { type Archive, openArchive } from '../archive/index.ts';
import { ArchiveDigests, type ArchiveDigestsResult, sha256 } from '../identity/index.ts';
import {
  addTally,
  type BatchOutput,
  type Checkpoint,
  closeLedger,
  emptyTally,
  MEDIA_TYPES,
  type Root,
  type RunSettings,
  rootBytes,
  SHARD_LIMITS,
  type ShardEntry,
  type ShardLimits,
  ShardWriter,
  SUMS_PATH,
  type Tally,
  writeRoot,
  writeSchemas,
} from '../manifest/index.ts';
import { inOrder } from '../model/in-order.ts';
import type { ArchivePiece, ByteSource, Digest, Finding, Ledger, Reporter, Sink } from '../model/index.ts';
import { sha256SumLines } from '../verify/sha256-sum.ts';
import { writeAccounts, writeIndexes } from './finish.ts';
import { processLargeEntry } from './large-entry.ts';
import { clearWork, takeDestination } from './resume.ts';
import { VERSION } from './version.ts';
import type { BatchPool } from './worker-pool.ts';

/** A checksum someone else holds of the archive, taken again while it is read. */
export interface RawChecksum {
  update(chunk: Uint8Array): void;
  finding(): Finding;
}

/** A run that is finished but for its root. */
export interface FinishedRun {
  readonly root: Root;
  /** Hexadecimal. */
  readonly rootSha256: string;
  readonly ledger: Ledger;
  /** Of the source and not of the archive's octets: key, job, checksum. */
  readonly sourceFindings: readonly Finding[];
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

/** Writes what a reading comes to, and puts together the root. */
async function writeRun(input: ProcessInput, reading: Reading): Promise<{ root: Root; ledger: Ledger }> {
  const { sink, signal } = input;
  const { archive, tally, shards, hashes, findings } = reading;
  const ledger = closeLedger(tally, {
    size: archive.totalBytes,
    declaredEntries: archive.declaredEntries,
    ...archive.account(),
  });
  const indexes = await writeIndexes(sink, shards.length, signal);
  const accounts = await writeAccounts(sink, ledger, findings);
  const root: Root = {
    schemaVersion: 1,
    mediaType: MEDIA_TYPES.root,
    tool: { name: 'mailproof', version: VERSION },
    archive: {
      format: archive.format,
      size: hashes.size,
      sha256: hashes.sha256,
      sha384: hashes.sha384,
      md5: hashes.md5,
      salvaged: archive.salvaged,
    },
    settings: settingsOf(input),
    counts: {
      entries: ledger.entries.found,
      records: ledger.records.total,
      items: ledger.items.total,
      issues: total(ledger.issues),
      errors: tally.archiveErrors + tally.itemErrors,
      findings: findings.length,
      nativeBytes: ledger.nativeBytes,
    },
    balanced: ledger.balanced,
    shards,
    indexes,
    ledger: accounts.ledger,
    findings: accounts.findings,
    schemas: await writeSchemas(sink),
  };
  return { root, ledger };
}

/**
 * The main job: reads an archive once, forward, and writes its manifest. Throws MailproofError where the run cannot go
 * on; everything about single items is in the manifest. Interrupted, it leaves no root, and run again it goes on.
 */
export async function processExport(input: ProcessInput): Promise<ProcessResult> {
  const { source, sink, signal } = input;
  const done = await takeDestination(sink, source, VERSION, settingsOf(input));
  const reading = await readArchive(input, done);
  const { root, ledger } = await writeRun(input, reading);
  const octets = rootBytes(root);
  const rootSha256 = sha256(octets).slice('sha256:'.length);
  // For whoever has no Mailproof: `sha256sum -c manifest-sha256.txt`.
  await sink.put(SUMS_PATH, Buffer.from(sha256SumLines(root, rootSha256)));
  const sourceFindings = [...(input.findings ?? []), ...reading.checked];
  await input.beforeRoot?.({ root, rootSha256, ledger, sourceFindings });
  const rootDigest = await writeRoot(sink, octets, signal);
  await clearWork(sink);
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
