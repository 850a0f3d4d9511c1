import type { ManifestReader } from '../manifest/index.ts';
import type { ByteSource, Finding, ItemRecord, Ledger } from '../model/index.ts';
import type { ArchiveReading } from './archive-pass/archive-reading.ts';
import type { RunCounts } from './checks/run-counts.ts';
import type { SourceFacts } from './facts.ts';
import type { LogReading } from './output-log/log-reading.ts';

/** A record, and where its line stands: shard, octet, octets without the line feed. */
export interface PlacedRecord {
  readonly record: ItemRecord;
  readonly shard: number;
  readonly offset: number;
  readonly length: number;
}

/** What a run's file turned out to be; null where it is not there. */
export type FileRead = { readonly size: number; readonly digest: string } | null;

/** What the checks are given. What a pass finds is there for the checks that come after it. */
export interface CheckContext {
  readonly manifest: ManifestReader;
  /** Null where it cannot be read: its own check says so. */
  readonly ledger: Ledger | null;
  /** What the run itself recorded in `findings.jsonl`. */
  readonly recorded: readonly Finding[];
  readonly facts: SourceFacts;
  readonly source: ByteSource | null;
  /** Counted anew from the records. */
  readonly counts: RunCounts;
  /** Files read whole on the way, by path. */
  readonly filesRead: ReadonlyMap<string, FileRead>;
  /** Files read whole beside the records, by `aheadKey`: of a file as long as was expected, and of one that is not. */
  readonly filesAhead: Map<string, FileRead>;
  /** What a second reading of the archive gave; null where there is no source. */
  readonly reading: ArchiveReading | null;
  /** Every output log there is, compared under every reading. */
  readonly logs: readonly LogReading[];
  /** SHA-256 of `manifest.json` as noted elsewhere: the custody record, a time stamp, a sheet of paper. */
  readonly rootDigest: string | null;
  readonly signal: AbortSignal | undefined;
}

/** What is there from the beginning. */
export type AheadContext = Pick<CheckContext, 'manifest' | 'filesAhead' | 'signal'>;

/** One claim about a run that can fail. `name` is what findings, reasons and the report call it. */
export interface Check {
  readonly name: string;
  /** Why it cannot be made here, one sentence; null where it can. Absent: it always can. */
  readonly unable?: (context: CheckContext) => string | null;
  /** Reads what it can before the records were read: it is begun beside them. Called once, and awaited before `run`. */
  readonly ahead?: (context: AheadContext) => Promise<void>;
  run(context: CheckContext): Iterable<Finding> | AsyncIterable<Finding>;
}

/** A check that sees every record once, in order, and speaks after the last. */
export interface RecordCheck extends Check {
  /** Called before the first record of a shard, with what the shard's own index of places holds. */
  begin?(shard: number, places: unknown): void;
  take(placed: PlacedRecord): void;
}

/** What became of a check. */
export interface CheckOutcome {
  readonly check: string;
  readonly outcome: 'passed' | 'found' | 'skipped';
  readonly findings: number;
  /** Why it was skipped. */
  readonly reason: string | null;
}
