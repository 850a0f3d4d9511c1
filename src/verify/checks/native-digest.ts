import type { Finding } from '../../model/index.ts';
import type { NativeJoin } from '../archive-pass/native-join.ts';
import type { Check } from '../check.ts';
import { finding } from '../finding-list.ts';

/** Every item's original octets are in the archive and hash to what the manifest says. */
export function nativeDigest(join: NativeJoin | null): Check {
  return {
    name: 'native-digest',
    unable: () => (join === null ? 'the archive was not given (--source)' : null),
    *run({ reading }): Generator<Finding> {
      if (join === null || reading === null) return;
      yield* join.findings;
      if (reading.entriesSkipped === 0) return;
      const all = reading.entriesRead + reading.entriesSkipped;
      const message = `${reading.entriesRead} of ${all} entries were read again: this was a verification in part.`;
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
