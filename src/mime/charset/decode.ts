import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { IssueCode } from '../../model/index.ts';
import { decodeHz, decodeIso2022 } from './iso-2022.ts';
import { likelyCharset } from './likely.ts';
import { resolveCharset } from './names.ts';
import { isNearlyUtf8 } from './nearly-utf8.ts';

export interface DecodedText {
  readonly text: string;
  /** What was wrong with the label or the octets: null where the label was right. */
  readonly defect: { readonly code: IssueCode; readonly message: string } | null;
}

/**
 * Octets to text. `label` is the declared charset, null where there is none; `hint` is what the rest of the message
 * declares, believed only where the octets themselves are unlabelled. A byte order mark is not part of the text.
 * Source: RFC 2045 §5.2 and RFC 2046 §4.1.2; unlabelled octets are guessed, and the guess is told.
 */
export function decodeCharset(octets: Buffer, label: string | null, hint: string | null = null): DecodedText {
  const charset = label === null ? '' : resolveCharset(label);
  const marked = markedCharset(octets);
  if (marked !== null && !(charset ?? '').startsWith('utf-'))
    return guessed(iconv.decode(octets, marked), marked, label);
  if (marked?.startsWith('utf-16') === true && charset === 'utf-8') {
    return guessed(iconv.decode(octets, marked), marked, label);
  }
  if (charset === 'utf-8' || charset === 'us-ascii' || charset === '' || charset === null) {
    // UTF-16 aside, nearly all mail ends here: no octet above 127 means that every label says the same,
    // but for the 7-bit charsets, which are handled below.
    if (isAscii(octets)) {
      const escaped = charset === '' && octets.includes('\x1b$', 0, 'latin1');
      if (escaped) return guessed(decodeIso2022(octets), 'iso-2022-jp', label);
      return { text: octets.toString('latin1'), defect: charset === null ? unknown(label) : null };
    }
    if (charset === 'utf-8') return decodeUtf8(octets);
    return guess(octets, label, hint, charset === null);
  }
  // A charset of 7 bits cannot be what octets above 127 are in, whatever the label says.
  if (SEVEN_BIT.test(charset) && !isAscii(octets)) return guess(octets, label, hint, false);
  return decodeNamed(octets, charset);
}

/** The charset that a byte order mark names (WHATWG Encoding §4.2: it is believed before any label). */
function markedCharset(octets: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const [first, second, third] = octets;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xef && second === 0xbb && third === 0xbf && isUtf8(octets) ? 'utf-8' : null;
}

const SEVEN_BIT = /^(?:iso-2022-|hz$|utf-?7)/;

function decodeUtf8(octets: Buffer): DecodedText {
  const start = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? 3 : 0;
  if (isUtf8(octets)) return { text: octets.toString('utf8', start), defect: null };
  return {
    text: octets.toString('utf8', start),
    defect: { code: 'CHARSET_UNDECODABLE', message: 'Some octets are not UTF-8, as they are labelled.' },
  };
}

function decodeNamed(octets: Buffer, charset: string): DecodedText {
  if (charset.startsWith('utf-16') && octets.length >= MIN_NARROW && !octets.includes(0) && isUtf8(octets)) {
    // The label of a page that was stored otherwise than it was sent: no script is written in such octets only.
    return guessed(octets.toString('utf8'), 'utf-8', charset);
  }
  // But for 0x80-0x9F both are the first 256 characters of Unicode, which the runtime reads many times as fast.
  if (LATIN.test(charset) && !hasC1(octets)) return { text: octets.toString('latin1'), defect: null };
  if (charset === 'iso-8859-1') {
    // 0x80-0x9F are control characters nobody mails: what is meant is windows-1252, as every mail program shows it.
    return {
      text: iconv.decode(octets, 'windows-1252'),
      defect: { code: 'CHARSET_GUESSED', message: 'Labelled iso-8859-1, read as windows-1252.' },
    };
  }
  const text = decodeBy(octets, charset);
  if (!text.includes('\ufffd')) return { text, defect: null };
  return {
    text,
    defect: { code: 'CHARSET_UNDECODABLE', message: `Some octets are not ${charset}, as they are labelled.` },
  };
}

const LATIN = /^(?:iso-8859-1|windows-1252)$/;

/** Fewer octets may be Chinese in UTF-16 and text in UTF-8 by chance. */
const MIN_NARROW = 16;

function decodeBy(octets: Buffer, charset: string): string {
  if (charset.startsWith('iso-2022-')) return decodeIso2022(octets);
  if (charset === 'hz') return decodeHz(octets);
  if (isAscii(octets) && holdsAscii(charset)) return octets.toString('latin1');
  // RFC 2781 §4.3: big-endian where neither a byte order mark nor the text itself tells.
  if (charset === 'utf-16') return iconv.decode(octets, charset, { defaultEncoding: 'utf16be' });
  return iconv.decode(octets, charset);
}

const ASCII_WITHIN = new Map<string, boolean>();

/** Whether octets below 128 mean in a charset what they mean in ASCII. There are as many charsets as iconv-lite knows. */
function holdsAscii(charset: string): boolean {
  const known = ASCII_WITHIN.get(charset);
  if (known !== undefined) return known;
  const same = !/^utf|^ucs/.test(charset) && iconv.decode(Buffer.from('A~\\'), charset) === 'A~\\';
  ASCII_WITHIN.set(charset, same);
  return same;
}

function hasC1(octets: Buffer): boolean {
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet >= 0x80 && octet <= 0x9f) return true;
  }
  return false;
}

/** Octets above 127 whose charset nobody told. */
function guess(octets: Buffer, label: string | null, hint: string | null, unknownLabel: boolean): DecodedText {
  if (isUtf8(octets)) {
    const { text } = decodeUtf8(octets);
    return unknownLabel ? { text, defect: unknown(label) } : guessed(text, 'utf-8', label);
  }
  if (!unknownLabel && isNearlyUtf8(octets)) {
    return guessed(octets.toString('utf8'), 'utf-8, though some octets are not', label);
  }
  const hinted = hint === null ? null : resolveCharset(hint);
  if (hinted !== null && hinted !== '' && hinted !== 'us-ascii' && hinted !== 'utf-8') {
    const text = decodeBy(octets, hinted);
    if (!text.includes('\ufffd')) return guessed(text, hinted, label);
  }
  const likely = likelyCharset(octets);
  if (likely !== null) return guessed(iconv.decode(octets, likely), likely, label);
  const text = iconv.decode(octets, 'windows-1252');
  return unknownLabel ? { text, defect: unknown(label) } : guessed(text, 'windows-1252', label);
}

function guessed(text: string, charset: string, label: string | null): DecodedText {
  const said = label === null || label === '' ? 'No charset is named' : `The charset is said to be ${quoted(label)}`;
  return { text, defect: { code: 'CHARSET_GUESSED', message: `${said}; read as ${charset}.` } };
}

function unknown(label: string | null): { code: IssueCode; message: string } {
  return { code: 'CHARSET_UNKNOWN', message: `The charset ${quoted(label ?? '')} is not known.` };
}

/** A token of the message that may be shown: short, printable. */
function quoted(token: string): string {
  return JSON.stringify(token.slice(0, 40));
}
