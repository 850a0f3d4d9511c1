/** RFC 5322 §2.2.3: a line break before a blank goes, the blank stays. Any that is left is no fold and becomes a space. */
export function unfold(raw: string): string {
  if (!raw.includes('\n') && !raw.includes('\r')) return raw;
  // Nearly every fold is one of these two, and a plain replacement costs a third of one by pattern.
  const plain = raw.replaceAll('\r\n ', ' ').replaceAll('\r\n\t', '\t');
  if (!plain.includes('\n') && !plain.includes('\r')) return plain;
  // The blank is matched, not looked ahead for: a run of a million CRs would be walked once for each.
  return raw.replace(/[\r\n]+[ \t]?/g, (fold) => (/[ \t]$/.test(fold) ? fold.slice(-1) : ' '));
}

/** Takes blanks off both ends: SP, TAB, CR, LF, and nothing else that Unicode calls white. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlankCode(text.charCodeAt(start))) start++;
  while (end > start && isBlankCode(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;
}

/** A JavaScript string as the byte string the header readers work on: one character per UTF-8 octet. */
export function toByteString(value: string): string {
  for (let at = 0; at < value.length; at++) {
    if (value.charCodeAt(at) > 0x7f) return Buffer.from(value, 'utf8').toString('latin1');
  }
  return value;
}
