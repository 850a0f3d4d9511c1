import type { Zone } from '../calendar/index.ts';
import type { Note } from './exceptions.ts';
import type { Value } from './field.ts';
import { clockTime, dateText, dateTimeText, type Moment, timeText } from './moment.ts';
import type { ColumnFormat, Profile } from './profile/index.ts';

/** Longest folder name a load file may carry, in UTF-16 units as SQL Server counts. */
const FOLDER_NAME_LENGTH = 255;

export interface TextSettings {
  readonly profile: Pick<Profile, 'dates' | 'earliestYear' | 'pathSeparator'>;
  readonly zone: Zone;
}

/** Writes a value as the text of a cell, before the file's own quoting. What cannot be carried is replaced and noted. */
export function cellText(
  value: Value,
  column: string,
  format: ColumnFormat | undefined,
  settings: TextSettings,
  note: Note,
): string {
  switch (value.kind) {
    case 'text':
      return format === 'upper' ? value.text.toUpperCase() : value.text;
    case 'long':
      return value.text;
    case 'number':
      return String(value.number);
    case 'boolean':
      return value.value ? 'Yes' : 'No';
    case 'list':
      return format === 'comma-list' ? joined(value.list, ',', column, note) : joined(value.list, ';', column, note);
    case 'moment':
      return momentText(value.moment, column, format, settings, note);
    case 'path':
      return value.path.replaceAll('/', settings.profile.pathSeparator);
    case 'folders':
      return joined(
        value.folders.map((names) => folderText(names, column, settings, note)),
        ';',
        column,
        note,
      );
  }
}

/** A separator within a value would make two of it. */
function joined(list: readonly string[], separator: ';' | ',', column: string, note: Note): string {
  const other = separator === ';' ? ',' : ';';
  const safe = list.map((text) => {
    if (!text.includes(separator)) return text;
    note(column, 'SIGN_RESERVED', `"${separator}" separates values: written as "${other}"`);
    return text.replaceAll(separator, other);
  });
  return safe.join(separator === ';' ? '; ' : ', ');
}

function folderText(names: readonly string[], column: string, settings: TextSettings, note: Note): string {
  const { pathSeparator } = settings.profile;
  return names
    .map((name) => {
      let safe = name;
      if (safe.includes(pathSeparator)) {
        note(column, 'SIGN_RESERVED', `"${pathSeparator}" separates folders: written as "_"`);
        safe = safe.replaceAll(pathSeparator, '_');
      }
      if (safe.length <= FOLDER_NAME_LENGTH) return safe;
      note(column, 'NAME_TOO_LONG', `a folder name of ${safe.length} signs is cut to ${FOLDER_NAME_LENGTH}`);
      return safe.slice(0, FOLDER_NAME_LENGTH).replace(/[\ud800-\udbff]$/, '');
    })
    .join(pathSeparator);
}

function momentText(
  moment: Moment,
  column: string,
  format: ColumnFormat | undefined,
  { profile, zone }: TextSettings,
  note: Note,
): string {
  const time = clockTime(moment, zone);
  if (time === null || time.year < profile.earliestYear || time.year > 9999) {
    // The time half of a date that is left out would stand alone.
    if (format !== 'time')
      note(column, 'DATE_OUT_OF_RANGE', `the year ${time?.year ?? '?'} cannot be written: left blank`);
    return '';
  }
  if (moment.kind === 'local' && !moment.local.endsWith('T00:00:00') && format !== 'date') {
    note(column, 'DATE_FLOATING', `${moment.local} has no zone: written as it stands`);
  }
  if (format === 'date') return dateText(time, profile.dates);
  if (format === 'time') return timeText(time, profile.dates);
  return dateTimeText(time, profile.dates);
}
