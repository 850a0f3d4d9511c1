import { openArchive } from '../archive/index.ts';
import { ArchiveDigests, sha256 } from '../identity/index.ts';
import {
  addTally,
  type BatchOutput,
  type Checkpoint,
  closeLedger,
  emptyTally,
  type Root,
  type RunSettings,
  rootBytes,
  SHARD_LIMITS,
  ShardWriter,
  SUMS_PATH,
  writeRoot,
  writeSchemas,
} from '../manifest/index.ts';
import type { ByteSource, Digest, Finding, Ledger, Reporter, Sink } from '../model/index.ts';
import { sha256SumLines } from '../verify/sha256-sum.ts';
import { writeAccounts, writeIndexes } from './finish.ts';
import { inOrder } from './in-order.ts';
import { processLargeEntry } from './large-entry.ts';
import { clearWork, takeDestination } from './resume.ts';
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
  /** Called with the root and its SHA-256 (hexadecimal) just before it is written: the custody record names them. */
  readonly beforeRoot?: (root: Root, rootSha256: string, ledger: Ledger) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface ProcessResult {
  readonly root: Root;
  readonly rootDigest: Digest;
  readonly ledger: Ledger;
  readonly findings: readonly Finding[];
  /** Errors the archive itself caused (CRC, truncation…), as opposed to imperfect items. */
  readonly archiveErrors: number;
  readonly itemErrors: number;
  /** How many shards an earlier, interrupted run had finished. */
  readonly resumedShards: number;
}

const SETTINGS: RunSettings = {
  shardRecords: SHARD_LIMITS.records,
  shardRecordOctets: SHARD_LIMITS.recordOctets,
  shardTextOctets: SHARD_LIMITS.textOctets,
};

/**
 * The main job: reads an archive once, forward, and writes its manifest. Throws MailproofError where the run cannot go
 * on; everything about single items is in the manifest. Interrupted, it leaves no root, and run again it goes on.
 */
export async function processExport(input: ProcessInput): Promise<ProcessResult> {
  const { source, sink, pool, reporter, signal } = input;
  const done = await takeDestination(sink, source, VERSION, SETTINGS);
  const archive = await openArchive(source, signal === undefined ? {} : { signal });
  const tally = emptyTally();
  const shards = done.map((checkpoint) => checkpoint.shard);
  const findings: Finding[] = [...(input.findings ?? [])];
  const take = (checkpoint: Checkpoint) => {
    addTally(tally, checkpoint.tally);
    findings.push(...checkpoint.findings);
  };
  for (const checkpoint of done) take(checkpoint);
  const writer = new ShardWriter(
    sink,
    done.length,
    (checkpoint) => {
      shards.push(checkpoint.shard);
      take(checkpoint);
    },
    signal,
  );
  const digests = new ArchiveDigests();
  const progress = { bytes: 0, entries: done.at(-1)?.nextEntry ?? 0, records: 0, issues: 0 };
  const pieces = archive.pieces({
    fromEntry: progress.entries,
    onRaw(chunk) {
      digests.update(chunk);
      input.checksum?.update(chunk);
      progress.bytes += chunk.length;
    },
    ...(signal !== undefined && { signal }),
  });
  const outputs = inOrder(
    pieces,
    pool.size + 1,
    async (piece): Promise<BatchOutput> =>
      piece.kind === 'batch' ? pool.run(archive.format, piece.batch) : processLargeEntry(piece.stream),
    (piece) => piece.kind === 'stream',
  );
  for await (const output of outputs) {
    progress.entries = output.nextEntry;
    progress.records += output.ids.length;
    for (const { id, entry, issue } of output.issues) reporter.issue(id, entry, issue);
    progress.issues += Object.values(output.tally.issues).reduce((sum, each) => sum + each, 0);
    await writer.add(output);
    reporter.progress({
      phase: 'read',
      ...progress,
      totalBytes: source.size,
      totalEntries: archive.declaredEntries,
    });
  }
  await writer.close();
  const hashes = digests.finish();
  const checked = input.checksum?.finding();
  // Only now has the archive's reader seen all there is to find.
  const found = checked === undefined ? archive.findings : [...archive.findings, checked];
  findings.push(...found);
  for (const finding of found) reporter.finding(finding);
  const ledger = closeLedger(tally, {
    size: archive.totalBytes,
    declaredEntries: archive.declaredEntries,
    ...archive.account(),
  });
  reporter.progress({ phase: 'index', ...progress, totalBytes: source.size, totalEntries: archive.declaredEntries });
  const indexes = await writeIndexes(sink, shards.length, signal);
  const accounts = await writeAccounts(sink, ledger, findings);
  const root: Root = {
    schemaVersion: 1,
    mediaType: 'application/vnd.mailproof.manifest.v1+json',
    tool: { name: 'mailproof', version: VERSION },
    archive: {
      format: archive.format,
      size: hashes.size,
      sha256: hashes.sha256,
      sha384: hashes.sha384,
      md5: hashes.md5,
      salvaged: archive.salvaged,
    },
    settings: SETTINGS,
    counts: {
      entries: ledger.entries.found,
      records: ledger.records.total,
      items: ledger.items.total,
      issues: Object.values(ledger.issues).reduce((sum, each) => sum + each, 0),
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
  const octets = rootBytes(root);
  const rootSha256 = sha256(octets).slice('sha256:'.length);
  // For whoever has no Mailproof: `sha256sum -c manifest-sha256.txt`.
  await sink.put(SUMS_PATH, Buffer.from(sha256SumLines(root, rootSha256)));
  await input.beforeRoot?.(root, rootSha256, ledger);
  const rootDigest = await writeRoot(sink, octets, signal);
  await clearWork(sink);
  return {
    root,
    rootDigest,
    ledger,
    findings,
    archiveErrors: tally.archiveErrors,
    itemErrors: tally.itemErrors,
    resumedShards: done.length,
  };
}
