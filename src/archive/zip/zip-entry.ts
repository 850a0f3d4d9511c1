import type { Buffer } from 'node:buffer';
import { type ArchiveEntry, type EntryMethod, type Issue, issue } from '../../model/index.ts';
import type { CentralRecord } from './central-record.ts';
import type { ExtraField } from './extra-field.ts';
import { decodeName } from './name.ts';
import { dosDateTime } from './time.ts';

/** A zip's entry: with its directory record, so that a worker compares every redundant field of the local header. */
export interface ZipEntry extends ArchiveEntry {
  /** The record of the central directory as it stands; null where there is none. */
  readonly central: Uint8Array | null;
  /** Whether there is nothing to read where the directory says it begins. */
  readonly misplaced: boolean;
}

export function isZipEntry(entry: ArchiveEntry): entry is ZipEntry {
  return 'central' in entry && 'misplaced' in entry;
}

export function entryMethod(method: number): EntryMethod {
  return method === 0 ? 'stored' : method === 8 ? 'deflated' : 'unknown';
}

/** What both headers say of an entry. */
interface NamedHeader {
  readonly flags: number;
  readonly method: number;
  readonly time: number;
  readonly date: number;
  readonly name: Buffer;
  readonly extra: readonly ExtraField[];
}

export interface ZipEntryPlace {
  readonly ordinal: number;
  readonly offset: number;
  readonly end: number;
  readonly storedSize: number | null;
  readonly size: number | null;
  readonly crc32: number | null;
  readonly misplaced: boolean;
  readonly central: Uint8Array | null;
  readonly issues: readonly Issue[];
}

/** Makes an entry from a header (the directory's, else the local one) and its place in the archive. */
export function zipEntry(header: NamedHeader, place: ZipEntryPlace): ZipEntry {
  const { path, issues } = decodeName(header.name, header.flags, header.extra);
  // A folder has no data: what has some is read, whatever its name says, for else it would be lost without a word.
  const misnamed = path.endsWith('/') && (place.size ?? place.storedSize ?? 0) > 0;
  const named = misnamed ? [issue('NAME_UNSAFE', "The name ends as a folder's and the entry holds data.")] : [];
  return {
    ordinal: place.ordinal,
    path,
    directory: path.endsWith('/') && !misnamed,
    offset: place.offset,
    end: place.end,
    method: entryMethod(header.method),
    storedSize: place.storedSize,
    size: place.size,
    crc32: place.crc32,
    modified: dosDateTime(header.date, header.time),
    issues: [...place.issues, ...issues, ...named],
    central: place.central,
    misplaced: place.misplaced,
  };
}

/** What a directory record shows to be wrong by itself. */
export function recordIssues(record: CentralRecord): Issue[] {
  const wrong: string[] = [];
  if (record.extraMalformed) wrong.push('its extra field cannot be split');
  if (record.zip64Short) wrong.push('its zip64 values are missing');
  if (record.disk !== 0) wrong.push(`it is said to begin on disk ${record.disk}`);
  return wrong.length === 0 ? [] : [issue('DIRECTORY_RECORD_MALFORMED', `In the directory, ${wrong.join(' and ')}.`)];
}
