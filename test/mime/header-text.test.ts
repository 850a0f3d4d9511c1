import { describe, expect, test } from 'vitest';
import { parseMessage, readMessageIds, readUnstructured } from '../../src/mime/index.ts';

const subjectOf = (octets: Buffer | string) =>
  parseMessage(Buffer.concat([Buffer.from('Subject: '), Buffer.from(octets), Buffer.from('\r\n\r\nx')]));

describe('encoded words', () => {
  test.each([
    ['RFC 2047 §8', '=?ISO-8859-1?Q?a?= b', 'a b'],
    ['RFC 2047 §8', '=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
    ['RFC 2047 §8', '=?ISO-8859-1?Q?a?=\r\n    =?ISO-8859-1?Q?b?=', 'ab'],
    ['RFC 2047 §8', '=?ISO-8859-1?Q?a_b?=', 'a b'],
    ['RFC 2047 §8', '=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=', 'a b'],
    ['RFC 2231 §5', '=?US-ASCII*EN?Q?Keith_Moore?=', 'Keith Moore'],
    ['a character split across words', '=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=', 'café'],
    ['a character split across base64 words', '=?utf-8?B?Y2Fmww==?= =?utf-8?B?qQ==?=', 'café'],
    ['a shifting charset across words', '=?iso-2022-jp?B?GyRCRnwbKEI=?= =?iso-2022-jp?B?GyRCS1wbKEI=?=', '日本'],
    ['words next to text', '[x]=?utf-8?Q?=C3=A9?=[y]', '[x]é[y]'],
    ['spaces within a word', '=?utf-8?Q?a b?=', 'a b'],
    ['a fold within a word', '=?utf-8?Q?Hello\r\n _there!?=', 'Hello there!'],
    ['padding left out', '=?utf-8?B?w6k?=', 'é'],
    ['a text that ends in =', '=?utf-8?B?w6kxw6k=?= =?utf-8?Q?x=?=', 'é1éx='],
    ['lower-case digits', '=?utf-8?q?=c3=a9?=', 'é'],
    ['an unknown charset', '=?x-nothing?Q?abc?=', 'abc'],
    ['an unclosed word', '=?utf-8?Q?abc', '=?utf-8?Q?abc'],
    ['an unclosed word before a whole one', '=?utf-8?Q?abc =?utf-8?Q?d?=', '=?utf-8?Q?abc d'],
    ['an unknown encoding', '=?utf-8?X?abc?=', '=?utf-8?X?abc?='],
    ['no charset', '=??Q?abc?=', '=??Q?abc?='],
    ['gb2312 with characters of its superset', '=?gb2312?B?6Yw=?=', '閷'],
    ['ks_c_5601-1987', '=?ks_c_5601-1987?B?x9GxuQ==?=', '한국'],
    ['utf-7', '=?utf-7?Q?+AOk-?=', 'é'],
    ['hz', '=?hz-gb-2312?Q?~{<:Ky2;JG~}?=', '己所不是'],
    ['iso-2022-kr', '=?iso-2022-kr?B?GyQpQw5HUTE5Dw==?=', '한국'],
    ['windows-1252', '=?windows-1252?Q?=80?=', '€'],
    ['iso-8859-1 that is windows-1252', '=?iso-8859-1?Q?=93x=94?=', '“x”'],
    ['unfolding', 'one\r\n two\r\n\tthree', 'one two\tthree'],
  ])('%s: %s', (_, value, expected) => {
    expect(readUnstructured(value)).toBe(expected);
  });

  test.each([
    ['UTF-8', Buffer.from('é'), 'é', []],
    ['8-bit within a word', Buffer.from('=?iso-8859-1?Q?caf\xe9?=', 'latin1'), 'café', ['CHARSET_GUESSED']],
    ['Latin-1', Buffer.from('caf\xe9', 'latin1'), 'café', ['CHARSET_GUESSED']],
    ['ISO-2022-JP', Buffer.from('\x1b$BF|K\\\x1b(B', 'latin1'), '日本', ['CHARSET_GUESSED']],
    ['EUC-JP', Buffer.from('a4b3a4f3a4cba4c1a4cf', 'hex'), 'こんにちは', ['CHARSET_GUESSED']],
    ['Shift_JIS', Buffer.from('82b182f182c982bf82cd', 'hex'), 'こんにちは', ['CHARSET_GUESSED']],
  ])('raw %s', (_, octets, expected, codes) => {
    const { email, issues } = subjectOf(octets);
    expect(email.subject).toBe(expected);
    expect(issues.map(({ code }) => code)).toEqual(codes);
  });

  test('raw text is read in the charset the body is declared in', () => {
    const octets = Buffer.from('Subject: \xf0\xd2\xc9\nContent-Type: text/plain; charset=koi8-r\n\nx', 'latin1');
    const { email, issues } = parseMessage(octets);
    expect(email.subject).toBe('При');
    expect(issues).toMatchObject([{ code: 'CHARSET_GUESSED', message: expect.stringContaining('koi8-r') }]);
  });
});

describe('fields', () => {
  test('are kept raw and in order, the last instance counts', () => {
    const { email, issues } = parseMessage(Buffer.from('From: a@x\r\nX-Y:  folded\r\n\tvalue \r\nFROM: b@x\r\n\r\n'));
    expect(email.headers).toEqual([
      { name: 'From', value: ' a@x' },
      { name: 'X-Y', value: '  folded\r\n\tvalue ' },
      { name: 'FROM', value: ' b@x' },
    ]);
    expect(email.from).toEqual([{ name: null, email: 'b@x' }]);
    expect(issues).toMatchObject([{ code: 'FIELD_REPEATED', part: 'FROM', severity: 'warning' }]);
  });

  test.each([
    ['a byte order mark', '\ufeffSubject: x\n\nbody', []],
    ['an mbox line', 'From jane Mon Jul  7 10:00:00 2025\nSubject: x\n\nbody', []],
    ['a quoted mbox line', '>From jane Mon Jul  7 10:00:00 2025\nSubject: x\n\nbody', []],
    ['blank lines', '\n\r\nSubject: x\n\nbody', []],
    ['blanks before the first field', '  Subject: x\n\nbody', ['FIELD_MALFORMED']],
    ['a damaged first line', 'garbage here\nSubject: x\n\nbody', ['FIELD_MALFORMED']],
    ['a damaged line in between', 'To: a@b\ngarbage here\nSubject: x\n\nbody', ['FIELD_MALFORMED']],
    ['no empty line', 'Subject: x\nbody', ['HEADER_UNTERMINATED']],
    ['blanks before the colon', 'Subject : x\n\nbody', []],
    ['blanks on the empty line', 'Subject: x\n \n\nbody', []],
    ['NUL', 'Subject: \0x\n\nbody', []],
  ])('after %s', (_, text, codes) => {
    const read = parseMessage(Buffer.from(text));
    expect(read.email.subject).toBe('x');
    expect(read.text).toBe('body');
    expect(read.issues.map(({ code }) => code)).toEqual(codes);
  });

  test('prose is no header', () => {
    const { email, text } = parseMessage(Buffer.from('Dear all,\nas I said: nothing.\n'));
    expect(email.headers).toEqual([]);
    expect(text).toBe('Dear all,\nas I said: nothing.\n');
  });

  test.each([
    ['<a@b>', ['a@b']],
    ['<a@b> (comment) <c@d>', ['a@b', 'c@d']],
    ['Your message of Monday <a@b>', ['a@b']],
    ['a@b c@d', ['a@b', 'c@d']],
    ['Your message of Monday', null],
    ['<a@b', ['a@b']],
    ['<a@b <c@d>', ['c@d']],
    ['<<a@b>>', ['a@b']],
    ['< a@\r\n b >', ['a@ b']],
    ['<>', null],
    ['', null],
  ])('message ids %s', (value, expected) => {
    expect(readMessageIds(value)).toEqual(expected);
  });
});
