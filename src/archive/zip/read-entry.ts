import type { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { type Issue, issue, type ReadEntry } from '../../model/index.ts';
import { type Expanded, expandDeflated } from '../expand.ts';
import { LIMITS } from '../limits.ts';
import { asBuffer, hexadecimal, isZero } from '../octets.ts';
import { type CentralRecord, readCentralRecord } from './central-record.ts';
import { compareHeaders } from './compare-headers.ts';
import { descriptorOfLength, matchDescriptor } from './descriptor.ts';
import { hasDescriptor, type LocalHeader, readLocalHeader } from './local-header.ts';
import { FLAG_ENCRYPTED, LOCAL_HEADER_SIZE } from './signatures.ts';
import type { ZipEntry } from './zip-entry.ts';

const NOTHING = { header: 0, data: 0, descriptor: 0, gap: 0 };

/** One way of reading the data: where it begins, how many octets, by which method. */
interface Attempt {
  readonly start: number;
  readonly length: number;
  readonly method: number;
}

interface Content extends Expanded {
  readonly attempt: Attempt;
  readonly crc32: number;
}

/**
 * Whether an entry expands as mail cannot. A claim beyond what DEFLATE can do is no bomb but a wrong number: that
 * entry is read, and stopped when it does not end.
 */
export function isBomb(size: number, storedSize: number): boolean {
  return size > LIMITS.bombBytes && size > storedSize * LIMITS.bombRatio && size <= mostExpanded(storedSize);
}

/** The most octets that so many octets of DEFLATE data can become (RFC 1951 §3.2.5: 258 octets from two bits). */
export function mostExpanded(storedSize: number): number {
  return storedSize * 1032 + 64;
}

/**
 * Reads one entry from its extent: the octets from its offset to the next entry's. Whatever is wrong is an issue; the
 * data is tried as the directory says, and only if that fails as any other redundant field says.
 */
export function readZipEntry(entry: ZipEntry, extent: Buffer): ReadEntry {
  if (entry.misplaced) return { entry, bytes: null, issues: entry.issues, used: NOTHING };
  const issues: Issue[] = [...entry.issues];
  const local = readLocalHeader(extent, 0);
  if (local === null) {
    issues.push(issue('ENTRY_TRUNCATED', `The local header does not fit in the ${extent.length} octets there are.`));
    return { entry, bytes: null, issues, used: { ...NOTHING, header: extent.length } };
  }
  const central = entry.central === null ? null : readCentralRecord(asBuffer(entry.central), 0);
  if (central !== null) issues.push(...compareHeaders(central, local));
  else if (local.extraMalformed) issues.push(issue('EXTRA_FIELD_MALFORMED', 'The extra field cannot be split.'));

  const available = extent.length - local.length;
  const storedSize = Math.min(entry.storedSize ?? available, available);
  const refusal = refuse(entry, central, local);
  if (refusal !== null) {
    issues.push(refusal);
    return { entry, bytes: null, issues, used: account(entry, extent, local, local.length, storedSize, null, issues) };
  }
  const content = bestContent(entry, extent, central, local, storedSize);
  issues.push(...contentIssues(entry, content, available));
  const { start } = content.attempt;
  const dataLength = content.state === 'whole' ? content.consumed : content.attempt.length;
  const used = account(entry, extent, local, start, dataLength, content.state === 'whole' ? content : null, issues);
  return { entry, bytes: content.bytes, issues, used };
}

/** Why the data is not even tried, or null. */
export function refuse(entry: ZipEntry, central: CentralRecord | null, local: LocalHeader): Issue | null {
  const method = central?.method ?? local.method;
  if ((local.flags & (central?.flags ?? local.flags) & FLAG_ENCRYPTED) !== 0)
    return issue('ENTRY_ENCRYPTED', 'The entry is encrypted; its content cannot be read.');
  if (method === local.method && method !== 0 && method !== 8)
    return issue('METHOD_UNKNOWN', `The entry is compressed by method ${method}, which is not read.`);
  if (isBomb(entry.size ?? 0, entry.storedSize ?? 0))
    return issue('BOMB_SUSPECTED', `${entry.storedSize} octets claim to expand to ${entry.size}; they were not read.`);
  return null;
}

function read(extent: Buffer, attempt: Attempt, expected: number): Content {
  const data = extent.subarray(attempt.start, attempt.start + attempt.length);
  const possible = Math.min(expected, mostExpanded(data.length));
  const expanded: Expanded =
    attempt.method === 0
      ? { bytes: data, consumed: data.length, state: 'whole' }
      : expandDeflated(data, possible, Math.max(LIMITS.bombBytes, possible));
  return { ...expanded, attempt, crc32: expanded.bytes === null ? 0 : crc32(expanded.bytes) };
}

/** The data as declared; or, where that is not whole, as the first other reading that some declared CRC confirms. */
function bestContent(
  entry: ZipEntry,
  extent: Buffer,
  central: CentralRecord | null,
  local: LocalHeader,
  storedSize: number,
): Content {
  const method = central?.method ?? local.method;
  const expected = entry.size ?? 0;
  const declared = read(extent, { start: local.length, length: storedSize, method: method === 0 ? 0 : 8 }, expected);
  if (declared.state === 'whole' && declared.crc32 === entry.crc32 && declared.bytes?.length === entry.size)
    return declared;
  const crcs = new Set<number>();
  if (entry.crc32 !== null) crcs.add(entry.crc32);
  if (!hasDescriptor(local.flags)) crcs.add(local.crc32);
  for (const attempt of otherReadings(entry, extent, central, local, declared.attempt)) {
    const content = read(extent, attempt, expected);
    if (content.state === 'whole' && content.bytes !== null && confirmed(content, extent, crcs)) return content;
  }
  return declared;
}

function confirmed(content: Content, extent: Buffer, crcs: ReadonlySet<number>): boolean {
  // A CRC of nothing is 0, which damaged headers also say: an empty reading confirms nothing.
  if (content.bytes === null || content.bytes.length === 0) return false;
  const { crc32: value, consumed, attempt } = content;
  const size = content.bytes.length;
  return (
    crcs.has(value) ||
    matchDescriptor(extent, attempt.start + consumed, { crc32: value, storedSize: consumed, size }) !== null
  );
}

function* otherReadings(
  entry: ZipEntry,
  extent: Buffer,
  central: CentralRecord | null,
  local: LocalHeader,
  first: Attempt,
): Generator<Attempt> {
  const available = extent.length - local.length;
  // DEFLATE data ends by itself: a wrong stored size or method does not matter.
  yield { start: local.length, length: available, method: 8 };
  yield { start: local.length, length: first.length, method: 0 };
  for (const length of [local.storedSize, local.size, central?.size ?? 0])
    if (length > 0 && length <= available && length !== first.length) yield { start: local.length, length, method: 0 };
  // A wrong name or extra length moves the data: try where it must begin for the entry to fill its extent.
  for (const descriptor of [0, 12, 16, 20, 24]) {
    const start = extent.length - descriptor - (entry.storedSize ?? available);
    if (start >= LOCAL_HEADER_SIZE && start !== local.length)
      yield { start, length: extent.length - descriptor - start, method: first.method };
  }
}

function contentIssues(entry: ZipEntry, content: Content, available: number): Issue[] {
  const issues: Issue[] = [];
  const size = content.bytes?.length ?? 0;
  if (content.state === 'exceeded')
    return [
      issue('BOMB_SUSPECTED', `The entry expands beyond the ${entry.size ?? 0} octets declared; it was stopped.`),
    ];
  if (content.state === 'damaged')
    issues.push(issue('ENTRY_UNREADABLE', `The compressed data is damaged; ${size} octets could be read before that.`));
  const short = (entry.storedSize ?? 0) > available;
  if (content.state === 'cut' || (short && content.attempt.method === 0))
    issues.push(issue('ENTRY_TRUNCATED', `The data breaks off; ${size} octets could be read.`));
  if (entry.size !== null && size !== entry.size)
    issues.push(issue('SIZE_MISMATCH', `${size} octets where ${entry.size} are declared.`));
  else if (content.state === 'whole' && entry.storedSize !== null && content.consumed !== entry.storedSize)
    issues.push(issue('SIZE_MISMATCH', `${content.consumed} octets as stored where ${entry.storedSize} are declared.`));
  if (entry.crc32 !== null && content.crc32 !== entry.crc32)
    issues.push(
      issue('CRC_MISMATCH', `CRC-32 ${hexadecimal(content.crc32)} where ${hexadecimal(entry.crc32)} is declared.`),
    );
  return issues;
}

/** What each octet of the extent is; adds issues about the descriptor and about octets of no entry. */
function account(
  entry: ZipEntry,
  extent: Buffer,
  local: LocalHeader,
  start: number,
  dataLength: number,
  content: Content | null,
  issues: Issue[],
): ReadEntry['used'] {
  const end = start + dataLength;
  const remaining = extent.length - end;
  const centralFlags = entry.central === null ? 0 : asBuffer(entry.central).readUInt16LE(8);
  let descriptor = 0;
  if (hasDescriptor(local.flags) || hasDescriptor(centralFlags)) {
    const expected =
      content === null
        ? { crc32: entry.crc32 ?? 0, storedSize: entry.storedSize ?? 0, size: entry.size ?? 0 }
        : { crc32: content.crc32, storedSize: content.consumed, size: content.bytes?.length ?? 0 };
    const found = matchDescriptor(extent, end, expected);
    descriptor = found?.length ?? descriptorOfLength(extent, end, remaining)?.length ?? Math.min(remaining, 16);
    if (found === null)
      issues.push(issue('DESCRIPTOR_MISMATCH', 'The data descriptor is missing or does not say what was read.'));
  }
  const gap = remaining - descriptor;
  if (gap > 0) issues.push(gapIssue(gap, isZero(extent.subarray(end + descriptor))));
  return { header: start, data: dataLength, descriptor, gap };
}

/** The issue of octets that follow an entry and belong to none. */
export function gapIssue(length: number, zero: boolean): Issue {
  return zero
    ? issue('GAP_PADDING', `${length} zero octets follow that belong to no entry.`)
    : issue('GAP_UNEXPLAINED', `${length} octets follow that belong to no entry.`);
}
