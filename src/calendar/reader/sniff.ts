/** Octets that may stand before `BEGIN:VCALENDAR`: white space, and the marks of UTF-8 and UTF-16. */
const BEFORE = new Set([0x20, 0x09, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xff, 0xfe]);
/** What a calendar begins with; clients also save a component without its VCALENDAR. */
const WORDS = ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'BEGIN:VTODO', 'BEGIN:VJOURNAL', 'BEGIN:VFREEBUSY'];
/** Octets looked at before giving up: enough for a mark and some blank lines. */
const REACH = 4096;

/**
 * Whether octets begin as a calendar does: `BEGIN:VCALENDAR`, or an item's own beginning, in any case after a byte order
 * mark and blank lines, in an encoding that extends ASCII or in UTF-16. Looks at the first 4 KiB at most.
 */
export function looksLikeCalendar(prefix: Uint8Array): boolean {
  let word = '';
  for (let at = 0; at < Math.min(prefix.length, REACH); at++) {
    const octet = prefix[at] ?? 0;
    // NUL: every second octet of UTF-16.
    if (octet === 0) continue;
    // `BEGIN: VCALENDAR` and `BEGIN :VCALENDAR` are seen in the wild.
    if (octet === 0x20 && (word.length === 5 || word.length === 6)) continue;
    const longer = word + String.fromCharCode(octet).toUpperCase();
    if (WORDS.includes(longer)) return true;
    if (WORDS.some((each) => each.startsWith(longer))) word = longer;
    else if (word !== '' || !BEFORE.has(octet)) return false;
  }
  return false;
}
