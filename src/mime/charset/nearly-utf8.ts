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
