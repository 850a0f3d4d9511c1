import type { ColumnType, ColumnValue } from '../parquet/column.ts';
import { ParquetFault, ParquetReader } from '../parquet/read-parquet.ts';
import type { LoadFileInput } from './load-file.ts';
import { isLoadFile, rolesOf } from './roles.ts';
import { RowChecks } from './row-checks.ts';

/** A value as a load file would have it. */
function cellOf(value: ColumnValue, type: ColumnType): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (type !== 'moment') return String(value);
  const date = new Date(Number(value));
  // What no date can be stays a number, which no date is.
  return Number.isNaN(date.getTime()) ? String(value) : date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Checks the rows of a Parquet file of ours as those of a load file; gives their number. */
export async function lintParquet(input: LoadFileInput): Promise<number> {
  const { source, path, faults, signal } = input;
  let rows = 0;
  try {
    const reader = await ParquetReader.open(source, signal);
    const { columns } = reader;
    const names = columns.map(({ name }) => name);
    if (!isLoadFile(names)) faults.add('lint-columns', `${path} has no column that numbers its documents.`);
    const checks = new RowChecks({ ...input, names, roles: rolesOf(names), platform: false });
    for await (const group of reader.groups(signal)) {
      for (const row of group) {
        rows++;
        await checks.row(
          rows,
          row.map((value, at) => cellOf(value, columns[at]?.type ?? 'text')),
        );
      }
    }
    checks.finish();
    if (rows !== reader.rows) {
      const more = { expected: String(reader.rows), found: String(rows) };
      faults.add('lint-columns', `${path} has not as many rows as its footer says.`, 'error', more);
    }
  } catch (error) {
    if (!(error instanceof ParquetFault)) throw error;
    faults.add('lint-columns', `${path}: ${error.message}.`);
  }
  return rows;
}
