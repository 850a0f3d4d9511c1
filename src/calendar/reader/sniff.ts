/** Octets that may stand before `BEGIN:VCALENDAR`: white space, and the marks of UTF-8 and UTF-16. */
const BEFORE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xff, 0xfe]);
const WORD = 'BEGIN:VCALENDAR';
/** Octets looked at before giving up: enough for a mark and some blank lines. */
const REACH = 4096;

/**
 * Whether octets begin as a calendar does: `BEGIN:VCALENDAR` in any case after a byte order mark and blank lines, in an
 * encoding that extends ASCII or in UTF-16. Looks at the first 4 KiB at most.
 */
export function looksLikeCalendar(prefix: Uint8Array): boolean {
  let letter = 0;
  for (let at = 0; at < Math.min(prefix.length, REACH); at++) {
    const octet = prefix[at] ?? 0;
    // NUL: every second octet of UTF-16.
    if (octet === 0) continue;
    const wanted = WORD.charCodeAt(letter);
    const upper = octet >= 0x61 && octet <= 0x7a ? octet - 0x20 : octet;
    if (upper === wanted) letter++;
    // `BEGIN: VCALENDAR` and `BEGIN :VCALENDAR` are seen in the wild.
    else if (octet === 0x20 && (letter === 5 || letter === 6)) continue;
    else if (letter > 0 || !BEFORE.has(octet)) return false;
    if (letter === WORD.length) return true;
  }
  return false;
}
