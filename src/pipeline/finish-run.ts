import type { Archive, ArchiveAccount } from '../archive/index.ts';
import { type ArchiveDigestsResult, sha256 } from '../identity/index.ts';
import {
  CUSTODY_PATH,
  closeLedger,
  MEDIA_TYPES,
  type Root,
  type RunSettings,
  rootBytes,
  type ShardEntry,
  SUMS_PATH,
  type Tally,
  writeRoot,
  writeSchemas,
} from '../manifest/index.ts';
import type { Digest, Finding, Ledger, Sink } from '../model/index.ts';
import { sha256SumLines } from '../verify/sha256-sum.ts';
import { listBeside } from '../verify/sums-beside.ts';
import { writeAccounts, writeIndexes } from './finish.ts';
import { clearWork } from './resume.ts';
import { VERSION } from './version.ts';

/** A run that is finished but for its root. */
export interface FinishedRun {
  readonly root: Root;
  /** Hexadecimal. */
  readonly rootSha256: string;
  readonly ledger: Ledger;
  /** Of the source and not of the archive's octets: key, job, checksum. */
  readonly sourceFindings: readonly Finding[];
}

/** Everything that was read and written but the indexes, the accounts and the root. */
export interface ReadRun {
  readonly archive: Pick<Archive, 'format' | 'salvaged' | 'totalBytes' | 'declaredEntries'>;
  readonly account: ArchiveAccount;
  readonly tally: Tally;
  readonly shards: readonly ShardEntry[];
  readonly hashes: Pick<ArchiveDigestsResult, 'size' | 'sha256' | 'sha384' | 'md5'>;
  /** Of the archive itself: the same for whoever reads it. */
  readonly findings: readonly Finding[];
  readonly sourceFindings: readonly Finding[];
  readonly settings: RunSettings;
}

export interface FinishInput {
  readonly sink: Sink;
  readonly run: ReadRun;
  readonly beforeRoot: ((finished: FinishedRun) => Promise<void>) | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Closes the books and writes the root last. One machine and a fleet both end here: that is what makes their roots the
 * same octets. Throws OUTPUT_EXISTS.
 */
export async function finishRun(input: FinishInput): Promise<{ root: Root; rootDigest: Digest; ledger: Ledger }> {
  const { sink, run, signal } = input;
  const { archive, tally, shards, hashes, findings } = run;
  const ledger = closeLedger(tally, {
    size: archive.totalBytes,
    declaredEntries: archive.declaredEntries,
    ...run.account,
  });
  // Side by side: the disk needs longer to have a small file than the indexes need to be merged.
  const writing = [
    writeIndexes(sink, shards.length, signal),
    writeAccounts(sink, ledger, findings),
    writeSchemas(sink),
  ] as const;
  // None is left writing where another has failed.
  await Promise.allSettled(writing);
  const [indexes, accounts, schemas] = await Promise.all(writing);
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
    settings: run.settings,
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
    schemas,
  };
  const octets = rootBytes(root);
  const rootSha256 = sha256(octets).slice('sha256:'.length);
  await input.beforeRoot?.({ root, rootSha256, ledger, sourceFindings: run.sourceFindings });
  // For whoever has no Mailproof: `sha256sum -c manifest-sha256.txt`.
  await sink.put(SUMS_PATH, Buffer.from(sha256SumLines(root, rootSha256)));
  await listBeside(sink, CUSTODY_PATH);
  const rootDigest = await writeRoot(sink, octets, signal);
  await clearWork(sink);
  return { root, rootDigest, ledger };
}
