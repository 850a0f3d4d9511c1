import { isWellKnownField } from '../header/stray-line.ts';
import { withLineFeeds } from '../text/part-text.ts';

const SAMPLE = 16_384;
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,60}[ \t]*:(?!\/\/)/;

/** Fields that files other than mail have too (HTTP dumps, logs, forms): they prove nothing alone. */
const WEAK =
  /^(?:date|to|from|subject|content-[a-z-]+|priority|organization|sender|cc|importance|user-agent|precedence|x-[a-z0-9-]+)[ \t]*:/i;

/**
 * Whether octets begin an Internet message: an RFC 5322 header block, in any of the three line breaks, perhaps after
 * a byte order mark, blank lines or an mbox `From ` line. `prefix` is the beginning of the octets, 4 KiB or more where
 * there are as many. A damaged first line is let pass if fields follow it.
 */
export function looksLikeMessage(prefix: Uint8Array): boolean {
  const octets = Buffer.from(prefix.buffer, prefix.byteOffset, Math.min(prefix.byteLength, SAMPLE));
  const start = octets[0] === 0xef && octets[1] === 0xbb && octets[2] === 0xbf ? 3 : 0;
  const text = octets.toString('latin1', start).trimStart();
  const lines = withLineFeeds(text.slice(0, firstBlankLine(text))).split('\n', 400);
  if (/^>?From /.test(lines[0] ?? '')) lines.shift();
  return judge(lines);
}

/** Where the first line that is empty in any of the line breaks ends, or the text's length: what follows is not judged. */
function firstBlankLine(text: string): number {
  for (let feed = text.indexOf('\n'); feed >= 0; feed = text.indexOf('\n', feed + 1)) {
    if (text[feed + 1] === '\n') return feed + 2;
    if (text[feed + 1] === '\r' && text[feed + 2] === '\n') return feed + 3;
  }
  return text.length;
}

/** A MIME entity that begins with its type, as parts saved to files do. */
const ENTITY = /^content-type[ \t]*:[ \t]*[a-z]+\/[a-z0-9.+-]+[ \t]*(?:;|$)/i;

function judge(lines: readonly string[]): boolean {
  let known = 0;
  let strong = 0;
  let other = 0;
  let stray = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '') break;
    // Binary formats have NULs and control characters where a header has letters.
    if (isBinary(line)) return false;
    if (line[0] === ' ' || line[0] === '\t') {
      if (index === 0) stray++;
      continue;
    }
    if (/^(?:BEGIN|END):V/i.test(line)) return false;
    if (isWellKnownField(line)) {
      known++;
      if (!WEAK.test(line)) strong++;
    } else if (NAME.test(line)) other++;
    else {
      // A line that is no field: damage at the top, or the first line of the text where the empty one is missing.
      if (known >= 2) break;
      if (++stray > 2) return false;
    }
  }
  if (known === 0) return false;
  if (stray > 0) return known >= 3 && strong >= 1;
  return (
    strong >= 1 ||
    known >= 2 ||
    (other <= 3 && (ENTITY.test(lines[0] ?? '') || /^(?:from|date|subject|to)[ \t]*:/i.test(lines[0] ?? '')))
  );
}

function isBinary(line: string): boolean {
  for (let at = 0; at < Math.min(line.length, 80); at++) {
    const code = line.charCodeAt(at);
    // ESC belongs to ISO-2022-JP, which is raw in the headers of old Japanese mail.
    if (code < 0x09 || (code > 0x0d && code < 0x20 && code !== 0x1b)) return true;
  }
  return false;
}
