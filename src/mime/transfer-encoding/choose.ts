import { Base64Decoder } from './base64.ts';
import { IdentityDecoder, type TransferDecoder } from './decoder.ts';
import { QuotedPrintableDecoder } from './quoted-printable.ts';

/** How a body is encoded, as far as we can undo it. `unknown` is read as it stands. */
export type TransferEncoding = 'identity' | 'base64' | 'quoted-printable' | 'uuencode' | 'unknown';

/**
 * Reads a Content-Transfer-Encoding value (RFC 2045 §6.1), with the misspellings that are seen in mail.
 * `value` is null where the field is absent, which means 7bit.
 */
export function readTransferEncoding(value: string | null): TransferEncoding {
  if (value === null) return 'identity';
  const words = value
    .replace(/\([^()]*\)/g, ' ')
    .trim()
    .split(/[\s;,]/, 1);
  const token = (/^quoted[ _-]?printable\b/i.test(value.trim()) ? 'quoted-printable' : (words[0] ?? ''))
    .replace(/^["']|["']$/g, '')
    .toLowerCase();
  switch (token) {
    case '':
    case '7bit':
    case '7-bit':
    case '8bit':
    case '8-bit':
    case 'binary':
    case 'none':
      return 'identity';
    case 'base64':
    case 'base-64':
      return 'base64';
    case 'quoted-printable':
      return 'quoted-printable';
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return 'uuencode';
    default:
      return 'unknown';
  }
}

/** A decoder for a body. uuencode is not undone here: its files are found in the text (RFC 2045 does not define it). */
export function transferDecoder(encoding: TransferEncoding, returnsEndLines: boolean): TransferDecoder {
  if (encoding === 'base64') return new Base64Decoder();
  if (encoding === 'quoted-printable') return new QuotedPrintableDecoder(returnsEndLines);
  return new IdentityDecoder();
}
