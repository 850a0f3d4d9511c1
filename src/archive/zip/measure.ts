import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../../model/index.ts';
import type { BlockReader } from '../block-reader.ts';
import { expandDeflated } from '../expand.ts';
import { inflateStream } from '../inflate-stream.ts';
import { LIMITS } from '../limits.ts';
import { isPlausibleRecord } from './central-record.ts';
import { matchDescriptor } from './descriptor.ts';
import { hasDescriptor, isPlausibleHeader, type LocalHeader, readLocalHeader } from './local-header.ts';
import {
  CENTRAL_RECORD,
  CENTRAL_RECORD_OCTETS,
  DESCRIPTOR,
  END_OF_DIRECTORY,
  LOCAL_HEADER,
  LOCAL_HEADER_OCTETS,
  signatureOctets,
  ZIP64_END,
} from './signatures.ts';

/** A local header with the longest name and extra field. */
export const LONGEST_HEADER = 30 + 2 * 65_535;
/** A size or CRC nobody says. */
export const UNKNOWN = -1;

const DESCRIPTOR_OCTETS = signatureOctets(DESCRIPTOR);
/** Stored octets tried in one call before the data is expanded as a stream. */
const ONE_SHOT = 1024 * 1024;

export interface MeasuredEntry {
  readonly end: number;
  readonly storedSize: number;
  readonly size: number | null;
  readonly crc32: number | null;
}

interface DataEnd {
  readonly consumed: number;
  readonly size: number;
  readonly crc32: number;
}

/** Finds where an entry's data ends when nothing but the entry itself can tell. */
export class DataMeasure {
  private readonly source: ByteSource;
  private readonly reader: BlockReader;
  private readonly signal: AbortSignal | undefined;
  /** Octets that may still be expanded in vain: overlapping false headers must not make the scan quadratic. */
  private budget: number;

  constructor(source: ByteSource, reader: BlockReader, start: number, signal: AbortSignal | undefined) {
    this.source = source;
    this.reader = reader;
    this.signal = signal;
    this.budget = 4 * (reader.limit - start) + LIMITS.bombBytes;
  }

  /** @param bound an octet the entry cannot reach beyond: the next entry that is known, or the limit */
  async entry(position: number, bound: number): Promise<MeasuredEntry> {
    const header = readLocalHeader(await this.reader.at(position, LONGEST_HEADER), 0);
    if (header === null || position + header.length > bound) {
      // Its name's or extra field's length is damaged, or it is cut off: nothing more can be said of it.
      const end = await this.nextHeader(position + 4, bound);
      return { end, storedSize: Math.max(0, end - position - (header?.length ?? 0)), size: null, crc32: null };
    }
    const dataStart = position + header.length;
    if (!hasDescriptor(header.flags) || header.storedSize > 0) {
      const end = dataStart + header.storedSize;
      if (end <= bound && (await this.beginsSomething(end, bound))) return this.declared(header, end, bound);
    }
    const expanded = header.method === 8 ? await this.deflated(dataStart, bound) : null;
    const accepted = expanded === null ? null : await this.confirmed(header, dataStart, expanded, bound);
    if (accepted !== null) return accepted;
    if (header.method === 0 && hasDescriptor(header.flags)) {
      const described = await this.storedWithDescriptor(dataStart, bound);
      if (described !== null) return described;
    }
    return this.upToNextHeader(header, position, bound);
  }

  /** The header's own sizes, and a descriptor if one follows. */
  private async declared(header: LocalHeader, end: number, bound: number): Promise<MeasuredEntry> {
    const { storedSize, size, crc32: crc } = header;
    const tail = hasDescriptor(header.flags) ? await this.reader.at(end, 24) : null;
    const descriptor = tail === null ? null : matchDescriptor(tail, 0, { storedSize, size, crc32: crc });
    return { end: Math.min(bound, end + (descriptor?.length ?? 0)), storedSize, size, crc32: crc };
  }

  /** Takes what was expanded if the header or a descriptor says the same of it. */
  private async confirmed(
    header: LocalHeader,
    dataStart: number,
    expanded: DataEnd,
    bound: number,
  ): Promise<MeasuredEntry | null> {
    const end = dataStart + expanded.consumed;
    const descriptor = matchDescriptor(await this.reader.at(end, 24), 0, {
      crc32: expanded.crc32,
      storedSize: expanded.consumed,
      size: expanded.size,
    });
    if (descriptor !== null)
      return {
        end: Math.min(bound, end + descriptor.length),
        storedSize: expanded.consumed,
        size: expanded.size,
        crc32: expanded.crc32,
      };
    if (!hasDescriptor(header.flags) && (header.crc32 === expanded.crc32 || header.storedSize === expanded.consumed))
      return { end, storedSize: header.storedSize, size: header.size, crc32: header.crc32 };
    return null;
  }

  private async deflated(dataStart: number, bound: number): Promise<DataEnd | null> {
    if (this.budget <= 0) return null;
    const window = (await this.reader.at(dataStart, ONE_SHOT)).subarray(0, Math.min(ONE_SHOT, bound - dataStart));
    const oneShot = expandDeflated(window, 256 * 1024, LIMITS.largeEntryBytes);
    if (oneShot.state === 'whole' && oneShot.bytes !== null)
      return { consumed: oneShot.consumed, size: oneShot.bytes.length, crc32: crc32(oneShot.bytes) };
    this.budget -= window.length;
    if (oneShot.state === 'damaged' || dataStart + window.length >= bound) return null;
    const steps = inflateStream(this.source.read(dataStart, bound, this.signal), LIMITS.chunkBytes);
    for (;;) {
      const step = await steps.next();
      if (step.done !== true) continue;
      if (step.value.state === 'whole') return step.value;
      this.budget -= step.value.consumed;
      return null;
    }
  }

  /** Stored data of unknown length: ends where a signed descriptor tells its length and CRC. */
  private async storedWithDescriptor(dataStart: number, bound: number): Promise<MeasuredEntry | null> {
    let position = dataStart;
    let crc = 0;
    while (position < bound && this.budget > 0) {
      const octets = await this.reader.at(position, 64 * 1024);
      const hit = octets.indexOf(DESCRIPTOR_OCTETS, 0);
      const usable = position + octets.length >= bound ? bound - position : octets.length - 3;
      const taken = hit < 0 || hit > usable ? usable : hit;
      if (taken > 0) crc = crc32(octets.subarray(0, taken), crc);
      position += taken;
      this.budget -= taken;
      if (taken !== hit) continue;
      const size = position - dataStart;
      const descriptor = matchDescriptor(await this.reader.at(position, 24), 0, { crc32: crc, storedSize: size, size });
      if (descriptor !== null)
        return { end: Math.min(bound, position + descriptor.length), storedSize: size, size, crc32: crc };
      crc = crc32((await this.reader.at(position, 1)).subarray(0, 1), crc);
      position += 1;
    }
    return null;
  }

  /** Damaged data: it reaches at most to the next header, or as far as the header says if that is nearer. */
  private async upToNextHeader(header: LocalHeader, position: number, bound: number): Promise<MeasuredEntry> {
    const dataStart = position + header.length;
    // Lengths in the header may be what is damaged, so the search does not begin where they say that the data does.
    const next = await this.nextHeader(position + 4, bound);
    const known = !hasDescriptor(header.flags);
    return {
      end: known ? Math.min(next, dataStart + header.storedSize) : next,
      storedSize: known ? header.storedSize : Math.max(0, next - dataStart),
      size: known ? header.size : null,
      crc32: known ? header.crc32 : null,
    };
  }

  private async nextHeader(from: number, bound: number): Promise<number> {
    let position = from;
    while (position < bound) {
      const octets = await this.reader.at(position, LONGEST_HEADER);
      const header = octets.indexOf(LOCAL_HEADER_OCTETS);
      const record = octets.indexOf(CENTRAL_RECORD_OCTETS);
      const hit = header < 0 || (record >= 0 && record < header) ? record : header;
      if (hit < 0) position += Math.max(1, octets.length - 3);
      // Near the block's end what follows must be seen first.
      else if (hit > 0) position += hit;
      else if (isPlausibleHeader(octets, 0) || isPlausibleRecord(octets, 0)) return Math.min(position, bound);
      else position += 4;
    }
    return bound;
  }

  /** Whether a header, record or descriptor begins here, or nothing more comes: a sign that the sizes are right. */
  private async beginsSomething(position: number, bound: number): Promise<boolean> {
    if (position === bound) return true;
    const octets: Buffer = await this.reader.at(position, 4);
    if (octets.length < 4) return true;
    const signature = octets.readUInt32LE(0);
    return [LOCAL_HEADER, CENTRAL_RECORD, DESCRIPTOR, ZIP64_END, END_OF_DIRECTORY].includes(signature);
  }
}
