import type { ByteSource } from '../../model/index.ts';
import { asBuffer } from '../octets.ts';
import type { CentralRecord } from './central-record.ts';
import { DESCRIPTOR_LENGTHS, type Descriptor, descriptorOfLength } from './descriptor.ts';
import { hasDescriptor, type LocalHeader } from './local-header.ts';
import { LOCAL_HEADER_SIZE } from './signatures.ts';
import type { ZipEntry } from './zip-entry.ts';

interface StreamPlace {
  readonly source: ByteSource;
  readonly signal: AbortSignal | undefined;
}

/** Where an entry's data begins, from the entry's own beginning, and how many octets it has as stored. */
export interface DataPlace {
  readonly start: number;
  readonly length: number;
}

/**
 * Finds the data of an entry that is too large to be tried in several ways: of the lengths and sizes its two headers
 * give, those are taken that fill the extent exactly. Where none do, the declared ones, as far as there is room.
 */
export async function locateData(
  entry: ZipEntry,
  central: CentralRecord | null,
  local: LocalHeader,
  from: StreamPlace,
): Promise<DataPlace> {
  const extent = entry.end - entry.offset;
  const described = hasDescriptor(local.flags) || hasDescriptor(central?.flags ?? 0);
  const tails = described ? DESCRIPTOR_LENGTHS : [0];
  const declared = { start: local.length, length: entry.storedSize ?? extent - local.length };
  if (tails.includes(extent - declared.start - declared.length)) return declared;
  const stored = [local.method, central?.method].includes(0);
  const sizes = [declared.length, local.storedSize, ...(stored ? [entry.size ?? 0, local.size] : [])];
  const lengths = [...new Set(sizes.filter((size) => size > 0))];
  // First with the header believed, then with its lengths doubted.
  for (const tail of tails) {
    const descriptor = tail === 0 ? null : await descriptorBefore(entry, tail, from);
    const length = extent - tail - local.length;
    if (tail === 0 ? lengths.includes(length) : descriptor?.storedSize === length)
      return { start: local.length, length };
  }
  for (const tail of tails) {
    const descriptor = tail === 0 ? null : await descriptorBefore(entry, tail, from);
    for (const length of lengths) {
      const start = extent - tail - length;
      const agreed = tail === 0 || descriptor?.storedSize === length || descriptor?.crc32 === entry.crc32;
      if (start >= LOCAL_HEADER_SIZE && agreed) return { start, length };
    }
  }
  const start = Math.min(local.length, extent);
  return { start, length: Math.min(Math.max(0, declared.length), extent - start) };
}

/** The descriptor in the last `length` octets of the entry's extent. */
async function descriptorBefore(entry: ZipEntry, length: number, from: StreamPlace): Promise<Descriptor | null> {
  const start = Math.max(entry.offset, entry.end - length);
  return descriptorOfLength(asBuffer(await from.source.bytes(start, entry.end, from.signal)), 0, length);
}
