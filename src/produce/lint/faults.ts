import type { Finding, Reporter, Severity } from '../../model/index.ts';

/** Faults of one check that are named; the rest is counted. */
const NAMED = 1000;

/** The faults found, each told as it is found. */
export class Faults {
  readonly findings: Finding[] = [];
  readonly #counts = new Map<string, number>();
  readonly #reporter: Reporter;

  constructor(reporter: Reporter) {
    this.#reporter = reporter;
  }

  add(
    check: string,
    message: string,
    severity: Severity = 'error',
    more: { expected?: string; found?: string } = {},
  ): void {
    const count = (this.#counts.get(check) ?? 0) + 1;
    this.#counts.set(check, count);
    if (count <= NAMED) this.#push({ check, severity, message, ...more });
  }

  /** Says how many faults were not named. */
  finish(): Finding[] {
    for (const [check, count] of this.#counts) {
      if (count > NAMED)
        this.#push({ check, severity: 'error', message: `${count - NAMED} more faults of this kind.` });
    }
    return this.findings;
  }

  #push(finding: Finding): void {
    this.findings.push(finding);
    this.#reporter.finding(finding);
  }
}
