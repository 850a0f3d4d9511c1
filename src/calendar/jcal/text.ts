/** Undoes RFC 5545 §3.3.11's escapes. A backslash before anything else stands for itself. */
export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\\;,nN])/g, (_, escaped: string) => (escaped === 'n' || escaped === 'N' ? '\n' : escaped));
}

/** Splits at a separator that no backslash escapes. Linear; the pieces keep their escapes. */
export function splitEscaped(text: string, separator: string): string[] {
  if (!text.includes(separator)) return [text];
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === separator) {
      pieces.push(text.slice(from, at));
      from = at + 1;
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}
