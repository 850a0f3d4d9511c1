import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseMessage } from '../../src/mime/index.ts';

/** What a user of the package writes: it is run by Node as it stands, on what `npm run build` made. */
const PROGRAM = `
import { DEFAULT_LIMITS, joinPartials, parseMessage, readAddresses, readDate } from 'mailproof';
const source = [
  'From: Ann <ann@example.com>',
  'Subject: outer',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b', 'Content-Type: text/plain', '', 'Hello', 'begin 644 a.txt', '#86)C', '\`', 'end',
  '--b', 'Content-Type: application/pdf; name=a.pdf', 'Content-Transfer-Encoding: base64', '', 'JVBERi0=',
  '--b', 'Content-Type: message/rfc822', '', 'Subject: inner', '', 'Within',
  '--b', 'Content-Type: text/calendar', '', 'BEGIN:VCALENDAR', 'VERSION:2.0', 'BEGIN:VEVENT', 'UID:u1',
  'DTSTAMP:20240101T000000Z', 'DTSTART:20240101T000000Z', 'END:VEVENT', 'END:VCALENDAR',
  '--b--', '',
].join('\\r\\n');
const bytes = new TextEncoder().encode(source);
const message = parseMessage(bytes);
const text = (octets) => (octets === null ? null : Buffer.from(octets).toString());
const promised = Object.keys(message).sort();
const [mail, calendar] = message.children;
console.log(JSON.stringify({
  promised,
  synchronous: !(message instanceof Promise),
  subject: message.email.subject,
  text: message.text,
  attachments: message.email.attachments.map(({ partId, name, size }) => [partId, name, size]),
  contents: ['1', '1.u1', '2', '3', '4', '5'].map((partId) => text(message.content(partId))?.slice(0, 6) ?? null),
  child: [mail.type, mail.partId, mail.email.subject, mail.text, text(mail.content('1')), text(mail.octets()).length === mail.native.size],
  event: [calendar.type, calendar.uid, calendar.event['@type']],
  issues: message.issues.map(({ code }) => code),
  untouched: new TextDecoder().decode(bytes) === source,
  limited: parseMessage(bytes, { limits: { maxParts: 2 } }).issues.filter(({ code }) => code === 'LIMIT_REACHED').map(({ message }) => /maxParts \\(2\\)/.test(message)),
  odd: [parseMessage(new Uint8Array()).issues[0].code, parseMessage(new Uint8Array([0, 255, 13, 10])).email.subject],
  limits: Object.isFrozen(DEFAULT_LIMITS) || typeof DEFAULT_LIMITS.maxParts === 'number',
  others: [readAddresses('a@b.example')[0].email, readDate('1 Jul 2024 09:00:00 +0200').dateTime, joinPartials([]).length],
}));
`;

test('parseMessage as a user of the package meets it', () => {
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: resolve(import.meta.dirname, '../..'),
    timeout: 60_000,
  });
  expect(JSON.parse(output.toString())).toEqual({
    promised: ['children', 'content', 'email', 'issues', 'text'],
    synchronous: true,
    subject: 'outer',
    text: 'Hello\n',
    attachments: [
      ['2', 'a.pdf', 5],
      ['3', null, 24],
      ['4', null, 129],
      ['1.u1', 'a.txt', 3],
    ],
    contents: ['Hello\r', 'abc', '%PDF-', 'Subjec', 'BEGIN:', null],
    child: ['Email', '3', 'inner', 'Within', 'Within', true],
    event: ['CalendarItem', 'u1', 'Event'],
    issues: [],
    untouched: true,
    limited: [true],
    odd: ['MESSAGE_EMPTY', null],
    limits: true,
    others: ['a@b.example', '2024-07-01T09:00:00+02:00', 0],
  });
});

test('reading a message loads no network, no worker and no AWS', () => {
  const program = `
    const before = new Set(process.moduleLoadList);
    await import('mailproof');
    console.log(JSON.stringify(process.moduleLoadList.filter((name) => !before.has(name)).filter((name) =>
      /^NativeModule (?:net|http|https|tls|dgram|worker_threads|child_process|cluster)$/.test(name))));
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: resolve(import.meta.dirname, '../..'),
    timeout: 60_000,
  });
  expect(JSON.parse(output.toString())).toEqual([]);
});

test('SHA-1 is left out where it is not wanted, of parts of every size and of those within a message', () => {
  const base64 = Buffer.alloc(100_000, 7).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const inner = 'Subject: inner\r\n\r\nWithin\r\n';
  const message = Buffer.from(
    [
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext',
      `--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64}`,
      `--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\ndGV4dA==`,
      `--b\r\nContent-Type: message/rfc822\r\n\r\n${inner}`,
      '--b--\r\n',
    ].join('\r\n'),
  );
  const all = parseMessage(message);
  const fewer = parseMessage(message, { sha1: false });
  const digests = ({ email, children }: typeof all) =>
    [email, ...children.flatMap((child) => (child.type === 'Email' ? [child.email] : []))]
      .flatMap(({ bodyStructure }) => bodyStructure.subParts ?? [bodyStructure])
      .map((part) => part.digests);
  expect(digests(fewer)).toHaveLength(5);
  expect(digests(all).every((each) => each?.sha1?.length === 40)).toBe(true);
  expect(digests(fewer)).toEqual(digests(all).map((each) => each && { sha256: each.sha256, md5: each.md5 }));
});
