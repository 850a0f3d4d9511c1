import type { ByteSource, EntryStream, Finding, Issue } from '../../model/index.ts';
import { placedBytes } from '../sequential/placed-entry.ts';
import { type Collection, type CollectionMember, openMember } from './collection-source.ts';
import { findingsOf, openContent } from './load-member.ts';
import { memberEntry } from './open-collection.ts';

export interface StreamMemberOptions {
  readonly onRaw: ((chunk: Uint8Array) => unknown) | undefined;
  readonly note: (findings: readonly Finding[]) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * A member too large to be held, as a stream. Where it is encrypted its stored octets are read for the whole archive's
 * hashes first and its plaintext afterwards. `drain` reads what was left, `close` lets go of it.
 */
export async function streamMember(
  collection: Collection,
  member: CollectionMember,
  ordinal: number,
  offset: number,
  { onRaw, note, signal }: StreamMemberOptions,
): Promise<EntryStream & { drain(): Promise<void>; close(): Promise<void> }> {
  const stored = await openMember(member, signal);
  const issues: Issue[] = [...(member.issues ?? [])];
  let plain: ByteSource | null = null;
  try {
    const opened = await openContent(collection, stored, signal);
    if ('code' in opened) issues.push(opened);
    else {
      plain = opened.source;
      note(findingsOf(opened.findings, stored, member.path));
    }
    if (plain !== stored) for await (const chunk of stored.read(0, stored.size, signal)) await onRaw?.(chunk);
  } catch (error) {
    await (plain ?? stored).close();
    throw error;
  }
  let size = 0;
  async function* read(): AsyncGenerator<Uint8Array> {
    if (plain === null) return;
    for await (const chunk of plain.read(size, plain.size, signal)) {
      if (plain === stored) await onRaw?.(chunk);
      size += chunk.length;
      yield chunk;
    }
  }
  const chunks = read();
  const entry = memberEntry(member, ordinal, offset, [0, plain?.size ?? 0], plain !== null, issues);
  return {
    entry,
    chunks,
    outcome: () => ({ issues, used: placedBytes(entry), size }),
    async drain() {
      for await (const _ of chunks);
      // Broken off within: the rest is still owed to the archive's hashes.
      for await (const _ of read());
    },
    close: () => (plain ?? stored).close(),
  };
}
