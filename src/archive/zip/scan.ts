import type { Buffer } from 'node:buffer';
import type { ByteSource } from '../../model/index.ts';
import { BlockReader } from '../block-reader.ts';
import { centralRecordLength, recordName, recordOffset } from './central-record.ts';
import { isPlausibleHeader } from './local-header.ts';
import { DataMeasure, LONGEST_HEADER, UNKNOWN } from './measure.ts';
import {
  CENTRAL_RECORD,
  CENTRAL_RECORD_OCTETS,
  CENTRAL_RECORD_SIZE,
  LOCAL_HEADER_OCTETS,
  LOCAL_HEADER_SIZE,
} from './signatures.ts';

/** Entries found by reading forward, as columns: a damaged archive may hold millions. */
export interface ScannedEntries {
  readonly offsets: number[];
  /** Where each entry's own octets end. */
  readonly ends: number[];
  readonly storedSizes: number[];
  /** `UNKNOWN` where no header and no descriptor says. */
  readonly sizes: number[];
  readonly crcs: number[];
  /** The octet at which a central directory begins, where one follows the entries. */
  readonly directoryAt: number | null;
  /** Where the scan stopped: the limit, the directory, or the entry `stop` accepted. */
  readonly end: number;
}

export interface ScanOptions {
  readonly start: number;
  readonly limit: number;
  /** Offsets where an entry is known to begin though its signature may be damaged, ascending. */
  readonly known: readonly number[];
  /** Whether to look for the central directory: not when the range is known to end before it. */
  readonly findDirectory: boolean;
  /** Ends the scan before the entry at `offset`, whose header begins `octets`. */
  readonly stop?: (offset: number, octets: Buffer) => boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds entries by their local headers, from `start` on, each entry's end by its sizes, or by expanding its data.
 * Memory is bounded by one block; the time is linear, for what is expanded in vain has a budget.
 */
export async function scanEntries(source: ByteSource, options: ScanOptions): Promise<ScannedEntries> {
  const reader = new BlockReader(source, options.limit, options.signal);
  const measure = new DataMeasure(source, reader, options.start, options.signal);
  const found = { offsets: [], ends: [], storedSizes: [], sizes: [], crcs: [] } as {
    readonly [column in 'offsets' | 'ends' | 'storedSizes' | 'sizes' | 'crcs']: number[];
  };
  let position = options.start;
  let knownIndex = 0;
  while (position < options.limit) {
    while ((options.known[knownIndex] ?? Number.POSITIVE_INFINITY) < position) knownIndex += 1;
    const known = options.known[knownIndex] ?? options.limit;
    const octets = await reader.at(position, LONGEST_HEADER);
    if (known !== position && !isPlausibleHeader(octets, 0)) {
      if (options.findDirectory && (await beginsDirectory(reader, position)))
        return { ...found, directoryAt: position, end: position };
      position = nextCandidate(octets, position, Math.min(known, options.limit), options);
      continue;
    }
    if (options.stop?.(position, octets) === true) return { ...found, directoryAt: null, end: position };
    const next = options.known[known === position ? knownIndex + 1 : knownIndex] ?? options.limit;
    const entry = await measure.entry(position, next);
    found.offsets.push(position);
    found.ends.push(entry.end);
    found.storedSizes.push(entry.storedSize);
    found.sizes.push(entry.size ?? UNKNOWN);
    found.crcs.push(entry.crc32 ?? UNKNOWN);
    position = Math.max(position + 1, entry.end);
  }
  return { ...found, directoryAt: null, end: options.limit };
}

/** The next place within the block where a header, or the directory, may begin; else the block's last few octets. */
function nextCandidate(octets: Buffer, position: number, bound: number, options: ScanOptions): number {
  const header = octets.indexOf(LOCAL_HEADER_OCTETS, 1);
  const record = options.findDirectory ? octets.indexOf(CENTRAL_RECORD_OCTETS, 1) : -1;
  let next = octets.length < 4 ? bound : position + Math.max(1, octets.length - 3);
  if (position + octets.length >= bound) next = bound;
  if (header > 0) next = Math.min(next, position + header);
  if (record > 0) next = Math.min(next, position + record);
  return Math.min(next, bound);
}

/**
 * Whether the central directory of this archive begins here. A zip within a zip has one too, so the record must point to
 * a local header of its own name.
 */
async function beginsDirectory(reader: BlockReader, position: number): Promise<boolean> {
  const octets = await reader.at(position, LONGEST_HEADER);
  if (octets.length < CENTRAL_RECORD_SIZE || octets.readUInt32LE(0) !== CENTRAL_RECORD) return false;
  if (centralRecordLength(octets, 0) === null) return false;
  const name = recordName(octets, 0);
  const offset = recordOffset(octets, 0);
  if (offset + LOCAL_HEADER_SIZE + name.length > position) return false;
  // Copied: the next read may replace the block.
  const wanted = Uint8Array.from(name);
  const header = await reader.at(offset, LOCAL_HEADER_SIZE + wanted.length);
  return header.subarray(LOCAL_HEADER_SIZE, LOCAL_HEADER_SIZE + wanted.length).equals(wanted);
}
