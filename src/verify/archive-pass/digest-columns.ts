import { type ArchiveEntry, type Digest, type Issue, MailproofError } from '../../model/index.ts';
import type { EntryDigest } from './entry-digest.ts';

/** The digests of a batch as they cross between threads: what the other side does not know of the entries already. */
export interface DigestColumns {
  readonly sizes: Float64Array;
  readonly digests: readonly (Digest | null)[];
  /** The issues of entries that have some, by place. */
  readonly issues: readonly (readonly [place: number, issues: readonly Issue[]])[];
}

export function digestColumns(digests: readonly EntryDigest[]): DigestColumns {
  return {
    sizes: Float64Array.from(digests, ({ size }) => size),
    digests: digests.map(({ digest }) => digest),
    issues: [...digests.entries()].flatMap(([place, { issues }]) => (issues.length === 0 ? [] : [[place, issues]])),
  };
}

export function digestsOf(entries: readonly ArchiveEntry[], columns: DigestColumns): EntryDigest[] {
  const issues = new Map(columns.issues);
  if (columns.sizes.length !== entries.length || columns.digests.length !== entries.length) {
    throw new MailproofError('UNEXPECTED', `${columns.sizes.length} digests were made of ${entries.length} entries.`);
  }
  return entries.map(({ ordinal, path, directory, offset }, place) => ({
    ordinal,
    path,
    directory,
    offset,
    size: columns.sizes[place] ?? 0,
    digest: columns.digests[place] ?? null,
    issues: issues.get(place) ?? [],
  }));
}
