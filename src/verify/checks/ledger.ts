import type { Finding, Ledger } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { FindingList } from '../finding-list.ts';

const NO_LEDGER = 'the ledger cannot be read';

/** The ledger's books close: what is left over is computed anew, and must be nothing. */
export const ledgerBalance: Check = {
  name: 'ledger-balance',
  unable: ({ ledger }) => (ledger === null ? NO_LEDGER : null),
  *run({ ledger }): Generator<Finding> {
    if (ledger === null) return;
    const findings = new FindingList('ledger-balance');
    for (const [what, remainder, written] of remainders(ledger)) {
      if (remainder !== 0) {
        const message = `The ledger leaves ${remainder} ${what} unaccounted for.`;
        findings.add('error', message, { expected: '0', found: String(remainder) });
      } else if (written !== 0) {
        findings.add(
          'error',
          `The ledger says that ${written} ${what} are unaccounted for, and its own figures say none.`,
        );
      }
    }
    const { declared, found } = ledger.entries;
    if (declared !== null && declared !== found) {
      const message = `The archive's directory declares ${declared} entries; ${found} were found.`;
      findings.add('error', message, { expected: String(declared), found: String(found) });
    }
    for (const gap of ledger.archive.gaps) {
      const message = `Octets ${gap.start} to ${gap.end} of the archive belong to no entry: ${gap.reason}.`;
      findings.add('warning', message, { range: [gap.start, gap.end] });
    }
    yield* findings;
  },
};

/** What, by the ledger's own figures, and as it was written. */
function remainders({ archive, entries, items, parts }: Ledger): [string, number, number][] {
  const gapOctets = archive.gaps.reduce((sum, gap) => sum + gap.end - gap.start, 0);
  return [
    [
      'octets of the archive',
      archive.size - archive.headers - archive.data - archive.descriptors - archive.directory - gapOctets,
      archive.unaccounted,
    ],
    [
      'entries',
      entries.found - entries.items - entries.directories - entries.logs - entries.other - entries.unreadable,
      entries.unaccounted,
    ],
    ['items', items.total - items.read - items.readWithIssues - items.unreadable, items.unaccounted],
    ['parts', parts.declared - parts.extracted - parts.failed, parts.unaccounted],
  ];
}

/** The ledger is counted again from the records, and comes to the same. */
export const ledgerRecount: Check = {
  name: 'ledger-recount',
  unable: ({ ledger }) => (ledger === null ? NO_LEDGER : null),
  *run({ ledger, counts, manifest }): Generator<Finding> {
    if (ledger === null) return;
    const findings = new FindingList('ledger-recount');
    const equal = (what: string, expected: number, found: number) => {
      if (expected === found) return;
      const message = `The ledger says ${expected} ${what}; the records hold ${found}.`;
      findings.add('error', message, { expected: String(expected), found: String(found) });
    };
    equal('entries', ledger.entries.found, counts.entries);
    equal('entries that hold items', ledger.entries.items, counts.itemEntries);
    equal('directories', ledger.entries.directories, counts.directories);
    equal('output logs', ledger.entries.logs, counts.logs);
    equal('other entries', ledger.entries.other, counts.other);
    equal('unreadable entries', ledger.entries.unreadable, counts.unreadable);
    equal('records', ledger.records.total, counts.records);
    equal('items read whole', ledger.items.read, counts.read);
    equal('items read with issues', ledger.items.readWithIssues, counts.readWithIssues);
    equal('parts', ledger.parts.declared, counts.partsDeclared);
    equal('octets of items', ledger.nativeBytes, counts.nativeBytes);
    equal('octets of text', ledger.textBytes, counts.textBytes);
    equal('issues of severity error', manifest.root.counts.errors, counts.errors);
    for (const [kind, expected, found] of [
      ['records of type', ledger.records.byType, counts.byType],
      ['items in folder', ledger.folders, counts.folders],
      ['issues', ledger.issues, counts.issues],
    ] as const) {
      for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
        equal(`${kind} ${name === '' ? '(root)' : name}`, own(expected, name), own(found, name));
      }
    }
    yield* findings;
  },
};

/** A folder may be called `constructor`. */
const own = (counts: Readonly<Record<string, number>>, name: string): number =>
  Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0;
