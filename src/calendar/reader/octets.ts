import { Buffer, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { IssueList } from '../issue-list.ts';

const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;

/** Charsets whose octets can pass for UTF-8 without meaning it: only what the message declares can tell. */
const DECEPTIVE = /^(iso-?2022|hz|utf-?7|utf-?16|utf-?32|ucs-?2)/i;

/** A charset to decode by, or null: iconv-lite also has encodings that are none, such as base64. */
function charsetOf(label: string | null): string | null {
  if (label === null || /^(base64|hex|binary|internal|us-?ascii|ascii)$/i.test(label)) return null;
  if (!iconv.encodingExists(label)) return null;
  // 0x80-0x9F are control characters nobody writes: what is meant is windows-1252.
  return /^(iso-?8859-?1|latin-?1)$/i.test(label) ? 'windows-1252' : label;
}

function markedEncoding(octets: Buffer): { readonly encoding: string; readonly skip: number } | null {
  if (octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf) return { encoding: 'utf8', skip: 3 };
  if (octets[0] === 0xff && octets[1] === 0xfe) return { encoding: 'utf-16le', skip: 2 };
  if (octets[0] === 0xfe && octets[1] === 0xff) return { encoding: 'utf-16be', skip: 2 };
  // `B` and NUL: UTF-16 without a mark.
  if (octets[0] === 0x42 && octets[1] === 0) return { encoding: 'utf-16le', skip: 0 };
  if (octets[0] === 0 && octets[1] === 0x42) return { encoding: 'utf-16be', skip: 0 };
  return null;
}

/** Takes folds out of octets: RFC 5545 §3.1 lets a fold fall between the octets of one character. */
function unfoldOctets(octets: Buffer): Buffer {
  const target = Buffer.allocUnsafe(octets.length);
  let length = 0;
  let from = 0;
  for (let at = octets.indexOf(LF); at !== -1; at = octets.indexOf(LF, at + 1)) {
    const next = octets[at + 1];
    if (next !== SPACE && next !== TAB) continue;
    let end = at;
    while (end > from && octets[end - 1] === CR) end--;
    length += octets.copy(target, length, from, end);
    from = at + 2;
  }
  length += octets.copy(target, length, from);
  return target.subarray(0, length);
}

/** Lines that are UTF-8 are read as such, the others by `encoding`: real files hold both where lines were pasted in. */
function decodeLines(octets: Buffer, encoding: string): string {
  const lines: string[] = [];
  let from = 0;
  while (from < octets.length) {
    const at = octets.indexOf(LF, from);
    const end = at === -1 ? octets.length : at + 1;
    const line = octets.subarray(from, end);
    lines.push(isUtf8(line) ? line.toString('utf8') : iconv.decode(line, encoding));
    from = end;
  }
  return lines.join('');
}

/**
 * The text of a calendar's octets: UTF-8 (RFC 5545 §3.1.4), UTF-16 where marked, else the declared charset, else
 * windows-1252 with an issue. Never throws.
 */
export function decodeCalendar(bytes: Uint8Array, charset: string | null, issues: IssueList): string {
  const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const marked = markedEncoding(octets);
  if (marked !== null && marked.encoding !== 'utf8') return iconv.decode(octets.subarray(marked.skip), marked.encoding);
  const content = marked === null ? octets : octets.subarray(marked.skip);
  const declared = charsetOf(charset);
  if (declared !== null && DECEPTIVE.test(declared)) return iconv.decode(content, declared);
  if (isUtf8(content)) return content.toString('utf8');
  const unfolded = unfoldOctets(content);
  if (isUtf8(unfolded)) return unfolded.toString('utf8');
  if (declared === null || /^utf-?8$/i.test(declared)) {
    issues.add('CHARSET_GUESSED', 'The calendar is not UTF-8 throughout; what is not was read as windows-1252.');
    return decodeLines(unfolded, 'windows-1252');
  }
  // A multi-octet charset may hold octets that look like a line's end of UTF-8: it is decoded whole.
  return iconv.decode(unfolded, declared);
}

/** Octets named by quoted-printable text (RFC 2045 §6.7), decoded by a charset: vCalendar 1.0 writes values so. */
export function decodeQuotedPrintable(text: string, charset: string | null): string {
  const source = Buffer.from(text, 'utf8');
  const target = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    const octet = source[at] ?? 0;
    const code = octet === 0x3d ? Number.parseInt(source.toString('latin1', at + 1, at + 3), 16) : Number.NaN;
    if (Number.isNaN(code) || source.length < at + 3) {
      target[length++] = octet;
    } else {
      target[length++] = code;
      at += 2;
    }
  }
  const decoded = target.subarray(0, length);
  const declared = charsetOf(charset);
  if (isUtf8(decoded) && (declared === null || !DECEPTIVE.test(declared))) return decoded.toString('utf8');
  return iconv.decode(decoded, declared ?? 'windows-1252');
}
