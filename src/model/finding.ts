import type { Severity } from './issue.ts';

/** What a check found about a run or an archive, as opposed to an `Issue`, which is about one item. */
export interface Finding {
  /** The check's name, e.g. `archive-digest`. */
  readonly check: string;
  readonly severity: Severity;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
  /** The archive entry it is about, as the archive names it. */
  readonly entry?: string;
  /** The record it is about. */
  readonly record?: string;
  /** The byte range of the archive it is about, `[start, end)`. */
  readonly range?: readonly [number, number];
}
