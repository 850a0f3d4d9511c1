import type { Finding } from '../../model/index.ts';
import type { CheckContext, PlacedRecord, RecordCheck } from '../check.ts';
import { FindingList } from '../finding-list.ts';

/** Months on either side that a silence is compared with. */
const NEIGHBOURS = 3;
/** Mean messages a month around a silence from which it is a warning; mail does not stop for a month by chance. */
const MUCH = 20;

/** Months since year 0, from an RFC 3339 date; null where there is none. */
function monthOf(sentAt: string | null | undefined): number | null {
  const match = /^(\d{4})-(\d\d)/.exec(sentAt ?? '');
  return match === null ? null : Number(match[1]) * 12 + Number(match[2]) - 1;
}

export const monthName = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** Months without mail beside months with much. */
export class SilentMonths implements RecordCheck {
  readonly name = 'silent-months';
  readonly #counts = new Map<number, number>();

  take({ record }: PlacedRecord): void {
    if (record.family.depth > 0) return;
    const month = monthOf(record.email?.sentAt);
    if (month !== null) this.#counts.set(month, (this.#counts.get(month) ?? 0) + 1);
  }

  *run(_context: CheckContext): Generator<Finding> {
    const findings = new FindingList(this.name);
    const months = [...this.#counts.keys()].sort((left, right) => left - right);
    for (const [at, month] of months.entries()) {
      const before = months[at - 1];
      if (before === undefined || month - before < 2) continue;
      const around = Math.min(this.#mean(before - NEIGHBOURS + 1), this.#mean(month));
      if (around < MUCH) continue;
      const [first, last] = [monthName(before + 1), monthName(month - 1)];
      const span = first === last ? first : `${first} to ${last}`;
      const message = `There is no mail of ${span}, with ${Math.round(around)} messages a month before and after.`;
      findings.add('warning', message);
    }
    yield* findings;
  }

  /** Mean messages a month of those from `first` on. */
  #mean(first: number): number {
    let sum = 0;
    for (let month = first; month < first + NEIGHBOURS; month++) sum += this.#counts.get(month) ?? 0;
    return sum / NEIGHBOURS;
  }
}
