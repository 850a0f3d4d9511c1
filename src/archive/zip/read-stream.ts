import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { type ByteSource, type EntryBytes, type EntryStream, type Issue, issue } from '../../model/index.ts';
import { type InflateOutcome, inflateStream } from '../inflate-stream.ts';
import { LIMITS } from '../limits.ts';
import { asBuffer, hexadecimal, isZero } from '../octets.ts';
import { type CentralRecord, readCentralRecord } from './central-record.ts';
import { compareHeaders } from './compare-headers.ts';
import { descriptorOfLength, matchDescriptor } from './descriptor.ts';
import { hasDescriptor, type LocalHeader } from './local-header.ts';
import { locateData } from './locate-data.ts';
import { gapIssue, refuse } from './read-entry.ts';
import type { ZipEntry } from './zip-entry.ts';

export interface StreamSource {
  readonly source: ByteSource;
  readonly onRaw: (chunk: Uint8Array) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

export interface DrainableStream extends EntryStream {
  /** Reads what was not read, so that every octet has been seen. */
  drain(): Promise<void>;
  /** The same without expanding anything. */
  skip(): Promise<void>;
}

/** An entry too large to hold: expanded in chunks, with the same checks as `readZipEntry`. */
export function readZipStream(entry: ZipEntry, local: LocalHeader, from: StreamSource): DrainableStream {
  const reading = new StreamReading(entry, local, from);
  const chunks = reading.chunks();
  return {
    entry,
    chunks,
    outcome: () => reading.outcome(),
    async drain() {
      for await (const _ of chunks);
      await reading.finish();
    },
    skip: () => reading.finish(),
  };
}

class StreamReading {
  private readonly entry: ZipEntry;
  private readonly local: LocalHeader;
  private readonly from: StreamSource;
  private readonly central: CentralRecord | null;
  private readonly issues: Issue[];
  /** Where the data begins and how long it is, as declared until `locateData` says better. */
  private dataStart: number;
  private declaredData: number;
  /** The octet up to which `onRaw` has been fed. */
  private fed: number;
  private used: EntryBytes;
  private size = 0;
  private finished = false;

  constructor(entry: ZipEntry, local: LocalHeader, from: StreamSource) {
    this.entry = entry;
    this.local = local;
    this.from = from;
    this.central = entry.central === null ? null : readCentralRecord(asBuffer(entry.central), 0);
    this.issues = [...entry.issues];
    if (this.central !== null) this.issues.push(...compareHeaders(this.central, local));
    this.dataStart = Math.min(entry.end, entry.offset + local.length);
    this.declaredData = Math.min(entry.storedSize ?? this.available, this.available);
    this.fed = entry.offset;
    this.used = { header: local.length, data: 0, descriptor: 0, gap: 0 };
  }

  outcome(): { readonly issues: readonly Issue[]; readonly used: EntryBytes; readonly size: number } {
    return { issues: this.issues, used: this.used, size: this.size };
  }

  /** Expanded chunks. Damage ends them and becomes an issue; only the source's own errors are thrown. */
  async *chunks(): AsyncGenerator<Uint8Array> {
    const place = await locateData(this.entry, this.central, this.local, this.from);
    this.dataStart = this.entry.offset + place.start;
    this.declaredData = place.length;
    const refusal = refuse(this.entry, this.central, this.local);
    if (refusal !== null) {
      this.issues.push(refusal);
      await this.account(this.declaredData, null);
      return;
    }
    const result = this.stored ? yield* this.storedChunks() : yield* this.inflatedChunks();
    this.issues.push(...this.contentIssues(result));
    await this.account(result.state === 'whole' ? result.consumed : this.declaredData, result);
  }

  private get available(): number {
    return this.entry.end - this.dataStart;
  }

  /** Where the headers differ, the sizes tell: stored data is as long as what it expands to. */
  private get stored(): boolean {
    const methods = [this.central?.method ?? this.local.method, this.local.method];
    if (methods.every((method) => method === 0)) return true;
    return methods.includes(0) && this.entry.storedSize === this.entry.size;
  }

  private async *raw(end: number): AsyncGenerator<Uint8Array> {
    const { source, onRaw, signal } = this.from;
    for await (const chunk of source.read(this.fed, end, signal)) {
      const start = this.fed;
      await onRaw(chunk);
      this.fed += chunk.length;
      const data = start < this.dataStart ? chunk.subarray(this.dataStart - start) : chunk;
      for (let at = 0; at < data.length; at += LIMITS.chunkBytes) yield data.subarray(at, at + LIMITS.chunkBytes);
    }
  }

  private async *storedChunks(): AsyncGenerator<Uint8Array, InflateOutcome> {
    let crc = 0;
    for await (const chunk of this.raw(this.dataStart + this.declaredData)) {
      crc = crc32(chunk, crc);
      this.size += chunk.length;
      yield chunk;
    }
    const short = this.declaredData === this.available && (this.entry.storedSize ?? 0) > this.available;
    return { consumed: this.declaredData, size: this.size, crc32: crc, state: short ? 'cut' : 'whole' };
  }

  private async *inflatedChunks(): AsyncGenerator<Uint8Array, InflateOutcome> {
    // DEFLATE data ends by itself, so a wrong stored size costs nothing: the input is all there is.
    const steps = inflateStream(this.raw(this.entry.end), LIMITS.chunkBytes);
    try {
      for (;;) {
        const step = await steps.next();
        if (step.done === true) return step.value;
        this.size += step.value.length;
        if (this.size > LIMITS.bombBytes && this.size > (this.entry.size ?? 0) && this.isBombing()) {
          const read = this.fed - this.dataStart;
          this.issues.push(
            issue('BOMB_SUSPECTED', `${read} octets became ${this.size} and more; reading was stopped.`),
          );
          return { consumed: read, size: this.size, crc32: 0, state: 'damaged' };
        }
        yield step.value;
      }
    } finally {
      await steps.return({ consumed: 0, size: 0, crc32: 0, state: 'damaged' });
    }
  }

  private isBombing(): boolean {
    return this.size > (this.fed - this.dataStart) * LIMITS.bombRatio;
  }

  private contentIssues(result: InflateOutcome): Issue[] {
    const { entry } = this;
    const issues: Issue[] = [];
    if (result.state === 'damaged')
      issues.push(issue('ENTRY_UNREADABLE', `The compressed data is damaged; ${result.size} octets could be read.`));
    if (result.state === 'cut')
      issues.push(issue('ENTRY_TRUNCATED', `The data breaks off; ${result.size} octets could be read.`));
    if (entry.size !== null && result.size !== entry.size)
      issues.push(issue('SIZE_MISMATCH', `${result.size} octets where ${entry.size} are declared.`));
    else if (result.state === 'whole' && entry.storedSize !== null && result.consumed !== entry.storedSize)
      issues.push(
        issue('SIZE_MISMATCH', `${result.consumed} octets as stored where ${entry.storedSize} are declared.`),
      );
    if (entry.crc32 !== null && entry.crc32 !== result.crc32)
      issues.push(
        issue('CRC_MISMATCH', `CRC-32 ${hexadecimal(result.crc32)} where ${hexadecimal(entry.crc32)} is declared.`),
      );
    return issues;
  }

  /** Feeds the rest of the extent, and says what each of its octets is. */
  private async account(data: number, result: InflateOutcome | null): Promise<void> {
    const { entry, local } = this;
    await this.finish();
    const end = this.dataStart + data;
    const tail = asBuffer(await this.from.source.bytes(end, Math.min(entry.end, end + 24), this.from.signal));
    const remaining = entry.end - end;
    let descriptor = 0;
    if (hasDescriptor(local.flags) || hasDescriptor(this.central?.flags ?? 0)) {
      const expected =
        result?.state === 'whole'
          ? { crc32: result.crc32, storedSize: result.consumed, size: result.size }
          : { crc32: entry.crc32 ?? 0, storedSize: entry.storedSize ?? 0, size: entry.size ?? 0 };
      const found = matchDescriptor(tail, 0, expected);
      descriptor = found?.length ?? descriptorOfLength(tail, 0, remaining)?.length ?? Math.min(remaining, 16);
      if (found === null)
        this.issues.push(issue('DESCRIPTOR_MISMATCH', 'The data descriptor is missing or does not say what was read.'));
    }
    const gap = remaining - descriptor;
    if (gap > 0) this.issues.push(gapIssue(gap, await this.isZeroFrom(end + descriptor)));
    this.used = { header: this.dataStart - entry.offset, data, descriptor, gap };
  }

  private async isZeroFrom(start: number): Promise<boolean> {
    if (this.entry.end - start > LIMITS.gapBytes) return false;
    const octets: Buffer = asBuffer(await this.from.source.bytes(start, this.entry.end, this.from.signal));
    return isZero(octets);
  }

  /** Feeds what no reader asked for to `onRaw`. */
  async finish(): Promise<void> {
    if (this.finished) return;
    this.finished = true;
    for await (const _ of this.raw(this.entry.end));
  }
}
