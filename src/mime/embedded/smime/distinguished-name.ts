import { Buffer } from 'node:buffer';
import iconv from 'iconv-lite';
import { contentOf, type Element, isUniversal, readChildren, TAG } from './element.ts';
import { readObjectIdentifier } from './object-identifier.ts';

/** Short names of RFC 4514 §3, and emailAddress (RFC 2985), which every certificate for mail has. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/** Charsets of the string types (X.680 §41); TeletexString is Latin-1 in every certificate seen. */
const CHARSETS: ReadonlyMap<number, string> = new Map([
  [TAG.UTF8_STRING, 'utf-8'],
  [TAG.NUMERIC_STRING, 'latin1'],
  [TAG.PRINTABLE_STRING, 'latin1'],
  [TAG.TELETEX_STRING, 'latin1'],
  [TAG.IA5_STRING, 'latin1'],
  [TAG.VISIBLE_STRING, 'latin1'],
  [TAG.UNIVERSAL_STRING, 'utf-32be'],
  [TAG.BMP_STRING, 'utf-16be'],
]);

/** An X.501 Name as an RFC 4514 string: the most specific part first, special characters escaped. */
export function readDistinguishedName(bytes: Uint8Array, name: Element): string {
  const relativeNames: string[] = [];
  for (const set of readChildren(bytes, name)) {
    const pairs: string[] = [];
    for (const pair of readChildren(bytes, set)) pairs.push(readPair(bytes, pair));
    // RFC 4514 leaves the order open; openssl turns it round like the rest.
    relativeNames.push(pairs.reverse().join('+'));
  }
  return relativeNames.reverse().join(',');
}

function readPair(bytes: Uint8Array, pair: Element): string {
  const [type, value] = readChildren(bytes, pair);
  if (!isUniversal(type, TAG.OBJECT_IDENTIFIER) || value === undefined) return '';
  const identifier = readObjectIdentifier(contentOf(bytes, type));
  const short = SHORT_NAMES[identifier];
  const charset = value.tagClass === 0 ? CHARSETS.get(value.tag) : undefined;
  // A type without a short name or a value that is no string is written as its BER (RFC 4514 §2.4).
  if (short === undefined || charset === undefined) {
    return `${short ?? identifier}=#${Buffer.from(bytes.subarray(value.start, value.end)).toString('hex')}`;
  }
  return `${short}=${escapeValue(iconv.decode(Buffer.from(contentOf(bytes, value)), charset, { stripBOM: false }))}`;
}

/** RFC 4514 §2.4: specials by a backslash, control characters by their hexadecimal. */
function escapeValue(value: string): string {
  const escaped = value
    .replace(/[\\"+,;<>]/g, '\\$&')
    .replace(/\p{Cc}/gu, (control) => `\\${Buffer.from(control, 'utf8').toString('hex').toUpperCase()}`);
  const led = /^[ #]/.test(escaped) ? `\\${escaped}` : escaped;
  // A value of one blank is already escaped.
  return led.endsWith(' ') && led !== '\\ ' ? `${led.slice(0, -1)}\\ ` : led;
}
