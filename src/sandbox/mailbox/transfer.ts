import iconv from 'iconv-lite';

const HEX = Array.from({ length: 256 }, (_, octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`);

/** A text's octets in a charset. ISO-2022-JP (RFC 1468), which iconv-lite lacks, is made of EUC-JP. */
export function encodeCharset(text: string, charset: string): Buffer {
  const name = charset.toLowerCase();
  if (name === 'utf-8') return Buffer.from(text, 'utf8');
  if (name === 'us-ascii') return Buffer.from(text, 'latin1');
  return name === 'iso-2022-jp' ? iso2022Jp(text) : iconv.encode(text, name);
}

/** JIS X 0208 is EUC-JP without the high bits, between escapes; every line ends in ASCII. */
function iso2022Jp(text: string): Buffer {
  const euc = iconv.encode(text, 'euc-jp');
  const out: number[] = [];
  let wide = false;
  for (const octet of euc) {
    const needsWide = octet >= 0x80;
    if (needsWide !== wide) out.push(0x1b, needsWide ? 0x24 : 0x28, 0x42);
    wide = needsWide;
    out.push(octet & 0x7f);
  }
  if (wide) out.push(0x1b, 0x28, 0x42);
  return Buffer.from(out);
}

/** RFC 2045 §6.7: lines of at most 76 characters, CRLF kept as line ends. */
export function quotedPrintable(octets: Uint8Array): string {
  const lines: string[] = [];
  let line = '';
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at] ?? 0;
    if (octet === 13 && octets[at + 1] === 10) {
      lines.push(line);
      line = '';
      at += 1;
      continue;
    }
    const endsLine = octets[at + 1] === 13 && octets[at + 2] === 10;
    const plain = (octet >= 33 && octet <= 126 && octet !== 61) || ((octet === 32 || octet === 9) && !endsLine);
    const token = plain ? String.fromCharCode(octet) : (HEX[octet] ?? '');
    if (line.length + token.length > 75) {
      lines.push(`${line}=`);
      line = '';
    }
    line += token;
  }
  lines.push(line);
  return lines.join('\r\n');
}

/** RFC 2045 §6.8: lines of 76 characters. */
export function base64Lines(octets: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < octets.length; at += 57) {
    lines.push(Buffer.from(octets.buffer, octets.byteOffset + at, Math.min(57, octets.length - at)).toString('base64'));
  }
  return lines.join('\r\n');
}

/** RFC 2047: words of at most 75 characters, split between characters; ASCII stays as it is. */
export function encodeWords(text: string, charset: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const name = charset.toLowerCase() === 'us-ascii' ? 'utf-8' : charset;
  const words: string[] = [];
  let piece = '';
  const flush = () => {
    if (piece !== '') words.push(`=?${name}?B?${encodeCharset(piece, name).toString('base64')}?=`);
    piece = '';
  };
  for (const character of text) {
    if (encodeCharset(piece + character, name).length > 39) flush();
    piece += character;
  }
  flush();
  return words.join('\r\n ');
}

/** RFC 2231 §4: a parameter's value in UTF-8, percent-encoded. */
export function encodeParameter(name: string, value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return `${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  const encoded = encodeURIComponent(value).replace(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
  return `${name}*=UTF-8''${encoded}`;
}
