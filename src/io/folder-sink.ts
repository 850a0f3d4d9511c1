import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, link, lstat, mkdir, open, realpath, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { MailproofError, type PutOptions, type PutResult, type Sink } from '../model/index.ts';
import { throwIfCancelled } from './cancelled.ts';
import { readError, systemCode, writeError } from './file-errors.ts';
import { openFile } from './file-source.ts';
import { listFolder } from './folder-list.ts';
import { checkSinkPath, checkSinkPrefix, PARTIAL_PREFIX } from './sink-path.ts';

/** Octets handed to one system write: a 64 MiB array must not keep an abort waiting. */
const WRITE_CHUNK = 4 << 20;

/**
 * A folder as a sink. A file is written under a passing name beside its place, synced, then moved there in one step: a
 * reader, and a machine that loses power, sees all of it or nothing. `ifAbsent` moves by link(), which fails where the
 * name is taken: of two processes exactly one wins. The folder is made by the first `put`.
 */
export function folderSink(path: string): Sink {
  const root = resolve(path);
  const location = root;
  return {
    location,
    put: (name, content, options = {}) => putFile(root, name, content, options),
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
    handle = await open(temporary, 'wx');
    partial = temporary;
    const result = await writeAll(handle, target, content, options.signal);
    await handle.sync();
    await handle.close();
    handle = null;
    throwIfCancelled(options.signal);
    if (options.ifAbsent === true) await moveIfAbsent(temporary, target);
    else await rename(temporary, target);
    if (options.ifAbsent !== true) partial = null;
    await syncFolder(folder);
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

/** link() is refused by file systems without hard links (exFAT, some network shares): there an exclusive create decides. */
async function moveIfAbsent(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
    return;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'EEXIST') throw taken(target);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK')
      throw error;
  }
  try {
    await (await open(target, 'wx')).close();
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw taken(target);
    throw error;
  }
  try {
    await rename(temporary, target);
  } catch (error) {
    await unlink(target).catch(() => {});
    throw error;
  }
}

function taken(target: string): MailproofError {
  return new MailproofError('OUTPUT_EXISTS', `${target} exists already.`, {
    advice: 'Choose another output folder, or remove what is there.',
    details: { path: target },
  });
}

/** A symbolic link below the root that leads out of it would let a path leave the folder all the same. */
async function checkWithin(root: string, target: string): Promise<void> {
  const real = await realpath(root).catch(() => null);
  if (real === null) return;
  for (let folder = dirname(target); folder.length > root.length; folder = dirname(folder)) {
    const found = await realpath(folder).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null;
      throw readError(error, folder);
    });
    if (found === null) continue;
    if (found !== real && !found.startsWith(real.endsWith(sep) ? real : real + sep)) {
      throw new MailproofError('USAGE', `${target} leads out of ${root} by a symbolic link.`, {
        details: { path: target },
      });
    }
    return;
  }
}

/** A rename is only as durable as its folder's entry. File systems that cannot sync a folder keep their own promise. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
