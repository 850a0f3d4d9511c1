import type { Finding } from '../../model/index.ts';
import type { NativeJoin } from '../archive-pass/native-join.ts';
import type { Check } from '../check.ts';
import { finding } from '../finding-list.ts';

/**
 * Every item's original octets are in the archive and hash to what the manifest says. What was not read now is said.
 * @param coverage in words: which entries were to be read; null where all were
 */
export function nativeDigest(join: NativeJoin | null, coverage: string | null): Check {
  return {
    name: 'native-digest',
    unable: () => (join === null ? 'the archive was not given (--source)' : null),
    *run({ reading, manifest }): Generator<Finding> {
      if (join === null || reading === null) return;
      yield* join.findings;
      const { entriesRead, entriesSkipped, resumedAt, digests } = reading;
      // Where the archive's own digest was taken it tells of this, and of more.
      if (digests === null && join.displaced > 0) {
        const message = `${join.displaced} entries begin at other octets of the archive than when it was processed: it was written anew.`;
        yield finding('native-digest', 'error', message);
      } else if (digests?.sha256 === manifest.root.archive.sha256 && join.displaced > 0) {
        const message = `${join.displaced} records name another octet than the one their entry begins at, in the very archive they were made from: the records were altered.`;
        yield finding('native-digest', 'error', message);
      }
      if (resumedAt !== null && resumedAt > 0) {
        const message = `The first ${resumedAt} entries are taken from an earlier verification of the same archive that was interrupted; ${digests === null ? 'their octets were not read another time' : "their octets were read another time for the archive's digests only"}.`;
        yield finding('native-digest', 'info', message);
      }
      if (entriesSkipped === 0 && coverage === null) return;
      const rest =
        digests === null ? "nor were the archive's own digests taken" : "the archive's own digests were taken";
      const message = `${entriesRead} of ${entriesRead + entriesSkipped} entries were read again (${coverage ?? 'those that are wanted'}): this was a verification in part. The other ${entriesSkipped} were not expanded; ${rest}.`;
      yield finding('native-digest', 'info', message);
    },
  };
}

/** Every line of every shard is a record by the published schema. */
export const recordSchemaCheck = (faults: Iterable<Finding>): Check => ({
  name: 'record-schema',
  *run() {
    yield* faults;
  },
});
