import type { Finding } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { FindingList } from '../finding-list.ts';

/** Folders that the archive names and that hold nothing, and folders that only the output log knows. */
export const emptyFolders: Check = {
  name: 'empty-folders',
  *run({ counts, logs }): Generator<Finding> {
    const findings = new FindingList('empty-folders');
    const filled = new Set<string>();
    for (const path of Object.keys(counts.folders)) {
      for (let at = path; at !== '' && !filled.has(at); at = at.slice(0, Math.max(0, at.lastIndexOf('/'))))
        filled.add(at);
    }
    for (const path of counts.directoryPaths) {
      if (!filled.has(path))
        findings.add('info', `The folder ${path} is in the export and holds no item.`, { entry: path });
    }
    for (const { where, values } of logs) {
      const folders = values.find(({ key }) => key === 'totalFolders');
      if (folders?.state !== 'open') continue;
      const found = folders.readings.map(({ found }) => Number(found)).reduce((most, each) => Math.max(most, each), 0);
      const message = `${where} counts ${folders.value} folders; ${found} are in the archive. Folders without items, and those of contacts and notes, are not written.`;
      findings.add('info', message, { expected: folders.value, found: String(found) });
    }
    yield* findings;
  },
};
