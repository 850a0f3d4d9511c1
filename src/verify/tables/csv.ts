/** A cell: numbers are written as they are, null as nothing. */
export type Cell = string | number | boolean | null;
export type Row = readonly Cell[];

/**
 * What a spreadsheet would take for a formula: mail is written by strangers, and a subject such as `=HYPERLINK(…)` runs in
 * the reviewer's hands (OWASP, CSV injection). Full-width forms count, since some programs fold them, and so do controls and
 * characters that show as nothing before it, since some programs drop them.
 */
const FORMULA = /^[\s\p{Cc}\p{Cf}]*[=+\-@\t\r\n＝＋－＠]/u;

/** One cell by RFC 4180. A text that could be a formula is preceded by an apostrophe; numbers are ours and are not. */
export function csvCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) || /^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One record by RFC 4180, line end included. */
export const csvLine = (row: Row): string => `${row.map(csvCell).join(',')}\r\n`;

/** A table as CSV, in pieces of some rows. */
export async function* csvLines(
  columns: readonly string[],
  rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const batch of rows) if (batch.length > 0) yield batch.map(csvLine).join('');
}

/** A table as JSON lines: an object a row, keys being the columns. */
export async function* jsonLines(
  columns: readonly string[],
  rows: AsyncIterable<readonly Row[]> | Iterable<readonly Row[]>,
): AsyncGenerator<string> {
  for await (const batch of rows) {
    const lines = batch.map((row) => {
      const fields = columns.map((column, at) => [column, row[at] ?? null] as const);
      return `${JSON.stringify(Object.fromEntries(fields))}\n`;
    });
    if (lines.length > 0) yield lines.join('');
  }
}
