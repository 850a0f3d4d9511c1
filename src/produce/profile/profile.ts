import type { FieldName } from '../field.ts';
import type { DateStyle } from '../moment.ts';
import type { TableEncoding } from '../options.ts';

/** Which half of a moment a column carries; all else is written as its value is. */
export type ColumnFormat = 'date' | 'time' | 'comma-list' | 'upper';

/** A column: the name the platform reads, the field it takes, and how it is written where that is not plain. */
export type Column = readonly [name: string, field: FieldName, format?: ColumnFormat];

/** What kind of thing a production is. */
export type Layout = 'dat' | 'csv' | 'parquet' | 'edrm-xml' | 'nuix' | 'mailbag' | 'mbox' | 'eml';

/** How a platform wants a production. Adding one is adding a file with one of these. */
export interface Profile {
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  readonly layout: Layout;
  readonly columns: readonly Column[];
  /** The first is the default. */
  readonly encodings: readonly TableEncoding[];
  readonly dates: DateStyle;
  /** Years before it are errors there: left blank, and listed. */
  readonly earliestYear: number;
  /** Signs a column's name may have, where the platform is strict. */
  readonly columnNames?: RegExp;
  /** Separator of folders and of paths to files. */
  readonly pathSeparator: '\\' | '/';
}

/** Columns of calendar items for profiles that have none of their own. */
export const CALENDAR_COLUMNS: readonly Column[] = [
  ['APPT_START_DATE', 'meetingStart', 'date'],
  ['APPT_START_TIME', 'meetingStart', 'time'],
  ['APPT_END_DATE', 'meetingEnd', 'date'],
  ['APPT_END_TIME', 'meetingEnd', 'time'],
  ['APPT_ALL_DAY', 'meetingAllDay'],
  ['APPT_LOCATION', 'meetingLocation'],
  ['APPT_ORGANIZER', 'meetingOrganizer'],
  ['APPT_REQUIRED', 'meetingRequired'],
  ['APPT_OPTIONAL', 'meetingOptional'],
  ['APPT_STATUS', 'meetingStatus'],
  ['APPT_METHOD', 'meetingMethod'],
  ['APPT_UID', 'meetingUid'],
  ['APPT_RECURRENCE_ID', 'meetingRecurrenceId'],
  ['APPT_RRULE', 'meetingRule'],
  ['APPT_SEQUENCE', 'meetingSequence'],
  ['APPT_TZID', 'meetingZone'],
];

/** Relativity refuses dates before the Gregorian calendar reached Britain (SQL Server's `datetime`). */
export const SQL_SERVER_YEAR = 1753;
