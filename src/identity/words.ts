import { ASCII_KEPT, isDropped } from './letters.ts';

const SPACE = 0x20;

/**
 * The words of a text as UTF-8, a space before each and one after the last: what `letters.ts` drops divides words here, so that a
 * body is found again between quoting marks and in other line lengths, but "1" is not found in "100". Empty for a text
 * without words.
 */
export function wordsOf(text: string): Uint8Array {
  const utf8 = Buffer.from(text, 'utf8');
  const words = Buffer.allocUnsafe(utf8.byteLength + 2);
  let length = 0;
  let divided = true;
  for (let read = 0; read < utf8.byteLength; ) {
    const octet = utf8[read] ?? 0;
    const octets = octet < 0x80 ? 1 : octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
    let codePoint = octets === 1 ? octet : octet & (0xff >> (octets + 1));
    for (let index = 1; index < octets; index += 1) codePoint = (codePoint << 6) | ((utf8[read + index] ?? 0) & 0x3f);
    if (octets === 1 ? ASCII_KEPT[octet] === 1 : !isDropped(codePoint)) {
      if (divided) words[length++] = SPACE;
      divided = false;
      for (let index = 0; index < octets; index += 1) words[length++] = utf8[read + index] ?? 0;
    } else divided = true;
    read += octets;
  }
  if (length > 0) words[length++] = SPACE;
  return words.subarray(0, length);
}
