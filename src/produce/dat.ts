import { withoutControls } from './control-signs.ts';
import type { Note } from './exceptions.ts';

/** Concordance's signs: between columns, around values, and for a line end within one. */
export const DAT = { separator: '\u0014', qualifier: '\u00fe', newline: '\u00ae' } as const;

/**
 * A value as a Concordance DAT can hold it: line ends as ®, a ® of the data as `(R)` (it would become a line end on import),
 * þ doubled by `datLine`. Control characters are left out. Whatever is replaced is noted.
 */
export function datValue(text: string, column: string, note: Note): string {
  let value = text;
  if (value.includes(DAT.newline)) {
    note(column, 'SIGN_RESERVED', '"®" is a line end: written as "(R)"');
    value = value.replaceAll(DAT.newline, '(R)');
  }
  return withoutControls(value, column, note).replace(/\r\n|\r|\n/g, DAT.newline);
}

/** A record of a DAT. It ends at CR LF only: an LF-only DAT is one endless record to Relativity. */
export const datLine = (values: readonly string[]): string =>
  `${values
    .map((value) => DAT.qualifier + value.replaceAll(DAT.qualifier, DAT.qualifier + DAT.qualifier) + DAT.qualifier)
    .join(DAT.separator)}\r\n`;
