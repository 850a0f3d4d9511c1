import type { ZipEntry } from '../verify/zip.ts';

type Headers = Readonly<Record<string, string>>;

const lines = (...list: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(list.flatMap((line) => [typeof line === 'string' ? Buffer.from(line) : line, Buffer.from('\r\n')]));
/** Text as encoded words, so that any character can be in a header. */
const word = (text: string): string =>
  (text.match(/[\s\S]{1,10}/gu) ?? [])
    .map((part) => `=?utf-8?B?${Buffer.from(part).toString('base64')}?=`)
    .join('\r\n ');
const headers = (given: Headers): string[] => Object.entries(given).map(([name, value]) => `${name}: ${value}`);

const mail = (path: string, given: Headers, body = 'text'): ZipEntry => ({
  path,
  bytes: lines(...headers({ From: 'a@example.com', Date: 'Tue, 03 Mar 2026 09:30:00 +0100', ...given }), '', body),
});

const invitation = (): ZipEntry =>
  calendar('', ...event('in-mail@x', 'DTSTART:20260302T090000Z', attach('in.txt', 'in')));

interface Part {
  readonly type: string;
  readonly name?: string;
  readonly octets: Buffer;
}
/** A message of parts; a message within it is not encoded, as RFC 2046 has it. */
function mixed(given: Headers, parts: readonly Part[], boundary: string): Buffer {
  const all = parts.flatMap(({ type, name, octets }) => [
    `--${boundary}`,
    `Content-Type: ${type}`,
    ...(name === undefined ? [] : [`Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(name)}`]),
    ...(type.startsWith('message/') ? [''] : ['Content-Transfer-Encoding: base64', '']),
    type.startsWith('message/') ? octets : octets.toString('base64').replace(/.{76}/g, '$&\r\n'),
  ]);
  const own = { From: 'a@example.com', Date: 'Tue, 03 Mar 2026 09:30:00 +0100', 'MIME-Version': '1.0', ...given };
  return lines(
    ...headers({ ...own, 'Content-Type': `multipart/mixed; boundary=${boundary}` }),
    '',
    ...all,
    `--${boundary}--`,
  );
}

const text = (name: string, content: string): Part => ({ type: 'text/plain', name, octets: Buffer.from(content) });

/** Messages three deep, at every depth two attachments of one name. */
function nested(depth: number): Buffer {
  const twins = [text('same.txt', `one ${depth}`), text('same.txt', `other ${depth}`)];
  const inner = depth === 0 ? [] : [{ type: 'message/rfc822', name: 'inner.eml', octets: nested(depth - 1) }];
  const given = { Subject: `depth ${depth}`, 'Message-ID': `<depth-${depth}@example.com>` };
  return mixed(given, [...twins, ...inner], `b${depth}`);
}

export const LONG_NAME = `${'long name '.repeat(30)}end`;
export const CONTROLS =
  'bell \u0007 tab \t tabulation \u000b feed \u000c end \u001a escape \u001b[31m record \u001e delete \u007f';
export const WITHOUT_CONTROLS = 'bell  tab \t tabulation  feed  end  escape [31m record  delete ';
export const HOSTILE_SUBJECTS = [
  'a\r\nBcc: victim@example.com',
  'þ®þ\u0014þ',
  CONTROLS,
  'not \ufffe characters \uffff here \u{10ffff}',
  '\ufeff',
  '\u202eright to left\u202c \u200fmark',
  '👩‍👩‍👧‍👦'.repeat(200),
  '"; DROP TABLE documents; --',
  '=HYPERLINK("http://example.com","x")',
  ']]></Subject><x>&amp;',
  'x'.repeat(40_000),
] as const;
export const HOSTILE_DATES = [
  'Thu, 31 Dec 1969 23:59:59 +0000',
  'Fri, 13 Dec 1901 20:45:51 +0000',
  'Sat, 1 Jan 0000 00:00:00 +0000',
  'Sat, 1 Jan 10000 00:00:00 +0000',
  'Fri, 31 Dec 9999 23:59:59 -1200',
  'Mon, 32 Jan 2026 25:61:61 +9999',
  '',
] as const;
const FOLDERS = [
  'CON',
  'trailing.',
  'blank ',
  'INBOX',
  'Inbox',
  'e\u0301',
  '\u00e9',
  '\u202egnp.exe',
  'þ®',
  '=1+1',
  'a;b,c',
  '😀',
  'x'.repeat(250),
  Array.from({ length: 60 }, (_, at) => `level ${at}`).join('/'),
] as const;

const recipients = Array.from({ length: 900 }, (_, at) => `${word(`Zoë; "þ" ${at}`)} <person${at}@example.com>`);

const calendar = (path: string, ...content: readonly string[]): ZipEntry => ({
  path,
  bytes: lines('BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//EN', ...content, 'END:VCALENDAR'),
});
const attach = (name: string, content: string): string =>
  `ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;FILENAME="${name}":${Buffer.from(content).toString('base64')}`;
const event = (uid: string, ...more: readonly string[]): string[] => [
  'BEGIN:VEVENT',
  `UID:${uid}`,
  'DTSTAMP:20260101T000000Z',
  ...more,
  'END:VEVENT',
];

/** A mailbox that somebody made to break the loaders of review platforms. */
export const hostileMailbox = (): ZipEntry[] => [
  ...HOSTILE_SUBJECTS.map((subject, at) =>
    mail(`Subjects/${at}.eml`, { Subject: word(subject), 'Message-ID': `<s${at}@x>` }),
  ),
  ...HOSTILE_DATES.map((date, at) => mail(`Dates/${at}.eml`, { Date: date, 'Message-ID': `<d${at}@x>` })),
  ...FOLDERS.map((folder, at) => mail(`${folder}/m.eml`, { Subject: `folder ${at}`, 'Message-ID': `<f${at}@x>` })),
  mail('Headers/recipients.eml', { To: recipients.join(',\r\n '), Cc: 'undisclosed-recipients:;' }),
  mail('Headers/bare.eml', { From: '', 'Message-ID': '', Subject: '' }, ''),
  mail('Headers/long-id.eml', { 'Message-ID': `<${'i'.repeat(5000)}@x>`, References: '<a b> <c;d> <þ>' }),
  mail('Headers/names.eml', { From: `${word('=cmd|x; "þ®"\r\n')} <=a@example.com>`, To: '@,;<>' }),
  { path: 'Headers/nothing.eml', bytes: Buffer.from('\r\n\r\n') },
  {
    path: 'Headers/octets.eml',
    bytes: lines('From: \xff\xfe\x00@x', Buffer.from([0x53, 0x3a, 0x20, 0xfe, 0x14, 0xae, 0]), '', 'x'),
  },
  { path: 'Nested/three.eml', bytes: nested(3) },
  {
    path: 'Nested/attachments.eml',
    bytes: mixed(
      { Subject: 'attachments', 'Message-ID': '<attachments@x>' },
      [
        text('attachments.csv', 'a,b'),
        text('ATTACHMENTS.CSV', 'a,b'),
        text(`${LONG_NAME}.txt`, 'long'),
        text('.', 'dot'),
        text('', 'no name'),
        text('aux', 'reserved'),
        text('two\r\nlines;and þ®\u0014.txt', 'lines'),
        text('tail.exe . ', 'tail'),
        { type: 'application/octet-stream', name: 'empty.bin', octets: Buffer.alloc(0) },
        { type: 'application/octet-stream', name: 'large.bin', octets: Buffer.alloc(300_000, 'large') },
        { type: 'text/plain; charset=utf-16le', name: 'wide.txt', octets: Buffer.from('\ufeffwide þ', 'utf16le') },
        { type: 'text/html', name: 'page.html', octets: Buffer.from('<p>html &amp; text</p>') },
        { type: 'text/plain; charset=nonsense', name: 'odd.txt', octets: Buffer.from([0xff, 0, 0x80]) },
        {
          type: 'text/calendar; method=REQUEST',
          name: 'invite.ics',
          octets: Buffer.from(invitation().bytes),
        },
      ],
      'att',
    ),
  },
  calendar(
    'Calendar/attached.ics',
    ...event('a@x', 'DTSTART:20260302T090000Z', 'SUMMARY:þ®;\\n\\, =1', attach('a.txt', 'a'), attach('a.txt', 'b')),
  ),
  calendar('Calendar/early.ics', ...event('b@x', 'DTSTART;VALUE=DATE:17000101', 'SUMMARY:before Britain')),
  calendar(
    'Calendar/floating.ics',
    ...event('c@x', 'DTSTART:20260302T090000', 'DTEND:20260302T100000', 'RRULE:FREQ=DAILY;COUNT=3;BYDAY=MO,TU'),
  ),
  calendar('Calendar/no-start.ics', ...event('d@x', 'SUMMARY:no start')),
  calendar(
    'Calendar/overrides.ics',
    ...event('e@x', 'DTSTART:20260302T090000Z', 'RRULE:FREQ=DAILY;COUNT=3'),
    ...event('e@x', 'RECURRENCE-ID:20260303T090000Z', 'DTSTART:20260303T110000Z'),
  ),
  calendar(
    'Calendar/task.ics',
    'BEGIN:VTODO',
    'UID:t@x',
    'DTSTAMP:20260101T000000Z',
    'SUMMARY:task',
    'DUE:99990101T000000Z',
    'END:VTODO',
  ),
  { path: 'Other/notes.vcf', bytes: Buffer.from('BEGIN:VCARD\r\nEND:VCARD\r\n') },
  { path: 'Other/noise.bin', bytes: Buffer.from([0, 1, 2, 3, 0xfe, 0x14, 0xae]) },
];

/** A custodian whose name is no better. */
export const HOSTILE_CUSTODIAN = '=O’Neil; "þ®", A/B\\C';
