import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ArchiveDigests, nativeDigests, sha256 } from '../../src/identity/index.ts';

// FIPS 180-4 and RFC 1321 examples.
const ABC = Buffer.from('abc');
test('the published values of "abc"', () => {
  expect(sha256(ABC)).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(nativeDigests(ABC)).toEqual({
    digest: 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    md5: '900150983cd24fb0d6963f7d28e17f72',
  });
});

test.each([1, 7, 4096, 100_000])('an archive’s digests do not depend on its chunks: %i octets', (chunkSize) => {
  const octets = Buffer.from(Array.from({ length: 30_000 }, (_, index) => index & 0xff));
  const digests = new ArchiveDigests({ sha1: true });
  for (let at = 0; at < octets.length; at += chunkSize) digests.update(octets.subarray(at, at + chunkSize));
  const hex = (algorithm: string) => createHash(algorithm).update(octets).digest('hex');
  expect(digests.finish()).toEqual({
    size: 30_000,
    sha256: hex('sha256'),
    sha384: hex('sha384'),
    sha1: hex('sha1'),
    md5: hex('md5'),
  });
});

test('SHA-1 is taken only when it is asked for', () => {
  const digests = new ArchiveDigests();
  expect(digests.finish()).toMatchObject({ size: 0, sha1: null, md5: 'd41d8cd98f00b204e9800998ecf8427e' });
});
