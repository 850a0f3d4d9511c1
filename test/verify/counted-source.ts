import { type ByteSource, MailproofError } from '../../src/model/index.ts';

export interface CountedSource extends ByteSource {
  /** Octets asked for since it was made, in ranges as they were asked for. */
  readonly ranges: (readonly [number, number])[];
  readonly octets: () => number;
}

export interface CountedOptions {
  readonly etag?: string | null;
  /** Fails once with TEMPORARY when a range that reaches beyond this octet is asked for. */
  readonly failAt?: number;
}

/** A source over octets in memory that tells what of it was read, is pinned by an ETag and can fail on the way. */
export function countedSource(content: Uint8Array, options: CountedOptions = {}): CountedSource {
  const ranges: (readonly [number, number])[] = [];
  const octets = () => ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  const slice = (start: number, end: number): Uint8Array<ArrayBuffer> => {
    // The end of a zip is read first: what counts is how far reading has come.
    if (options.failAt !== undefined && end > options.failAt && end - start < content.length && !tail(start)) {
      throw new MailproofError('TEMPORARY', `nothing beyond octet ${options.failAt} can be had`);
    }
    ranges.push([start, end]);
    return new Uint8Array(content.subarray(start, end));
  };
  const tail = (start: number) => start >= content.length - 140_000;
  return {
    size: content.length,
    identity: {
      location: 's3://bucket/exports/mailbox.zip',
      version: null,
      etag: options.etag === undefined ? '"etag-1"' : options.etag,
      lastModified: null,
      details: {},
    },
    async *read(start, end) {
      for (let at = start; at < end; at += 65_536) yield slice(at, Math.min(end, at + 65_536));
    },
    bytes: async (start, end) => slice(start, end),
    close: async () => undefined,
    ranges,
    octets,
  };
}
