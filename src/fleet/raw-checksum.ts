import { createChecksum, wholeObjectDigest } from '../aws/index.ts';
import type { ByteSource } from '../model/index.ts';
import type { RawChecksum } from '../pipeline/process.ts';

/** Takes the checksum S3 holds of the whole object while it is read, and says whether the two agree. */
export function rawChecksum(source: ByteSource): RawChecksum | null {
  const expected = wholeObjectDigest(source.identity);
  if (expected === null) return null;
  const checksum = createChecksum(expected.algorithm);
  return {
    update: (chunk) => checksum.update(chunk),
    finding() {
      const found = checksum.digest();
      const agrees = found === expected.expected;
      return {
        check: 'archive-checksum',
        severity: agrees ? 'info' : 'error',
        message: `What was read has ${agrees ? '' : 'not '}the ${expected.algorithm} checksum S3 holds of the object.`,
        expected: expected.expected,
        found,
      };
    },
  };
}
