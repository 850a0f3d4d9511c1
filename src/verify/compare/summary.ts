/** rclone's signs: same, missing from the later, new in the later, different, unreadable. */
export type CompareSign = '=' | '-' | '+' | '*' | '!';

export interface ComparedItem {
  readonly sign: CompareSign;
  /** The record in the later manifest; null where it is missing. */
  readonly record: string | null;
  /** The record in the earlier manifest, where it had to be looked for. */
  readonly earlierRecord: string | null;
  readonly entry: string;
  /** The folder it is in, or was in where it is missing. `/`-joined. */
  readonly folder: string;
  /** The folder it was in, where that is another. */
  readonly movedFrom: string | null;
  readonly note: string | null;
}

export interface SignCounts {
  same: number;
  missing: number;
  added: number;
  changed: number;
  unreadable: number;
  /** Of the same ones: those in another folder. */
  moved: number;
  /** Of the same ones: those with the same content in other octets. */
  rewritten: number;
}

/** What is wrong with the files of each manifest, one sentence each: what they no longer hold was not compared. */
export interface AlteredManifests {
  readonly earlier: readonly string[];
  readonly later: readonly string[];
}

export interface ComparisonSummary extends SignCounts {
  readonly folders: Map<string, SignCounts>;
  readonly altered: AlteredManifests;
}

const NAMES = { '=': 'same', '-': 'missing', '+': 'added', '*': 'changed', '!': 'unreadable' } as const;

const noCounts = (): SignCounts => ({
  same: 0,
  missing: 0,
  added: 0,
  changed: 0,
  unreadable: 0,
  moved: 0,
  rewritten: 0,
});

export const emptySummary = (altered: AlteredManifests): ComparisonSummary => ({
  ...noCounts(),
  folders: new Map(),
  altered,
});

export function addToSummary(summary: ComparisonSummary, item: ComparedItem): void {
  const folder = summary.folders.get(item.folder) ?? noCounts();
  summary.folders.set(item.folder, folder);
  for (const counts of [summary, folder]) {
    counts[NAMES[item.sign]]++;
    if (item.sign === '=' && item.movedFrom !== null) counts.moved++;
    if (item.sign === '=' && item.note !== null) counts.rewritten++;
  }
}
