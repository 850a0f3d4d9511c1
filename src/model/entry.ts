import type { Issue } from './issue.ts';

/** How an entry's octets are stored. `stored` and `deflated` are APPNOTE methods 0 and 8. */
export type EntryMethod = 'stored' | 'deflated' | 'unknown';

/** A member of an archive, known before its octets are read. Plain data: it crosses to a worker by structured clone. */
export interface ArchiveEntry {
  /** Its ordinal in the archive's byte order, from 0. */
  readonly ordinal: number;
  /** As the archive names it, decoded, `/`-separated, never made safe: `folderPath` and file names derive from it. */
  readonly path: string;
  readonly directory: boolean;
  /** Octet of the archive at which the entry (its header) begins. */
  readonly offset: number;
  /** Octet just after everything that belongs to the entry as far as the directory tells: the next entry's offset. */
  readonly end: number;
  readonly method: EntryMethod;
  /** Declared octets as stored; null where the archive does not say beforehand. */
  readonly storedSize: number | null;
  /** Declared octets once expanded; null where the archive does not say beforehand. */
  readonly size: number | null;
  /** Declared CRC-32, unsigned; null where the archive carries none. */
  readonly crc32: number | null;
  /** RFC 3339 local time without offset, as archives write it, or null. */
  readonly modified: string | null;
  readonly keywords?: readonly string[];
  /** RFC 3339, UTC: when the message was received, where the archive says so beside it. */
  readonly receivedAt?: string;
  /** What the directory alone shows to be wrong. */
  readonly issues: readonly Issue[];
}

/** An entry's octets, expanded and checked. */
export interface ReadEntry {
  readonly entry: ArchiveEntry;
  /** Null where nothing could be read; a prefix where reading broke off (an issue of severity `error` says so). */
  readonly bytes: Uint8Array | null;
  /** All issues: the directory's and those found in reading. */
  readonly issues: readonly Issue[];
  /** Octets of the archive this entry used, for the ledger. */
  readonly used: EntryBytes;
}

/** Octets of the archive by what they are. */
export interface EntryBytes {
  readonly header: number;
  readonly data: number;
  readonly descriptor: number;
  /** Octets between this entry and the next that belong to no entry. */
  readonly gap: number;
}

/** A contiguous range of the archive and the entries that lie whole within it. */
export interface EntryBatch {
  /** From 0. */
  readonly index: number;
  /** The archive octet `bytes` begins at. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly entries: readonly ArchiveEntry[];
}

/** An entry too large to be held: expanded as it is read. */
export interface EntryStream {
  readonly entry: ArchiveEntry;
  /** Expanded octets. Drained to its end, `outcome()` then tells what was found. Reading it never throws for damage. */
  readonly chunks: AsyncIterable<Uint8Array>;
  outcome(): { readonly issues: readonly Issue[]; readonly used: EntryBytes; readonly size: number };
}

/** What an archive yields, in byte order: together the batches and streams tile the archive. */
export type ArchivePiece =
  | { readonly kind: 'batch'; readonly batch: EntryBatch }
  | { readonly kind: 'stream'; readonly stream: EntryStream };
