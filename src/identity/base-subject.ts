/** Longer subjects are cut here: RFC 5256's rules peel from both ends, and nobody writes a thousand prefixes in good faith. */
const SUBJECT_LIMIT = 2000;
const REPLY_PREFIX = /^(?:re|fwd?) ?(?:\[[^[\]]{0,200}\])? ?:/i;
const BLOB = /^\[[^[\]]{0,200}\] ?/;
const TRAILER = /\(fwd\) ?$/i;
const FORWARD_HEADER = /^\[fwd:(.*)\]$/i;

/** The base subject of RFC 5256 §2.1: without `Re:`, `Fwd:`, `[list]`, `(fwd)`; lower case. */
export function baseSubject(subject: string): string {
  let rest = subject.slice(0, SUBJECT_LIMIT).replace(/\s+/g, ' ').trim().toLowerCase();
  for (;;) {
    const before = rest;
    rest = rest.replace(TRAILER, '').trim();
    const withoutBlob = rest.replace(BLOB, '');
    if (REPLY_PREFIX.test(rest)) rest = rest.replace(REPLY_PREFIX, '').trim();
    // A blob is peeled only where something is left, so that "[list]" alone stays a subject.
    else if (withoutBlob !== '') rest = withoutBlob;
    const forwarded = FORWARD_HEADER.exec(rest)?.[1];
    if (forwarded !== undefined) rest = forwarded.trim();
    if (rest === before) return rest;
  }
}
