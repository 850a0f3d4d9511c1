import { type ByteSource, type Finding, type Issue, MailproofError, type SourceIdentity } from '../../model/index.ts';

/** Where the members of a collection lie. */
export type CollectionFormat = 'folder' | 'maildir' | 's3-prefix';

/** One file of a folder or one object of a prefix: an entry, as soon as the collection is read as an archive. */
export interface CollectionMember {
  /** As the entry is to be named: relative, `/`-separated. */
  readonly path: string;
  /** Octets as stored, as the listing gave them. */
  readonly size: number;
  readonly directory?: boolean;
  readonly keywords?: readonly string[];
  readonly issues?: readonly Issue[];
  /** Opens the stored octets. Throws SOURCE_CHANGED where they are not the ones that were listed. */
  open(signal?: AbortSignal): Promise<ByteSource>;
}

/** Opens what a member's octets hold: a source of the plaintext, or `stored` itself where nothing is encrypted. */
export type OpenPlaintext = (
  stored: ByteSource,
  signal?: AbortSignal,
) => Promise<{ readonly source: ByteSource; readonly findings: readonly Finding[] }>;

export interface Collection {
  readonly format: CollectionFormat;
  readonly members: readonly CollectionMember[];
  /** Of the listing: what was passed over, and why. */
  readonly findings: readonly Finding[];
  readonly openPlaintext: OpenPlaintext | null;
}

/**
 * Messages that lie one by one, as a source: its octets are the members' stored octets, one after the other in the order of
 * their paths' octets. So a collection has a size, hashes and offsets as any other archive has them, and whatever
 * reads an archive reads it.
 */
export interface CollectionSource extends ByteSource {
  readonly collection: Collection;
}

export function isCollectionSource(source: ByteSource): source is CollectionSource {
  return 'collection' in source;
}

/** Opens a member; one that is gone, or of another size than listed, is SOURCE_CHANGED. */
export async function openMember(member: CollectionMember, signal?: AbortSignal): Promise<ByteSource> {
  let stored: ByteSource;
  try {
    stored = await member.open(signal);
  } catch (error) {
    if (!(error instanceof MailproofError) || error.code !== 'SOURCE_NOT_FOUND') throw error;
    throw changed(member, 'is gone since it was listed', error);
  }
  if (stored.size === member.size) return stored;
  const { size } = stored;
  await stored.close();
  throw changed(member, `has ${size} octets and had ${member.size} when it was listed`);
}

function changed(member: CollectionMember, how: string, cause?: unknown): MailproofError {
  return new MailproofError('SOURCE_CHANGED', `${member.path} ${how}.`, {
    advice: 'Let nothing write there while it is read, and run again with another --out.',
    details: { member: member.path },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Makes one source of members, which are to be given in the order they are to be read in. */
export function collectionSource(collection: Collection, identity: SourceIdentity): CollectionSource {
  const { members } = collection;
  const starts: number[] = [];
  let size = 0;
  for (const member of members) {
    starts.push(size);
    size += member.size;
  }

  let closed = false;

  function check(start: number, end: number): void {
    if (closed) throw new MailproofError('USAGE', `${identity.location} is closed.`);
    if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end && end <= size) return;
    throw new MailproofError('USAGE', `The range ${start}-${end} is not within the ${size} octets of the collection.`);
  }

  async function* read(start: number, end: number, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    check(start, end);
    for (let index = memberAt(starts, start); index < members.length; index += 1) {
      const member = members[index];
      const offset = starts[index] ?? size;
      if (member === undefined || offset >= end) return;
      const from = Math.max(start, offset) - offset;
      const to = Math.min(end, offset + member.size) - offset;
      if (from >= to) continue;
      const stored = await openMember(member, signal);
      try {
        yield* stored.read(from, to, signal);
      } finally {
        await stored.close();
      }
    }
  }

  return {
    collection,
    size,
    identity,
    read,
    async bytes(start, end, signal) {
      check(start, end);
      const octets = new Uint8Array(end - start);
      let at = 0;
      for await (const chunk of read(start, end, signal)) {
        octets.set(chunk, at);
        at += chunk.length;
      }
      return octets;
    },
    async close() {
      closed = true;
    },
  };
}

/** The last member that begins at or before an octet. */
function memberAt(starts: readonly number[], octet: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= octet) low = middle;
    else high = middle - 1;
  }
  return low;
}
