import { constants, fstatSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { throwIfCancelled } from '../model/cancelled.ts';
import { type ByteSource, MailproofError, type SourceIdentity } from '../model/index.ts';
import { checkRange } from '../model/range.ts';
import { readError } from './file-errors.ts';

/** Octets of one system read: large enough to be cheap, small enough that an abort is noticed at once. */
const CHUNK = 1 << 20;
/** The same where an array is filled: whoever has arrays to fill is busy, and every read waits for its turn. */
const FILLED = 8 << 20;

/**
 * Opens a regular file as a source. Its identity is inode, size and modification time, looked at again after every read:
 * a file that is written to while it is read is an error, never a mixture of two states.
 * A file replaced by rename is no change: the open handle keeps reading the one that was opened.
 * Throws SOURCE_NOT_FOUND, ACCESS_DENIED, or SOURCE_UNREADABLE (a folder, a pipe, a device).
 */
export async function openFile(path: string | Buffer): Promise<ByteSource> {
  // A Buffer is an absolute path that need not be UTF-8.
  const location = typeof path === 'string' ? resolve(path) : path.toString();
  let handle: FileHandle | null = null;
  try {
    // O_NONBLOCK: opening a named pipe nobody writes to would hang for ever.
    handle = await open(typeof path === 'string' ? location : path, constants.O_RDONLY | constants.O_NONBLOCK);
    return await sourceOf(handle, location);
  } catch (error) {
    await handle?.close();
    throw readError(error, location);
  }
}

async function sourceOf(handle: FileHandle, location: string): Promise<ByteSource> {
  const opened = await handle.stat({ bigint: true });
  if (!opened.isFile()) {
    const kind = opened.isDirectory() ? 'a folder' : 'neither a file nor a folder';
    throw new MailproofError('SOURCE_UNREADABLE', `A file was expected, but ${location} is ${kind}.`, {
      advice: 'Name a file.',
      details: { path: location },
    });
  }
  const size = Number(opened.size);
  const identity: SourceIdentity = {
    location,
    version: null,
    etag: `${opened.ino}-${opened.size}-${opened.mtimeNs}`,
    lastModified: new Date(Number(opened.mtimeNs / 1_000_000n)).toISOString(),
    details: { kind: 'file' },
  };
  let closed = false;

  function check(start: number, end: number): void {
    if (closed) throw new MailproofError('USAGE', `${location} is closed.`);
    checkRange(start, end, size, location);
  }

  /** Both looks are needed: size for a file that grows within one tick of the clock, time for one rewritten in place. */
  function checkUnchanged(): void {
    // At once: a file that is open has its state at hand, and to have another thread ask for it takes thirty times as long.
    const now = fstatSync(handle.fd, { bigint: true });
    if (now.size === opened.size && now.mtimeNs === opened.mtimeNs) return;
    throw new MailproofError('SOURCE_CHANGED', `${location} was changed while it was read.`, {
      advice: 'Wait until nothing writes to the file, then run again.',
      details: { path: location, expected: identity.etag, found: `${now.ino}-${now.size}-${now.mtimeNs}` },
    });
  }

  async function readFully(target: Uint8Array, start: number, most: number, signal?: AbortSignal): Promise<void> {
    let done = 0;
    while (done < target.length) {
      throwIfCancelled(signal);
      const wanted = Math.min(most, target.length - done);
      const { bytesRead } = await handle.read(target, done, wanted, start + done);
      if (bytesRead === 0) {
        throw new MailproofError(
          'SOURCE_TRUNCATED',
          `${location} ends at octet ${start + done}, but had ${size} octets when it was opened.`,
          { advice: 'Wait until nothing writes to the file, then run again.', details: { path: location, size } },
        );
      }
      done += bytesRead;
    }
    checkUnchanged();
  }

  async function bytes(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    check(start, end);
    throwIfCancelled(signal);
    const target = exactBuffer(end - start);
    try {
      await readFully(target, start, CHUNK, signal);
    } catch (error) {
      throw readError(error, location);
    }
    return target;
  }

  async function fill(target: Uint8Array, start: number, signal?: AbortSignal): Promise<void> {
    check(start, start + target.length);
    throwIfCancelled(signal);
    try {
      await readFully(target, start, FILLED, signal);
    } catch (error) {
      throw readError(error, location);
    }
  }

  async function* read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    check(start, end);
    throwIfCancelled(signal);
    let ahead: Promise<Uint8Array> | null = null;
    try {
      for (let offset = start; offset < end; offset += CHUNK) {
        const chunk: Promise<Uint8Array> = ahead ?? bytes(offset, Math.min(end, offset + CHUNK), signal);
        ahead = null;
        const ready = await chunk;
        const next = offset + CHUNK;
        if (next < end) {
          ahead = bytes(next, Math.min(end, next + CHUNK), signal);
          // Looked at in the next step; until then a failure must not count as unhandled.
          ahead.catch(() => {});
        }
        throwIfCancelled(signal);
        yield ready;
      }
    } finally {
      await ahead?.catch(() => {});
    }
  }

  return {
    size,
    identity,
    read,
    bytes,
    fill,
    async close() {
      if (closed) return;
      closed = true;
      await handle.close();
    },
  };
}

/** Not taken from Node's pool and not zeroed first: every octet of it is read into, or the read throws. */
function exactBuffer(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  } catch (error) {
    throw new MailproofError('LIMIT_EXCEEDED', `${length} octets do not fit into memory at once.`, { cause: error });
  }
}
