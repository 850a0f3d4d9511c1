import { type Issue, issue } from '../../model/index.ts';
import { hexadecimal, isZero, sameOctets } from '../octets.ts';
import type { CentralRecord } from './central-record.ts';
import { EXTRA_TIMESTAMP, EXTRA_UNICODE_PATH, EXTRA_ZIP64, type ExtraField, findExtra } from './extra-field.ts';
import { hasDescriptor, type LocalHeader } from './local-header.ts';
import { IN_ZIP64, LOCAL_HEADER } from './signatures.ts';

/** Extra fields that are in both headers or in none: timestamps, owners, Unicode names, AES. */
const PAIRED = new Set([EXTRA_TIMESTAMP, EXTRA_UNICODE_PATH, 0x5855, 0x7855, 0x7875, 0x9901]);

/** Those of them that are the same in both, to the last octet. */
const WHOLE = new Set([EXTRA_UNICODE_PATH, 0x7875, 0x9901]);

/**
 * Compares every field that both headers carry. A zip says most things twice; a bit that changed in storage or by
 * someone's hand shows as a difference here even where the data's CRC still agrees.
 */
export function compareHeaders(central: CentralRecord, local: LocalHeader): Issue[] {
  const differences: string[] = [];
  const differ = (what: string, directory: number, header: number): void => {
    if (directory !== header)
      differences.push(
        `${what} ${hexadecimal(directory)} in the directory, ${hexadecimal(header)} in the local header`,
      );
  };
  if (local.signature !== LOCAL_HEADER) differences.push(`signature ${hexadecimal(local.signature)}`);
  // Go and others raise only the directory's version when only its offset needs zip64.
  const raised = central.zip64 && central.versionNeeded === 45 && [10, 20].includes(local.versionNeeded);
  // Info-ZIP, told to write zip64 (-fz), raises only the local version of what needs none: folders and empty files.
  const raisedLocally = local.versionNeeded === 45 && [10, 20].includes(central.versionNeeded);
  if (!raised && !raisedLocally) differ('version needed', central.versionNeeded, local.versionNeeded);
  differ('flags', central.flags, local.flags);
  differ('method', central.method, local.method);
  differ('time', central.time, local.time);
  differ('date', central.date, local.date);
  if (!sameOctets(central.name, local.name)) differences.push('another name in the local header');
  differences.push(...compareSizes(central, local), ...compareExtra(central.extra, local.extra));
  const issues =
    differences.length === 0
      ? []
      : [issue('LOCAL_HEADER_MISMATCH', `The two headers differ: ${differences.join('; ')}.`)];
  if (local.extraMalformed || local.zip64Short)
    issues.push(issue('EXTRA_FIELD_MALFORMED', 'The extra field of the local header cannot be read.'));
  return issues;
}

/** CRC and sizes of the local header: the directory's, or with a data descriptor also zero (§4.4.4 bit 3). */
function compareSizes(central: CentralRecord, local: LocalHeader): string[] {
  const later = hasDescriptor(local.flags) || hasDescriptor(central.flags);
  const differences: string[] = [];
  const compare = (what: string, directory: number, header: number): void => {
    if (directory === header || (later && header === 0)) return;
    // Some streaming writers announce zip64 by saturated sizes alone.
    if (later && header === IN_ZIP64 && local.zip64Short) return;
    differences.push(`${what} ${directory} in the directory, ${header} in the local header`);
  };
  compare('CRC-32', central.crc32, local.crc32);
  compare('stored size', central.storedSize, local.storedSize);
  compare('size', central.size, local.size);
  return differences;
}

/**
 * Extra fields both headers have: the directory's copy is the local one or its beginning (Info-ZIP leaves access times
 * and owners to the local header). Zip64 is compared by value elsewhere.
 */
function compareExtra(central: readonly ExtraField[], local: readonly ExtraField[]): string[] {
  if (central.length === 0 && local.length === 0) return [];
  const differences: string[] = [];
  const seen = new Set<number>();
  for (const field of central) {
    if (field.id === EXTRA_ZIP64 || seen.has(field.id)) continue;
    seen.add(field.id);
    const twin = findExtra(local, field.id);
    if (twin === null) {
      if (PAIRED.has(field.id)) differences.push(`extra field ${extraName(field.id)} is in the directory alone`);
      continue;
    }
    const same = field.id === EXTRA_TIMESTAMP ? sameTimestamp : WHOLE.has(field.id) ? sameOctets : samePrefix;
    if (!same(field.data, twin)) differences.push(`extra field ${extraName(field.id)} differs`);
  }
  for (const { id } of local)
    if (PAIRED.has(id) && !seen.has(id)) differences.push(`extra field ${extraName(id)} is in the local header alone`);
  return differences;
}

function extraName(id: number): string {
  return hexadecimal(id).slice(4);
}

function samePrefix(first: Uint8Array, second: Uint8Array): boolean {
  const length = Math.min(first.length, second.length);
  return sameOctets(first.subarray(0, length), second.subarray(0, length));
}

/** Extended timestamp: flags, then the times they announce; the directory has the modification time at most. */
function sameTimestamp(central: Uint8Array, local: Uint8Array): boolean {
  const [centralFlags = 0, localFlags = 0] = [central[0], local[0]];
  const times = (localFlags & 1) + ((localFlags >> 1) & 1) + ((localFlags >> 2) & 1);
  if (localFlags > 7 || local.length !== 1 + 4 * times || (centralFlags & ~localFlags) !== 0) return false;
  const modified = central.subarray(1);
  if (modified.length === 0 || (localFlags & 1) === 0) return isZero(modified);
  return samePrefix(modified, local.subarray(1));
}
