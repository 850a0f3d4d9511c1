import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../../src/index.ts';
import { codes, octets, read } from './message.ts';

const from = (value: string) => read([`From: ${value}`]).email.from;

/** From values and what RFC 5322 §3.4, §4.4 and RFC 8621 §4.1.2.3 make of them. */
const ADDRESSES: readonly (readonly [string, readonly (readonly [string | null, string])[]])[] = [
  ['a@b.example', [[null, 'a@b.example']]],
  ['A Group:;', []],
  ['A Group: , , ;', []],
  [
    'A: a@b.example, ; , B: ; c@d.example',
    [
      [null, 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  ['=?utf-8?q?J=C3=BCrgen?= <=?utf-8?q?j=40b.example?=>', [['Jürgen', 'j@b.example']]],
  ['"John \\"Q\\" Doe" <j@b.example>', [['John "Q" Doe', 'j@b.example']]],
  ['"quoted local"@b.example', [[null, '"quoted local"@b.example']]],
  ['a@[192.0.2.1]', [[null, 'a@[192.0.2.1]']]],
  ['A <@relay.example,@two.example:a@b.example>', [['A', 'a@b.example']]],
  ['a . b @ c . example', [[null, 'a.b@c.example']]],
  ['a@b.example (Ann (the other) One)', [['Ann (the other) One', 'a@b.example']]],
  ['Ann <a@b.example', [['Ann', 'a@b.example']]],
  [
    'a@b.example; c@d.example',
    [
      [null, 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  [
    '<a@b.example> <c@d.example>',
    [
      [null, 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  ['"=?iso-8859-1?Q?J=FCrgen?=" <j@b.example>', [['Jürgen', 'j@b.example']]],
  ["'Ann' <a@b.example>", [["'Ann'", 'a@b.example']]],
  ['Doe, Jane <j@b.example>', [['Doe, Jane', 'j@b.example']]],
  ['=?utf-8?Q?Doe,_Jane?= <j@b.example>', [['Doe, Jane', 'j@b.example']]],
  ['', []],
  ['<>', []],
];

test.each(ADDRESSES)('From: %s', (value, expected) => {
  expect((from(value) ?? []).map(({ name, email }) => [name, email])).toEqual(expected);
});

test('a comment 1,000 deep is one comment', () => {
  const deep = `${'('.repeat(1_000)}x${')'.repeat(1_000)}`;
  expect(from(`${deep} Ann <a@b.example>`)).toEqual([{ name: 'Ann', email: 'a@b.example' }]);
  expect(read([`Date: Mon, 1 Jul 2024 09:00:00 +0200 ${deep}`]).email.sentAt).toBe('2024-07-01T09:00:00+02:00');
});

/** Date values by RFC 5322 §3.3 and §4.3; null where the value is not one date for certain. */
const DATES: readonly (readonly [string, string | null])[] = [
  ['Mon, 1 Jul 2024 09:00:00 +0200', '2024-07-01T09:00:00+02:00'],
  ['1 Jul 2024 09:00:00 -0000', '2024-07-01T09:00:00-00:00'],
  ['1 Jul 24 09:00 GMT', '2024-07-01T09:00:00+00:00'],
  ['1 Jul 99 09:00 EST', '1999-07-01T09:00:00-05:00'],
  ['1 Jul 49 09:00 GMT', '2049-07-01T09:00:00+00:00'],
  ['1 Jul 50 09:00 GMT', '1950-07-01T09:00:00+00:00'],
  ['1 Jul 103 09:00 GMT', '2003-07-01T09:00:00+00:00'],
  ['Mon, 1 Jul 2024 09:00:00 Z', '2024-07-01T09:00:00+00:00'],
  ['Mon, 1 Jul 2024 09:00:00 A', '2024-07-01T09:00:00-00:00'],
  ['Mon, 1 Jul 2024 09:00:00 XYZ', '2024-07-01T09:00:00-00:00'],
  ['Mon(c), 1 (c) Jul 2024 09 : 00 : 00 +0200', '2024-07-01T09:00:00+02:00'],
  ['Sat, 31 Dec 2016 23:59:60 +0000', '2016-12-31T23:59:60+00:00'],
  ['Thu, 29 Feb 2024 00:00:00 +0000', '2024-02-29T00:00:00+00:00'],
  ['Wed, 29 Feb 2023 00:00:00 +0000', null],
  ['2024/07/01 09:00:00 +0200', '2024-07-01T09:00:00+02:00'],
  ['2024/7/1 9:00', '2024-07-01T09:00:00-00:00'],
  ['20240701T090000Z', '2024-07-01T09:00:00+00:00'],
  ['2024/31/12 09:00', null],
  ['2024-07/01 09:00', null],
  ['Mon, 1 Juli 2024 09:00:00 +0200', null],
  ['lun., 1 juil. 2024 09:00:00 +0200', null],
  ['Пн, 1 июл 2024 09:00:00 +0300', null],
  ['2024年7月1日 9:00', null],
  ['07/01/2024 09:00', null],
  ['1719817200', null],
  ['Mon, 1 Jul 2024', null],
  ['Mon, 1 Jul 2024 25:00:00 +0000', null],
  ['Mon, 1 Jul 2024 09:61:00 +0000', null],
  // No zone has 60 minutes: which one was meant is not known.
  ['Mon, 1 Jul 2024 09:00:00 +0260', '2024-07-01T09:00:00-00:00'],
  ['Fri, 1 Jul 2024 09:00:00 +0200', '2024-07-01T09:00:00+02:00'],
  ['0 Jul 2024 09:00:00 +0200', null],
  ['', null],
];

test.each(DATES)('Date: %s', (value, expected) => {
  const message = parseMessage(Buffer.from(`Date: ${value}\r\n\r\n`));
  expect(message.email.sentAt).toBe(expected);
  if (expected === null) expect(codes(message)).toContain('DATE_UNREADABLE');
});

describe('message ids', () => {
  test.each([
    ['<a@b>', ['a@b']],
    ['<a@b> (comment <not@this>)', ['a@b']],
    ['a@b', ['a@b']],
    ['<a b@c>', ['a b@c']],
    ['< a@b >', ['a@b']],
  ])('%s', (value, ids) => {
    expect(read([`Message-ID: ${value}`]).email.messageId).toEqual(ids);
  });
});

describe('header blocks', () => {
  test('none at all: everything is body (RFC 5322 §2.1)', () => {
    const message = parseMessage(octets('just words\r\nand more\r\n'));
    expect(message.text).toBe('just words\nand more\n');
    expect(message.email.headers).toEqual([]);
  });
  test('only a header, without an empty line', () => {
    const message = parseMessage(octets('Subject: only\r\nFrom: a@b.example\r\n'));
    expect(message.email.subject).toBe('only');
    expect(message.text).toBe('');
    expect(message.email.bodyStructure.size).toBe(0);
  });
  test('no empty line before the first boundary that it names itself', () => {
    const message = parseMessage(
      octets('Content-Type: multipart/mixed; boundary="b"\r\n--b\r\nContent-Type: text/plain\r\n\r\ntext\r\n--b--\r\n'),
    );
    expect(message.text).toBe('text');
    expect(codes(message)).toEqual(['HEADER_UNTERMINATED']);
  });
  test('cut off within the name of a field', () => {
    const message = parseMessage(octets('Subject: cut\r\nContent-Transf'));
    expect(message.text).toBe('');
    expect(codes(message)).toContain('FIELD_MALFORMED');
  });
  test('cut off within a word that is no field: that is text', () => {
    expect(parseMessage(octets('Subject: cut\r\nGood morning')).text).toBe('Good morning');
  });
  test.each([
    ['before the body', 'Content-Type: text/plain;\r\ncharset=koi8-r\r\n'],
    ['before a field', 'Content-Type: text/plain;\r\ncharset=koi8-r\r\nSubject: s\r\n'],
    ['behind blanks', 'Content-Type: text/plain; \t\r\nformat=fixed; \r\ncharset="koi8-r"\r\n'],
  ])('a parameter whose fold lost its blank, %s', (_, header) => {
    const message = parseMessage(octets(`${header}\r\n\xf0\xd2\xc9`));
    expect(message.text).toBe('При');
    expect(codes(message)).toEqual(['FIELD_MALFORMED']);
  });
  test('a line like a parameter behind a field that needs none: that is text', () => {
    const message = parseMessage(octets('Subject: s\r\nx=1\r\n\r\nand more'));
    expect(message.email.subject).toBe('s');
    expect(message.text).toBe('x=1\n\nand more');
    expect(codes(message)).toEqual(['HEADER_UNTERMINATED']);
  });
  test('a damaged field name before fields that nobody knows', () => {
    const message = read(['Subject: s', 'X-SES\0Outgoing: 1', 'Feedback-ID: ::1', 'Content-Type: text/html'], '<p>a');
    expect(message.text).toBe('a\n');
    expect(codes(message)).toEqual(['FIELD_MALFORMED']);
  });
  test('prose with words like fields is prose', () => {
    const prose = 'Dear all,\nTime: 10\nPlace: here\nFrom: noon on\n';
    expect(parseMessage(octets(`Subject: s\n${prose}`)).text).toBe(prose);
  });
  test('raw UTF-8 with a damaged octet is UTF-8, and the damage is told', () => {
    const subject = Buffer.from('Уважаемые коллеги, направляем договор').fill(0xd0, 3, 4);
    const message = parseMessage(Buffer.concat([Buffer.from('Subject: '), subject, Buffer.from('\n\n')]));
    expect(message.email.subject).toBe('У\ufffd\ufffdажаемые коллеги, направляем договор');
    expect(codes(message)).toEqual(['CHARSET_GUESSED']);
  });
  test('NUL octets are dropped from values (RFC 8621 §4.1.2.1)', () => {
    expect(read(['Subject: a\0b\0']).email.subject).toBe('ab');
  });
  test('of a repeated Content-Type the first counts, with an issue', () => {
    const message = read(['Content-Type: text/html', 'Content-Type: text/plain'], '<p>a</p>');
    expect(message.email.bodyStructure.type).toBe('text/html');
    expect(codes(message)).toContain('FIELD_REPEATED');
  });
  test('words RFC 2047 forbids to run together keep their blanks and lose only those between two words', () => {
    const subject = (value: string) => read([`Subject: ${value}`]).email.subject;
    expect(subject('=?utf-8?q?a?= =?utf-8?q?b?=')).toBe('ab');
    expect(subject('=?utf-8?q?a?= b =?utf-8?q?c?=')).toBe('a b c');
    expect(subject('=?utf-8?q?a_?=\r\n =?utf-8?b?Yg==?=')).toBe('a b');
    expect(subject('=?utf-8?b?w6?= =?utf-8?b?k=?=')).toBe('é');
    // Padding left out, not a group cut.
    expect(subject('=?utf-8?b?w6k?= =?utf-8?b?w6k=?=')).toBe('éé');
    expect(subject('=?utf-8*de?q?=C3=A9?=')).toBe('é');
    expect(subject('=?utf-8?q?=C3?= =?utf-8?q?=A9?=')).toBe('é');
    expect(subject('=?utf-8?q??=')).toBe('');
    expect(subject('=?utf-8?q?a')).toBe('=?utf-8?q?a');
  });
});
