import type { Finding } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { FindingList } from '../finding-list.ts';
import { hash48, NumberSet } from '../number-set.ts';

interface Override {
  readonly uid: string;
  readonly record: string;
  readonly entry: string;
  readonly depth: number;
}

/**
 * Exceptions of a series whose master is nowhere in the export. In an invitation that is usual: one may be invited to one
 * occurrence only (RFC 5546 §3.2.2). In the calendar itself it is worth a look.
 */
export class OrphanOverrides implements RecordCheck {
  readonly name = 'orphan-overrides';
  readonly #masters = new NumberSet();
  readonly #waiting = new Map<number, Override>();

  take({ record }: PlacedRecord): void {
    const item = record.event ?? record.task;
    if (item === undefined || item.uid === null) return;
    const uid = hash48(item.uid);
    if (item.recurrenceId === null) {
      this.#masters.add(uid);
      this.#waiting.delete(uid);
      return;
    }
    if (this.#masters.has(uid) || (this.#waiting.get(uid)?.depth ?? Number.POSITIVE_INFINITY) <= record.family.depth)
      return;
    const { entry } = record.source;
    this.#waiting.set(uid, { uid: item.uid, record: record.id, entry, depth: record.family.depth });
  }

  *run(_context: CheckContext): Generator<Finding> {
    const findings = new FindingList(this.name);
    for (const { uid, record, entry, depth } of this.#waiting.values()) {
      const message = `${entry} holds an exception of the series ${uid.slice(0, 80)}, whose master is not in the export.`;
      findings.add(depth === 0 ? 'warning' : 'info', message, { entry, record });
    }
    yield* findings;
  }
}
