import type { Finding } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { type ObjectFacts, objectFacts } from '../facts.ts';
import { FindingList } from '../finding-list.ts';

/**
 * The archive's object is the one that was processed: its size, version, ETag and checksums. A difference of name alone
 * is worth knowing; of size or of checksum it is another object.
 */
export const archiveObject: Check = {
  name: 'archive-object',
  unable: ({ source, facts }) =>
    source === null && facts.object === null ? 'neither the archive nor what was noted of its object is at hand' : null,
  *run({ manifest, source, facts, reading }): Generator<Finding> {
    const findings = new FindingList('archive-object');
    const { archive } = manifest.root;
    const now = source === null ? null : objectFacts(source);
    for (const [object, when] of [
      [facts.object, 'when it was processed'],
      [now, 'now'],
    ] as const) {
      if (object !== null && object.size !== archive.size) {
        const message = `The archive has ${object.size} octets ${when}; the manifest was made from ${archive.size}.`;
        findings.add('error', message, { expected: String(archive.size), found: String(object.size) });
      }
      if (object !== null) compareChecksums(findings, object, { sha256: archive.sha256, md5: archive.md5 });
    }
    const same = reading?.digests?.sha256 === archive.sha256;
    if (facts.object !== null && now !== null) compareObjects(findings, facts.object, now, same);
    if (reading?.failure?.code === 'SOURCE_CHANGED') findings.add('error', reading.failure.message);
    yield* findings;
  },
};

/** A whole-object checksum that S3 keeps is a second reader's word on the octets. */
function compareChecksums(findings: FindingList, object: ObjectFacts, hashes: Readonly<Record<string, string>>): void {
  if (object.checksumType === 'COMPOSITE') return;
  for (const [algorithm, value] of Object.entries(object.checksums)) {
    const ours = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
    if (ours === undefined || value.includes('-')) continue;
    const found = Buffer.from(value, 'base64').toString('hex');
    if (found === ours) continue;
    const message = `${object.location} has another ${algorithm} checksum than the archive the manifest was made from.`;
    findings.add('error', message, { expected: ours, found });
  }
}

function compareObjects(findings: FindingList, then: ObjectFacts, now: ObjectFacts, sameOctets: boolean): void {
  if (then.location !== now.location) {
    findings.add('info', `The archive was processed from ${then.location} and is now read from ${now.location}.`);
    return;
  }
  for (const [what, before, after] of [
    ['version', then.versionId, now.versionId],
    ['ETag', then.etag, now.etag],
    ['time of modification', then.lastModified, now.lastModified],
  ] as const) {
    if (before === null || after === null || before === after) continue;
    const message = `${now.location} has another ${what} than when it was processed${sameOctets ? ', and the same octets' : ''}.`;
    findings.add(sameOctets ? 'info' : 'warning', message, { expected: before, found: after });
  }
}
