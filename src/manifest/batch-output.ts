import type { Finding, Issue } from '../model/index.ts';
import type { IndexColumn } from './calendar-row.ts';
import type { Tally } from './tally.ts';

/** What one batch of entries became: finished JSON lines but for the two numbers only the shard's writer knows. */
export interface BatchOutput {
  /** Records as JSON lines. */
  readonly records: Uint8Array<ArrayBuffer>;
  /** Per record, in order. */
  readonly ids: readonly string[];
  /** Octet just after each record's line feed. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Octet of each record at which `"path":…,"offset":…,` of its text pointer goes; 0xFFFFFFFF where it has none. */
  readonly textSlots: Uint32Array<ArrayBuffer>;
  /** Where each record's text begins within `text`. */
  readonly textOffsets: Uint32Array<ArrayBuffer>;
  /** Packed UTF-8. */
  readonly text: Uint8Array<ArrayBuffer>;
  readonly messageIds: readonly KeyOfRecord<string>[];
  readonly digests: readonly KeyOfRecord<string>[];
  readonly uids: readonly KeyOfRecord<string>[];
  /** 48-bit hashes of the record's own Message-ID first, then of what it refers to. */
  readonly threads: readonly KeyOfRecord<readonly number[]>[];
  readonly tally: Tally;
  /** Issues of severity error, and the first of the others, for the run's reporter. */
  readonly issues: readonly ReportedIssue[];
  readonly findings: readonly Finding[];
  /** The ordinal after the last entry of the batch. */
  readonly nextEntry: number;
}

export const NO_TEXT = 0xffff_ffff;

/** A key and the place of its record in the batch. */
export interface KeyOfRecord<K> {
  readonly key: K;
  readonly record: number;
  readonly more?: readonly IndexColumn[];
}

export interface ReportedIssue {
  readonly id: string;
  readonly entry: string;
  readonly issue: Issue;
}

/** The buffers of an output, to be moved and not copied. */
export const transferable = (output: BatchOutput): ArrayBuffer[] => [
  output.records.buffer,
  output.ends.buffer,
  output.textSlots.buffer,
  output.textOffsets.buffer,
  output.text.buffer,
];
