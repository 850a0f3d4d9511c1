/** Limits and sizes of reading, in octets unless said otherwise. Each may be set by the caller where an option has its name. */
export const LIMITS = {
  /** Stored octets of a batch. */
  batchBytes: 1024 * 1024,
  /** Entries of a batch. */
  batchEntries: 512,
  /** Declared expanded octets of a batch. */
  batchExpandedBytes: 24 * 1024 * 1024,
  /** An entry above this, stored or expanded, is a stream. */
  largeEntryBytes: 32 * 1024 * 1024,
  /** The most batches fetched ahead of the consumer; how many really are, the link decides. */
  readAhead: 12,
  /** A chunk of a stream. */
  chunkBytes: 256 * 1024,
  /** A central directory above this is refused: ten million entries need about 900 MiB. */
  directoryBytes: 2 * 1024 * 1024 * 1024 - 1,
  /** A gap between entries above this is not carried in a batch. */
  gapBytes: 1024 * 1024,
  /** DEFLATE cannot exceed 1032:1 (RFC 1951 §3.2.5), and mail is far from it. */
  bombRatio: 1000,
  /** Below this an entry is never called a bomb. */
  bombBytes: 64 * 1024 * 1024,
  /** A block of the forward scan. */
  scanBlockBytes: 8 * 1024 * 1024,
} as const;
