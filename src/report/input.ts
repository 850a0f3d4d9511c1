import type { Root } from '../manifest/index.ts';
import type { Finding, JsonObject, Ledger } from '../model/index.ts';
import type { CheckOutcome, LogReading, SourceFacts, Verdict } from '../verify/index.ts';
import type { Statistics } from './statistics.ts';
import type { Timestamp } from './timestamp.ts';

/** Everything the report is made of. It reads no clock and no file: the same input gives the same octets. */
export interface ReportInput {
  readonly root: Root;
  readonly ledger: Ledger;
  /** The run's own and those of the verification. */
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  /** `custody.json`, or null where there is none. */
  readonly custody: JsonObject | null;
  readonly statistics: Statistics;
  /** What was known of the export besides its octets: `facts` of the custody record. */
  readonly facts?: SourceFacts | null;
  /** The output logs as the verdict understood them, where it was just made. Absent: read anew from `facts`. */
  readonly logs?: readonly LogReading[];
  /** What became of each check, where they were just made. */
  readonly checks?: readonly CheckOutcome[];
  /** SHA-256 of `manifest.json`, hexadecimal. */
  readonly manifestDigest?: string;
  /** A verified time stamp of `manifest.json`. */
  readonly timestamp?: Timestamp | null;
}

/** A text within the custody record, by its path; null where there is none. */
export function custodyText(custody: JsonObject | null, ...path: readonly string[]): string | null {
  let value: unknown = custody;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = Reflect.get(value, name);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
