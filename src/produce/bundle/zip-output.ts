import { createHash, hash } from 'node:crypto';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import type { PutResult, Sink } from '../../model/index.ts';
import type { Content, Output } from '../output.ts';
import { Feed } from './feed.ts';
import { dataDescriptor, directoryEnd, directoryHeader, localHeader, type ZipMember } from './zip-record.ts';

const STORED = 0;
const DEFLATED = 8;
const LEVEL = 6;

/** Already compressed: deflating it again costs time and saves nothing. */
const COMPRESSED = /\.(?:zip|gz|jpe?g|png|gif|mp[34]|mov|pdf|docx|xlsx|pptx|heic|webp|parquet)$/i;

/** Streams files into one zip archive, written to the sink as it grows: no temporary copy. */
export function zipOutput(sink: Sink, path: string, signal?: AbortSignal): Output {
  const feed = new Feed();
  const uploading = sink.put(path, feed, {
    ifAbsent: true,
    mediaType: 'application/zip',
    ...(signal !== undefined && { signal }),
  });
  // Its failure is met by whoever waits next; until then it must not count as unhandled.
  uploading.catch(() => undefined);
  const directory: Buffer[] = [];
  let directorySize = 0;
  let offset = 0;
  const push = async (octets: Uint8Array): Promise<void> => {
    offset += octets.length;
    // A sink that failed no longer reads: its own error says more than the feed's.
    await feed.push(octets).catch(async (cause: unknown) => {
      await uploading;
      throw cause;
    });
  };
  const enlist = (member: ZipMember): void => {
    const record = directoryHeader(member);
    directory.push(record);
    directorySize += record.length;
  };
  const whole = async (name: Buffer, octets: Uint8Array, compress: boolean): Promise<PutResult> => {
    const deflated = compress && octets.length > 0 ? deflateRawSync(octets, { level: LEVEL }) : octets;
    const stored = deflated.length < octets.length ? deflated : octets;
    const member: ZipMember = {
      name,
      method: stored === octets ? STORED : DEFLATED,
      crc32: crc32(octets),
      storedSize: stored.length,
      size: octets.length,
      offset,
      streamed: false,
    };
    await push(localHeader(member));
    await push(stored);
    enlist(member);
    return { size: octets.length, digest: `sha256:${hash('sha256', octets, 'hex')}` };
  };
  const streamed = async (name: Buffer, chunks: AsyncIterable<Uint8Array>): Promise<PutResult> => {
    const start = offset;
    const base = { name, method: DEFLATED, offset: start, streamed: true };
    await push(localHeader({ ...base, crc32: 0, storedSize: 0, size: 0 }));
    const dataStart = offset;
    const sha256 = createHash('sha256');
    let crc = 0;
    let size = 0;
    async function* taken(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        sha256.update(chunk);
        crc = crc32(chunk, crc);
        size += chunk.length;
        yield chunk;
      }
    }
    for await (const chunk of deflated(taken())) await push(chunk);
    const member: ZipMember = { ...base, crc32: crc, storedSize: offset - dataStart, size };
    await push(dataDescriptor(member));
    enlist(member);
    return { size, digest: `sha256:${sha256.digest('hex')}` };
  };
  return {
    concurrency: 1,
    async put(name, content: Content) {
      signal?.throwIfAborted();
      const encoded = Buffer.from(name, 'utf8');
      return content instanceof Uint8Array
        ? whole(encoded, content, !COMPRESSED.test(name))
        : streamed(encoded, content());
    },
    async close() {
      const start = offset;
      for (const record of directory) await push(record);
      await push(directoryEnd(directory.length, directorySize, start));
      feed.end();
      await uploading;
    },
    async abort(cause) {
      feed.fail(cause);
      await uploading.catch(() => undefined);
    },
  };
}

/** Deflates chunks as they come. */
async function* deflated(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createDeflateRaw({ level: LEVEL });
  const feeding = (async () => {
    for await (const chunk of chunks) {
      if (stream.write(chunk)) continue;
      await new Promise<void>((resolve, reject) => {
        stream.once('drain', resolve);
        stream.once('close', () => reject(new Error('the output has stopped taking octets')));
      });
    }
    stream.end();
  })();
  feeding.catch((cause: unknown) => stream.destroy(cause instanceof Error ? cause : new Error(String(cause))));
  for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
  await feeding;
}
