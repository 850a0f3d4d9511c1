import { FINDINGS_PATH } from '../../manifest/index.ts';
import type { Finding } from '../../model/index.ts';
import type { Check } from '../check.ts';
import { FindingList } from '../finding-list.ts';

/** The root agrees with itself: its counts, its ledger and its shards tell one story. */
export const rootCounts: Check = {
  name: 'root-counts',
  *run({ manifest, ledger, recorded }): Generator<Finding> {
    const findings = new FindingList('root-counts');
    const { root } = manifest;
    const equal = (what: string, expected: number | boolean, found: number | boolean) => {
      if (expected === found) return;
      const message = `The manifest says ${expected} ${what}; it is ${found}.`;
      findings.add('error', message, { expected: String(expected), found: String(found) });
    };
    const inShards = root.shards.reduce((sum, shard) => sum + shard.count, 0);
    equal('records, by its shards', root.counts.records, inShards);
    equal(`findings, by ${FINDINGS_PATH}`, root.counts.findings, recorded.length);
    for (const [at, shard] of root.shards.entries()) {
      const before = root.shards[at - 1];
      if (before !== undefined && before.lastId >= shard.firstId) {
        findings.add(
          'error',
          `Shard ${at} begins with ${shard.firstId}, after ${before.lastId} of the shard before it.`,
        );
      }
    }
    if (ledger === null) findings.add('error', 'The ledger cannot be read.');
    else {
      equal('entries, by the ledger', root.counts.entries, ledger.entries.found);
      equal('records, by the ledger', root.counts.records, ledger.records.total);
      equal('items, by the ledger', root.counts.items, ledger.items.total);
      equal('octets of items, by the ledger', root.counts.nativeBytes, ledger.nativeBytes);
      equal('issues, by the ledger', root.counts.issues, sum(ledger.issues));
      equal('as to whether the ledger balances', root.balanced, ledger.balanced);
    }
    yield* findings;
  },
};

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, each) => total + each, 0);
