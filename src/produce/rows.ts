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

/** For a format that carries everything. */
export const identityCarry: Carry = (text) => text;

/** A document's row, in the profile's order, and what it could not carry. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly exceptions: readonly Exception[];
}

/** Makes a document's row. */
export function tableRow(document: ProducedDocument, settings: RowSettings, carry: Carry): TableRow {
  const exceptions: Exception[] = [];
  const { controlNumber, id: record } = document;
  const note: Note = (column, code, detail) => {
    exceptions.push({ controlNumber, record, column, code, detail });
  };
  if (settings.outcomes.isMissing(document.position)) {
    note('', 'NATIVE_MISSING', 'the octets could not be read from the archive, or are too many to be held');
  }
  const cells = settings.profile.columns.map(([column, field, format]) => {
    const value = fieldValue(field, document, settings);
    return value === null ? '' : carry(cellText(value, column, format, settings, note), column, note);
  });
  return { cells, exceptions };
}

/** The exceptions of a document's row, found by making it. */
export const rowExceptions = (document: ProducedDocument, settings: RowSettings, carry: Carry): readonly Exception[] =>
  tableRow(document, settings, carry).exceptions;
