import { Buffer } from 'node:buffer';
import type { ByteSource, Finding, Gap } from '../../model/index.ts';
import { asBuffer } from '../octets.ts';
import { type Directory, walkDirectory } from './directory.ts';
import { duplicateNames } from './duplicate-names.ts';
import type { DirectoryEnd } from './end-of-directory.ts';
import { directoryListing, type Listing } from './listing.ts';
import { matchRecords } from './relist.ts';
import { scanEntries } from './scan.ts';
import { uniformityFindings } from './uniformity.ts';

/** A zip's directory, or what stands in for it. */
export interface OpenedZip {
  readonly listing: Listing;
  readonly declaredEntries: number | null;
  /** Where the entries' part ends. */
  readonly bodyEnd: number;
  readonly bias: number;
  readonly salvaged: boolean;
  readonly findings: Finding[];
  readonly gaps: readonly Gap[];
}

/** The entries found by reading the whole archive, and what there is of a directory behind them. */
export async function fromScan(
  source: ByteSource,
  end: DirectoryEnd | null,
  signal: AbortSignal | undefined,
): Promise<OpenedZip> {
  const scanned = await scanEntries(source, { start: 0, limit: source.size, known: [], findDirectory: true, signal });
  const bodyEnd = scanned.directoryAt ?? source.size;
  // An end record can stand before the directory that was found, in zip64's records as in what was moved.
  const directoryEnd = Math.max(bodyEnd, end?.directoryEnd ?? source.size);
  const octets = asBuffer(await source.bytes(bodyEnd, directoryEnd, signal));
  const directory = bodyEnd < source.size ? walkDirectory(octets, bodyEnd, true) : NO_DIRECTORY;
  const listed = directoryListing(octets, directory.positions, duplicateNames(directory), {
    start: 0,
    end: bodyEnd,
    bias: 0,
  });
  const complete = end !== null && listed.count > 0;
  const listing = matchRecords(listed, 0, listed.count, scanned, { start: 0, end: bodyEnd }, complete ? undefined : 0);
  const count = scanned.offsets.length;
  const findings: Finding[] = [
    ...(end?.findings ?? []),
    ...directory.findings,
    ...uniformityFindings(directory, bodyEnd),
    {
      check: end === null ? 'archive-truncated' : 'archive-damaged',
      severity: 'error',
      message: `The archive's ${end === null ? 'end is missing' : 'directory is not where it should be'}; ${count} entries were found by scanning it.`,
      range: [scanned.ends.at(-1) ?? 0, source.size],
    },
  ];
  return {
    listing,
    declaredEntries: end?.entries ?? null,
    bodyEnd,
    bias: 0,
    salvaged: true,
    findings,
    gaps: (end?.gaps ?? []).filter((gap) => gap.start >= bodyEnd),
  };
}

const NO_DIRECTORY: Directory = { octets: Buffer.alloc(0), positions: new Uint32Array(0), findings: [] };
