import { crc32, deflateRaw } from 'node:zlib';
import type { MailboxEntry } from '../mailbox/generate.ts';
import {
  dataDescriptor,
  directoryEnd,
  directoryHeader,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  localHeader,
  type ZipMember,
} from './zip-record.ts';

export interface ZipOptions {
  /** Default `deflated`. Directories and empty entries are stored in any case. */
  readonly method?: 'stored' | 'deflated';
  /** zlib's level, default 6. */
  readonly level?: number;
  /** Sizes and CRC after the octets, as a streaming writer must (general purpose bit 3). Default true. */
  readonly descriptors?: boolean;
  /** `auto`: where sizes, offsets or counts need it. */
  readonly zip64?: 'auto' | 'always';
  /** Milliseconds since 1970, written as UTC. Default 2026-01-01: an archive must not depend on when it is made. */
  readonly modified?: number;
  readonly comment?: string;
  readonly signal?: AbortSignal;
}

/** Entries deflated ahead of the one being written: enough for the thread pool, few enough for memory. */
const AHEAD = 6;
const WIDE_ENTRY = 0xfffff000;
const MODIFIED = Date.UTC(2026, 0, 1);

interface Packed {
  readonly entry: MailboxEntry;
  readonly method: number;
  readonly stored: Uint8Array;
}

/**
 * Writes a zip archive as it goes: entry after entry, then the central directory; zip64 where needed. The same
 * entries and options make the same octets. Holds a few entries; what is kept of each is its directory record.
 */
export async function* writeZip(
  entries: Iterable<MailboxEntry> | AsyncIterable<MailboxEntry>,
  options: ZipOptions = {},
): AsyncGenerator<Uint8Array> {
  const { time, date } = dosTime(options.modified ?? MODIFIED);
  const always = options.zip64 === 'always';
  const directory: Buffer[] = [];
  let directorySize = 0;
  let offset = 0;
  for await (const packed of packAhead(entries, options)) {
    options.signal?.throwIfAborted();
    const { entry } = packed;
    const name = Buffer.from(entry.path, 'utf8');
    const isDirectory = entry.path.endsWith('/');
    const descriptor = (options.descriptors ?? true) && !isDirectory;
    const member: ZipMember = {
      name,
      flags: (descriptor ? FLAG_DESCRIPTOR : 0) | (name.length === entry.path.length ? 0 : FLAG_UTF8),
      method: packed.method,
      time,
      date,
      crc32: crc32(entry.bytes),
      storedSize: packed.stored.length,
      size: entry.bytes.length,
      offset,
      directory: isDirectory,
      zip64: always || entry.bytes.length >= WIDE_ENTRY || packed.stored.length >= WIDE_ENTRY,
    };
    const header = localHeader(member);
    yield header;
    if (packed.stored.length > 0) yield packed.stored;
    offset += header.length + packed.stored.length;
    if (descriptor) {
      const tail = dataDescriptor(member);
      yield tail;
      offset += tail.length;
    }
    const record = directoryHeader(member);
    directory.push(record);
    directorySize += record.length;
  }
  yield* directory;
  yield directoryEnd(directory.length, directorySize, offset, always, Buffer.from(options.comment ?? '', 'utf8'));
}

/** Deflates on the thread pool, a few entries ahead, and gives them in order. */
async function* packAhead(
  entries: Iterable<MailboxEntry> | AsyncIterable<MailboxEntry>,
  options: ZipOptions,
): AsyncGenerator<Packed> {
  const queue: Promise<Packed>[] = [];
  try {
    for await (const entry of entries) {
      const packing = pack(entry, options);
      // Its failure is met when its turn comes; until then it must not count as unhandled.
      packing.catch(() => undefined);
      queue.push(packing);
      if (queue.length < AHEAD) continue;
      const first = queue.shift();
      if (first !== undefined) yield await first;
    }
    for (const packing of queue) yield await packing;
  } finally {
    await Promise.allSettled(queue);
  }
}

function pack(entry: MailboxEntry, options: ZipOptions): Promise<Packed> {
  if (options.method === 'stored' || entry.bytes.length === 0)
    return Promise.resolve({ entry, method: 0, stored: entry.bytes });
  return new Promise((resolve, reject) => {
    deflateRaw(
      entry.bytes,
      { level: options.level ?? 6, chunkSize: chunkSize(entry.bytes.length) },
      (error, stored) => {
        if (error === null) resolve({ entry, method: 8, stored });
        else reject(error);
      },
    );
  });
}

/** One piece of output where possible: zlib makes no more than the input and a little. */
function chunkSize(size: number): number {
  return Math.min(1024 * 1024, size + (size >>> 3) + 1024);
}

/** §4.4.6: two-second steps from 1980. */
function dosTime(milliseconds: number): { readonly time: number; readonly date: number } {
  const moment = new Date(milliseconds);
  return {
    time: (moment.getUTCHours() << 11) | (moment.getUTCMinutes() << 5) | (moment.getUTCSeconds() >>> 1),
    date: ((moment.getUTCFullYear() - 1980) << 9) | ((moment.getUTCMonth() + 1) << 5) | moment.getUTCDate(),
  };
}
