import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { throwIfCancelled } from '../model/cancelled.ts';
import { BRIEF_OCTETS, MailproofError, type PutOptions, type PutResult, type Sink } from '../model/index.ts';
import { systemCode, writeError } from './file-errors.ts';
import { putBriefFile } from './file-pack.ts';
import { openFile } from './file-source.ts';
import { flushFolder } from './flush-folder.ts';
import { listFolder, sweepFolder } from './folder-list.ts';
import { checkWithin, moveIfAbsent, syncFolder, taken } from './folder-place.ts';
import { PackWriter } from './pack-writer.ts';
import { checkSinkPath, checkSinkPrefix, PARTIAL_PREFIX } from './sink-path.ts';

/** Octets handed to one system write: a 64 MiB array must not keep an abort waiting. */
const WRITE_CHUNK = 4 << 20;
/** Octets of one read when what was written is read again. */
const READ_CHUNK = 1 << 20;

/**
 * A folder as a sink. A file is written under a passing name beside its place, synced, then moved there in one step: a
 * reader, and a machine that loses power, sees all of it or nothing. `ifAbsent` moves by link(), which fails where the
 * name is taken: of two processes exactly one wins. The folder is made by the first `put`. A small file that need not be
 * durable is written in its place at once: a hundred thousand files are then a hundred thousand opens and writes, no more.
 * Whatever need not be durable, one of many that something written last vouches for, is read again: its digest is the disk's.
 */
export function folderSink(path: string): Sink {
  const root = resolve(path);
  const location = root;
  const folders = new Set<string>();
  const packs = new PackWriter({ root, folders });
  return {
    location,
    async put(name, content, options = {}) {
      const { durable = true, ifAbsent = false, signal } = options;
      if (durable || !(content instanceof Uint8Array) || content.length > BRIEF_OCTETS) {
        return putFile(root, name, content, options);
      }
      throwIfCancelled(signal);
      return putBriefFile({ root, folders }, name, content, !ifAbsent);
    },
    async putPack(pack, { ifAbsent = false, signal } = {}) {
      throwIfCancelled(signal);
      return packs.write(pack, !ifAbsent);
    },
    async flush() {
      await packs.rest();
      await flushFolder(root);
    },
    sweep: () => sweepFolder(root),
    async open(name) {
      checkSinkPath(name);
      const target = join(root, name);
      await checkWithin(root, target);
      const state = await lstat(target).catch(() => null);
      if (state === null || state.isDirectory()) {
        throw new MailproofError('SOURCE_NOT_FOUND', `There is no file ${target}.`, { details: { path: target } });
      }
      return openFile(target);
    },
    list(prefix) {
      checkSinkPrefix(prefix);
      return listFolder(root, prefix);
    },
    async remove(name) {
      checkSinkPath(name);
      const target = join(root, name);
      await checkWithin(root, target);
      try {
        await unlink(target);
      } catch (error) {
        if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw writeError(error, target);
      }
    },
  };
}

async function putFile(
  root: string,
  name: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  options: PutOptions,
): Promise<PutResult> {
  checkSinkPath(name);
  throwIfCancelled(options.signal);
  const target = join(root, name);
  const folder = dirname(target);
  await checkWithin(root, target);
  let partial: string | null = null;
  let handle: FileHandle | null = null;
  try {
    // Asked before a stream is read to its end for nothing; the answer that counts is link()'s.
    if (options.ifAbsent === true && (await lstat(target).catch(() => null)) !== null) throw taken(target);
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `${PARTIAL_PREFIX}${randomBytes(8).toString('hex')}`);
    handle = await open(temporary, 'wx+');
    partial = temporary;
    const written = await writeAll(handle, target, content, options.signal);
    const result = options.durable === false ? await readAgain(handle, written.size, options.signal) : written;
    if (options.durable !== false) await handle.sync();
    await handle.close();
    handle = null;
    throwIfCancelled(options.signal);
    if (options.ifAbsent === true) await moveIfAbsent(temporary, target);
    else await rename(temporary, target);
    if (options.ifAbsent !== true) partial = null;
    if (options.durable !== false) await syncFolder(folder);
    return result;
  } catch (error) {
    throw error instanceof SourceFailure ? error.cause : writeError(error, target);
  } finally {
    await handle?.close().catch(() => {});
    if (partial !== null) await unlink(partial).catch(() => {});
  }
}

/** Carries an error of the content past the translation of write errors: it is the caller's own. */
class SourceFailure extends Error {}

async function writeAll(
  handle: FileHandle,
  target: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<PutResult> {
  const hash = createHash('sha256');
  let size = 0;
  const write = async (chunk: Uint8Array) => {
    for (let offset = 0; offset < chunk.length; ) {
      throwIfCancelled(signal);
      const wanted = Math.min(WRITE_CHUNK, chunk.length - offset);
      const { bytesWritten } = await handle.write(chunk, offset, wanted, size);
      // Some file systems report a full disk by writing nothing.
      if (bytesWritten === 0)
        throw new MailproofError('OUTPUT_UNWRITABLE', `${target} took no more octets at ${size}.`);
      hash.update(chunk.subarray(offset, offset + bytesWritten));
      offset += bytesWritten;
      size += bytesWritten;
    }
  };
  if (content instanceof Uint8Array) await write(content);
  else for await (const chunk of ownFailures(content)) await write(chunk);
  return { size, digest: `sha256:${hash.digest('hex')}` };
}

/** What the file holds now, by its own octets. */
async function readAgain(handle: FileHandle, size: number, signal: AbortSignal | undefined): Promise<PutResult> {
  const hash = createHash('sha256');
  const held = Buffer.allocUnsafeSlow(Math.min(Math.max(size, 1), READ_CHUNK));
  let read = 0;
  for (;;) {
    throwIfCancelled(signal);
    const { bytesRead } = await handle.read(held, 0, held.length, read);
    if (bytesRead === 0) return { size: read, digest: `sha256:${hash.digest('hex')}` };
    hash.update(held.subarray(0, bytesRead));
    read += bytesRead;
  }
}

async function* ownFailures(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = content[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const step = await iterator.next().catch((cause: unknown) => {
        ended = true;
        throw new SourceFailure('the content failed', { cause });
      });
      if (step.done === true) {
        ended = true;
        return;
      }
      yield step.value;
    }
  } finally {
    if (!ended) await iterator.return?.();
  }
}
