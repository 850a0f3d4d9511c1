import { decodeHeaderText } from '../encoded-word/decode.ts';
import { FieldFaults } from '../header/faults.ts';
import { trimBlanks } from '../header/unfold.ts';

/**
 * An addr-spec as RFC 8621 §4.1.2.3 wants it: without comments, without the blanks RFC 5322 §4.4 allows around its dots,
 * without a route; a quoted local part keeps its quotes. `text` is a byte string.
 */
export function cleanAddress(text: string): { readonly email: string; readonly comments: readonly string[] } {
  const comments: string[] = [];
  const kept = /[("\s]/.test(text) ? cleanSlowly(text, comments) : text;
  const route = kept.startsWith('@') ? kept.indexOf(':') : -1;
  let email = route < 0 ? kept : kept.slice(route + 1);
  let end = email.length;
  while (end > 0 && email[end - 1] === '>') end--;
  email = email.slice(0, end).replace(/^<+/, '');
  // RFC 6532: a raw address is UTF-8. Encoded words are forbidden here, and yet written.
  if (/[\x80-\xff]/.test(email) || email.includes('=?')) email = decodeHeaderText(email, new FieldFaults(), null);
  return { email: trimBlanks(email), comments };
}

function cleanSlowly(text: string, comments: string[]): string {
  const pieces: string[] = [];
  let depth = 0;
  let quoted = false;
  let comment: string[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    const target = depth > 0 ? comment : pieces;
    if (character === '\\' && (quoted || depth > 0)) {
      if (quoted) target.push(character);
      target.push(text[++at] ?? '');
    } else if (depth === 0 && character === '"') {
      quoted = !quoted;
      target.push(character);
    } else if (quoted) target.push(character);
    else if (character === '(') {
      if (depth++ > 0) comment.push(character);
    } else if (character === ')' && depth > 0) {
      if (--depth === 0) {
        comments.push(comment.join(''));
        comment = [];
      } else comment.push(character);
    } else if (depth > 0 || !/\s/.test(character)) target.push(character);
    else if (isNameBreak(text, at)) pieces.push(' ');
  }
  if (comment.length > 0) comments.push(comment.join(''));
  return trimBlanks(pieces.join(''));
}

/** A blank between two words that neither dot nor `@` parts is not RFC 5322's: it is kept, as nobody can say what it is. */
function isNameBreak(text: string, at: number): boolean {
  const before = text[at - 1] ?? '';
  if (before === '' || /[\s.@:)]/.test(before)) return false;
  let next = at;
  while (/\s/.test(text[next] ?? '')) next++;
  return !/^[.@:(]?$/.test(text[next] ?? '');
}
