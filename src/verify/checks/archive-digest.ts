import type { Finding } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { FindingList } from '../finding-list.ts';

/** The whole archive hashes to what it hashed to: SHA-256, and SHA-384 and MD5 where they were taken. */
export const archiveDigest: Check = {
  name: 'archive-digest',
  unable({ source, reading }) {
    if (source === null) return 'the archive was not given (--source)';
    if (reading === null || reading.digests !== null || reading.failure !== null) return null;
    return `only ${reading.octetsRead} of the archive's ${source.size} octets were read; --all-digests reads all of them`;
  },
  *run({ manifest, reading }): Generator<Finding> {
    const findings = new FindingList('archive-digest');
    const { archive } = manifest.root;
    if (reading?.failure) {
      const message = `The archive could not be read to its end: ${reading.failure.message}`;
      findings.add('error', message);
    }
    const digests = reading?.digests ?? null;
    for (const algorithm of ['sha256', 'sha384', 'md5'] as const) {
      const found = digests?.[algorithm];
      if (found === undefined || found === null || found === archive[algorithm]) continue;
      const message = `The archive's ${algorithm} is not the one it had when it was processed.`;
      findings.add('error', message, { expected: archive[algorithm], found });
    }
    yield* findings;
  },
};
