import { describe, expect, test } from 'vitest';
import { codes, octets, read } from './message.ts';

const typed = (charset: string, body: string) =>
  read([`Content-Type: text/plain; charset=${charset}`, 'Content-Transfer-Encoding: 8bit'], body);
const base64 = (charset: string, text: Buffer) =>
  read([`Content-Type: text/plain; charset=${charset}`, 'Content-Transfer-Encoding: base64'], text.toString('base64'));

/** Label, octets, text: by the charset's own standard. */
const TEXTS: readonly (readonly [string, string, string])[] = [
  ['iso-2022-jp', '\x1b(I1\x1b(B!', 'ｱ!'],
  ['iso-2022-jp', '\x1b$B4A;z\x1b(B', '漢字'],
  ['iso-2022-jp', '\x1b(J\\\x1b(B\\', '¥\\'],
  ['csISO2022JP', '\x1b$@4A\x1b(B', '漢'],
  ['iso-2022-kr', '\x1b$)C\x0e0!\x0f!', '가!'],
  ['shift_jis', '\xb1', 'ｱ'],
  ['shift_jis', '\x83\x5c\x94\x5c', 'ソ能'],
  ['euc-jp', '\x8e\xb1', 'ｱ'],
  ['gb18030', '\x90\x30\x81\x30', '𐀀'],
  ['gb2312', '\xc4\xe3\xba\xc3', '你好'],
  ['hz-gb-2312', '~{<:Ky2;S{#,NpJ)l6HK!#~}Bye.', '己所不欲，勿施於人。Bye.'],
  ['utf-7', 'Hi Mom -+Jjo--!', 'Hi Mom -☺-!'],
  ['unicode-1-1-utf-7', 'A+ImIDkQ.', 'A≢Α.'],
  ['koi8-u', '\xa4', 'є'],
  ['windows-874', '\xa1', 'ก'],
  ['tis-620', '\xa1', 'ก'],
  ['macintosh', '\x8e', 'é'],
  ['ibm850', '\x82', 'é'],
  ['cp437', '\x82', 'é'],
  ['iso-8859-8-i', '\xe0', 'א'],
  ['big5', '\xa4\xa4', '中'],
  ['ks_c_5601-1987', '\xb0\xa1', '가'],
  ['"utf-8"', '\xef\xbb\xbfé'.replace('é', '\xc3\xa9'), 'é'],
  ["'utf-8'", '\xc3\xa9', 'é'],
  ['utf-8;', '\xc3\xa9', 'é'],
  ['iso-8859-15', '\xa4', '€'],
  ['windows-1257', '\xe0', 'ą'],
  ['windows-1258', '\xd0', 'Đ'],
];

test.each(TEXTS)('%s', (charset, body, text) => {
  expect(typed(charset, body).text).toBe(text);
});

describe('UTF-16 and UTF-32', () => {
  const little = Buffer.from('Hé☺', 'utf16le');
  const big = Buffer.from(little).swap16();
  test.each([
    ['utf-16le', little],
    ['utf-16be', big],
    ['utf-16', Buffer.concat([octets('\xff\xfe'), little])],
    ['utf-16', Buffer.concat([octets('\xfe\xff'), big])],
    ['utf-16le', Buffer.concat([octets('\xff\xfe'), little])],
    ['utf-32be', Buffer.from('000000480000 00e9 0000263a'.replace(/ /g, ''), 'hex')],
  ])('%s', (charset, text) => {
    expect(base64(charset, text).text).toBe('Hé☺');
  });
  test('RFC 2781 §4.3: without a byte order mark, big-endian', () => {
    expect(base64('utf-16', Buffer.from('Hello', 'utf16le').swap16()).text).toBe('Hello');
    expect(base64('utf-16', Buffer.from('漢字', 'utf16le').swap16()).text).toBe('漢字');
  });
});

test('a charset nobody knows is told, and its ASCII is read', () => {
  const message = typed('x-klingon', 'Qapla');
  expect(message.text).toBe('Qapla');
  expect(codes(message)).toContain('CHARSET_UNKNOWN');
});

test('Shift_JIS in a header that names no charset is a guess, and told', () => {
  const message = read(['Subject: \x83\x65\x83\x58\x83\x67\x82\xc5\x82\xb7', 'From: a@b.example']);
  expect(message.email.subject).toBe('テストです');
  expect(codes(message)).toContain('CHARSET_GUESSED');
});

test('RFC 6532: UTF-8 in every field is no guess', () => {
  const address = 'j\u00fcrgen@b\u00fccher.example';
  const message = read([
    Buffer.from(`Subject: Gr\u00fc\u00dfe`).toString('latin1'),
    Buffer.from(`From: J\u00fcrgen <${address}>`).toString('latin1'),
  ]);
  expect(message.email.subject).toBe('Grüße');
  expect(message.email.from).toEqual([{ name: 'Jürgen', email: address }]);
  expect(message.issues).toEqual([]);
});
