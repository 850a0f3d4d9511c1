import { openArchive, readBatch } from '../../archive/index.ts';
import type { ManifestReader } from '../../manifest/index.ts';
import type { ByteSource, Finding, ItemRecord } from '../../model/index.ts';
import type { EarlierPart } from '../archive-pass/carried-over.ts';
import type { Resumption } from '../archive-pass/resumption.ts';
import { FindingList, finding } from '../finding-list.ts';
import { placedRecords } from '../record-pass.ts';
import type { OpinionKind } from './difference.ts';
import { keptOpinion, type OpinionState } from './kept-opinion.ts';
import { secondOpinion } from './second-opinion.ts';

export interface SecondOpinionResult {
  /** Differences are never loss of the export by themselves: the heaviest is a warning. */
  readonly findings: readonly Finding[];
  readonly messages: number;
  readonly agreed: number;
  /** How many differences of each kind there are, by `field kind`. */
  readonly differences: Readonly<Record<string, number>>;
  /** Interrupted parts that some of it is taken from. */
  readonly parts: readonly EarlierPart[];
  /** Removes what was kept of it: to be called when the verification it belongs to is at its end. */
  readonly clear: () => Promise<void>;
}

/** How the second opinion is given. */
export interface SecondOpinionOptions {
  readonly signal?: AbortSignal;
  /** Keeps how far it is and goes on from there. Absent: it begins at the beginning. */
  readonly resumption?: Resumption;
}

const SEVERITIES = { loss: 'warning', different: 'warning', richer: 'info', trait: 'info' } as const satisfies Record<
  OpinionKind,
  Finding['severity']
>;

/**
 * Messages of the archive with their octets, in its order, from an entry on. Those too large to be held are left out.
 * Batches before that entry are read and not expanded.
 */
async function* messagesOf(
  source: ByteSource,
  from: number,
  signal?: AbortSignal,
): AsyncGenerator<{ ordinal: number; bytes: Uint8Array }> {
  const given = signal === undefined ? {} : { signal };
  const archive = await openArchive(source, given);
  for await (const piece of archive.pieces(given)) {
    if (piece.kind === 'stream' || !piece.batch.entries.some(({ ordinal }) => ordinal >= from)) continue;
    for (const { entry, bytes } of readBatch(archive.format, piece.batch)) {
      if (bytes !== null && !entry.directory && entry.ordinal >= from) yield { ordinal: entry.ordinal, bytes };
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

/** What has been found so far. Lists of their own: what is worth a look must not drown in what is merely worth knowing. */
class Opinions {
  readonly lists = { warning: new FindingList('second-opinion', 200), info: new FindingList('second-opinion') };
  readonly differences: Record<string, number> = {};
  messages = 0;
  agreed = 0;

  restore({ messages, agreed, differences, warning, info }: OpinionState): void {
    this.messages = messages;
    this.agreed = agreed;
    Object.assign(this.differences, differences);
    this.lists.warning.restore(warning);
    this.lists.info.restore(info);
  }

  state(nextEntry: number | null): { readonly state: OpinionState; readonly entries: number } {
    const { messages, agreed, differences, lists } = this;
    const found = { warning: lists.warning.state, info: lists.info.state };
    return { state: { nextEntry, messages, agreed, differences, ...found }, entries: messages };
  }

  async take(bytes: Uint8Array, { record, within }: Family): Promise<void> {
    const opinion = await secondOpinion(bytes, record, within);
    this.messages++;
    if (opinion.differences.length === 0) this.agreed++;
    for (const { field, kind, ours, theirs, note } of opinion.differences) {
      this.differences[`${field} ${kind}`] = (this.differences[`${field} ${kind}`] ?? 0) + 1;
      const about = { entry: record.source.entry, record: record.id };
      const why = note === undefined ? '' : `: ${note}`;
      const message = `${record.source.entry}: mailparser disagrees about the ${field} (${kind}${why}).`;
      this.lists[SEVERITIES[kind]].add(SEVERITIES[kind], message, { ...about, ...shown(ours, theirs) });
    }
  }
}

/**
 * Has every message read again by mailparser (some 30 MB/s), and lists and classifies where it disagrees. Throws
 * STATE_REFUSED for kept progress that is of anything else.
 */
export async function checkSecondOpinion(
  manifest: ManifestReader,
  source: ByteSource,
  { signal, resumption }: SecondOpinionOptions = {},
): Promise<SecondOpinionResult> {
  const opinions = new Opinions();
  const kept = keptOpinion(resumption, manifest, source);
  const before = (await kept?.load()) ?? null;
  if (before !== null) opinions.restore(before);
  if (before?.nextEntry !== null) await giveOpinions(before?.nextEntry ?? 0);
  const { lists, messages, agreed, differences } = opinions;
  const parts = kept?.parts ?? [];
  const clear = async () => kept?.clear();
  const findings = [...lists.warning, ...lists.info, ...carriedFinding(parts)];
  return { findings, messages, agreed, differences, parts, clear };

  async function giveOpinions(from: number): Promise<void> {
    const octets = messagesOf(source, from, signal);
    let taken = 0;
    try {
      let current = await octets.next();
      for await (const family of topMessages(manifest, signal)) {
        const { index } = family.record.source;
        while (current.done !== true && current.value.ordinal < index) current = await octets.next();
        if (current.done === true) break;
        if (current.value.ordinal !== index) continue;
        await opinions.take(current.value.bytes, family);
        taken += current.value.bytes.length;
        await kept?.offer(taken, () => opinions.state(index + 1));
      }
    } finally {
      await octets.return(undefined);
      await kept?.settle();
    }
    // What comes after it may be interrupted too: then this is not done another time.
    await kept?.offer(Number.POSITIVE_INFINITY, () => opinions.state(null));
    await kept?.settle();
  }
}

/** What was not asked now is said. */
function carriedFinding(parts: readonly EarlierPart[]): Finding[] {
  const last = parts.at(-1);
  if (last === undefined) return [];
  const times = parts.map(({ startedAt, savedAt }) => `${startedAt} to ${savedAt}`).join(', ');
  const message = `The second opinion on the first ${last.entries} messages is taken from an earlier part of this verification that was interrupted (${times}).`;
  return [finding('second-opinion', 'info', message)];
}

/** Values in a finding are short tokens, never content at length. */
function shown(ours: string | null, theirs: string | null): { expected?: string; found?: string } {
  const cut = (text: string) => (text.length > 120 ? `${text.slice(0, 120)}…` : text);
  return { ...(theirs !== null && { expected: cut(theirs) }), ...(ours !== null && { found: cut(ours) }) };
}
