import { CUSTODY_PATH } from '../../manifest/index.ts';
import { type Finding, openIfThere } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { FindingList } from '../finding-list.ts';

const ARCHIVE_FIELDS = ['format', 'size', 'sha256', 'sha384', 'md5'] as const;

/**
 * The custody record can be read, and speaks of this root and this archive. What was known of the export is taken from
 * it: a run whose record is gone is not vouched for by what it may have said.
 */
export const custodyRecord: Check = {
  name: 'custody',
  async *run({ manifest }): AsyncGenerator<Finding> {
    const file = await openIfThere(manifest.sink, CUSTODY_PATH);
    // Where a record was written, the list of sums says that it is gone.
    if (file === null) return;
    await file.close();
    const findings = new FindingList('custody');
    const about = { entry: CUSTODY_PATH };
    const custody = await manifest.custody();
    if (custody === null) findings.add('error', `${CUSTODY_PATH} is no custody record.`, about);
    else if (typeof member(custody['manifest'], 'digest') !== 'string') {
      findings.add('error', `${CUSTODY_PATH} does not note the digest of manifest.json.`, about);
    }
    for (const field of custody === null ? [] : ARCHIVE_FIELDS) {
      const [expected, found] = [manifest.root.archive[field], member(custody?.['archive'], field)];
      if (expected === found) continue;
      const message = `${CUSTODY_PATH} gives the archive another ${field} than manifest.json.`;
      findings.add('error', message, { ...about, expected: String(expected), found: String(found) });
    }
    yield* findings;
  },
};

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
