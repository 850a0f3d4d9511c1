import { createGunzip } from 'node:zlib';
import { openArchive, readBatch } from '../archive/index.ts';
import { sniff } from '../archive/sniff.ts';
import type { ByteSource, Finding, Issue } from '../model/index.ts';
import type { Decrypted } from './decrypted-source.ts';

/** An outer zip has the export and perhaps a log; one with more entries is the export itself. */
const OUTER_ENTRIES = 8;
const HEAD_BYTES = 64 * 1024;
/** Read whole even for a look: an outer archive above this is not. */
const LOOKED_THROUGH = 16 * 1024 * 1024;
const ARCHIVE_NAME = /\.(?:zip|mbox|tar|tgz|gz|zst)$/i;

/**
 * Opens the archive that is wrapped whole in another: an archive in a zip or tar, or gzip around a zip. One level, into a private
 * spool, because an archive needs random access and what is compressed has none. Null where `source` is what is to be read.
 */
export async function innerArchive(
  source: ByteSource,
  signal: AbortSignal,
  inspecting = false,
): Promise<Decrypted | null> {
  const whole = !inspecting || source.size <= LOOKED_THROUGH;
  const head = Buffer.from(await source.bytes(0, Math.min(source.size, HEAD_BYTES), signal));
  const format = sniff(head);
  const within = format === 'gzip' ? sniff(await firstOctets(head)) : null;
  if (within === 'zip') return gzippedZip(source, signal, whole);
  return whole && (format === 'zip' || format === 'tar' || within === 'tar') ? archiveWithin(source, signal) : null;
}

async function gzippedZip(source: ByteSource, signal: AbortSignal, whole: boolean): Promise<Decrypted | null> {
  if (!whole) return { source, findings: [], unread: 'zip within gzip' };
  const { spoolToFile } = await import('../io/index.ts');
  const state: { failure: string | null } = { failure: null };
  const inner = await spoolToFile(expanded(source, state, signal), { signal });
  const message = `The gzip data around the zip is damaged or cut off: ${state.failure ?? ''}.`;
  const findings: Finding[] =
    state.failure === null ? [] : [{ check: 'archive-outer', severity: 'error', message, range: [0, source.size] }];
  return { source: placedWithin(inner, source, 'gzip'), findings };
}

async function firstOctets(head: Buffer): Promise<Buffer> {
  const state = { failure: null };
  const chunks: Uint8Array[] = [];
  for await (const chunk of inflated([head], state)) chunks.push(chunk);
  return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

const expanded = (source: ByteSource, state: { failure: string | null }, signal: AbortSignal) =>
  inflated(source.read(0, source.size, signal), state);

/** What can be expanded; why it ended early is left in `state`. */
async function* inflated(
  input: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  state: { failure: string | null },
): AsyncGenerator<Uint8Array> {
  const { Readable } = await import('node:stream');
  const stream = createGunzip();
  const from = Readable.from(input);
  from.once('error', (error) => stream.destroy(error));
  from.pipe(stream);
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    state.failure = error.message;
  } finally {
    from.destroy();
    stream.destroy();
  }
}

/** Reads a zip or tar of very few entries; the one that is an archive is what is to be read. */
async function archiveWithin(source: ByteSource, signal: AbortSignal): Promise<Decrypted | null> {
  const outer = await openArchive(source, { signal });
  const { declaredEntries } = outer;
  if (outer.salvaged || (declaredEntries ?? 0) > OUTER_ENTRIES) return null;
  const { memorySource, spoolToFile } = await import('../io/index.ts');
  let inner: ByteSource | null = null;
  const findings: Finding[] = [];
  const beside: string[] = [];
  const judge = (path: string, issues: readonly Issue[]) => {
    for (const { severity, message } of issues)
      findings.push({ check: 'archive-outer', severity, message, entry: path });
  };
  try {
    for await (const piece of outer.pieces({ signal })) {
      // A tar says how many entries it has by ending only.
      const last = piece.kind === 'stream' ? piece.stream.entry : piece.batch.entries.at(-1);
      if ((last?.ordinal ?? 0) >= OUTER_ENTRIES) {
        await inner?.close();
        return null;
      }
      if (piece.kind === 'stream') {
        const { entry, chunks } = piece.stream;
        const looked = await lookedAt(chunks);
        if (inner === null && isArchive(entry.path, looked.head)) {
          inner = await spoolToFile(looked.all, { signal });
          judge(entry.path, piece.stream.outcome().issues);
        } else beside.push(entry.path);
        continue;
      }
      for (const { entry, bytes, issues } of readBatch(outer.format, piece.batch)) {
        if (entry.directory) continue;
        if (inner === null && bytes !== null && isArchive(entry.path, Buffer.from(bytes))) {
          inner = memorySource(Uint8Array.from(bytes), entry.path);
          judge(entry.path, issues);
        } else beside.push(entry.path);
      }
    }
  } catch (error) {
    await inner?.close();
    throw error;
  }
  if (inner === null) return null;
  findings.push(...outer.findings.map((finding) => ({ ...finding, check: 'archive-outer' })));
  const [first] = beside;
  // Beside mail, an attached archive is an item and not the wrapping.
  if (beside.some((path) => !/\.(?:json|txt|log|md|sha\d+|md5)$/i.test(path))) {
    await inner.close();
    return null;
  }
  if (first !== undefined) {
    const message = `The outer zip holds, beside the archive that is read: ${beside.join(', ')}.`;
    findings.push({ check: 'archive-outer', severity: 'info', message });
  }
  return { source: placedWithin(inner, source, outer.format), findings };
}

function isArchive(path: string, octets: Buffer): boolean {
  const format = sniff(octets.subarray(0, HEAD_BYTES));
  return (
    format === 'zip' ||
    ((format === 'tar' || format === 'mbox' || format === 'gzip' || format === 'zstd') && ARCHIVE_NAME.test(path))
  );
}

/** The first chunk of a stream, and the stream with it. */
async function lookedAt(chunks: AsyncIterable<Uint8Array>) {
  const octets = chunks[Symbol.asyncIterator]();
  const first = await octets.next();
  async function* all(): AsyncGenerator<Uint8Array> {
    if (first.done === true) return;
    yield first.value;
    for (let next = await octets.next(); next.done !== true; next = await octets.next()) yield next.value;
  }
  return { head: first.done === true ? Buffer.alloc(0) : Buffer.from(first.value), all: all() };
}

/** The inner octets under the outer's name: what S3 says of the outer's checksum does not hold for them. */
function placedWithin(inner: ByteSource, outer: ByteSource, wrapping: string): ByteSource {
  const { checksums: _checksums, checksumType: _type, ...details } = outer.identity.details;
  return {
    ...inner,
    identity: { ...outer.identity, details: { ...details, wrappedIn: { format: wrapping, size: outer.size } } },
    async close() {
      try {
        await inner.close();
      } finally {
        await outer.close();
      }
    },
  };
}
