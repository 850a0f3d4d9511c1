import { type ByteSource, MailproofError } from '../../src/model/index.ts';

export interface MemorySourceOptions {
  /** Octets of each chunk of `read`. */
  readonly chunk?: number;
  /** The read, counted from 0, that fails. */
  readonly failAt?: number;
}

export interface MemorySource extends ByteSource {
  /** Reads begun and not yet ended. */
  readonly open: () => number;
  readonly reads: () => number;
}

/** A source over octets in memory, in chunks as small as wanted, that can fail at any one read. */
export function memorySource(content: Uint8Array, options: MemorySourceOptions = {}): MemorySource {
  const chunk = options.chunk ?? 64 * 1024;
  let reads = 0;
  let open = 0;
  const begin = (start: number, end: number): void => {
    if (start < 0 || end < start || end > content.length)
      throw new MailproofError('USAGE', `range ${start}-${end} is not within 0-${content.length}`);
    reads += 1;
    if (reads - 1 === options.failAt) throw new MailproofError('TEMPORARY', `read ${reads - 1} fails`);
  };
  return {
    size: content.length,
    identity: { location: 'memory', version: null, etag: null, lastModified: null, details: {} },
    async *read(start, end, signal) {
      begin(start, end);
      open += 1;
      try {
        for (let at = start; at < end; at += chunk) {
          await Promise.resolve();
          signal?.throwIfAborted();
          yield content.slice(at, Math.min(end, at + chunk));
        }
      } finally {
        open -= 1;
      }
    },
    async bytes(start, end, signal) {
      await Promise.resolve();
      signal?.throwIfAborted();
      begin(start, end);
      return new Uint8Array(content.subarray(start, end));
    },
    async close() {},
    open: () => open,
    reads: () => reads,
  };
}
