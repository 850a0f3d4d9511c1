import { expect, test } from 'vitest';
import { parseMessage } from '../../../src/index.ts';
import { octets } from './message.ts';

/** Hand-made Content fields, as octets: type, disposition and file name (RFC 2183, RFC 2231, RFC 2047, or plainly meant). */
const NAMES: readonly (readonly [string, string, string | null, string | null])[] = [
  [
    'Content-Type: application/pdf\nContent-Disposition: attachment; filename*2="c.pdf"; filename*0*=utf-8\'\'%e2%82; filename*1*=%acb',
    'application/pdf',
    'attachment',
    '€bc.pdf',
  ],
  [
    'Content-Type: application/pdf; name*0*=utf-8\'en\'%C3%A4; name*1="%41 b"; name*2*=%C3%B6.pdf',
    'application/pdf',
    null,
    'ä%41 bö.pdf',
  ],
  ['Content-Disposition: attachment; filename*0=a; filename*2=c.txt', 'text/plain', 'attachment', 'ac.txt'],
  ['Content-Disposition: attachment; filename*00=a; filename*01=c.txt', 'text/plain', 'attachment', 'ac.txt'],
  [
    'Content-Disposition: attachment; filename="fallback.txt"; filename*=UTF-8\'\'%E2%82%AC.txt',
    'text/plain',
    'attachment',
    '€.txt',
  ],
  [
    'Content-Disposition: attachment; filename*="utf-8\'\'%E2%82%AC%20rates.txt"',
    'text/plain',
    'attachment',
    '€ rates.txt',
  ],
  ["Content-Disposition: attachment; filename*=''%E2%82%AC.txt", 'text/plain', 'attachment', '€.txt'],
  ['Content-Disposition: attachment; filename*=%E2%82%AC.txt', 'text/plain', 'attachment', '€.txt'],
  ["Content-Disposition: attachment; filename*=utf-8'%E2%82%AC.txt", 'text/plain', 'attachment', '€.txt'],
  ["Content-Disposition: attachment; filename*=utf-8''100%.txt", 'text/plain', 'attachment', '100%.txt'],
  [
    "Content-Disposition: attachment; filename*0*=utf-8''%E2; filename*1*=%82; filename*2*=%AC.txt",
    'text/plain',
    'attachment',
    '€.txt',
  ],
  [
    "Content-Disposition: attachment; filename*=iso-2022-jp''%1B%24B%25F%259%25H%1B%28B.txt",
    'text/plain',
    'attachment',
    'テスト.txt',
  ],
  ["Content-Disposition: attachment; FILENAME*0*=UTF-8''a; FileName*1*=b.txt", 'text/plain', 'attachment', 'ab.txt'],
  ['Content-Disposition: attachment; filename=a.txt; filename=b.txt', 'text/plain', 'attachment', 'a.txt'],
  ['Content-Type: application/pdf; name="=?utf-8?B?4oI=?= =?utf-8?B?rC5wZGY=?="', 'application/pdf', null, '€.pdf'],
  ['Content-Type: application/pdf; name==?utf-8?Q?a_b=2Epdf?=', 'application/pdf', null, 'a b.pdf'],
  ['Content-Disposition: attachment; filename==?utf-8?Q?a b.pdf?=', 'text/plain', 'attachment', 'a b.pdf'],
  [
    'Content-Disposition: attachment;\n filename="=?utf-8?Q?long=5F?=\n =?utf-8?Q?name=2Epdf?="',
    'text/plain',
    'attachment',
    'long_name.pdf',
  ],
  ['Content-Disposition: attachment; filename="pre =?utf-8?Q?=C3=A4?=.pdf"', 'text/plain', 'attachment', 'pre ä.pdf'],
  ['Content-Disposition: attachment; filename="caf\xe9.pdf"', 'text/plain', 'attachment', 'café.pdf'],
  [
    'Content-Type: text/plain; charset=shift_jis; name="\x95\\\x8e\xa6.txt"\nContent-Disposition: attachment',
    'text/plain',
    'attachment',
    '表示.txt',
  ],
  [
    'Content-Disposition: attachment; filename="C:\\Users\\jo\\report.doc"',
    'text/plain',
    'attachment',
    'C:\\Users\\jo\\report.doc',
  ],
  ['Content-Disposition: attachment; filename="a\\"b\\\\c.doc"', 'text/plain', 'attachment', 'a"b\\c.doc'],
  ['Content-Disposition: attachment (really); filename (name) = (c) "a.doc" (x)', 'text/plain', 'attachment', 'a.doc'],
  ['Content-Disposition: attachment; ; filename=a.doc;', 'text/plain', 'attachment', 'a.doc'],
  ['Content-Type: application/pdf: name="a.pdf"', 'application/pdf', null, 'a.pdf'],
  ['Content-Disposition: attachment, filename=a.pdf', 'text/plain', 'attachment', 'a.pdf'],
  ['Content-Disposition: filename="a.pdf"', 'text/plain', null, 'a.pdf'],
  [
    'Content-Type: application/pdf\nContent-Disposition: attachment filename="a.pdf"',
    'application/pdf',
    'attachment',
    'a.pdf',
  ],
  [
    'Content-Type: text/plain; charset=big5; name="\xa5\\\xb3\\.txt"\nContent-Disposition: attachment',
    'text/plain',
    'attachment',
    '功許.txt',
  ],
  [
    'Content-Disposition: attachment; filename=my long file.txt; size=3',
    'text/plain',
    'attachment',
    'my long file.txt',
  ],
  ['Content-Disposition: attachment; filename=file(1).txt', 'text/plain', 'attachment', 'file(1).txt'],
  ['Content-Disposition: attachment; filename=(1)file.txt', 'text/plain', 'attachment', '(1)file.txt'],
  [
    'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="b.pdf"',
    'application/pdf',
    'attachment',
    'b.pdf',
  ],
  [
    'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment',
    'application/pdf',
    'attachment',
    'a.pdf',
  ],
];

test.each(NAMES)('%j', (fields, type, disposition, name) => {
  const { bodyStructure } = parseMessage(octets(`From: a@b.example\n${fields}\n\nbody`)).email;
  expect(bodyStructure).toMatchObject({ type, disposition, name });
});
