import type { Note } from './exceptions.ts';

/**
 * Control characters but tab and line ends. U+0014 separates the columns of a DAT, U+001A ends a file to whoever reads it as DOS
 * did, U+001B talks to terminals, and readers written in C stop at U+0000.
 */
const CONTROLS = /(?![\t\n\r\u0080-\u009f])\p{Cc}/gu;
/** At most so many different ones are named in one note. */
const NAMED = 8;

/** Text as a table can hold it; what is left out is noted. */
export function withoutControls(text: string, column: string, note: Note): string {
  const found = new Set(text.match(CONTROLS));
  if (found.size === 0) return text;
  const names = [...found].slice(0, NAMED).map(nameOf);
  note(column, 'SIGN_RESERVED', `${names.join(' ')}${found.size > NAMED ? ' and others' : ''}: left out`);
  return text.replace(CONTROLS, '');
}

const nameOf = (sign: string): string => `U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Whether text has signs that `withoutControls` would leave out. */
export const hasControls = (text: string): boolean => text.search(CONTROLS) >= 0;
