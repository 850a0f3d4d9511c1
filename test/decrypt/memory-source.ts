import { type ByteSource, MailproofError, type SourceIdentity } from '../../src/model/index.ts';

export interface MemorySource extends ByteSource {
  closed: boolean;
  /** Ranges that were read, in order. */
  readonly reads: [number, number][];
}

/** Octets as a source that hands them out in chunks of so many. `cutAt` makes it end early without a word. */
export function memorySource(octets: Uint8Array, chunkSize = 65_536, cutAt = octets.byteLength): MemorySource {
  const identity: SourceIdentity = {
    location: 's3://archive-bucket/exports/mailbox.zip',
    version: 'v1',
    etag: '"0123"',
    lastModified: null,
    details: { storageClass: 'STANDARD' },
  };
  const source: MemorySource = {
    closed: false,
    reads: [],
    size: octets.byteLength,
    identity,
    async *read(start, end, signal) {
      if (start < 0 || end > octets.byteLength || start > end) throw new MailproofError('USAGE', 'range');
      source.reads.push([start, end]);
      for (let at = start; at < Math.min(end, cutAt); at += chunkSize) {
        signal?.throwIfAborted();
        await Promise.resolve();
        yield octets.slice(at, Math.min(at + chunkSize, end, cutAt));
      }
    },
    async bytes(start, end, signal) {
      const parts: number[] = [];
      for await (const chunk of source.read(start, end, signal)) parts.push(...chunk);
      return Uint8Array.from(parts);
    },
    close() {
      source.closed = true;
      return Promise.resolve();
    },
  };
  return source;
}
