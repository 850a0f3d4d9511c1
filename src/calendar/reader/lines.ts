/** A vCalendar 1.0 value in quoted-printable goes on where a line ends with `=`, without a fold. */
const QUOTED_PRINTABLE = /^[^:]{0,200}[;=]quoted-printable[;:]/i;
/** vCalendar 1.0 also writes base64 in lines of their own, without a fold, up to an empty line. */
const BASE64 = /^[^:]{0,200}[;=](?:base64|b)[;:]/i;
const BASE64_LINE = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * The content lines of a calendar's text, unfolded (RFC 5545 §3.1). Lines end with CRLF, LF, CRCRLF, or, where the text
 * has no LF at all, CR. Empty lines are left out. Linear in the text, however often a line is folded.
 */
export function* contentLines(text: string): Generator<string> {
  const breaker = text.includes('\n') ? '\n' : '\r';
  let pieces: string[] = [];
  let soft = false;
  let from = 0;
  while (from < text.length) {
    const at = text.indexOf(breaker, from);
    let end = at === -1 ? text.length : at;
    const next = at === -1 ? text.length : at + 1;
    while (end > from && text.charCodeAt(end - 1) === 13) end--;
    if (end === from && !soft) {
      // An empty line ends nothing: files whose line ends were doubled fold across them.
      from = next;
      continue;
    }
    const first = text.charCodeAt(from);
    const blank = pieces.length > 0 && (first === 32 || first === 9);
    const bare = !blank && !soft && BASE64_LINE.test(text.slice(from, end)) && BASE64.test(pieces[0] ?? '');
    const folded = blank || bare;
    if (!folded && !soft && pieces.length > 0) {
      yield pieces.length === 1 ? (pieces[0] ?? '') : pieces.join('');
      pieces = [];
    }
    const piece = text.slice(blank && !soft ? from + 1 : from, end);
    soft = piece.endsWith('=') && (soft || QUOTED_PRINTABLE.test(pieces[0] ?? piece));
    if (piece !== '') pieces.push(soft ? piece.slice(0, -1) : piece);
    from = next;
  }
  if (pieces.length > 0) yield pieces.join('');
}
