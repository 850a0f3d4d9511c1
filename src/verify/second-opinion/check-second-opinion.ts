import { openArchive, readBatch } from '../../archive/index.ts';
import type { ManifestReader } from '../../manifest/index.ts';
import type { ByteSource, Finding, ItemRecord } from '../../model/index.ts';
import { FindingList } from '../finding-list.ts';
import { placedRecords } from '../record-pass.ts';
import type { OpinionKind } from './difference.ts';
import { secondOpinion } from './second-opinion.ts';

export interface SecondOpinionResult {
  /** Differences are never loss of the export by themselves: the heaviest is a warning. */
  readonly findings: readonly Finding[];
  readonly messages: number;
  readonly agreed: number;
  /** How many differences of each kind there are, by `field kind`. */
  readonly differences: Readonly<Record<string, number>>;
}

const SEVERITIES = { loss: 'warning', different: 'warning', richer: 'info', trait: 'info' } as const satisfies Record<
  OpinionKind,
  Finding['severity']
>;

/** Messages of the archive with their octets, in its order. Those too large to be held are left out. */
async function* messagesOf(
  source: ByteSource,
  signal?: AbortSignal,
): AsyncGenerator<{ ordinal: number; bytes: Uint8Array }> {
  const given = signal === undefined ? {} : { signal };
  const archive = await openArchive(source, given);
  for await (const piece of archive.pieces(given)) {
    if (piece.kind === 'stream') continue;
    for (const { entry, bytes } of readBatch(archive.format, piece.batch)) {
      if (bytes !== null && !entry.directory) yield { ordinal: entry.ordinal, bytes };
    }
  }
}

/** A message and the records of what lies within it. */
interface Family {
  readonly record: ItemRecord;
  readonly within: ItemRecord[];
}

async function* topMessages(manifest: ManifestReader, signal?: AbortSignal): AsyncGenerator<Family> {
  const pass = { faults: new FindingList('record-schema', 0), files: new Map(), signal };
  let open: Family | null = null;
  for await (const { records } of placedRecords(manifest, pass)) {
    for (const { record } of records) {
      if (record.family.depth > 0) {
        open?.within.push(record);
        continue;
      }
      if (open !== null) yield open;
      open = record.type === 'Email' ? { record, within: [] } : null;
    }
  }
  if (open !== null) yield open;
}

/** Has every message read again by mailparser (some 30 MB/s), and lists and classifies where it disagrees. */
export async function checkSecondOpinion(
  manifest: ManifestReader,
  source: ByteSource,
  signal?: AbortSignal,
): Promise<SecondOpinionResult> {
  // Lists of their own: what is worth a look must not drown in what is merely worth knowing.
  const lists = { warning: new FindingList('second-opinion', 200), info: new FindingList('second-opinion') };
  const differences: Record<string, number> = {};
  let [messages, agreed] = [0, 0];
  const octets = messagesOf(source, signal);
  try {
    let current = await octets.next();
    for await (const { record, within } of topMessages(manifest, signal)) {
      while (current.done !== true && current.value.ordinal < record.source.index) current = await octets.next();
      if (current.done === true) break;
      if (current.value.ordinal !== record.source.index) continue;
      const opinion = await secondOpinion(current.value.bytes, record, within);
      messages++;
      if (opinion.differences.length === 0) agreed++;
      for (const { field, kind, ours, theirs, note } of opinion.differences) {
        differences[`${field} ${kind}`] = (differences[`${field} ${kind}`] ?? 0) + 1;
        const about = { entry: record.source.entry, record: record.id };
        const why = note === undefined ? '' : `: ${note}`;
        const message = `${record.source.entry}: mailparser disagrees about the ${field} (${kind}${why}).`;
        lists[SEVERITIES[kind]].add(SEVERITIES[kind], message, { ...about, ...shown(ours, theirs) });
      }
    }
  } finally {
    await octets.return(undefined);
  }
  return { findings: [...lists.warning, ...lists.info], messages, agreed, differences };
}

/** Values in a finding are short tokens, never content at length. */
function shown(ours: string | null, theirs: string | null): { expected?: string; found?: string } {
  const cut = (text: string) => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
  return { ...(theirs !== null && { expected: cut(theirs) }), ...(ours !== null && { found: cut(ours) }) };
}
