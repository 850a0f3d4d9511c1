import type { Finding } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { FindingList } from '../finding-list.ts';

/** An entry named as a message or a calendar that holds no octets: what it stood for is not in the export. */
export class EmptyEntries implements RecordCheck {
  readonly name = 'empty-entries';
  readonly #findings = new FindingList('empty-entries');

  take({ record }: PlacedRecord): void {
    const { entry } = record.source;
    if (record.other?.kind !== 'empty') return;
    const named = /\.(eml|ics|msg)$/i.test(entry);
    this.#findings.add(named ? 'error' : 'info', `${entry} holds no octets.`, { entry, record: record.id });
  }

  *run(_context: CheckContext): Generator<Finding> {
    yield* this.#findings;
  }
}

/** Entries that are neither messages nor calendars, folders or logs: kept, and named so that a person can look. */
export class OtherEntries implements RecordCheck {
  readonly name = 'other-entries';
  readonly #findings = new FindingList('other-entries');

  take({ record }: PlacedRecord): void {
    if (record.other?.kind !== 'unknown') return;
    const { entry } = record.source;
    const named = /\.(eml|ics)$/i.test(entry);
    const message = named
      ? `${entry} is named as an item and cannot be recognised as one.`
      : `${entry} is neither a message nor a calendar: it is kept as it is.`;
    this.#findings.add(named ? 'warning' : 'info', message, { entry, record: record.id });
  }

  *run(_context: CheckContext): Generator<Finding> {
    yield* this.#findings;
  }
}
