import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ZipEntry } from '../verify/zip.ts';

const FIXTURES = join(import.meta.dirname, '../../fixtures/messages/workmail');

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const lines = (...text: readonly string[]): Buffer => Buffer.from(text.join('\r\n'));

/** What load files stumble over: their own signs, formulas, scripts, dates before Gregory, names no system can hold. */
const HOSTILE = lines(
  'Message-ID: <hostile@example.com>',
  'Date: Mon, 06 Jul 1750 10:00:00 +0000',
  `From: "Doe; John \\"JD\\"" <john@example.com>`,
  'To: =?utf-8?B?5bGx55Sw?= <yamada@example.jp>, b@example.com',
  `Subject: =?utf-8?B?${base64('=HYPERLINK("x") þorn ® registered \u0014 山')}?=`,
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="=_h"',
  '',
  '--=_h',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'From here on the body goes on.',
  '>From here too.',
  '',
  '--=_h',
  'Content-Type: text/csv; charset=utf-8; name="a;b/c:CON.csv"',
  'Content-Disposition: attachment; filename="a;b/c:CON.csv"',
  '',
  'one,two',
  '--=_h',
  'Content-Type: application/pdf; name="A.PDF"',
  'Content-Disposition: attachment; filename="A.PDF"',
  'Content-Transfer-Encoding: base64',
  '',
  base64('%PDF-1.4 first'),
  '--=_h',
  'Content-Type: application/pdf; name="a.pdf"',
  'Content-Disposition: attachment; filename="a.pdf"',
  'Content-Transfer-Encoding: base64',
  '',
  base64('%PDF-1.4 second'),
  '--=_h--',
  '',
);

const PLAIN = lines(
  'Message-ID: <copy@example.com>',
  'Date: Tue, 03 Mar 2026 09:30:00 +0100',
  'From: a@example.com',
  'To: b@example.com',
  'Subject: The same twice',
  '',
  'One text for two folders.',
  '',
);

/** A calendar file of two components that share its octets. */
const SERIES = lines(
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//example//EN',
  'BEGIN:VEVENT',
  'UID:series@example.com',
  'DTSTAMP:20260101T000000Z',
  'DTSTART;TZID=Europe/Berlin:20260302T090000',
  'DTEND;TZID=Europe/Berlin:20260302T100000',
  'RRULE:FREQ=WEEKLY;COUNT=4',
  'SUMMARY:Weekly; with signs',
  'ORGANIZER;CN=Anna:mailto:anna@example.com',
  'ATTENDEE;CN=Bob;ROLE=OPT-PARTICIPANT:mailto:bob@example.com',
  'LOCATION:Room 1',
  'END:VEVENT',
  'BEGIN:VEVENT',
  'UID:series@example.com',
  'DTSTAMP:20260101T000000Z',
  'RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000',
  'DTSTART:20260309T110000',
  'DTEND:20260309T120000',
  'SUMMARY:Moved, floating',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
);

/** The mailbox every golden production is made of: the fixtures, and what load files stumble over. */
export function goldenMailbox(): ZipEntry[] {
  const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:eml|ics)$/.test(name))
    .map((name) => relative(FIXTURES, join(FIXTURES, name)))
    .sort();
  return [
    { path: 'Inbox/', bytes: Buffer.alloc(0) },
    ...files.map((path) => ({ path, bytes: readFileSync(join(FIXTURES, path)) })),
    { path: 'Inbox/hostile.eml', bytes: HOSTILE },
    { path: 'Inbox/copy.eml', bytes: PLAIN },
    { path: 'inbox/copy.eml', bytes: PLAIN },
    { path: 'Projekte/Größe 100%/copy.eml', bytes: PLAIN },
    { path: 'Calendar/series.ics', bytes: SERIES },
    { path: 'Other/data.bin', bytes: Buffer.from([0, 1, 2, 3, 255]) },
  ];
}
