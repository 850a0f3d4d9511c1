import type { Zone } from '../calendar/index.ts';
import { cellText } from './cell-text.ts';
import type { ProducedDocument } from './document.ts';
import type { Exception, Note } from './exceptions.ts';
import { type FieldContext, fieldValue } from './field.ts';
import type { Profile } from './profile/index.ts';

/** What every table of a production is written with. */
export interface RowSettings extends FieldContext {
  readonly profile: Profile;
  readonly zone: Zone;
}

/** Makes a value fit a file's syntax and encoding. */
export type Carry = (text: string, column: string, note: Note) => string;

/** The cells of a document's row, in the profile's order. */
export function rowCells(document: ProducedDocument, settings: RowSettings, carry: Carry, note: Note): string[] {
  return settings.profile.columns.map(([column, field, format]) => {
    const value = fieldValue(field, document, settings);
    return value === null ? '' : carry(cellText(value, column, format, settings, note), column, note);
  });
}

/** The exceptions of a document's row, found by writing it. */
export function rowExceptions(document: ProducedDocument, settings: RowSettings, carry: Carry): Exception[] {
  const exceptions: Exception[] = [];
  const { controlNumber, id: record } = document;
  const note: Note = (column, code, detail) => {
    exceptions.push({ controlNumber, record, column, code, detail });
  };
  if (settings.outcomes.isMissing(document.position)) {
    note('', 'NATIVE_MISSING', 'the octets could not be read from the archive, or are too many to be held');
  }
  rowCells(document, settings, carry, note);
  return exceptions;
}
