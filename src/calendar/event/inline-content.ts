import { Buffer } from 'node:buffer';
import { textOf } from '../jcal/json.ts';
import { type JcalProperty, parameter } from '../jcal/types.ts';

/** What stands within a property instead of being linked to. */
export interface InlineContent {
  /** Null where nothing of it could be decoded. */
  readonly bytes: Buffer | null;
  /** What its data: URI declares; null where it is none, or declares nothing. */
  readonly mediaType: string | null;
  readonly fault: string | null;
}

/** Longer than any scheme; base64 has no colon, so that what has one early is a URI whatever it is declared. */
const URI = /^[a-z][a-z0-9+.-]{1,30}:/i;
const DATA_URI = /^data:([^,]{0,1000}),/i;

/** Node ends at the first `=` and skips what is no base64, both without a word. Pieces that were encoded one by one are decoded so. */
function decodeBase64(text: string): InlineContent {
  const compact = text.replace(/\s+/g, '');
  const padding = /=/.test(compact.replace(/={1,2}$/, ''));
  const pieces = compact.split(/=+/).map((piece) => ({ letters: piece.length, bytes: Buffer.from(piece, 'base64') }));
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  if (bytes.length === 0 && compact !== '') return { bytes: null, mediaType: null, fault: 'none of it is base64' };
  const short = pieces.some((piece) => piece.bytes.length !== Math.floor((piece.letters * 3) / 4));
  const stray = pieces.some((piece) => piece.letters % 4 === 1);
  const fault =
    short || stray ? 'part of it is not base64; the rest was decoded' : padding ? 'it is padded within' : null;
  return { bytes, mediaType: null, fault };
}

/** RFC 3986 §2.1: octets by their hexadecimal, the others as UTF-8. */
function decodePercent(text: string): Buffer {
  const source = Buffer.from(text, 'utf8');
  const target = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    const pair = source[at] === 0x25 ? source.toString('latin1', at + 1, at + 3) : '';
    if (/^[0-9a-f]{2}$/i.test(pair)) {
      target[length++] = Number.parseInt(pair, 16);
      at += 2;
    } else target[length++] = source[at] ?? 0;
  }
  return target.subarray(0, length);
}

function decodeDataUri(text: string): InlineContent | null {
  const head = DATA_URI.exec(text);
  if (head === null) return null;
  const declared = head[1] ?? '';
  const content = text.slice(head[0].length);
  const base64 = /;\s*base64\s*$/i.test(declared);
  const read = base64 ? decodeBase64(decodePercent(content).toString('latin1')) : null;
  const bytes = read === null ? decodePercent(content) : read.bytes;
  // RFC 2397 §2: what declares nothing is text/plain.
  return { bytes, mediaType: declared.split(';')[0]?.trim().toLowerCase() || 'text/plain', fault: read?.fault ?? null };
}

/**
 * The content of an ATTACH or IMAGE that holds it: BASE64 under whatever VALUE (RFC 5545 §3.8.1.1, vCalendar 1.0's
 * INLINE), text under INLINE, a data: URI. Null for a link. Linear in its length.
 */
export function inlineContent(property: JcalProperty): InlineContent | null {
  const text = textOf(property[3]);
  const data = decodeDataUri(text);
  if (data !== null) return data;
  if (URI.test(text.slice(0, 40))) return null;
  const encoding = parameter(property, 'encoding')?.toUpperCase() ?? '';
  if (property[2] === 'binary' || encoding === 'BASE64' || encoding === 'B') return decodeBase64(text);
  // Quoted-printable was decoded with its charset as the property was read: what is left is text.
  return property[2] === 'inline' ? { bytes: Buffer.from(text, 'utf8'), mediaType: 'text/plain', fault: null } : null;
}
