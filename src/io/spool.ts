import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { throwIfCancelled } from '../model/cancelled.ts';
import type { ByteSource } from '../model/index.ts';
import { writeError } from './file-errors.ts';
import { openFile } from './file-source.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** Octets gathered before a write: frames of 4 KiB would each cost a system call. */
const WRITE_BYTES = 1 << 20;

/**
 * Writes octets to a file only this user can read (0600, in a folder of 0700), and opens it as a source. Closing the source
 * removes it; so does the end of the process, and whatever `content` throws. Throws OUTPUT_UNWRITABLE and that.
 */
export async function spoolToFile(
  content: AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ByteSource> {
  const folder = await createTemporaryFolder(options);
  try {
    const path = join(folder.path, 'plaintext');
    const handle = await create(path);
    try {
      await writeAll(handle, path, content, options.signal);
    } finally {
      await handle.close();
    }
    const source = await openFile(path);
    return {
      ...source,
      async close() {
        try {
          await source.close();
        } finally {
          await folder.remove();
        }
      },
    };
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function create(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    throw writeError(error, path);
  }
}

async function writeAll(
  handle: FileHandle,
  path: string,
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  let held: Uint8Array[] = [];
  let size = 0;
  const flush = async (): Promise<void> => {
    const parts = held;
    held = [];
    size = 0;
    try {
      for (const part of parts.length > 1 ? [Buffer.concat(parts)] : parts) await handle.writeFile(part);
    } catch (error) {
      throw writeError(error, path);
    }
  };
  for await (const chunk of content) {
    throwIfCancelled(signal);
    held.push(chunk);
    size += chunk.length;
    if (size >= WRITE_BYTES) await flush();
  }
  await flush();
}
