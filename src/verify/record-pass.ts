import { createHash } from 'node:crypto';
import { type ManifestReader, readLines, recordFault } from '../manifest/index.ts';
import { type ByteSource, type ItemRecord, MailproofError, openIfThere, readIfThere } from '../model/index.ts';
import type { FileRead, PlacedRecord } from './check.ts';
import type { FindingList } from './finding-list.ts';

/** A file's octets and hash, read in order. */
export async function digestOf(source: ByteSource, signal?: AbortSignal): Promise<{ size: number; digest: string }> {
  const sha256 = createHash('sha256');
  let size = 0;
  for await (const chunk of source.read(0, source.size, signal)) {
    sha256.update(chunk);
    size += chunk.length;
  }
  return { size, digest: `sha256:${sha256.digest('hex')}` };
}

/** A file of a run that the manifest lists with this size, in octets; null where it is not there. */
export async function readListed(
  manifest: ManifestReader,
  path: string,
  size: number,
  signal?: AbortSignal,
): Promise<FileRead> {
  const file = await openIfThere(manifest.sink, path);
  if (file === null) return null;
  try {
    // Size before digest, as OCI's readers do: a file of another length need not be read.
    return file.size === size ? await digestOf(file, signal) : { size: file.size, digest: '' };
  } finally {
    await file.close();
  }
}

/** The same source, hashed as it is read, so that a shard is read once for its records and its digest. */
function hashed(source: ByteSource): { source: ByteSource; result: () => { size: number; digest: string } } {
  const sha256 = createHash('sha256');
  let size = 0;
  async function* read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    for await (const chunk of source.read(start, end, signal)) {
      sha256.update(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  return {
    source: {
      size: source.size,
      identity: source.identity,
      read,
      bytes: async (start, end, signal) => source.bytes(start, end, signal),
      close: async () => source.close(),
    },
    result: () => ({ size, digest: `sha256:${sha256.digest('hex')}` }),
  };
}

/** A whole small file of a run, as JSON; undefined where it is not there or is no JSON. */
export async function readJson(manifest: ManifestReader, path: string): Promise<unknown> {
  const octets = await readIfThere(manifest.sink, path);
  if (octets === null) return undefined;
  try {
    return JSON.parse(octets.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Some records of one shard, and the parsed file that says where each of that shard's records lies. */
export interface RecordBatch {
  readonly shard: number;
  readonly places: unknown;
  readonly records: readonly PlacedRecord[];
}

export interface RecordPass {
  /** Lines that are no records. */
  readonly faults: FindingList;
  /** Filled with each shard's size and digest. */
  readonly files: Map<string, FileRead>;
  readonly signal: AbortSignal | undefined;
  /** Only these shards; absent: all. */
  readonly only?: ReadonlySet<number>;
  /** Which records, by their number in the run, are held to the whole schema. Absent: all. */
  readonly examine?: (number: number) => boolean;
}

/** The record of a line, or what is wrong with it. Held to the published schema, it can be relied on. */
function recordOf(line: string, examine: boolean): ItemRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return `it is no JSON (${error instanceof Error ? error.message : 'unknown'})`;
  }
  const fault = examine ? recordFault(value) : null;
  if (fault !== null) return fault;
  return looksLikeRecord(value) ? value : 'it has no id';
}

const looksLikeRecord = (value: unknown): value is ItemRecord =>
  typeof value === 'object' && value !== null && 'id' in value && 'source' in value;

/**
 * Every record of a run once, in order, in batches, with each shard's digest taken on the way. A damaged shard is a
 * finding and the next is read.
 */
export async function* placedRecords(manifest: ManifestReader, pass: RecordPass): AsyncGenerator<RecordBatch> {
  let number = 0;
  for (const [shard, entry] of manifest.root.shards.entries()) {
    if (pass.only !== undefined && !pass.only.has(shard)) continue;
    const path = entry.records.annotations?.['path'] ?? '';
    const file = await openIfThere(manifest.sink, path);
    pass.files.set(path, null);
    if (file === null) continue;
    try {
      const places = await readJson(manifest, entry.index.annotations?.['path'] ?? '');
      const { source, result } = hashed(file);
      try {
        for await (const lines of readLines(source, pass.signal)) {
          const records: PlacedRecord[] = [];
          for (const { text, offset, length } of lines) {
            const record = recordOf(text, pass.examine?.(number++) ?? true);
            if (typeof record !== 'string') records.push({ record, shard, offset, length });
            else pass.faults.add('error', `${path} holds a line at octet ${offset} that is no record: ${record}.`);
          }
          yield { shard, places, records };
        }
      } catch (error) {
        if (!(error instanceof MailproofError) || !/^(MANIFEST_INVALID|LIMIT_EXCEEDED)$/.test(error.code)) throw error;
        pass.faults.add('error', error.message);
      }
      const read = result();
      pass.files.set(path, read.size === file.size ? read : await digestOf(file, pass.signal));
    } finally {
      await file.close();
    }
  }
}
