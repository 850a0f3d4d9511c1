import type { ZipEntry } from '../verify/zip.ts';

/** Names that some system, reader or person stumbles over. */
export const HARD_NAMES = [
  'a<b>c:d"e/f\\g|h?i*j.pdf',
  `${'n'.repeat(296)}.txt`,
  'A.TXT',
  'a.txt',
  'invoice\u202efdp.exe',
  '😀 👩‍👩‍👧 ok.png',
  'nul\0byte.doc',
  'CON',
  'com1.tar.gz',
  '...',
  ' .hidden ',
  'trailing.',
  '%41%0d.txt',
  '../../etc/passwd',
  "=cmd|' /C calc'!A0.csv",
  'þ®\u0014.xls',
] as const;

/** Subjects as they arrive after decoding. */
export const HARD_SUBJECTS = [
  'plain þ thorn þþ at þ',
  'þ',
  'registered ® sign ®®',
  'separator \u0014 within \u0014',
  'line one\r\nline two\nline three\rend',
  "=cmd|' /C calc'!A0",
  '+1+1',
  '-2+3',
  '@SUM(1)',
  '\t=1+1',
  '＝1+1',
  '"quoted", with; signs',
  '"',
  'a\0b',
  'lone \\ud800 written out',
  '\u202ereversed',
  '\u0085next line \u2028 separator \u2029 end',
  '😀 山田 Größe',
  '\ufeffmark',
  ' blanks at both ends ',
] as const;

const encoded = (text: string): string => {
  const words: string[] = [];
  for (const part of text.match(/[\s\S]{1,10}/gu) ?? [])
    words.push(`=?utf-8?B?${Buffer.from(part).toString('base64')}?=`);
  return words.join('\r\n ');
};

const message = (...lines: readonly string[]): Buffer => Buffer.from(lines.join('\r\n'));

/** Messages whose subjects are those above. */
export const hardSubjects = (): ZipEntry[] =>
  HARD_SUBJECTS.map((subject, at) => ({
    path: `Inbox/${String(at).padStart(3, '0')}.eml`,
    bytes: message(
      `Message-ID: <subject-${at}@example.com>`,
      'Date: Tue, 03 Mar 2026 09:30:00 +0100',
      'From: a@example.com',
      `To: ${encoded(`${subject.replace(/[\r\n\0]/g, ' ')} name`)} <b@example.com>`,
      `Subject: ${encoded(subject)}`,
      '',
      `text ${at}`,
      '',
    ),
  }));

/** A message with an attachment for each of the names above, some of no octets, some the same. */
export function hardAttachments(): ZipEntry {
  const parts = HARD_NAMES.flatMap((name, at) => [
    '--b',
    'Content-Type: application/octet-stream',
    `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}`,
    'Content-Transfer-Encoding: base64',
    '',
    at % 4 === 0 ? '' : Buffer.from(`content ${at % 3}`).toString('base64'),
  ]);
  return {
    path: 'Inbox/attachments.eml',
    bytes: message(
      'Message-ID: <attachments@example.com>',
      'Date: Tue, 03 Mar 2026 10:30:00 +0100',
      'From: a@example.com',
      'Subject: names',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'see attached',
      ...parts,
      '--b--',
      '',
    ),
  };
}

/** Messages with the dates that calendars and platforms end at. */
export const HARD_DATES = [
  'Mon, 01 Jan 0001 00:00:00 +0000',
  'Fri, 31 Dec 9999 23:59:59 +0000',
  'Fri, 31 Dec 9999 23:59:59 -2359',
  'Mon, 01 Jan 1753 00:00:00 +0000',
  'Sun, 31 Dec 1752 23:59:59 +0000',
  'Thu, 01 Jan 1970 00:00:00 +0000',
  'Tue, 29 Feb 2028 12:00:60 +0000',
  'yesterday',
] as const;

export const hardDates = (): ZipEntry[] =>
  HARD_DATES.map((date, at) => ({
    path: `Dates/${at}.eml`,
    bytes: message(
      `Message-ID: <date-${at}@example.com>`,
      `Date: ${date}`,
      'From: a@example.com',
      `Subject: date ${at}`,
      '',
      'x',
      '',
    ),
  }));

/** A calendar item with attachments that stand within it: a name twice but for case, one of no octets. */
export const hardCalendar = (): ZipEntry => ({
  path: 'Calendar/attached.ics',
  bytes: message(
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//example//EN',
    'BEGIN:VEVENT',
    'UID:attached@example.com',
    'DTSTAMP:20260101T000000Z',
    'DTSTART:20260302T090000Z',
    'SUMMARY:With attachments',
    `ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.txt:${Buffer.from('one').toString('base64')}`,
    `ATTACH;FMTTYPE=application/pdf;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=A.PDF:${Buffer.from('%PDF-1').toString('base64')}`,
    'END:VEVENT',
    'BEGIN:VEVENT',
    'UID:second@example.com',
    'DTSTAMP:20260101T000000Z',
    'DTSTART:20260303T090000Z',
    'SUMMARY:Second',
    `ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=b.txt:${Buffer.from('two').toString('base64')}`,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ),
});

export const hardMailbox = (): ZipEntry[] => [...hardSubjects(), hardAttachments(), ...hardDates(), hardCalendar()];
