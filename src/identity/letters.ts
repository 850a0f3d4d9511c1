/**
 * Code points outside ASCII that are no letters, marks or digits: what a transport, a client or a converter changes at will.
 * A frozen list and not `\p{L}`: that property grows with every Unicode release, and with it the hash of the same mail
 * would change from one version of Node to the next. Whatever is not listed is kept. Both ends included.
 */
export const DROPPED_RANGES: readonly (readonly [number, number])[] = [
  [0x80, 0xa9], // C1 controls, no-break space, punctuation and signs
  [0xab, 0xb4], // with soft hyphen
  [0xb6, 0xb9],
  [0xbb, 0xbf],
  [0xd7, 0xd7],
  [0xf7, 0xf7],
  [0x1680, 0x1680], // Ogham space
  [0x180e, 0x180e], // Mongolian vowel separator
  [0x2000, 0x206f], // spaces, dashes, quotation marks, joiners, direction marks
  [0x20a0, 0x20cf], // currency signs
  [0x2190, 0x2bff], // arrows, operators, frames, enclosed characters, dingbats
  [0x2e00, 0x2e7f], // further punctuation
  [0x3000, 0x3004], // CJK space and punctuation
  [0x3008, 0x3020],
  [0x3030, 0x3030],
  [0x303d, 0x303f],
  [0xd800, 0xf8ff], // lone surrogates, private use (symbol fonts)
  [0xfe00, 0xfe1f], // variation selectors, vertical forms
  [0xfe30, 0xfe6f], // small and compatibility forms
  [0xfeff, 0xfeff], // byte order mark
  [0xff01, 0xff0f], // full-width punctuation
  [0xff1a, 0xff20],
  [0xff3b, 0xff40],
  [0xff5b, 0xff65],
  [0xffe0, 0xffff], // with U+FFFD, which stands for octets that could not be read
  [0x1f000, 0x1faff], // pictographs
  [0xe0000, 0x10ffff], // tags, variation selectors, private use
];

/** 1 for the octets of ASCII letters and digits. */
export const ASCII_KEPT = new Uint8Array(256);
for (const [first, last] of ['09', 'AZ', 'az'].map((ends) => [ends.charCodeAt(0), ends.charCodeAt(1)] as const)) {
  ASCII_KEPT.fill(1, first, last + 1);
}

/** One flag for every code point of the Basic Multilingual Plane. */
const DROPPED = new Uint8Array(0x10000);
const DROPPED_BEYOND = DROPPED_RANGES.filter(([first]) => first > 0xffff);
for (const [first, last] of DROPPED_RANGES) if (first <= 0xffff) DROPPED.fill(1, first, last + 1);

/** Whether a code point beyond ASCII is neither letter, mark nor digit. */
export function isDropped(codePoint: number): boolean {
  if (codePoint <= 0xffff) return DROPPED[codePoint] === 1;
  return DROPPED_BEYOND.some(([first, last]) => codePoint >= first && codePoint <= last);
}

/** Moves the letters and digits of well-formed UTF-8 to its front; returns how many octets they are. */
export function keepLetters(utf8: Uint8Array, length: number): number {
  let read = 0;
  let kept = 0;
  while (read < length) {
    let octet = utf8[read] ?? 0;
    while (octet < 0x80) {
      // Written always, counted only when kept: a branch on every letter costs three times as much.
      utf8[kept] = octet;
      kept += ASCII_KEPT[octet] ?? 0;
      read += 1;
      if (read === length) return kept;
      octet = utf8[read] ?? 0;
    }
    const octets = octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
    let codePoint = octet & (0xff >> (octets + 1));
    for (let index = 1; index < octets; index += 1) codePoint = (codePoint << 6) | ((utf8[read + index] ?? 0) & 0x3f);
    if (!isDropped(codePoint)) {
      for (let index = 0; index < octets; index += 1) utf8[kept + index] = utf8[read + index] ?? 0;
      kept += octets;
    }
    read += octets;
  }
  return kept;
}

/** UTF-16 units encoded at a time: the piece and its UTF-8 stay in the processor's cache. */
const PIECE = 32 * 1024;

/** One for all calls: a fresh one for each mail costs as much as filling it. Nothing awaits between its filling and its use. */
const SCRATCH = Buffer.allocUnsafeSlow(PIECE * 3);

/** Calls `take` with the letters and digits of a text as UTF-8, piece by piece. A piece is valid during its call only. */
export function lettersOf(text: string, take: (utf8: Uint8Array) => void): void {
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PIECE, text.length);
    const last = text.charCodeAt(end - 1);
    // A surrogate pair is one character: it stays in one piece.
    if (end < text.length && end - start > 1 && last >= 0xd800 && last <= 0xdbff) end -= 1;
    const kept = keepLetters(
      SCRATCH,
      SCRATCH.write(start === 0 && end === text.length ? text : text.slice(start, end)),
    );
    if (kept > 0) take(SCRATCH.subarray(0, kept));
    start = end;
  }
}
