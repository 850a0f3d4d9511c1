/**
 * Takes comments out of a structured field (RFC 5322 §3.2.2), leaving a space for each. Comments nest, and a backslash
 * quotes. One that is never closed takes the rest with it, as it cannot be told where it should have ended.
 */
export function withoutComments(value: string): string {
  if (!value.includes('(')) return value;
  const kept: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (code === 0x5c) at++;
    else if (code === 0x28) {
      if (depth === 0) kept.push(value.slice(start, at), ' ');
      depth++;
    } else if (code === 0x29 && depth > 0) {
      depth--;
      if (depth === 0) start = at + 1;
    }
  }
  if (depth === 0) kept.push(value.slice(start));
  return kept.join('');
}
