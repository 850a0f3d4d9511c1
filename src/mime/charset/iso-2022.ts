import iconv from 'iconv-lite';

/** The charset in use, as the 8-bit encoding whose octets are the 7-bit ones with the high bit set. */
type Bank = 'ascii' | 'euc-jp' | 'jis-roman' | 'jis-katakana' | 'cp949' | 'gb2312' | 'euc-jp-supplement';

/** Escape sequences without ESC (ISO/IEC 2022; RFC 1468, RFC 1554, RFC 1557, RFC 1922). */
const ESCAPES: readonly (readonly [string, Bank])[] = [
  ['$(D', 'euc-jp-supplement'],
  ['$(C', 'cp949'],
  ['$)C', 'cp949'],
  ['$)A', 'gb2312'],
  ['$(A', 'gb2312'],
  ['$(B', 'euc-jp'],
  ['$(@', 'euc-jp'],
  ['$(Q', 'euc-jp'],
  ['$(O', 'euc-jp'],
  ['$@', 'euc-jp'],
  ['$B', 'euc-jp'],
  ['$A', 'gb2312'],
  ['(B', 'ascii'],
  ['(J', 'jis-roman'],
  ['(I', 'jis-katakana'],
  ['(H', 'jis-roman'],
];

/** Decodes ISO-2022-JP, -KR and -CN: 7-bit text that shifts between charsets by escape sequences, SO and SI. */
export function decodeIso2022(octets: Buffer): string {
  const pieces: string[] = [];
  let bank: Bank = 'ascii';
  let shifted: Bank = 'cp949';
  let out = false;
  let start = 0;
  const flush = (end: number): void => {
    if (end > start) pieces.push(decodeBank(out ? shifted : bank, octets.subarray(start, end)));
  };
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at];
    if (octet === 0x1b) {
      const head = octets.toString('latin1', at + 1, at + 4);
      const match = ESCAPES.find(([sequence]) => head.startsWith(sequence));
      if (match === undefined) continue;
      flush(at);
      // `$)` designates what SO will shift to (KR, CN); everything else takes effect at once.
      if (match[0].startsWith('$)')) shifted = match[1];
      else bank = match[1];
      start = at + 1 + match[0].length;
      at = start - 1;
    } else if (octet === 0x0e || octet === 0x0f) {
      flush(at);
      out = octet === 0x0e;
      start = at + 1;
    } else if ((octet === 0x0a || octet === 0x0d) && (out || (bank !== 'ascii' && bank !== 'jis-roman'))) {
      // RFC 1468: a line ends in ASCII. One that does not was cut short; the next one starts afresh.
      flush(at);
      start = at;
      out = false;
      bank = 'ascii';
    }
  }
  flush(octets.length);
  return pieces.join('');
}

function decodeBank(bank: Bank, octets: Buffer): string {
  switch (bank) {
    case 'ascii':
      return octets.toString('latin1');
    case 'jis-roman':
      return octets.toString('latin1').replace(/\\/g, '¥').replace(/~/g, '‾');
    case 'jis-katakana':
      return Array.from(octets, katakana).join('');
    case 'euc-jp-supplement':
      return iconv.decode(highPairs(octets, 0x8f), 'euc-jp');
    case 'euc-jp':
    case 'cp949':
    case 'gb2312':
      return iconv.decode(highPairs(octets, null), bank);
  }
}

function katakana(octet: number): string {
  const low = octet & 0x7f;
  return low >= 0x21 && low <= 0x5f ? String.fromCharCode(0xff61 + low - 0x21) : String.fromCharCode(low);
}

/** Pairs of graphic octets with the high bit set; anything else as it is. */
function highPairs(octets: Buffer, prefix: number | null): Buffer {
  const result = Buffer.alloc(octets.length * 2);
  let to = 0;
  for (let at = 0; at < octets.length; at++) {
    const first = octets[at] ?? 0;
    const second = octets[at + 1] ?? 0;
    if ((first & 0x7f) > 0x20 && (second & 0x7f) > 0x20 && at + 1 < octets.length) {
      if (prefix !== null) result[to++] = prefix;
      result[to++] = first | 0x80;
      result[to++] = second | 0x80;
      at++;
    } else result[to++] = first;
  }
  return result.subarray(0, to);
}

/** Decodes HZ (RFC 1843): GB 2312 in 7 bits between `~{` and `~}`. */
export function decodeHz(octets: Buffer): string {
  const text = octets.toString('latin1');
  const pieces: string[] = [];
  let at = 0;
  while (at < text.length) {
    const tilde = text.indexOf('~', at);
    if (tilde < 0) break;
    pieces.push(text.slice(at, tilde));
    const next = text[tilde + 1];
    if (next === '{') {
      const close = text.indexOf('~}', tilde + 2);
      const stop = close < 0 ? text.length : close;
      pieces.push(decodeBank('gb2312', octets.subarray(tilde + 2, stop)));
      at = close < 0 ? stop : stop + 2;
    } else {
      if (next === '~') pieces.push('~');
      else if (next !== '\n') pieces.push('~', next ?? '');
      at = tilde + 2;
    }
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}
