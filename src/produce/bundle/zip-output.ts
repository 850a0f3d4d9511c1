import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MailproofError, type PutResult, type Sink } from '../../model/index.ts';
import { measured } from '../measured.ts';
import type { Output } from '../output.ts';
import { Feed } from './feed.ts';
import { directoryEnd, directoryHeader, localHeader, type ZipMember } from './zip-record.ts';

/**
 * Streams files into one zip archive, written to the sink as it grows: no temporary copy. Files are stored, not deflated: what
 * zlib makes of them differs from version to version, and the same production must be the same octets. A stream that was not
 * measured is made once more for that, so that every size stands before its octets, where every reader finds it.
 * `replace`: what is there is the same, interrupted.
 */
export function zipOutput(sink: Sink, path: string, signal?: AbortSignal, replace = false): Output {
  const feed = new Feed();
  const options = { ifAbsent: !replace, mediaType: 'application/zip', ...(signal !== undefined && { signal }) };
  const uploading = sink.put(path, feed, options);
  // Its failure is met by whoever waits next; until then it must not count as unhandled.
  uploading.catch((cause: unknown) => feed.stop(cause));
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
  const begin = async (name: string, size: number, crc: number): Promise<void> => {
    const member: ZipMember = { name: Buffer.from(name, 'utf8'), crc32: crc, size, offset };
    const record = directoryHeader(member);
    directory.push(record);
    directorySize += record.length;
    await push(localHeader(member));
  };
  return {
    concurrency: 1,
    async put(name, content): Promise<PutResult> {
      signal?.throwIfAborted();
      if (content instanceof Uint8Array) {
        await begin(name, content.length, crc32(content));
        await push(content);
        return { size: content.length, digest: `sha256:${hash('sha256', content, 'hex')}` };
      }
      const {
        size,
        digest,
        crc32: expected,
        octets,
      } = typeof content === 'function' ? await measured(content) : content;
      await begin(name, size, expected);
      const start = offset;
      let crc = 0;
      for await (const chunk of octets()) {
        crc = crc32(chunk, crc);
        await push(chunk);
      }
      if (offset - start === size && crc === expected) return { size, digest };
      throw new MailproofError('UNEXPECTED', `${name} was made twice and differs.`);
    },
    // An archive is synced when it is closed.
    flush: async () => undefined,
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
