import { Buffer } from 'node:buffer';
import type { ArchivePiece, EntryStream, Issue } from '../../model/index.ts';
import { issue } from '../../model/index.ts';
import type { ReadingLimits } from '../archive.ts';
import type { OctetFeed } from './octet-feed.ts';
import { type PlacedEntry, placedBytes } from './placed-entry.ts';

/** Gathers entries that are read forward into batches. */
export class PieceBuilder {
  readonly limits: ReadingLimits;
  private readonly fromEntry: number;
  private entries: PlacedEntry[] = [];
  private parts: Uint8Array[] = [];
  private length = 0;
  private start = 0;
  private index = 0;

  constructor(limits: ReadingLimits, fromEntry: number) {
    this.limits = limits;
    this.fromEntry = fromEntry;
  }

  /** Adds an entry and its octets, from its offset to its end; gives the batch that is full before it. */
  add(entry: PlacedEntry, octets: Uint8Array): ArchivePiece | null {
    const { batchBytes, batchEntries } = this.limits;
    const full = this.length > 0 && this.length + octets.length > batchBytes;
    const apart = this.entries.length > 0 && this.start + this.length !== entry.offset;
    const piece = full || apart || this.entries.length >= batchEntries ? this.flush() : null;
    if (this.entries.length === 0) this.start = entry.offset;
    this.entries.push(entry);
    this.parts.push(octets);
    this.length += octets.length;
    return piece;
  }

  /** The batch gathered so far, or null. */
  flush(): ArchivePiece | null {
    const entries = this.entries.filter((entry) => entry.ordinal >= this.fromEntry);
    const bytes = new Uint8Array(entries.length === 0 ? 0 : this.length);
    if (entries.length > 0) {
      let at = 0;
      for (const part of this.parts) {
        bytes.set(part, at);
        at += part.length;
      }
    }
    const { index, start: offset } = this;
    this.entries = [];
    this.parts = [];
    this.length = 0;
    if (entries.length === 0) return null;
    this.index += 1;
    return { kind: 'batch', batch: { index, offset, bytes, entries } };
  }

  wants(ordinal: number): boolean {
    return ordinal >= this.fromEntry;
  }
}

/**
 * An entry whose data follows in `feed`; `finish` reads what was left. What is missing at the end becomes an issue, unless
 * the entry's end is not known beforehand.
 */
export function streamEntry(
  entry: PlacedEntry,
  feed: OctetFeed,
  chunkBytes: number,
  endKnown = true,
): EntryStream & { finish(): Promise<PlacedEntry> } {
  let size = 0;
  const issues: Issue[] = [...entry.issues];
  const length = endKnown ? entry.dataEnd - entry.dataStart : Number.MAX_SAFE_INTEGER;
  let padding = 0;
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of feed.stream(length - size, chunkBytes)) {
      size += chunk.length;
      yield Buffer.from(chunk);
    }
    if (endKnown && size < length) issues.push(issue('ENTRY_TRUNCATED', `${size} of ${length} octets are there.`));
    if (endKnown) padding = (await feed.take(entry.end - entry.dataEnd)).length;
  }
  const chunks = read();
  const actual = (): PlacedEntry => {
    const dataEnd = entry.dataStart + size;
    return { ...entry, dataEnd, end: dataEnd + padding };
  };
  return {
    entry,
    chunks,
    outcome: () => ({ issues, used: placedBytes(actual()), size }),
    async finish() {
      for await (const _ of chunks);
      // Broken off: the generator is done, the octets are not.
      const end = endKnown ? entry.end : Number.MAX_SAFE_INTEGER;
      if (feed.position < end) for await (const _ of feed.stream(end - feed.position, chunkBytes));
      return actual();
    },
  };
}
