import type { S3Client } from '@aws-sdk/client-s3';
import { type ByteSource, MailproofError } from '../model/index.ts';
import { checkRange } from '../model/range.ts';
import { DEFAULT_TUNING, type Tuning } from './backoff.ts';
import { linkSignals } from './link.ts';
import { headObject } from './s3-head.ts';
import { type ObjectAddress, objectIdentity, objectLocation } from './s3-identity.ts';
import { fillRange, type PinnedObject } from './s3-range.ts';

export interface S3ObjectOptions extends ObjectAddress {
  readonly s3: S3Client;
  /** Its abort ends every read of the source. */
  readonly signal?: AbortSignal | undefined;
  readonly tuning?: Partial<Tuning>;
}

/**
 * Opens an object as a source: HEAD first, then ranged GETs, every one pinned to what the HEAD showed. `read` keeps a few
 * large ranges under way ahead of the reader; `bytes` fetches sub-ranges side by side. Memory: (`ahead` + 1) ×
 * `rangeBytes` a reader. Throws SOURCE_NOT_FOUND, ACCESS_DENIED, KEY_*, CREDENTIALS_MISSING, TEMPORARY.
 */
export async function openS3Object(options: S3ObjectOptions): Promise<ByteSource> {
  const { s3, bucket, key } = options;
  const tuning: Tuning = { ...DEFAULT_TUNING, ...options.tuning };
  const location = objectLocation(options);
  const head = await headObject(s3, options, tuning, options.signal);
  const size = head.ContentLength ?? -1;
  if (size < 0) {
    throw new MailproofError(
      'SOURCE_UNREADABLE',
      `${location} could not be read: the answer to HEAD states no length.`,
      {
        advice: 'The endpoint, or a proxy before it, does not answer as S3 does.',
      },
    );
  }
  const identity = objectIdentity(options, head);
  const object: PinnedObject = {
    s3,
    address: { bucket, key, versionId: identity.version ?? options.versionId },
    etag: identity.etag,
    size,
    bucketKey: head.BucketKeyEnabled === true,
    tuning,
  };
  const closing = new AbortController();

  function check(start: number, end: number): void {
    if (closing.signal.aborted) throw new MailproofError('USAGE', `${location} is closed.`);
    checkRange(start, end, size, location);
  }

  async function bytes(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    check(start, end);
    const target = exactBuffer(end - start);
    const link = linkSignals(options.signal, signal, closing.signal);
    let next = 0;
    const worker = async () => {
      while (next < target.length) {
        const from = next;
        next = Math.min(target.length, from + tuning.rangeBytes);
        await fillRange(object, target.subarray(from, next), start + from, link.signal);
      }
    };
    const workers = Array.from({ length: tuning.ahead }, worker);
    try {
      await Promise.all(workers);
    } finally {
      link.abort();
      await Promise.allSettled(workers);
      link.release();
    }
    return target;
  }

  async function* read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    check(start, end);
    const link = linkSignals(options.signal, signal, closing.signal);
    const pending: Promise<Uint8Array>[] = [];
    const fetch = async (from: number, to: number): Promise<Uint8Array> => {
      const target = exactBuffer(to - from);
      await fillRange(object, target, from, link.signal);
      return target;
    };
    try {
      for (let next = start; next < end || pending.length > 0; ) {
        while (next < end && pending.length < tuning.ahead) {
          const to = Math.min(end, next + tuning.rangeBytes);
          const part = fetch(next, to);
          // Awaited in its turn; until then a failure must not count as unhandled.
          part.catch(() => {});
          pending.push(part);
          next = to;
        }
        const part = pending.shift();
        if (part !== undefined) yield await part;
      }
    } finally {
      link.abort();
      await Promise.allSettled(pending);
      link.release();
    }
  }

  return {
    size,
    identity,
    read,
    bytes,
    async close() {
      closing.abort();
    },
  };
}

/** Not taken from Node's pool and not zeroed first: every octet of it is fetched, or the read throws. */
function exactBuffer(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  } catch (error) {
    throw new MailproofError('LIMIT_EXCEEDED', `${length} octets do not fit into memory at once.`, { cause: error });
  }
}
