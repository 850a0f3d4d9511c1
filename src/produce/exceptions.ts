/** Why a value is not in a production as it stood, or a document not as it should be. */
export type ExceptionCode =
  | 'SIGN_RESERVED' // a sign the format keeps for itself
  | 'CHARACTER_UNMAPPED' // no such character in the encoding
  | 'DATE_OUT_OF_RANGE' // before the platform's first year: left blank
  | 'DATE_FLOATING' // no zone is known: written as the clock showed it
  | 'NAME_TOO_LONG' // a folder name above 255 signs
  | 'VALUE_LONG' // written whole, and more than a spreadsheet shows
  | 'FORMULA' // would run in a spreadsheet
  | 'NATIVE_MISSING' // the octets could not be read
  | 'NOT_SUPPORTED'; // the format cannot carry such a document

/** A row of `exceptions.csv`. */
export interface Exception {
  readonly controlNumber: string;
  readonly record: string;
  readonly column: string;
  readonly code: ExceptionCode;
  readonly detail: string;
}

export const EXCEPTION_COLUMNS = ['Control Number', 'Record', 'Column', 'Code', 'Detail'] as const;

/** Takes what is found while a row is written. */
export type Note = (column: string, code: ExceptionCode, detail: string) => void;
