import { type Buffer, isAscii, isUtf8 } from 'node:buffer';
import { crc32 } from 'node:zlib';
import iconv from 'iconv-lite';
import { type Issue, issue } from '../../model/index.ts';
import { EXTRA_UNICODE_PATH, type ExtraField, findExtra } from './extra-field.ts';
import { FLAG_UTF8 } from './signatures.ts';

export interface DecodedName {
  readonly path: string;
  readonly issues: readonly Issue[];
}

/** The name of the Info-ZIP Unicode Path field (§4.6.9), if its CRC says that it belongs to this very name. */
function unicodePath(raw: Buffer, extra: readonly ExtraField[]): string | null {
  const data = findExtra(extra, EXTRA_UNICODE_PATH);
  if (data === null || data.length < 5 || data[0] !== 1 || data.readUInt32LE(1) !== crc32(raw)) return null;
  const name = data.subarray(5);
  return isUtf8(name) ? name.toString('utf8') : null;
}

/** Decodes an entry's name: Unicode Path field, else UTF-8 flag, else code page 437 (§4.4.4 bit 11, appendix D). */
export function decodeName(raw: Buffer, flags: number, extra: readonly ExtraField[]): DecodedName {
  if (isAscii(raw)) {
    const path = raw.toString('latin1');
    const better = extra.length === 0 ? null : unicodePath(raw, extra);
    return { path: better ?? path, issues: unsafeName(better ?? path) };
  }
  const issues: Issue[] = [];
  const unicode = unicodePath(raw, extra);
  let path: string;
  if (unicode !== null) path = unicode;
  else if ((flags & FLAG_UTF8) !== 0) {
    path = raw.toString('utf8');
    if (!isUtf8(raw)) issues.push(issue('NAME_UNDECODABLE', 'The name is marked as UTF-8 and is not.'));
  } else if (isUtf8(raw)) {
    // Writers that forget bit 11 are common; code page 437 text that is well-formed UTF-8 by chance is not.
    path = raw.toString('utf8');
    issues.push(issue('NAME_CHARSET_GUESSED', 'The name is not marked as UTF-8 and was read as UTF-8.'));
  } else path = iconv.decode(raw, 'cp437');
  return { path, issues: [...issues, ...unsafeName(path)] };
}

/** Whether a name would leave the folder it is unpacked in, or deceive who reads it. The name itself is kept as it is. */
export function unsafeName(path: string): Issue[] {
  const reasons: string[] = [];
  if (path === '') reasons.push('is empty');
  if (path.startsWith('/')) reasons.push('is absolute');
  if (/^[A-Za-z]:/.test(path)) reasons.push('begins with a drive letter');
  if (path.includes('\\')) reasons.push('holds a backslash');
  if (path.includes('\0')) reasons.push('holds a NUL');
  if (path.includes('..') && path.split(/[/\\]/).includes('..')) reasons.push("holds '..'");
  return reasons.length === 0 ? [] : [issue('NAME_UNSAFE', `The name ${reasons.join(', ')}.`)];
}
