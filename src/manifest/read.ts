import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ByteSource, Descriptor, ItemRecord, JsonObject, Ledger, Sink } from '../model/index.ts';
import { MailproofError, readIfThere } from '../model/index.ts';
import { compareOctets } from '../model/octet-order.ts';
import { type CalendarHistory, type CalendarVersion, calendarHistory, calendarVersion } from './calendar-history.ts';
import type { IndexBlock } from './index-file.ts';
import { type IndexRow, parseRow } from './index-rows.ts';
import { CUSTODY_PATH, type IndexName, ordinalOf, ROOT_PATH, shardPath } from './layout.ts';
import { readLines } from './lines.ts';
import type { Root } from './root.ts';
import { ledgerSchema, recordSchema, rootSchema } from './schema.ts';
import type { ShardEntry } from './shard.ts';

const pathOf = (descriptor: Descriptor): string => descriptor.annotations?.['path'] ?? '';

/** Opens a file of a run, uses it, closes it whatever happens. */
async function within<T>(sink: Sink, path: string, use: (source: ByteSource) => Promise<T>): Promise<T> {
  const source = await sink.open(path);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

function invalid(sink: Sink, path: string, why: string): MailproofError {
  return new MailproofError('MANIFEST_INVALID', `${path} of ${sink.location} is not what a run writes: ${why}.`, {
    advice: 'Run `mailproof verify` on it; restore the file from a copy or process the export again.',
  });
}

function parseJson(sink: Sink, path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(sink, path, `it is no JSON (${cause instanceof Error ? cause.message : 'unknown'})`);
  }
}

const isCount = (value: unknown): boolean => typeof value === 'number' && value >= 0;

/** What was written and not zod's copy of it: that leaves out `__proto__`, and a folder may be called so. */
function isLedger(value: unknown): value is Ledger {
  const checked = ledgerSchema.safeParse(value);
  return checked.success && Object.values(Reflect.get(Object(value), 'folders')).every(isCount);
}

/** A finished run, read by as few ranged reads as its layout allows. */
export class ManifestReader {
  readonly sink: Sink;
  readonly root: Root;
  /** SHA-256 of `manifest.json` itself. */
  readonly digest: string;

  private constructor(sink: Sink, root: Root, digest: string) {
    this.sink = sink;
    this.root = root;
    this.digest = digest;
  }

  /** Reads and checks the root. Throws MANIFEST_NOT_FOUND, MANIFEST_INVALID. */
  static async open(sink: Sink): Promise<ManifestReader> {
    const octets = await within(sink, ROOT_PATH, async (source) => source.bytes(0, source.size)).catch((cause) => {
      if (!(cause instanceof MailproofError) || cause.code !== 'SOURCE_NOT_FOUND') throw cause;
      throw new MailproofError('MANIFEST_NOT_FOUND', `There is no ${ROOT_PATH} in ${sink.location}.`, {
        cause,
        advice:
          'A run that was interrupted leaves none: run `mailproof process` again with the same --out to finish it.',
      });
    });
    const checked = rootSchema.safeParse(parseJson(sink, ROOT_PATH, Buffer.from(octets).toString()));
    if (!checked.success) throw invalid(sink, ROOT_PATH, firstFault(checked.error.issues));
    return new ManifestReader(sink, checked.data, createHash('sha256').update(octets).digest('hex'));
  }

  /** Every record in order, in batches. */
  async *records(signal?: AbortSignal): AsyncGenerator<readonly ItemRecord[]> {
    for (const shard of this.root.shards) {
      const path = pathOf(shard.records);
      const source = await this.sink.open(path);
      try {
        for await (const lines of readLines(source, signal)) {
          yield lines.map((line) => this.#record(path, line.text));
        }
      } finally {
        await source.close();
      }
    }
  }

  /** One record by its id, by three reads. Throws RECORD_NOT_FOUND. */
  async record(id: string): Promise<ItemRecord> {
    const missing = new MailproofError('RECORD_NOT_FOUND', `There is no record ${id} in ${this.sink.location}.`, {
      advice: 'Ids look like 00000123 or 00000123.2; `mailproof search` or items/*.jsonl lists them.',
    });
    const shardNumber = this.#shardOf(id);
    const shard = this.root.shards[shardNumber];
    if (shard === undefined) throw missing;
    const indexPath = pathOf(shard.index);
    const octets = await within(this.sink, indexPath, async (source) => source.bytes(0, source.size));
    const places = parseJson(this.sink, indexPath, Buffer.from(octets).toString());
    if (typeof places !== 'object' || places === null) throw invalid(this.sink, indexPath, 'it is no object');
    const place: unknown = Object.hasOwn(places, id) ? Reflect.get(places, id) : undefined;
    if (!Array.isArray(place)) throw missing;
    const [offset, length]: unknown[] = place;
    if (typeof offset !== 'number' || typeof length !== 'number')
      throw invalid(this.sink, indexPath, `${id} is at no place`);
    return this.at(shardNumber, offset, length);
  }

  /** The record at a place that an index gave. */
  async at(shardNumber: number, offset: number, length: number): Promise<ItemRecord> {
    const shard = this.root.shards[shardNumber];
    if (shard === undefined)
      throw invalid(this.sink, ROOT_PATH, `an index names shard ${shardNumber}, which it does not list`);
    const path = pathOf(shard.records);
    if (offset + length > shard.records.size) throw invalid(this.sink, path, `a record ends after the file's end`);
    const line = await within(this.sink, path, async (source) => source.bytes(offset, offset + length));
    return this.#record(path, Buffer.from(line).toString());
  }

  /** The extracted text of a record; empty where it has none. */
  async text(record: { readonly text?: ItemRecord['text'] | undefined }): Promise<string> {
    const pointer = record.text;
    if (pointer === undefined) return '';
    const octets = await within(this.sink, pointer.path, async (source) =>
      source.bytes(pointer.offset, pointer.offset + pointer.length),
    );
    return Buffer.from(octets).toString();
  }

  /** The rows of an index with this key, by two reads (more only where a key fills blocks). */
  async find(name: IndexName, key: string): Promise<IndexRow[]> {
    const file = this.root.indexes.find((index) => index.name === name);
    if (file === undefined || file.count === 0) return [];
    const blocksPath = pathOf(file.blocks);
    const table = await within(this.sink, blocksPath, async (source) => source.bytes(0, source.size));
    const blocks = blocksIn(parseJson(this.sink, blocksPath, Buffer.from(table).toString()));
    // The last block that begins before the key may hold its first row; every block that begins with it holds more.
    let first = 0;
    for (let low = 0, high = blocks.length - 1; low <= high; ) {
      const middle = (low + high) >> 1;
      if (compareOctets(blocks[middle]?.[0] ?? '', key) < 0) {
        first = middle;
        low = middle + 1;
      } else high = middle - 1;
    }
    const found: IndexRow[] = [];
    const rowsPath = pathOf(file.rows);
    await within(this.sink, rowsPath, async (source) => {
      for (const [firstKey, offset, length] of blocks.slice(first)) {
        if (compareOctets(firstKey, key) > 0) return;
        const octets = await source.bytes(offset, offset + length);
        for (const line of Buffer.from(octets).toString().split('\n')) {
          const row = line === '' ? null : parseRow(line);
          if (row?.key === key) found.push(row);
        }
      }
    });
    return found;
  }

  /** Everything the export holds of one event, in the order of iTIP, and who answered what. Throws RECORD_NOT_FOUND. */
  async history(uid: string): Promise<CalendarHistory> {
    const rows = await this.find('uid', uid);
    if (rows.length === 0) {
      throw new MailproofError('RECORD_NOT_FOUND', `No calendar item of ${this.sink.location} has the UID ${uid}.`, {
        advice: 'UIDs compare octet by octet; index/uid.jsonl lists them.',
      });
    }
    const versions: CalendarVersion[] = [];
    for (const row of rows) {
      const version = calendarVersion(row, await this.at(row.shard, row.offset, row.length));
      if (version === null) throw invalid(this.sink, shardPath(row.shard), `${row.id} is no calendar record`);
      versions.push(version);
    }
    return calendarHistory(uid, versions);
  }

  /** `custody.json`: who ran what, when; null where it is not there. */
  async custody(): Promise<JsonObject | null> {
    const octets = await readIfThere(this.sink, CUSTODY_PATH);
    if (octets === null) return null;
    try {
      const checked = z.record(z.string(), z.json()).safeParse(JSON.parse(octets.toString()));
      return checked.success ? checked.data : null;
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  async ledger(): Promise<Ledger> {
    const path = pathOf(this.root.ledger);
    const octets = await within(this.sink, path, async (source) => source.bytes(0, source.size));
    const value = parseJson(this.sink, path, Buffer.from(octets).toString());
    if (isLedger(value)) return value;
    throw invalid(this.sink, path, firstFault(ledgerSchema.safeParse(value).error?.issues ?? []));
  }

  #shardOf(id: string): number {
    const ordinal = ordinalOf(id);
    if (ordinal === null) return -1;
    const ends = (shard: ShardEntry) => ordinalOf(shard.lastId) ?? -1;
    return this.root.shards.findIndex((shard) => ordinal <= ends(shard));
  }

  #record(path: string, line: string): ItemRecord {
    const value = parseJson(this.sink, path, line);
    if (!isRecord(value)) throw invalid(this.sink, path, 'a line is no record');
    return value;
  }
}

/** Enough to use a record safely; `verify` holds each against the whole schema. */
function isRecord(value: unknown): value is ItemRecord {
  return typeof value === 'object' && value !== null && 'id' in value && 'type' in value && 'source' in value;
}

/** Says what is wrong with a record by the published schema; null where nothing is. */
export function recordFault(value: unknown): string | null {
  const checked = recordSchema.safeParse(value);
  return checked.success ? null : firstFault(checked.error.issues);
}

const firstFault = (issues: readonly { path: PropertyKey[]; message: string }[]): string =>
  issues[0] === undefined ? 'unknown' : `${issues[0].path.map(String).join('.') || 'it'}: ${issues[0].message}`;

function blocksIn(value: unknown): IndexBlock[] {
  const blocks: IndexBlock[] = [];
  if (!Array.isArray(value)) return blocks;
  for (const block of value) {
    if (!Array.isArray(block)) continue;
    const [key, offset, length]: unknown[] = block;
    if (typeof key === 'string' && typeof offset === 'number' && typeof length === 'number') {
      blocks.push([key, offset, length]);
    }
  }
  return blocks;
}
