import type { Finding } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { FindingList } from '../finding-list.ts';

/** What the archive's own structure showed: when it was processed, and now. */
export const archiveDamage: Check = {
  name: 'archive-damage',
  *run({ manifest, recorded, reading }): Generator<Finding> {
    const known = new Set(recorded.map(({ check, message }) => `${check}\n${message}`));
    yield* recorded;
    for (const found of reading?.findings ?? []) {
      if (!known.has(`${found.check}\n${found.message}`)) yield found;
    }
    const findings = new FindingList('archive-damage');
    const { archive } = manifest.root;
    if (archive.salvaged) {
      findings.add('error', "The archive's directory was unusable: its entries were found by searching for them.");
    }
    yield* findings;
  },
};
