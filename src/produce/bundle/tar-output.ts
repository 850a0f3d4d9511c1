import { hash } from 'node:crypto';
import tar from 'tar-stream';
import type { PutResult, Sink } from '../../model/index.ts';
import { type Measured, measured } from '../measured.ts';
import type { Output } from '../output.ts';

/** 1980-01-01: an archive must not depend on when it is made. */
const MODIFIED = new Date(315_532_800_000);

/** Streams files into one tar archive (POSIX pax), written to the sink as it grows: no temporary copy. */
export function tarOutput(sink: Sink, path: string, signal?: AbortSignal): Output {
  const pack = tar.pack();
  async function* packed(): AsyncGenerator<Uint8Array> {
    for await (const chunk of pack) if (chunk instanceof Uint8Array) yield chunk;
  }
  const uploading = sink.put(path, packed(), {
    ifAbsent: true,
    mediaType: 'application/x-tar',
    ...(signal !== undefined && { signal }),
  });
  // A sink that fails stops reading: whoever waits for the pack must then wait no longer.
  const failed = uploading.then(
    async () => new Promise<never>(() => undefined),
    (cause: unknown) => {
      pack.destroy();
      throw cause;
    },
  );
  failed.catch(() => undefined);
  const header = (name: string, size: number) => ({
    name,
    size,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: MODIFIED,
    type: 'file' as const,
  });
  const settled = (start: (done: (error?: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      start((error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });

  /** A tar says a file's size before the file, and fails where it is another then. */
  async function streamed(name: string, { size, digest, octets }: Measured): Promise<PutResult> {
    const entryDone: { settle: ((error?: Error | null) => void) | null } = { settle: null };
    const done = settled((settle) => {
      entryDone.settle = settle;
    });
    done.catch(() => undefined);
    const entry = pack.entry(header(name, size), (error) => entryDone.settle?.(error ?? null));
    for await (const chunk of octets()) {
      if (!entry.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))) {
        await Promise.race([new Promise<void>((resolve) => entry.once('drain', () => resolve())), failed]);
      }
    }
    entry.end(undefined);
    await Promise.race([done, failed]);
    return { size, digest };
  }

  return {
    concurrency: 1,
    async put(name, content) {
      signal?.throwIfAborted();
      // A pack that was destroyed refuses everything: the sink's own error says more.
      if (pack.destroyed) await uploading;
      if (typeof content === 'function') return streamed(name, await measured(content));
      if (!(content instanceof Uint8Array)) return streamed(name, content);
      const octets = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
      await Promise.race([
        settled((done) => pack.entry(header(name, octets.length), octets, (error) => done(error))),
        failed,
      ]);
      return { size: octets.length, digest: `sha256:${hash('sha256', octets, 'hex')}` };
    },
    // An archive is synced when it is closed.
    flush: async () => undefined,
    async close() {
      pack.finalize();
      await uploading;
    },
    async abort(cause) {
      pack.destroy(cause instanceof Error ? cause : new Error(String(cause)));
      await uploading.catch(() => undefined);
    },
  };
}
