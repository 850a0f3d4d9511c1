import { asBuffer } from '../octets.ts';

/** The smallest block of a disk or tape: storage that lost something gives zeros for so many octets. */
const BLOCK = 512;
/** A lost block at the end reaches no further than the text did. */
const LEAST_AT_END = 64;

/**
 * Octets of text that were replaced by zeros. Neither tar nor mbox nor a folder has a checksum that could tell. Text has
 * no NUL, so where NULs stand in blocks and nowhere else, it lost them; what has single NULs too is no text, and nothing is
 * said of it. Mail without any costs one search.
 */
export function zeroedOctets(stored: Uint8Array): number {
  const octets = asBuffer(stored);
  let lost = 0;
  let text = 0;
  let from = 0;
  for (let at = octets.indexOf(0); at >= 0; at = octets.indexOf(0, from)) {
    text += at - from;
    let end = at + 1;
    while (octets[end] === 0) end += 1;
    if (end - at < (end === octets.length ? LEAST_AT_END : BLOCK)) return 0;
    lost += end - at;
    from = end;
  }
  return text + octets.length - from === 0 ? 0 : lost;
}
