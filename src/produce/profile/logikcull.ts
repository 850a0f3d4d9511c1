import { CALENDAR_COLUMNS, type Profile, SQL_SERVER_YEAR } from './profile.ts';

/** Logikcull: each time has its date in a column before it. */
export const logikcull: Profile = {
  name: 'logikcull',
  title: 'Logikcull: Concordance DAT with dates and times apart, natives, text',
  layout: 'dat',
  columns: [
    ['Beg Bates', 'controlNumber'],
    ['End Bates', 'controlNumber'],
    ['Begin Family', 'familyFirst'],
    ['End Family', 'familyLast'],
    ['Custodian', 'custodian'],
    ['File Name', 'fileNameOrNumber'],
    ['Email From', 'from'],
    ['Email To', 'to'],
    ['Email CC', 'cc'],
    ['Email BCC', 'bcc'],
    ['Email Subject', 'subject'],
    ['Email Date Sent', 'sentAt', 'date'],
    ['Email Time Sent', 'sentAt', 'time'],
    ['Email Date Received', 'receivedAt', 'date'],
    ['Email Time Received', 'receivedAt', 'time'],
    ...CALENDAR_COLUMNS,
    ['Native File Link', 'nativePath'],
    ['Text File Link', 'textPath'],
  ],
  encodings: ['utf-8-bom', 'utf-8', 'utf-16le', 'windows-1252'],
  dates: 'american',
  earliestYear: SQL_SERVER_YEAR,
  pathSeparator: '\\',
};
