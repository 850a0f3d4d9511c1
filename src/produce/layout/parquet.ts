import { cellText } from '../cell-text.ts';
import type { ProducedDocument } from '../document.ts';
import { fieldValue, type Value } from '../field.ts';
import { fieldType } from '../field-types.ts';
import { clockTime } from '../moment.ts';
import type { ColumnValue } from '../parquet/column.ts';
import { writeParquet } from '../parquet/write-parquet.ts';
import type { Carry, RowSettings } from '../rows.ts';
import { documents, type ProductionRun, putFile } from '../run.ts';
import { writeFiles } from './files.ts';

const LONE = /\p{Surrogate}/gu;

/** What Parquet cannot hold of a text: half a surrogate pair. */
const wellFormed: Carry = (text, column, note) => {
  if (text.search(LONE) < 0) return text;
  note(column, 'CHARACTER_UNMAPPED', 'half of a surrogate pair: written as U+FFFD');
  return text.replace(LONE, '\ufffd');
};

/** Milliseconds since 1970; a time without a zone is written as if it were UTC, and listed. */
function milliseconds(value: Value): number | null {
  if (value.kind !== 'moment') return null;
  if (value.moment.kind === 'instant') return value.moment.seconds * 1000;
  const seconds = Date.parse(`${value.moment.local}Z`);
  return Number.isNaN(seconds) ? null : seconds;
}

function columnValues(document: ProducedDocument, settings: RowSettings): ColumnValue[] {
  const ignore = () => undefined;
  return settings.profile.columns.map(([name, field, format]) => {
    const value = fieldValue(field, document, settings);
    if (value === null) return null;
    if (value.kind === 'number') return value.number;
    if (value.kind === 'boolean') return value.value;
    if (value.kind === 'moment') return clockTime(value.moment, settings.zone) === null ? null : milliseconds(value);
    return wellFormed(cellText(value, name, format, settings, ignore), name, ignore);
  });
}

/** One row a document in `documents.parquet`, with natives and texts in volumes. */
export async function writeParquetProduction(run: ProductionRun): Promise<Carry> {
  await writeFiles(run, { natives: run.options.natives, text: run.options.text });
  const columns = run.rows.profile.columns.map(([name, field]) => ({ name, type: fieldType(field) }));
  async function* rows(): AsyncGenerator<readonly ColumnValue[]> {
    for await (const document of documents(run)) yield columnValues(document, run.rows);
  }
  await putFile(run, 'documents.parquet', () =>
    writeParquet(columns, rows(), `mailproof ${run.options.version}`.trim()),
  );
  return wellFormed;
}
