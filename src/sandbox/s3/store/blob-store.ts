import { createCipheriv, createDecipheriv } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Blob, FRAME_BYTES, frameNonce, TAG_BYTES } from './blob.ts';

/** Objects' octets in a private directory: nothing is held in memory beyond a frame or two of each reader and writer. */
export class BlobStore {
  readonly #directory: string;
  #sequence = 0;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the directory (mode 0700) below `parent`. */
  static async create(parent: string): Promise<BlobStore> {
    return new BlobStore(await mkdtemp(join(parent, 'mailproof-sandbox-')));
  }

  get directory(): string {
    return this.#directory;
  }

  /** Writes a stream; with a data key, in AES-256-GCM frames. Nothing is left behind when the stream fails. */
  async write(source: AsyncIterable<Uint8Array>, dataKey: Uint8Array | null): Promise<Blob> {
    this.#sequence += 1;
    const sequence = this.#sequence;
    const path = join(this.#directory, String(sequence).padStart(8, '0'));
    const file = await open(path, 'wx', 0o600);
    let size = 0;
    let frame = 0;
    let pending: Promise<void> = Promise.resolve();
    const failures: Error[] = [];
    const flush = async (plain: Buffer) => {
      const pieces = dataKey === null ? [plain] : seal(plain, dataKey, sequence, frame);
      frame += 1;
      // One write is under way while the next frame is filled and sealed: disk and cipher overlap, memory stays flat.
      await pending;
      if (failures[0] !== undefined) throw failures[0];
      pending = writeAll(file, pieces).catch((error: unknown) => {
        failures.push(error instanceof Error ? error : new Error('the disk refused a write'));
      });
    };
    try {
      let buffer = Buffer.allocUnsafeSlow(FRAME_BYTES);
      let filled = 0;
      for await (const chunk of source) {
        size += chunk.length;
        for (let at = 0; at < chunk.length; ) {
          const take = Math.min(FRAME_BYTES - filled, chunk.length - at);
          buffer.set(take === chunk.length ? chunk : chunk.subarray(at, at + take), filled);
          filled += take;
          at += take;
          if (filled < FRAME_BYTES) continue;
          await flush(buffer);
          buffer = Buffer.allocUnsafeSlow(FRAME_BYTES);
          filled = 0;
        }
      }
      if (filled > 0) await flush(buffer.subarray(0, filled));
      await pending;
      if (failures[0] !== undefined) throw failures[0];
    } catch (error) {
      await pending;
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await file.close();
    return { path, size, sequence, encrypted: dataKey !== null, readers: 0, released: false };
  }

  /** The octets of `[start, end)`, decrypted. Throws when a frame was altered on disk. */
  async *read(blob: Blob, dataKey: Uint8Array | null, start: number, end: number): AsyncGenerator<Uint8Array> {
    if (start >= end) return;
    blob.readers += 1;
    let ahead: Promise<Buffer> | null = null;
    let file: FileHandle | null = null;
    try {
      const handle = await open(blob.path, 'r');
      file = handle;
      const last = Math.floor((end - 1) / FRAME_BYTES);
      const first = Math.floor(start / FRAME_BYTES);
      ahead = readFrame(handle, blob, first);
      for (let frame = first; frame <= last; frame++) {
        const stored = await ahead;
        ahead = frame < last ? readFrame(handle, blob, frame + 1) : NOTHING;
        // A failure ahead is met when its turn comes, or in `finally`; unheard in between it would end the process.
        ahead.catch(() => undefined);
        const plain = dataKey === null ? stored : unseal(stored, dataKey, blob.sequence, frame);
        const base = frame * FRAME_BYTES;
        yield plain.subarray(Math.max(0, start - base), Math.min(plain.length, end - base));
      }
    } finally {
      await ahead?.catch(() => undefined);
      await file?.close();
      blob.readers -= 1;
      if (blob.readers === 0 && blob.released) await unlink(blob.path).catch(() => undefined);
    }
  }

  /** Lets go of a blob: its file goes once nobody reads it. A GET under way goes on, as S3's does. */
  async release(blob: Blob): Promise<void> {
    blob.released = true;
    if (blob.readers === 0) await unlink(blob.path).catch(() => undefined);
  }

  async close(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }
}

const NOTHING: Promise<Buffer> = Promise.resolve(Buffer.alloc(0));

function seal(plain: Buffer, dataKey: Uint8Array, sequence: number, frame: number): Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', dataKey, frameNonce(sequence, frame));
  const body = cipher.update(plain);
  cipher.final();
  return [body, cipher.getAuthTag()];
}

function unseal(stored: Buffer, dataKey: Uint8Array, sequence: number, frame: number): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', dataKey, frameNonce(sequence, frame));
  decipher.setAuthTag(stored.subarray(stored.length - TAG_BYTES));
  const plain = decipher.update(stored.subarray(0, stored.length - TAG_BYTES));
  decipher.final();
  return plain;
}

async function writeAll(file: FileHandle, pieces: readonly Buffer[]): Promise<void> {
  let expected = 0;
  for (const piece of pieces) expected += piece.length;
  const { bytesWritten } = await file.writev(pieces);
  if (bytesWritten !== expected) throw new Error(`wrote ${bytesWritten} of ${expected} octets: is the disk full?`);
}

async function readFrame(file: FileHandle, blob: Blob, frame: number): Promise<Buffer> {
  const plain = Math.min(FRAME_BYTES, blob.size - frame * FRAME_BYTES);
  const stored = blob.encrypted ? FRAME_BYTES + TAG_BYTES : FRAME_BYTES;
  const length = blob.encrypted ? plain + TAG_BYTES : plain;
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, frame * stored + filled);
    if (bytesRead === 0) throw new Error(`stored file ends at ${filled} of ${length} octets of frame ${frame}`);
    filled += bytesRead;
  }
  return buffer;
}
