/** Longer texts are cut in the report: a subject of a megabyte would be a page of its own. The record has it whole. */
export const TEXT_LIMIT = 240;

/**
 * Characters that change how what stands around them is shown, or show as nothing: C0 and C1 controls, the bidirectional
 * controls of UAX #9 with which `gnp.exe` is dressed up as `exe.png` (Trojan Source, CVE-2021-42574), invisible fillers,
 * tag characters and lone surrogates. The joiners U+200C and U+200D are left alone: Persian, Hindi and emoji need them.
 */
const DECEIVING =
  // oxlint-disable-next-line no-control-regex -- naming control characters is what it is for
  /\u034f|[\u17b4\u17b5\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/u;

/** Whether a character would deceive a reader and is named instead of shown. */
export const isDeceiving = (character: string): boolean => DECEIVING.test(character);

/** `U+202E`. */
export const codePointName = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/**
 * Marks that may stand on one letter: Hebrew with vowels and accents has four, Tibetan five. What goes beyond is drawn over
 * the lines above and below, and hides them.
 */
const MARKS = 6;
const isMark = (character: string): boolean => /^\p{M}$/u.test(character);

/** A text's pieces: what may be shown as it is, and the characters that are named. Cut after `limit` characters. */
export function visiblePieces(text: string, limit = TEXT_LIMIT): { readonly text: string; readonly named: boolean }[] {
  const pieces: { text: string; named: boolean }[] = [];
  let plain: string[] = [];
  let taken = 0;
  let marks = 0;
  const flush = () => {
    if (plain.length > 0) pieces.push({ text: plain.join(''), named: false });
    plain = [];
  };
  const flushMarks = () => {
    if (marks > MARKS) {
      flush();
      pieces.push({ text: `+${marks - MARKS} marks`, named: true });
    }
    marks = 0;
  };
  for (const character of text) {
    if (taken++ === limit) {
      flushMarks();
      plain.push('…');
      break;
    }
    if (isMark(character) && !isDeceiving(character)) {
      if (++marks <= MARKS) plain.push(character);
      continue;
    }
    flushMarks();
    if (!isDeceiving(character)) plain.push(character);
    else {
      flush();
      pieces.push({ text: codePointName(character), named: true });
    }
  }
  flushMarks();
  flush();
  return pieces;
}
