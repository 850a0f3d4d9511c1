import { cellText } from '../cell-text.ts';
import type { ProducedDocument } from '../document.ts';
import type { FamilyFile } from '../family-file.ts';
import { fieldValue, type Value } from '../field.ts';
import { fieldType } from '../field-types.ts';
import { clockTime } from '../moment.ts';
import type { ColumnValue } from '../parquet/column.ts';
import { ParquetWriter } from '../parquet/parquet-writer.ts';
import type { Carry, RowSettings } from '../rows.ts';
import type { ProductionRun } from '../run.ts';
import { exceptionsBy, sidecars } from '../sidecars.ts';
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
    if (value.kind === 'moment') {
      const year = clockTime(value.moment, settings.zone)?.year ?? 0;
      // Left blank as in every other profile: `exceptions.csv` says so.
      return year < settings.profile.earliestYear || year > 9999 ? null : milliseconds(value);
    }
    return wellFormed(cellText(value, name, format, settings, ignore), name, ignore);
  });
}

/** One row a document in `documents.parquet`, with natives and texts in volumes. */
export async function writeParquetProduction(run: ProductionRun): Promise<void> {
  const { natives, text, version } = run.options;
  const columns = run.rows.profile.columns.map(([name, field]) => ({ name, type: fieldType(field) }));
  const table: FamilyFile = {
    path: 'documents.parquet',
    begin() {
      const writer = new ParquetWriter(columns, `mailproof ${version}`.trim());
      return {
        head: () => writer.head(),
        *take({ documents }) {
          for (const document of documents) yield* writer.row(columnValues(document, run.rows));
        },
        end: () => writer.end(),
      };
    },
  };
  await writeFiles(run, { natives, text }, { files: [table, ...sidecars(run, exceptionsBy(run, wellFormed))] });
}
