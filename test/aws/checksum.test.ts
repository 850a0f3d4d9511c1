import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHECKSUM_ALGORITHMS, createChecksum, wholeObjectDigest } from '../../src/aws/index.ts';
import type { JsonObject, SourceIdentity } from '../../src/model/index.ts';

const over = (algorithm: (typeof CHECKSUM_ALGORITHMS)[number], content: Uint8Array) => {
  const checksum = createChecksum(algorithm);
  checksum.update(content);
  return Buffer.from(checksum.digest(), 'base64').toString('hex');
};

/** Bit by bit, as the standard defines a reflected CRC: an independent second reading. */
function crcByBits(content: Uint8Array, polynomial: bigint, width: number): string {
  const ones = (1n << BigInt(width)) - 1n;
  let value = ones;
  for (const octet of content) {
    value ^= BigInt(octet);
    for (let bit = 0; bit < 8; bit += 1) value = (value & 1n) === 1n ? (value >> 1n) ^ polynomial : value >> 1n;
  }
  return (value ^ ones).toString(16).padStart(width / 4, '0');
}

test.each([
  // Catalogue of parametrised CRC algorithms, the check value of each; RFC 3720 B.4 for the zeros.
  ['crc32', '123456789', 'cbf43926'],
  ['crc32c', '123456789', 'e3069283'],
  ['crc64nvme', '123456789', 'ae8b14860a799888'],
  ['crc32c', '\0'.repeat(32), '8a9136aa'],
  ['crc64nvme', '\0'.repeat(4096), '6482d367eb22b64e'],
  ['crc32', '', '00000000'],
  ['crc64nvme', '', '0000000000000000'],
  ['md5', 'abc', '900150983cd24fb0d6963f7d28e17f72'],
  ['sha1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
] as const)('%s of %j', (algorithm, text, expected) => {
  expect(over(algorithm, Buffer.from(text))).toBe(expected);
});

test('tables agree with the definition bit by bit, at every length and alignment', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(7), (content, shift) => {
      const shifted = new Uint8Array(content.length + shift).subarray(shift);
      shifted.set(content);
      expect(over('crc32c', shifted)).toBe(crcByBits(content, 0x82f63b78n, 32));
      expect(over('crc64nvme', shifted)).toBe(crcByBits(content, 0x9a6c9329ac4bc9b5n, 64));
      expect(over('crc32', shifted)).toBe(crcByBits(content, 0xedb88320n, 32));
    }),
    { seed: 20_260_301, numRuns: 300 },
  );
});

test.each(CHECKSUM_ALGORITHMS)('%s is the same however the octets are chunked', (algorithm) => {
  const content = createHash('sha512').update('x').digest();
  const long = Buffer.concat(Array.from({ length: 40 }, () => content));
  for (const size of [1, 3, 7, 8, 321, 5_000]) {
    const checksum = createChecksum(algorithm);
    for (let offset = 0; offset < long.length; offset += size) checksum.update(long.subarray(offset, offset + size));
    expect(Buffer.from(checksum.digest(), 'base64').toString('hex')).toBe(over(algorithm, long));
  }
});

describe('which checksum speaks of the whole object', () => {
  const md5 = '"900150983cd24fb0d6963f7d28e17f72"';
  const fromEtag = { algorithm: 'md5', expected: 'kAFQmDzST7DWlj99KOF/cg==', from: 'etag' };
  const identity = (details: JsonObject, etag: string | null = null): SourceIdentity => ({
    location: 's3://b/k',
    version: null,
    etag,
    lastModified: null,
    details: { kind: 's3', ...details },
  });

  test.each<[string, JsonObject, string | null, object | null]>([
    [
      'the strongest of several',
      { checksums: { crc32: 'a', sha256: 'b', crc64nvme: 'c' }, checksumType: 'FULL_OBJECT' },
      md5,
      { algorithm: 'sha256', expected: 'b', from: 'checksum' },
    ],
    [
      'CRC-64/NVME of a multipart upload',
      { checksums: { crc64nvme: 'c' }, checksumType: 'FULL_OBJECT' },
      '"x-7"',
      { algorithm: 'crc64nvme', expected: 'c', from: 'checksum' },
    ],
    ['no type stated', { checksums: { sha1: 'd' } }, null, { algorithm: 'sha1', expected: 'd', from: 'checksum' }],
    ['a checksum of checksums', { checksums: { sha256: 'b-7' }, checksumType: 'COMPOSITE' }, '"x-7"', null],
    ['a checksum of checksums without its type', { checksums: { sha256: 'b-7' } }, null, null],
    ['the ETag of an object in the clear', { checksums: {} }, md5, fromEtag],
    ['the ETag under SSE-S3', { serverSideEncryption: 'AES256' }, md5, fromEtag],
    ['the ETag under SSE-KMS is no MD5', { serverSideEncryption: 'aws:kms' }, md5, null],
    ['the ETag under DSSE-KMS is no MD5', { serverSideEncryption: 'aws:kms:dsse' }, md5, null],
    ['the ETag under SSE-C is no MD5', { customerKeyAlgorithm: 'AES256' }, md5, null],
    ['the ETag of a multipart upload is no MD5', {}, '"900150983cd24fb0d6963f7d28e17f72-3"', null],
    ['the identity of a file', { kind: 'file' }, '1-2-3', null],
    ['nothing', {}, null, null],
  ])('%s', (_, details, etag, expected) => {
    expect(wholeObjectDigest(identity(details, etag))).toEqual(expected);
  });
});
