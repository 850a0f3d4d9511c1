import { withoutControls } from './control-signs.ts';
import type { Note } from './exceptions.ts';

/**
 * What a spreadsheet takes for a formula: mail is written by strangers, and a subject such as `=HYPERLINK(…)` runs in the
 * reviewer's hands (OWASP, CSV injection). Full-width forms count, since some programs fold them.
 */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/;
/** A number is what a spreadsheet should read. */
const NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/** Signs of one cell that Excel keeps (its specifications and limits): the rest it drops, or takes for another row. */
const SPREADSHEET_CELL = 32_767;

/** A value as a CSV can hold it for a spreadsheet; what is changed is noted. */
export function csvValue(text: string, column: string, note: Note): string {
  const value = withoutControls(text, column, note);
  if (value.length > SPREADSHEET_CELL) {
    note(column, 'VALUE_LONG', `${value.length} signs, all written: a spreadsheet shows ${SPREADSHEET_CELL} of a cell`);
  }
  if (!FORMULA.test(value) || NUMBER.test(value)) return value;
  note(column, 'FORMULA', 'would run in a spreadsheet: an apostrophe stands before it');
  return `'${value}`;
}

/** A cell by RFC 4180. */
const cell = (value: string): string =>
  /[",\r\n]/.test(value) || /^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/** A record by RFC 4180, line end included. */
export const csvLine = (values: readonly string[]): string => `${values.map(cell).join(',')}\r\n`;

/** The same with every cell in quotes, as Mailbag asks. */
export const quotedLine = (values: readonly string[]): string =>
  `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\r\n`;
