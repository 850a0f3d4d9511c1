/**
 * Japanese text says what it is written in: kana are frequent, and their first octets are few. Other scripts do not, so
 * nothing else is guessed from octets; telling Cyrillic charsets apart would be inventing text.
 */
export function guessJapanese(octets: Buffer): 'euc-jp' | 'shift_jis' | null {
  const sample = octets.subarray(0, 16_384);
  if (kanaInEuc(sample) >= 3) return 'euc-jp';
  return kanaInShiftJis(sample) >= 3 ? 'shift_jis' : null;
}

/** How many kana there are if it is EUC-JP; -1 where it cannot be. The sample may end within a character. */
function kanaInEuc(octets: Buffer): number {
  let kana = 0;
  for (let at = 0; at < octets.length; at++) {
    const first = octets[at] ?? 0;
    if (first < 0x80) continue;
    const second = octets[++at];
    if (second === undefined) break;
    const half = first === 0x8e && second >= 0xa1 && second <= 0xdf;
    if (!half && (first < 0xa1 || first === 0xff || second < 0xa1 || second === 0xff)) return -1;
    if (first === 0xa4 || first === 0xa5) kana++;
  }
  return kana;
}

function kanaInShiftJis(octets: Buffer): number {
  let kana = 0;
  for (let at = 0; at < octets.length; at++) {
    const first = octets[at] ?? 0;
    if (first < 0x80 || (first >= 0xa1 && first <= 0xdf)) continue;
    const second = octets[++at];
    if (second === undefined) break;
    if (first === 0x80 || first === 0xa0 || first > 0xfc || second < 0x40 || second === 0x7f || second > 0xfc)
      return -1;
    if ((first === 0x82 && second >= 0x9f && second <= 0xf1) || (first === 0x83 && second <= 0x96)) kana++;
  }
  return kana;
}

/**
 * Whether text is UTF-8 but for what damaged it: it was cut within its last character, or few of its characters are broken.
 * In no other charset do octets above 127 come in such sequences.
 */
export function isNearlyUtf8(octets: Buffer): boolean {
  let whole = 0;
  let broken = 0;
  let at = 0;
  while (at < octets.length) {
    const length = sequenceLength(octets[at] ?? 0);
    let next = at + 1;
    while (next < at + length && isContinuation(octets[next])) next++;
    const cut = next === octets.length && next < at + length;
    if (length > 1 && next === at + length) whole++;
    else if (length !== 1 && !cut) broken++;
    at = next;
  }
  return whole > 0 && broken * 8 <= whole;
}

/** How many octets the UTF-8 sequence has that begins with this one; 0 where none does. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

function isContinuation(octet: number | undefined): boolean {
  return octet !== undefined && octet >= 0x80 && octet < 0xc0;
}
