import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { crcCombiner } from './combine.ts';
import { CRC32C_POLYNOMIAL, crc32c } from './crc32c.ts';
import { CRC64NVME_POLYNOMIAL, Crc64Nvme } from './crc64nvme.ts';

export const CHECKSUM_ALGORITHMS = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A checksum as S3 tells it: base64, with `-<parts>` when it is a checksum of checksums. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

/** Takes a checksum as octets go by. `value()` is base64. */
export interface RunningChecksum {
  update(data: Uint8Array): void;
  value(): string;
}

/** Starts a checksum. */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'CRC32':
    case 'CRC32C': {
      const step = algorithm === 'CRC32' ? crc32 : crc32c;
      let crc = 0;
      return {
        update: (data) => {
          crc = step(data, crc);
        },
        value: () => {
          const out = Buffer.allocUnsafe(4);
          out.writeUInt32BE(crc >>> 0);
          return out.toString('base64');
        },
      };
    }
    case 'CRC64NVME': {
      const crc = new Crc64Nvme();
      return { update: (data) => void crc.update(data), value: () => crc.digest().toString('base64') };
    }
    case 'SHA1':
    case 'SHA256': {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (data) => void hash.update(data), value: () => hash.copy().digest('base64') };
    }
  }
}

const LENGTHS: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};
const COMBINERS = {
  CRC32: crcCombiner({ width: 32n, polynomial: 0xedb88320n }),
  CRC32C: crcCombiner({ width: 32n, polynomial: CRC32C_POLYNOMIAL }),
  CRC64NVME: crcCombiner({ width: 64n, polynomial: CRC64NVME_POLYNOMIAL }),
} as const;

/** Whether the base64 has the length of that algorithm's result. */
export function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  const octets = Buffer.from(value, 'base64');
  return octets.length === LENGTHS[algorithm] && octets.toString('base64') === value;
}

/** The checksum of an object made of parts; null where the algorithm cannot give that type. */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly size: number }[],
): Checksum | null {
  if (type === 'COMPOSITE') {
    if (algorithm === 'CRC64NVME') return null;
    const running = startChecksum(algorithm);
    for (const part of parts) running.update(Buffer.from(part.value, 'base64'));
    return { algorithm, type, value: `${running.value()}-${parts.length}` };
  }
  if (algorithm === 'SHA1' || algorithm === 'SHA256') return null;
  const combine = COMBINERS[algorithm];
  let crc = 0n;
  for (const part of parts) {
    crc = combine(crc, BigInt(`0x${Buffer.from(part.value, 'base64').toString('hex')}`), part.size);
  }
  const hex = crc.toString(16).padStart(LENGTHS[algorithm] * 2, '0');
  return { algorithm, type, value: Buffer.from(hex, 'hex').toString('base64') };
}

/** The algorithm a header or trailer names: `x-amz-checksum-crc32` or `CRC32`; null for others. */
export function algorithmOf(name: string): ChecksumAlgorithm | null {
  const bare = name
    .trim()
    .toUpperCase()
    .replace(/^X-AMZ-CHECKSUM-/, '');
  return CHECKSUM_ALGORITHMS.find((algorithm) => algorithm === bare) ?? null;
}

/** The header a checksum travels in. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}
