import type { Gap, Ledger } from '../model/index.ts';

/** Running counts of a run. Two tallies add up to the tally of both: that is what lets work be split. */
export interface Tally {
  headers: number;
  data: number;
  descriptors: number;
  gaps: Gap[];
  found: number;
  itemEntries: number;
  directories: number;
  logs: number;
  other: number;
  unreadableEntries: number;
  read: number;
  readWithIssues: number;
  unreadable: number;
  partsDeclared: number;
  partsExtracted: number;
  partsFailed: number;
  nativeBytes: number;
  textBytes: number;
  recordsByType: Record<string, number>;
  folders: Record<string, number>;
  issues: Record<string, number>;
  /** Issues of severity error, by the room they belong to: a damaged archive and an imperfect item exit differently. */
  archiveErrors: number;
  itemErrors: number;
}

export function emptyTally(): Tally {
  return {
    headers: 0,
    data: 0,
    descriptors: 0,
    gaps: [],
    found: 0,
    itemEntries: 0,
    directories: 0,
    logs: 0,
    other: 0,
    unreadableEntries: 0,
    read: 0,
    readWithIssues: 0,
    unreadable: 0,
    partsDeclared: 0,
    partsExtracted: 0,
    partsFailed: 0,
    nativeBytes: 0,
    textBytes: 0,
    recordsByType: {},
    folders: {},
    issues: {},
    archiveErrors: 0,
    itemErrors: 0,
  };
}

/** Adds one to a named count. `Object.hasOwn` because a folder may be called `constructor`. */
export function count(counts: Record<string, number>, name: string, by = 1): void {
  const before = Object.hasOwn(counts, name) ? (counts[name] ?? 0) : 0;
  Object.defineProperty(counts, name, { value: before + by, enumerable: true, writable: true, configurable: true });
}

const COUNTED = ['recordsByType', 'folders', 'issues'] as const;
const SUMMED = [
  'headers',
  'data',
  'descriptors',
  'found',
  'itemEntries',
  'directories',
  'logs',
  'other',
  'unreadableEntries',
  'read',
  'readWithIssues',
  'unreadable',
  'partsDeclared',
  'partsExtracted',
  'partsFailed',
  'nativeBytes',
  'textBytes',
  'archiveErrors',
  'itemErrors',
] as const;

/** Adds `from` into `into`. */
export function addTally(into: Tally, from: Tally): void {
  for (const name of SUMMED) into[name] += from[name];
  into.gaps.push(...from.gaps);
  for (const name of COUNTED) {
    for (const [key, value] of Object.entries(from[name])) count(into[name], key, value);
  }
}

/** Keys in the order of their octets, so that the same counts give the same bytes whoever counted first. */
function inOrder(counts: Record<string, number>): Record<string, number> {
  const sorted: Record<string, number> = {};
  for (const key of Object.keys(counts).sort()) count(sorted, key, counts[key]);
  return sorted;
}

/** What the archive's reader knows beyond its entries. */
export interface ArchiveAccount {
  readonly size: number;
  readonly declaredEntries: number | null;
  readonly directory: number;
  readonly gaps: readonly Gap[];
}

/** Closes the books: every block's remainder is computed, and `balanced` says whether all are zero. */
export function closeLedger(tally: Tally, archive: ArchiveAccount): Ledger {
  const gaps = [...archive.gaps, ...tally.gaps].sort((left, right) => left.start - right.start);
  const gapBytes = gaps.reduce((sum, gap) => sum + (gap.end - gap.start), 0);
  const unaccounted = archive.size - tally.headers - tally.data - tally.descriptors - archive.directory - gapBytes;
  const entriesUnaccounted =
    tally.found - tally.itemEntries - tally.directories - tally.logs - tally.other - tally.unreadableEntries;
  const items = tally.read + tally.readWithIssues + tally.unreadable;
  const total =
    (tally.recordsByType['Email'] ?? 0) +
    (tally.recordsByType['CalendarEvent'] ?? 0) +
    (tally.recordsByType['Task'] ?? 0);
  const partsUnaccounted = tally.partsDeclared - tally.partsExtracted - tally.partsFailed;
  return {
    archive: {
      size: archive.size,
      headers: tally.headers,
      data: tally.data,
      descriptors: tally.descriptors,
      directory: archive.directory,
      gaps,
      gapBytes,
      unaccounted,
    },
    entries: {
      declared: archive.declaredEntries,
      found: tally.found,
      items: tally.itemEntries,
      directories: tally.directories,
      logs: tally.logs,
      other: tally.other,
      unreadable: tally.unreadableEntries,
      unaccounted: entriesUnaccounted,
    },
    items: {
      total,
      read: tally.read,
      readWithIssues: tally.readWithIssues,
      unreadable: tally.unreadable,
      unaccounted: total - items,
    },
    records: {
      total: Object.values(tally.recordsByType).reduce((sum, value) => sum + value, 0),
      byType: inOrder(tally.recordsByType),
    },
    parts: {
      declared: tally.partsDeclared,
      extracted: tally.partsExtracted,
      failed: tally.partsFailed,
      unaccounted: partsUnaccounted,
    },
    nativeBytes: tally.nativeBytes,
    textBytes: tally.textBytes,
    folders: inOrder(tally.folders),
    issues: inOrder(tally.issues),
    balanced: unaccounted === 0 && entriesUnaccounted === 0 && total === items && partsUnaccounted === 0,
  };
}
