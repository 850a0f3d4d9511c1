import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { SourceIdentity } from '../model/index.ts';
import { crcTables } from './checksum-tables.ts';

/** The checksums S3 keeps of whole objects and that can be computed here. */
export const CHECKSUM_ALGORITHMS = ['sha512', 'sha256', 'sha1', 'md5', 'crc64nvme', 'crc32c', 'crc32'] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

export interface Checksum {
  update(chunk: Uint8Array): void;
  /** The value over all octets so far, in base64 and big-endian, as S3 writes it. Ask once, at the end. */
  digest(): string;
}

/** What to compute over a whole object, and what it must come to. */
export interface WholeObjectDigest {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly expected: string;
  /** `checksum`: S3 keeps it as such. `etag`: an ETag that by S3's rules is the MD5 of the object. */
  readonly from: 'checksum' | 'etag';
}

/**
 * The strongest checksum of the whole object that its identity carries, or null. A COMPOSITE value (`…-7`) is a checksum
 * of checksums of parts, and the ETag of a KMS-encrypted or multipart object is no MD5: neither says anything of the whole.
 * Source: S3 User Guide, "Checking object integrity"; API reference, Object, ETag.
 */
export function wholeObjectDigest(identity: SourceIdentity): WholeObjectDigest | null {
  const { details, etag } = identity;
  const checksums = details['checksums'];
  if (details['checksumType'] !== 'COMPOSITE' && typeof checksums === 'object' && checksums !== null) {
    for (const algorithm of CHECKSUM_ALGORITHMS) {
      const expected: unknown = Reflect.get(checksums, algorithm);
      if (typeof expected === 'string' && !expected.includes('-')) return { algorithm, expected, from: 'checksum' };
    }
  }
  const encryption = details['serverSideEncryption'];
  if (details['kind'] !== 's3' || details['customerKeyAlgorithm'] !== undefined) return null;
  if (encryption !== undefined && encryption !== 'AES256') return null;
  const hexadecimal = /^"([0-9a-f]{32})"$/.exec(etag ?? '')?.[1];
  if (hexadecimal === undefined) return null;
  return { algorithm: 'md5', expected: Buffer.from(hexadecimal, 'hex').toString('base64'), from: 'etag' };
}

/** Starts a checksum. */
export function createChecksum(algorithm: ChecksumAlgorithm): Checksum {
  if (algorithm === 'crc32') return crc32Checksum();
  if (algorithm === 'crc32c') return tableChecksum(CRC32C, 4);
  if (algorithm === 'crc64nvme') return tableChecksum(CRC64NVME, 8);
  const hash = createHash(algorithm);
  return {
    update: (chunk) => {
      hash.update(chunk);
    },
    digest: () => hash.digest('base64'),
  };
}

/** Castagnoli's polynomial, reflected (RFC 3720 appendix B.4). */
const CRC32C = 0x82f63b78n;
/** NVM Express's 64-bit polynomial, reflected. */
const CRC64NVME = 0x9a6c9329ac4bc9b5n;
/** Made when first used: 16 KiB and a millisecond each. */
const TABLES = new Map<bigint, ReturnType<typeof crcTables>>();

function crc32Checksum(): Checksum {
  let value = 0;
  return {
    update: (chunk) => {
      value = crc32(chunk, value);
    },
    digest: () => bigEndian([value]),
  };
}

function tableChecksum(polynomial: bigint, width: 4 | 8): Checksum {
  const { low, high } = TABLES.get(polynomial) ?? crcTables(polynomial);
  TABLES.set(polynomial, { low, high });
  let lowWord = 0xffffffff;
  let highWord = width === 8 ? 0xffffffff : 0;
  return {
    update(chunk) {
      const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let one = lowWord;
      let two = highWord;
      let offset = 0;
      for (; offset + 8 <= chunk.length; offset += 8) {
        const a = one ^ view.getUint32(offset, true);
        const b = two ^ view.getUint32(offset + 4, true);
        // Written out: a loop over the eight costs three times as much.
        const a0 = 1792 + (a & 255);
        const a1 = 1536 + ((a >>> 8) & 255);
        const a2 = 1280 + ((a >>> 16) & 255);
        const a3 = 1024 + (a >>> 24);
        const b0 = 768 + (b & 255);
        const b1 = 512 + ((b >>> 8) & 255);
        const b2 = 256 + ((b >>> 16) & 255);
        const b3 = b >>> 24;
        one =
          at(low, a0) ^ at(low, a1) ^ at(low, a2) ^ at(low, a3) ^ at(low, b0) ^ at(low, b1) ^ at(low, b2) ^ at(low, b3);
        if (width === 4) continue;
        two =
          at(high, a0) ^
          at(high, a1) ^
          at(high, a2) ^
          at(high, a3) ^
          at(high, b0) ^
          at(high, b1) ^
          at(high, b2) ^
          at(high, b3);
      }
      for (; offset < chunk.length; offset += 1) {
        const index = (one ^ (chunk[offset] ?? 0)) & 255;
        one = ((one >>> 8) | (two << 24)) ^ at(low, index);
        two = (two >>> 8) ^ at(high, index);
      }
      lowWord = one;
      highWord = two;
    },
    digest: () => bigEndian(width === 8 ? [~highWord, ~lowWord] : [~lowWord]),
  };
}

const at = (table: Uint32Array, index: number) => table[index] ?? 0;

function bigEndian(words: readonly number[]): string {
  const octets = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) octets.writeUInt32BE(word >>> 0, index * 4);
  return octets.toString('base64');
}
