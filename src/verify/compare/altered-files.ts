import type { ManifestReader } from '../../manifest/index.ts';
import type { Descriptor } from '../../model/index.ts';
import type { FileRead } from '../check.ts';
import type { FindingList } from '../finding-list.ts';
import { readListed } from '../record-pass.ts';

/** What a comparison read of one manifest: its shards with their digests, and the lines in them that are no records. */
export interface FilesRead {
  readonly shards: ReadonlyMap<string, FileRead>;
  readonly faults: FindingList;
}

function fault(path: string, { size, digest }: Descriptor, read: FileRead): string | null {
  if (read === null) return `${path} is not there.`;
  if (read.size !== size) return `${path} has ${read.size} octets; the manifest says ${size}.`;
  return read.digest === digest ? null : `${path} is not the file the manifest lists: its digest differs.`;
}

/**
 * What is wrong with the files a comparison rests on, one sentence each. An item whose line was taken out of the earlier
 * manifest would be missed by nobody: a comparison with altered files proves nothing.
 */
export async function alteredFiles(manifest: ManifestReader, read: FilesRead, signal?: AbortSignal): Promise<string[]> {
  const found: (string | null)[] = [];
  for (const { records } of manifest.root.shards) {
    const path = records.annotations?.['path'] ?? '';
    found.push(fault(path, records, read.shards.get(path) ?? null));
  }
  for (const { name, rows } of manifest.root.indexes) {
    const path = rows.annotations?.['path'] ?? '';
    if (name === 'digest') found.push(fault(path, rows, await readListed(manifest, path, rows.size, signal)));
  }
  return [...found.filter((each) => each !== null), ...[...read.faults].map(({ message }) => message)];
}
