import { expect, test } from 'vitest';
import { messageIdentificationHash, rawMessageId } from '../../src/identity/index.ts';
import { email } from './email.ts';

const EDRM = '<CALckR-a8UDkRjO4xJyjd_s0GPxQWw@mail.gmail.com>';
const HASH = '1de319c276884bd0c9e2f1621ada26cc';

/** Field value, Message-ID as it is recorded, hash. The first is EDRM's own example. */
const ROWS: [string, string, string | null, string | null][] = [
  ['EDRM', EDRM, EDRM, HASH],
  ['space around', ` ${EDRM} \r\n`, EDRM, HASH],
  ['folded before', `\r\n ${EDRM}`, EDRM, HASH],
  ['folded by LF alone', `\n\t${EDRM}`, EDRM, HASH],
  ['comments around', `(a) ${EDRM} (b)`, EDRM, HASH],
  ['a second one after it', `${EDRM} <other@example.com>`, EDRM, HASH],
  ['folded within: only the line end goes', '<a\r\n b@x>', '<a b@x>', 'd2504a0bc8c38761127e80f1b2add52d'],
  ['no brackets', 'abc@example.com', 'abc@example.com', null],
  ['never closed', '<abc@example.com', '<abc@example.com', null],
  ['closed before it is opened', '> abc', '> abc', null],
  ['empty', '', null, null],
  ['white space', ' \r\n ', null, null],
];
test.each(ROWS)('%s', (_, value, recorded, hash) => {
  expect(rawMessageId(email({ headers: [{ name: 'Message-Id', value }] }))).toBe(recorded);
  expect(messageIdentificationHash(value)).toBe(hash);
});

test('case is kept: two identifiers that differ by it are two', () => {
  expect(messageIdentificationHash(EDRM.toLowerCase())).not.toBe(HASH);
});

test('no field, no value', () => {
  expect(rawMessageId(email())).toBeNull();
  expect(messageIdentificationHash(null)).toBeNull();
});

test('the last field wins', () => {
  const headers = [
    { name: 'Message-ID', value: ' <first@x>' },
    { name: 'MESSAGE-ID', value: ' <last@x>' },
  ];
  expect(rawMessageId(email({ headers }))).toBe('<last@x>');
});

test('a megabyte of line ends is read once', () => {
  const value = `<a@x>${'\r\n '.repeat(400_000)}`;
  expect(messageIdentificationHash(value)).toBe(messageIdentificationHash('<a@x>'));
});
