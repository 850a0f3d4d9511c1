import type { ManifestReader } from '../../manifest/index.ts';
import type { Finding } from '../../model/index.ts';
import { finding } from '../finding-list.ts';
import type { Witness } from '../witness.ts';

/** A folder and how many items it holds, as a server that gives counts only says. `io/ews.ts` gives these. */
export interface FolderCount {
  readonly path: readonly string[];
  readonly kind: 'mail' | 'calendar' | 'other';
  readonly total: number;
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
  readonly now: number;
}

const CHECK = 'live-mailbox';
const plain = (path: readonly string[]): string => path.map((name) => name.normalize('NFC').toLowerCase()).join('/');

/** Items of the export by folder: a calendar's series once, whatever their exceptions, as a server counts them. */
async function heldByFolder({ manifest, signal }: CountInput): Promise<Map<string, number>> {
  const held = new Map<string, number>();
  for await (const records of manifest.records(signal)) {
    for (const { type, family, folderPath, event, task } of records) {
      if (type === 'Other' || family.depth > 0 || (event ?? task)?.recurrenceId) continue;
      const folder = plain(folderPath);
      held.set(folder, (held.get(folder) ?? 0) + 1);
    }
  }
  return held;
}

/**
 * Compares counts folder by folder. Counts name no message, and mail arrives: fewer than a count taken before the export is
 * a loss, fewer than one taken later is a question.
 */
export async function compareCounts(
  input: CountInput,
): Promise<{ rows: readonly CountRow[]; findings: readonly Finding[]; witness: Witness }> {
  const { location, now, before } = input;
  const held = await heldByFolder(input);
  const earlier = new Map(before?.map(({ path, total }) => [plain(path), total]));
  const rows = now
    .filter(({ kind }) => kind !== 'other')
    .map(({ path, kind, total }) => ({
      folder: path.join('/'),
      kind,
      before: earlier.get(plain(path)) ?? null,
      held: held.get(plain(path)) ?? 0,
      now: total,
    }));
  const findings: Finding[] = [];
  for (const { folder, before: least, held: count, now: most } of rows) {
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
  const total = rows.reduce((sum, row) => sum + row.now, 0);
  const agrees = short ? false : findings.length > 0 || total === 0 ? null : true;
  const reading = `${rows.length} folders of mail and calendar, by their counts`;
  return { rows, findings, witness: { name: `live mailbox (${location})`, agrees, reading } };
}
