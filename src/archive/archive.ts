import type { ArchivePiece, Finding, Gap } from '../model/index.ts';
import type { CollectionFormat } from './collection/collection-source.ts';
import { LIMITS } from './limits.ts';

export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz' | 'tar.zst' | 'gzip' | 'mbox' | 'single' | CollectionFormat;

export interface OpenOptions {
  readonly signal?: AbortSignal;
  /** A file's name, which helps only where the content cannot say (an `.emlx`, a custodian). */
  readonly name?: string;
}

export interface PiecesOptions {
  /** Entries with a smaller ordinal are read (for `onRaw`) but not yielded. */
  readonly fromEntry?: number;
  /**
   * Entries it says no to are not yielded, and where a directory tells where they lie (a zip that is not damaged) not read
   * either: `skippedBytes` then says how much was left out. Other formats read on and yield everything.
   */
  readonly wanted?: (ordinal: number) => boolean;
  /** The same for all entries with a smaller ordinal. Reading begins there, and what comes after is read as ever. */
  readonly skipTo?: number;
  /**
   * Every octet of the archive, once, in order; with `wanted` or `skipTo`, every octet that was read. What it gives is
   * awaited before reading goes on.
   */
  readonly onRaw?: (chunk: Uint8Array) => unknown;
  /**
   * Gives the array a batch is read into, so that arrays can be used again. It is the caller's to say when. Used where the
   * source can fill one, and the format has batches that lie in the archive as they are (zip).
   */
  readonly room?: (length: number) => Uint8Array;
  readonly readAhead?: number;
  readonly batchBytes?: number;
  readonly batchEntries?: number;
  readonly largeEntryBytes?: number;
  readonly signal?: AbortSignal;
}

export interface ArchiveAccount {
  /** Octets of the directory and what ends the archive. */
  readonly directory: number;
  /** Octets of no entry that are not in any entry's `used.gap`: before the first entry, within the tail, after the end. */
  readonly gaps: readonly Gap[];
}

/** An opened archive. `findings` and `account` are complete once `pieces` has ended. */
export interface Archive {
  readonly format: ArchiveFormat;
  /** What the archive's own directory declares; null where it has none. */
  readonly declaredEntries: number | null;
  /** Octets `pieces` covers and the ledger balances against: the source's, or for a compressed tar those expanded so far. */
  readonly totalBytes: number;
  readonly findings: readonly Finding[];
  /** Whether the list of entries had to be made by scanning, the directory being gone or broken. */
  readonly salvaged: boolean;
  /** Octets that `pieces` left out, nothing wanted being there. Absent: it leaves out none. */
  readonly skippedBytes?: number;
  /** Batches and streams in byte order. Breaking off releases everything; a stream not drained is drained by the next step. */
  pieces(options?: PiecesOptions): AsyncIterable<ArchivePiece>;
  account(): ArchiveAccount;
}

export interface ReadingLimits {
  readonly batchBytes: number;
  readonly batchEntries: number;
  readonly batchExpandedBytes: number;
  readonly largeEntryBytes: number;
  readonly readAhead: number;
}

/** The limits of one reading: the defaults, with what the caller set. */
export function readingLimits(options: PiecesOptions): ReadingLimits {
  return {
    batchBytes: Math.max(1, options.batchBytes ?? LIMITS.batchBytes),
    batchEntries: Math.max(1, options.batchEntries ?? LIMITS.batchEntries),
    batchExpandedBytes: LIMITS.batchExpandedBytes,
    largeEntryBytes: Math.max(1, options.largeEntryBytes ?? LIMITS.largeEntryBytes),
    readAhead: Math.max(0, options.readAhead ?? LIMITS.readAhead),
  };
}
