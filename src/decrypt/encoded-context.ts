/** RFC 2047 §2, in UTF-8 as S3 writes it. The text holds no `?` and no space, so the match is linear. */
const ENCODED_WORD = /=\?utf-8\?([bq])\?([^?\s]*)\?=(?:[ \t\r\n]+(?==\?utf-8\?))?/gi;

function wordOctets(encoding: string, text: string): Buffer {
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  const latin1 = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin1, 'latin1');
}

/** UTF-8 that was taken for Latin-1 and encoded again, undone; null where it cannot have been that. */
function undoubled(text: string): string | null {
  if (!/[\u0080-\u00ff]/.test(text) || /[\u0100-\u{10ffff}]/u.test(text)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'));
  } catch {
    return null;
  }
}

/**
 * A metadata value as it was given to S3. S3 hands out values beyond ASCII as RFC 2047 encoded words, and those that the
 * S3 Encryption Client wrote as UTF-8 doubly: their octets taken for Latin-1 and encoded once more. Values in ASCII are
 * returned as they stand.
 */
export function decodeMetadataValue(value: string): string {
  // Neighbouring words are joined as octets first: a character may be divided between them.
  const pieces: Buffer[] = [];
  let at = 0;
  for (const match of value.matchAll(ENCODED_WORD)) {
    pieces.push(Buffer.from(value.slice(at, match.index)), wordOctets(match[1] ?? '', match[2] ?? ''));
    at = match.index + match[0].length;
  }
  pieces.push(Buffer.from(value.slice(at)));
  const decoded = Buffer.concat(pieces).toString('utf8');
  return undoubled(decoded) ?? decoded;
}
