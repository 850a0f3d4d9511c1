import type { ManifestReader } from '../../manifest/index.ts';
import type { Finding } from '../../model/index.ts';
import { finding } from '../finding-list.ts';
import type { Witness } from '../witness.ts';
import { pairCounts, plainPath } from './pair-counts.ts';

/** A folder and how many items it holds, as a server that gives counts only says. `io/ews.ts` gives these. */
export interface FolderCount {
  readonly path: readonly string[];
  readonly kind: 'mail' | 'calendar' | 'other';
  /** Null where the server does not say: that is not none. */
  readonly total: number | null;
  /** Which of the folders that every mailbox has this is, whatever it is called. */
  readonly role?: 'inbox' | 'sentitems' | 'drafts' | 'deleteditems' | 'junkemail' | 'calendar' | null;
}

export interface CountInput {
  readonly manifest: ManifestReader;
  /** For people: `ews://host`. */
  readonly location: string;
  readonly now: readonly FolderCount[];
  /** The same, counted before the export began: then what is short is lost, whatever arrived since. */
  readonly before?: readonly FolderCount[];
  readonly signal?: AbortSignal;
}

export interface CountRow {
  readonly folder: string;
  readonly kind: FolderCount['kind'];
  readonly before: number | null;
  readonly held: number;
  readonly now: number | null;
}

const CHECK = 'live-mailbox';

interface Held {
  readonly path: readonly string[];
  count: number;
}

/** Items of the export by folder: a calendar's series once, whatever their exceptions, as a server counts them. */
async function heldByFolder({ manifest, signal }: CountInput): Promise<Held[]> {
  const held = new Map<string, Held>();
  for await (const records of manifest.records(signal)) {
    for (const { type, family, folderPath, event, task } of records) {
      if (type === 'Other' || family.depth > 0 || (event ?? task)?.recurrenceId) continue;
      const folder = plainPath(folderPath);
      const found = held.get(folder);
      if (found === undefined) held.set(folder, { path: folderPath, count: 1 });
      else found.count++;
    }
  }
  return [...held.values()];
}

/**
 * Compares counts folder by folder. Counts name no message, and mail arrives: fewer than a count taken before the export is
 * a loss, fewer than one taken later is a question.
 */
export async function compareCounts(
  input: CountInput,
): Promise<{ rows: readonly CountRow[]; findings: readonly Finding[]; witness: Witness }> {
  const { location, before } = input;
  const held = await heldByFolder(input);
  const earlier = new Map(before?.map(({ path, total }) => [plainPath(path), total]));
  const now = input.now.filter(({ kind }) => kind !== 'other');
  const paired = pairCounts(
    now,
    held.map(({ path }) => path),
  );
  const rows = now.map(({ path, kind, total }, place) => ({
    folder: path.join('/'),
    kind,
    before: earlier.get(plainPath(path)) ?? null,
    held: held[paired[place] ?? -1]?.count ?? 0,
    now: total,
  }));
  const findings: Finding[] = [];
  for (const { folder, before: least, held: count, now: most } of rows) {
    if (most === null) {
      const message = `${location} does not say how many items ${folder} holds; the export holds ${count}.`;
      findings.push(finding(CHECK, 'warning', message, { found: String(count) }));
      continue;
    }
    const about = { expected: least === null ? String(most) : `${least} to ${most}`, found: String(count) };
    // Deletions since then excuse a count below the earlier one only where the later one is lower too.
    if (least !== null && count < Math.min(least, most)) {
      const message = `${folder} of ${location} held ${least} items before the export and ${most} after it; the export holds ${count}.`;
      findings.push(finding(CHECK, 'error', message, about));
    } else if (count < most && least === null) {
      const message = `${folder} of ${location} holds ${most} items now, the export ${count}: arrived since, or lost.`;
      findings.push(finding(CHECK, 'warning', message, about));
    }
  }
  const short = findings.some(({ severity }) => severity === 'error');
  const total = rows.reduce((sum, row) => sum + (row.now ?? 0), 0);
  const all = held.reduce((sum, { count }) => sum + count, 0);
  const known = rows.reduce((sum, row) => sum + Math.min(row.held, row.now ?? 0), 0);
  // As of an earlier manifest: a mailbox that was emptied since cannot speak for what it no longer has.
  if (findings.length === 0 && total > 0 && known * 2 < all) {
    const message = `${location} is no witness: it counts ${known} of the ${all} items that the export holds.`;
    findings.push(finding(CHECK, 'warning', message, { expected: String(all), found: String(known) }));
  }
  const agrees = short ? false : findings.length > 0 || total === 0 ? null : true;
  const reading = `${rows.length} folders of mail and calendar, by their counts`;
  return { rows, findings, witness: { name: `live mailbox (${location})`, agrees, reading } };
}
