import { type ArchiveEntry, type EntryBytes, type Issue, issue, type ReadEntry } from '../../model/index.ts';
import { statusKeywords } from '../mbox/status-keywords.ts';
import { unquoteFrom } from '../mbox/unquote.ts';
import { zeroedOctets } from './zeroed.ts';

/** An entry of an archive that is read forward: its data lies as it is between two octets of the archive. */
export interface PlacedEntry extends ArchiveEntry {
  readonly dataStart: number;
  readonly dataEnd: number;
  /** Whether the octets are content; a link or a device has none. */
  readonly readable: boolean;
  /** Whether lines are quoted as in an mbox. */
  readonly quoted: boolean;
}

export function isPlacedEntry(entry: ArchiveEntry): entry is PlacedEntry {
  return 'dataStart' in entry && 'dataEnd' in entry;
}

/** Headers, padding and separators are all framing, so they count as header. */
export function placedBytes(entry: PlacedEntry): EntryBytes {
  const data = entry.dataEnd - entry.dataStart;
  return { header: entry.end - entry.offset - data, data, descriptor: 0, gap: 0 };
}

function zeroed(stored: Uint8Array): Issue[] {
  const octets = zeroedOctets(stored);
  if (octets === 0) return [];
  return [issue('ENTRY_ZEROED', `${octets} octets within the text are zeros: a block of the storage was lost.`)];
}

/** Reads an entry from its extent, the octets from `offset` to `end`. */
export function readPlacedEntry(entry: PlacedEntry, extent: Uint8Array): ReadEntry {
  const used = placedBytes(entry);
  if (!entry.readable) return { entry, bytes: null, issues: entry.issues, used };
  const stored = extent.subarray(entry.dataStart - entry.offset, entry.dataEnd - entry.offset);
  const issues: Issue[] = [...entry.issues, ...zeroed(stored)];
  if (!entry.quoted) return { entry, bytes: stored, issues, used };
  const keywords = statusKeywords(stored);
  const noted = keywords.length === 0 ? entry : { ...entry, keywords };
  return { entry: noted, bytes: unquoteFrom(stored, issues), issues, used };
}
