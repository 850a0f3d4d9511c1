import { codePointName, isDeceiving } from '../report/visible.ts';

/**
 * A line for a terminal. Names of entries and folders are somebody else's text: an escape sequence in one would rewrite what
 * stands above it, a line feed would write a verdict of its own. Such characters are named where they stand.
 */
export function shown(text: string): string {
  let line = '';
  for (const character of text) line += isDeceiving(character) ? `<${codePointName(character)}>` : character;
  return line;
}
