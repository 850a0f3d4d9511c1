import type { Finding, Severity } from '../model/index.ts';

/** Findings of one check that are named one by one; beyond, they are counted: a million lines help nobody. */
export const NAMED_FINDINGS = 50;

/** Where a finding points to. */
export type About = Pick<Finding, 'expected' | 'found' | 'entry' | 'record' | 'range'>;

const WEIGHT: Readonly<Record<Severity, number>> = { info: 0, warning: 1, error: 2 };

export interface FindingListState {
  readonly kept: Finding[];
  readonly omitted: number;
  readonly worst: Severity;
}

/** The findings of one check: the first are kept, all are counted, and the rest is said in one line. */
export class FindingList {
  readonly check: string;
  readonly #limit: number;
  readonly #kept: Finding[] = [];
  #omitted = 0;
  #worst: Severity = 'info';

  constructor(check: string, limit = NAMED_FINDINGS) {
    this.check = check;
    this.#limit = limit;
  }

  /** All that were added, the omitted ones too. */
  get count(): number {
    return this.#kept.length + this.#omitted;
  }

  add(severity: Severity, message: string, about: About = {}): void {
    if (this.#kept.length < this.#limit) {
      this.#kept.push({ check: this.check, severity, message, ...about });
      return;
    }
    this.#omitted++;
    if (WEIGHT[severity] > WEIGHT[this.#worst]) this.#worst = severity;
  }

  /** Adds what another list holds, as if it had been added here in the first place. */
  absorb(other: FindingList): void {
    for (const { check: _, severity, message, ...about } of other.#kept) this.add(severity, message, about);
    if (other.#omitted === 0) return;
    this.#omitted += other.#omitted;
    if (WEIGHT[other.#worst] > WEIGHT[this.#worst]) this.#worst = other.#worst;
  }

  /** All there is to know of it, to be kept and restored. */
  get state(): FindingListState {
    return { kept: [...this.#kept], omitted: this.#omitted, worst: this.#worst };
  }

  restore({ kept, omitted, worst }: FindingListState): void {
    this.#kept.splice(0, this.#kept.length, ...kept);
    this.#omitted = omitted;
    this.#worst = worst;
  }

  *[Symbol.iterator](): Generator<Finding> {
    yield* this.#kept;
    if (this.#omitted === 0) return;
    const message = `${this.#omitted} more like these: ${this.count} in all.`;
    yield { check: this.check, severity: this.#worst, message };
  }
}

/** A finding made in one go. */
export function finding(check: string, severity: Severity, message: string, about: About = {}): Finding {
  return { check, severity, message, ...about };
}

/** Heavier severities first; equal ones keep their order. */
export const bySeverity = (left: Finding, right: Finding): number => WEIGHT[right.severity] - WEIGHT[left.severity];
