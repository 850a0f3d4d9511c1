import type { ArchivePiece, EntryBatch, Finding, Issue } from '../../model/index.ts';
import { MailproofError } from '../../model/index.ts';
import { type Archive, type PiecesOptions, readingLimits } from '../archive.ts';
import { fetchAhead } from '../fetch-ahead.ts';
import type { PlacedEntry } from '../sequential/placed-entry.ts';
import type { Collection, CollectionMember, CollectionSource } from './collection-source.ts';
import { type LoadedMember, loadMember } from './load-member.ts';
import { type MemberGroup, planGroups } from './plan-groups.ts';
import { streamMember } from './stream-member.ts';

/** Members of a batch fetched side by side: S3 answers each in some 20 ms, however small it is. */
const SIDE_BY_SIDE = 16;
/** Findings about single members beyond this are counted only. */
const SHOWN_FINDINGS = 100;

/** Opens a collection as an archive: each member an entry, read in the order of their paths' octets. Throws ARCHIVE_EMPTY. */
export function openCollection(source: CollectionSource): Archive {
  const { collection, size, identity } = source;
  if (collection.members.length === 0)
    throw new MailproofError('ARCHIVE_EMPTY', `${identity.location} holds no file.`, {
      advice: 'Check the folder or prefix, and that it may be listed.',
    });
  const known: readonly Finding[] = [...collection.findings, unprovable(collection)];
  const findings: Finding[] = [...known];
  return {
    format: collection.format,
    declaredEntries: collection.members.length,
    totalBytes: size,
    findings,
    salvaged: false,
    async *pieces(options: PiecesOptions = {}) {
      findings.splice(0, findings.length, ...known);
      let unshown = 0;
      const note = (found: readonly Finding[]) => {
        for (const finding of found) {
          if (findings.length < known.length + SHOWN_FINDINGS) findings.push(finding);
          else unshown += 1;
        }
      };
      yield* readPieces(collection, options, note);
      if (unshown > 0)
        findings.push({ check: 'collection', severity: 'warning', message: `${unshown} more findings of this kind.` });
    },
    account: () => ({ directory: 0, gaps: [] }),
  };
}

/** What was there before it was listed leaves no trace: no directory, count or end marker says how many there should be. */
function unprovable({ format }: Collection): Finding {
  const what = { folder: 'A folder', maildir: 'A Maildir', 's3-prefix': 'A prefix of S3' }[format];
  const message = `${what} has no end marker and no list of its messages: whether it is whole cannot be told from it.`;
  return { check: 'archive-unprovable', severity: 'warning', message };
}

async function* readPieces(
  collection: Collection,
  options: PiecesOptions,
  note: (findings: readonly Finding[]) => void,
): AsyncGenerator<ArchivePiece> {
  const { fromEntry = 0, onRaw, signal } = options;
  const limits = readingLimits(options);
  const load = async (group: MemberGroup, stop: AbortSignal): Promise<LoadedMember[] | null> =>
    group.large ? null : loadGroup(collection, group, stop);
  let index = 0;
  const groups = planGroups(collection.members, limits);
  for await (const { item: group, loaded } of fetchAhead(groups, load, limits.readAhead, signal)) {
    if (loaded === null) {
      const [member] = group.members;
      if (member === undefined) continue;
      const stream = await streamMember(collection, member, group.first, group.offset, { onRaw, note, signal });
      try {
        if (group.first >= fromEntry) yield { kind: 'stream', stream };
        await stream.drain();
      } finally {
        await stream.close();
      }
      continue;
    }
    for (const { stored, findings } of loaded) {
      await onRaw?.(stored);
      note(findings);
    }
    const batch = batchOf(group, loaded, index, fromEntry);
    if (batch === null) continue;
    index += 1;
    yield { kind: 'batch', batch };
  }
}

async function loadGroup(collection: Collection, group: MemberGroup, signal: AbortSignal): Promise<LoadedMember[]> {
  const loaded: LoadedMember[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    // A signal of its own: sixteen requests at once would otherwise be sixteen listeners of one, which Node calls a leak.
    const own = AbortSignal.any([signal]);
    for (let at = next++; at < group.members.length; at = next++) {
      const member = group.members[at];
      if (member !== undefined) loaded[at] = await loadOne(collection, member, own);
    }
  };
  const workers = Array.from({ length: Math.min(SIDE_BY_SIDE, group.members.length) }, worker);
  try {
    await Promise.all(workers);
  } finally {
    // One has failed: the others take no further member, and are waited for, so that nothing stays open.
    next = group.members.length;
    await Promise.allSettled(workers);
  }
  return loaded;
}

const NOTHING = new Uint8Array(0);

async function loadOne(collection: Collection, member: CollectionMember, signal: AbortSignal): Promise<LoadedMember> {
  if (member.directory !== true) return loadMember(collection, member, signal);
  return { stored: NOTHING, content: NOTHING, message: [0, 0], notes: {}, issues: member.issues ?? [], findings: [] };
}

/** The plaintext of each member lies at the member's own offset; it is never longer than what is stored. */
function batchOf(
  group: MemberGroup,
  loaded: readonly LoadedMember[],
  index: number,
  fromEntry: number,
): EntryBatch | null {
  const bytes = new Uint8Array(group.size);
  const entries: PlacedEntry[] = [];
  let offset = group.offset;
  for (const [place, member] of group.members.entries()) {
    const read = loaded[place];
    const ordinal = group.first + place;
    if (read !== undefined && ordinal >= fromEntry) {
      bytes.set(read.content ?? NOTHING, offset - group.offset);
      const entry = memberEntry(member, ordinal, offset, read.message, read.content !== null, read.issues);
      entries.push({ ...entry, ...read.notes });
    }
    offset += member.size;
  }
  return entries.length === 0 ? null : { index, offset: group.offset, bytes, entries };
}

/** A member as an entry: what an envelope or an `.emlx` has beside the message counts as header. */
export function memberEntry(
  member: CollectionMember,
  ordinal: number,
  offset: number,
  [start, end]: readonly [number, number],
  readable: boolean,
  issues: readonly Issue[],
): PlacedEntry {
  return {
    ordinal,
    path: member.path,
    directory: member.directory === true,
    offset,
    end: offset + member.size,
    method: 'stored',
    storedSize: member.size,
    size: null,
    crc32: null,
    modified: null,
    ...(member.keywords === undefined ? {} : { keywords: member.keywords }),
    issues,
    dataStart: offset + start,
    dataEnd: offset + end,
    readable,
    quoted: false,
  };
}
