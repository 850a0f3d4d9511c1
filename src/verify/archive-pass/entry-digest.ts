import { createHash } from 'node:crypto';
import { readBatch } from '../../archive/read-batch.ts';
import { sha256 } from '../../identity/digests.ts';
import type { Digest, EntryBatch, EntryStream, Issue } from '../../model/index.ts';

/** What an entry of the archive is now: its octets expanded, checked and hashed, not parsed. */
export interface EntryDigest {
  readonly ordinal: number;
  readonly path: string;
  readonly directory: boolean;
  /** Octet of the archive at which it begins. */
  readonly offset: number;
  /** Octets once expanded. */
  readonly size: number;
  /** Null where nothing could be read, and for directories. */
  readonly digest: Digest | null;
  readonly issues: readonly Issue[];
}

/** The digests of a batch's entries. A pure function of its input: it runs the same in a worker thread. */
export function digestBatch(format: string, batch: EntryBatch): EntryDigest[] {
  const digests: EntryDigest[] = [];
  for (const { entry, bytes, issues } of readBatch(format, batch)) {
    const { ordinal, path, directory, offset } = entry;
    const digest = bytes === null || directory ? null : sha256(bytes);
    digests.push({ ordinal, path, directory, offset, size: bytes?.length ?? 0, digest, issues });
  }
  return digests;
}

/** The digest of an entry too large to be held. */
export async function digestStream(stream: EntryStream): Promise<EntryDigest[]> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stream.chunks) {
    hash.update(chunk);
    size += chunk.length;
  }
  const { ordinal, path, directory, offset } = stream.entry;
  const { issues } = stream.outcome();
  const digest: Digest | null = size === 0 || directory ? null : `sha256:${hash.digest('hex')}`;
  return [{ ordinal, path, directory, offset, size, digest, issues }];
}

/** Digests batches, somewhere: in this thread, or in others. */
export interface BatchDigester {
  /** How many batches it can work on at once. */
  readonly size: number;
  digest(format: string, batch: EntryBatch): Promise<readonly EntryDigest[]>;
}

/** Digests in the calling thread. */
export const inlineDigester: BatchDigester = {
  size: 1,
  digest: async (format, batch) => digestBatch(format, batch),
};
