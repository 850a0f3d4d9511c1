import type { Finding } from '../../model/index.ts';
import type { CollectionFormat, CollectionMember } from './collection-source.ts';
import { maildirFolders, maildirPlace } from './maildir.ts';

/** What a folder was found to hold, by relative paths. */
export interface Listing {
  readonly files: readonly CollectionMember[];
  /** Every folder, the root left out, without a slash at the end. */
  readonly directories: readonly string[];
  readonly findings: readonly Finding[];
}

export interface Arranged {
  readonly format: CollectionFormat;
  readonly members: readonly CollectionMember[];
  readonly findings: readonly Finding[];
}

/**
 * Turns a folder's files into the members of a collection: in the order of their listing, with what a Maildir says of folder
 * and flags. Empty folders become entries of their own, as they are in a zip.
 * @param keywordNames what the `dovecot-keywords` of a Maildir folder says
 */
export function arrangeFolder(
  listing: Listing,
  keywordNames: (folder: string) => ReadonlyMap<string, string> | undefined = () => undefined,
): Arranged {
  const folders = maildirFolders(listing.directories);
  const used = new Set<string>();
  for (const { path } of listing.files)
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (used.has(folder)) break;
      used.add(folder);
    }
  const inMaildir = (path: string) =>
    /(?:^|\/)(?:cur|new|tmp)$/.test(path) && folders.has(path.replace(/\/?[a-z]+$/, ''));
  const parents = new Set(listing.directories.map((path) => path.slice(0, Math.max(0, path.lastIndexOf('/')))));
  const empty = listing.directories.filter((path) => !used.has(path) && !parents.has(path) && !inMaildir(path));
  const directories = empty.map(
    (path): CollectionMember => ({
      path: `${path}/`,
      size: 0,
      directory: true,
      open: () => Promise.reject(new TypeError('a folder has no octets')),
    }),
  );
  const files = folders.size === 0 ? listing.files : listing.files.map((file) => placed(file, folders, keywordNames));
  return {
    format: folders.size === 0 ? 'folder' : 'maildir',
    members: [...files, ...directories],
    findings: [...listing.findings, ...undelivered(listing.files, folders)],
  };
}

function placed(
  file: CollectionMember,
  folders: ReadonlySet<string>,
  keywordNames: (folder: string) => ReadonlyMap<string, string> | undefined,
): CollectionMember {
  const folder = file.path.split('/').slice(0, -2).join('/');
  const place = maildirPlace(file.path, folders, keywordNames(folder));
  if (place === null) return file;
  const { path, keywords } = place;
  return keywords.length === 0 ? { ...file, path } : { ...file, path, keywords };
}

/** A file in `tmp` is a delivery that was never finished: kept as an entry, and said. */
function undelivered(files: readonly CollectionMember[], folders: ReadonlySet<string>): Finding[] {
  const count = files.filter(({ path }) => {
    const segments = path.split('/');
    return segments.at(-2) === 'tmp' && folders.has(segments.slice(0, -2).join('/'));
  }).length;
  if (count === 0) return [];
  const message = `${count} file(s) in tmp of the Maildir: their delivery was never finished, so they may be cut off.`;
  return [{ check: 'maildir-undelivered', severity: 'warning', message }];
}
