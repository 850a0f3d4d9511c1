import { type Line, trimmedEnd } from './line.ts';

/** Space, which stands for zero. */
const ZERO = 0x20;
/** Backtick, which stands for zero where spaces would be lost. */
export const BACKTICK = 0x60;

/**
 * How well a line is a line of uuencoded data (POSIX.1-2017, uuencode): its first character counts the octets,
 * then four characters stand for three of them.
 * - `whole`: as many characters as the count needs, give or take a check character that some encoders add;
 * - `short`: characters are missing, as where spaces at the end were lost;
 * - `damaged`: the length is right, but there are characters that no encoder writes;
 * - `none`: something else.
 */
export type Fitness = 'whole' | 'short' | 'damaged' | 'none';

/** Octets that the line says it has, 0 to 63; null where its first character counts nothing. */
export function countOf(bytes: Uint8Array, line: Line): number | null {
  const first = bytes[line.start];
  if (first === undefined || line.start === line.end || first < ZERO || first > BACKTICK) return null;
  return (first - ZERO) & 63;
}

export function fitnessOf(bytes: Uint8Array, line: Line): Fitness {
  const count = countOf(bytes, line);
  if (count === null || count === 0) return 'none';
  const needed = Math.ceil(count / 3) * 4;
  // The last group may be written without the characters that carry nothing.
  const least = Math.ceil((count * 8) / 6);
  const present = line.end - line.start - 1;
  // A tab or blanks after the data are a gateway's.
  const trimmed = trimmedEnd(bytes, line) - line.start - 1;
  if (trimmed > needed + 2) return 'none';
  for (let at = line.start + 1; at < Math.min(line.end, line.start + 1 + needed); at++) {
    const octet = bytes[at] ?? 0;
    if (octet < ZERO || octet > BACKTICK) return trimmed >= least && trimmed <= needed ? 'damaged' : 'none';
  }
  return present >= least ? 'whole' : 'short';
}

/** Decodes a data line into `target` at `offset`; returns the octets written. Missing characters are spaces, as lost ones were. */
export function decodeLine(bytes: Uint8Array, line: Line, target: Uint8Array, offset: number): number {
  const count = countOf(bytes, line) ?? 0;
  const at = (index: number): number => (index < line.end ? ((bytes[index] ?? ZERO) - ZERO) & 63 : 0);
  let written = 0;
  for (let group = line.start + 1; written < count; group += 4) {
    const bits = (at(group) << 18) | (at(group + 1) << 12) | (at(group + 2) << 6) | at(group + 3);
    for (let shift = 16; shift >= 0 && written < count; shift -= 8) target[offset + written++] = (bits >> shift) & 255;
  }
  return count;
}
