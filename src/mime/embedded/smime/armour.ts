import { Buffer } from 'node:buffer';

/** A SEQUENCE begins with 0x30, of which `M` is the base64. */
const SEQUENCE = 0x30;
const BASE64_OF_SEQUENCE = 0x4d;
const HYPHEN = 0x2d;

/**
 * Octets of CMS that was left in base64: some gateways encode a .p7m twice, and some attach PEM (RFC 7468).
 * Anything else is given back as it is.
 */
export function unwrapArmour(bytes: Uint8Array): Uint8Array {
  const first = bytes[0];
  if (first !== BASE64_OF_SEQUENCE && first !== HYPHEN) return bytes;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const decoded = Buffer.from(first === HYPHEN ? betweenLabels(text) : text, 'base64');
  return decoded[0] === SEQUENCE ? decoded : bytes;
}

function betweenLabels(text: string): string {
  const start = text.indexOf('\n') + 1;
  const end = text.indexOf('-----END', start);
  return text.slice(start, end < 0 ? text.length : end);
}
