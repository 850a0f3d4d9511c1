import { Buffer } from 'node:buffer';
import iconv from 'iconv-lite';

/** Windows code pages whose name is not `cp` and their number. */
const NAMES: Readonly<Record<number, string>> = {
  708: 'iso-8859-6',
  1200: 'utf-16le',
  1201: 'utf-16be',
  10000: 'macroman',
  10006: 'macgreek',
  10007: 'maccyrillic',
  10029: 'maccenteuro',
  10079: 'maciceland',
  10081: 'macturkish',
  12000: 'utf-32le',
  12001: 'utf-32be',
  20127: 'windows-1252',
  20866: 'koi8-r',
  20932: 'euc-jp',
  20936: 'cp936',
  20949: 'cp949',
  21866: 'koi8-u',
  28591: 'windows-1252',
  28592: 'iso-8859-2',
  28593: 'iso-8859-3',
  28594: 'iso-8859-4',
  28595: 'iso-8859-5',
  28596: 'iso-8859-6',
  28597: 'iso-8859-7',
  28598: 'iso-8859-8',
  28599: 'iso-8859-9',
  28603: 'iso-8859-13',
  28605: 'iso-8859-15',
  38598: 'iso-8859-8',
  50220: 'iso-2022-jp',
  50221: 'iso-2022-jp',
  50222: 'iso-2022-jp',
  51932: 'euc-jp',
  51936: 'cp936',
  51949: 'cp949',
  54936: 'gb18030',
  65000: 'utf-7',
  65001: 'utf-8',
};

/** What Windows assumes where nothing is said. */
export const DEFAULT_CODEPAGE = 1252;

/** Whether text in this Windows code page can be decoded here. */
export function codepageKnown(codepage: number): boolean {
  const name = nameOf(codepage);
  return name === 'iso-2022-jp' || iconv.encodingExists(name);
}

/** Text in a Windows code page; one that is not known is read as windows-1252 (ask `codepageKnown` first). */
export function decodeCodepage(bytes: Uint8Array, codepage: number): string {
  const name = nameOf(codepage);
  // iconv-lite has no stateful ISO-2022 tables; the platform's ICU has.
  if (name === 'iso-2022-jp') return new TextDecoder(name).decode(bytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return iconv.decode(buffer, iconv.encodingExists(name) ? name : 'windows-1252', { stripBOM: true });
}

/** Text by the name of its charset, or null where the name is not known. */
export function decodeCharset(bytes: Uint8Array, charset: string): string | null {
  if (!iconv.encodingExists(charset)) return null;
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), charset, { stripBOM: true });
}

/** Up to the first NUL, as strings of C end. */
export function decodeTerminated(bytes: Uint8Array, codepage: number): string {
  // A NUL octet inside UTF-16 or UTF-32 is no end: there the text is cut after decoding.
  const text = decodeCodepage(bytes, codepage);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Whole, but for the NULs at its end: a NUL inside a body is the sender's. */
export function decodeWhole(bytes: Uint8Array, codepage: number): string {
  const text = decodeCodepage(bytes, codepage);
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return end === text.length ? text : text.slice(0, end);
}

function nameOf(codepage: number): string {
  return NAMES[codepage] ?? `cp${codepage}`;
}
