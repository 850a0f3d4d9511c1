import { trimBlanks, unfold } from './unfold.ts';

/**
 * The MessageIds form of a field (RFC 8621 §4.1.2.5): the ids in order, without their angle brackets and without folds;
 * null where there is none. Words between ids (old In-Reply-To) and comments are passed over. An id that was written
 * without brackets is taken where it can be one: it is alone, or holds an `@`.
 */
export function readMessageIds(value: string): string[] | null {
  const text = unfold(value);
  const ids: string[] = [];
  const lastParenthesis = text.lastIndexOf(')');
  const bare: string[] = [];
  let remarked: string | null = null;
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('<', at);
    for (const word of bareIds(text.slice(at, open < 0 ? text.length : open))) bare.push(word);
    if (open < 0) break;
    if (open < lastParenthesis && opensComment(text, at, open)) {
      // An id within a comment is another message's; only where there is none outside (`(<a@b>)`) it is what is meant.
      const end = text.indexOf(')', open);
      remarked ??= /<([^<>]+)>/.exec(text.slice(open, end))?.[1] ?? null;
      at = end + 1;
      continue;
    }
    let start = open + 1;
    while (text[start] === '<') start++;
    const close = text.indexOf('>', start);
    const stop = close < 0 ? text.length : close;
    // `<a@b <c@d>`: the first bracket was never closed.
    const again = text.slice(start, stop).lastIndexOf('<');
    const id = trimBlanks(text.slice(again < 0 ? start : start + again + 1, stop));
    if (id !== '') ids.push(id);
    at = close < 0 ? text.length : close + 1;
  }
  if (ids.length > 0) return ids;
  if (remarked !== null) return [trimBlanks(remarked)];
  const plausible = bare.length === 1 ? bare : bare.filter((word) => word.includes('@'));
  return plausible.length === 0 ? null : plausible;
}

/** Whether a parenthesis is open at `end` that was opened from `start` on. */
function opensComment(text: string, start: number, end: number): boolean {
  let depth = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x28) depth++;
    else if (code === 0x29 && depth > 0) depth--;
  }
  return depth > 0;
}

function bareIds(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '' && !word.startsWith('(') && word !== '>');
}
