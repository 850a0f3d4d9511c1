import type { Digest } from './descriptor.ts';
import type { Finding } from './finding.ts';
import type { Issue } from './issue.ts';
import type { JsonObject } from './json.ts';

/** What pins a source to one state: the same identity means the same bytes. */
export interface SourceIdentity {
  /** `s3://bucket/key` or an absolute path. Never written into a shard. */
  readonly location: string;
  /** S3 versionId, or null where the bucket has no versions. */
  readonly version: string | null;
  /** S3 ETag with its quotes, or a file's inode, size and modification time. */
  readonly etag: string | null;
  /** RFC 3339, UTC, or null where the source does not say. */
  readonly lastModified: string | null;
  /** What else the source says of itself (server-side encryption, key, user metadata, checksums). */
  readonly details: JsonObject;
}

/** Bytes that can be read at any place, pinned to one version from the first read to the last. */
export interface ByteSource {
  /** Octets. */
  readonly size: number;
  readonly identity: SourceIdentity;
  /**
   * The octets from `start` (included) to `end` (excluded), in order, in chunks that the caller may keep or transfer.
   * Breaking off the loop releases what it holds. Throws SOURCE_CHANGED when the source is no longer the one opened,
   * SOURCE_TRUNCATED when it ends early, USAGE when the range is not within `0..size`.
   */
  read(start: number, end: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** The same octets as one array over an ArrayBuffer of exactly that length, so that it can be transferred. */
  bytes(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * The same octets into an array the caller has, from `start` on until it is full: an array that is used again and again
   * spares finding memory for each read. Absent where nothing is gained by it.
   */
  fill?(target: Uint8Array, start: number, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface PutOptions {
  readonly mediaType?: string;
  /** Refuse with OUTPUT_EXISTS when the path is taken: two runs can never both finish. */
  readonly ifAbsent?: boolean;
  /**
   * False: a loss of power before `flush` may leave the file short. For one of many thousand files, where another that is
   * written last says that all are there. Default true.
   */
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
}

export interface PutResult {
  readonly size: number;
  readonly digest: Digest;
}

/** Octets of a file that may be in a pack. */
export const BRIEF_OCTETS = 256 * 1024;

/** Small files laid one after the other in one array: to hand many over costs as much as to hand one. */
export interface FilePack {
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Where each file's octets lie. */
  readonly files: readonly { readonly path: string; readonly start: number; readonly end: number }[];
}

/** Where a run writes: a folder or an S3 prefix. Paths are relative, `/`-separated. */
export interface Sink {
  /** A folder's path or `s3://bucket/prefix`, for people. */
  readonly location: string;
  /** Writes a file whole or not at all: a reader never sees half of it. */
  put(path: string, content: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<PutResult>;
  /** Opens a file that was written. Throws SOURCE_NOT_FOUND. */
  open(path: string): Promise<ByteSource>;
  /** Files below a prefix, in the order of their names' octets. */
  list(prefix: string): AsyncIterable<{ readonly path: string; readonly size: number }>;
  /** Removes a file; one that is not there is no error. */
  remove(path: string): Promise<void>;
  /**
   * Writes many small files, each as `put` with `durable: false` would, and gives what each of them holds. The array may be moved:
   * it is the sink's from here on. Absent where nothing is gained by it.
   */
  putPack?(pack: FilePack, options?: Pick<PutOptions, 'ifAbsent' | 'signal'>): Promise<readonly PutResult[]>;
  /** Makes what was put with `durable: false` survive a loss of power. Absent where every put does. */
  flush?(): Promise<void>;
  /** Removes what puts that were killed left behind. Absent where they leave nothing. */
  sweep?(): Promise<void>;
}

/** How far a run is. Octets are of the archive as stored. */
export interface Progress {
  readonly phase: 'open' | 'read' | 'index' | 'verify' | 'produce';
  readonly bytes: number;
  readonly totalBytes: number | null;
  readonly entries: number;
  readonly totalEntries: number | null;
  readonly records: number;
  readonly issues: number;
}

/** What a run tells while it goes. Its text and JSON twins live in cli/. */
export interface Reporter {
  progress(progress: Progress): void;
  note(message: string): void;
  issue(recordId: string, entry: string, issue: Issue): void;
  finding(finding: Finding): void;
}

/** Time, given to what must not read it. */
export interface Clock {
  /** Milliseconds since 1970 in UTC. */
  now(): number;
  /** Resolves after so many milliseconds, or rejects when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
