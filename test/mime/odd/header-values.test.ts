import { expect, test } from 'vitest';
import { parseMessage } from '../../../src/index.ts';
import { octets } from './message.ts';

const header = (line: string) => parseMessage(octets(`From: a@b.example\n${line}\n\nbody`)).email;

/** Hand-made Subject values, as octets, and the text they are (RFC 2047, RFC 6532, or the charset they show). */
const SUBJECTS: readonly (readonly [string, string])[] = [
  ['=?utf-8?B?4oI=?=\n =?utf-8?B?rA==?=', '€'],
  ['=?utf-8?B?4oI=?= =?UTF-8?Q?=AC?=', '€'],
  ['=?utf-8*en?Q?a=C3?= =?utf-8*de?Q?=A4?=', 'aä'],
  ['=?gb2312?B?u+HS?= =?gb2312?B?6Q==?=', '会议'],
  ['=?utf-8?B?w6Q?= x', 'ä x'],
  ['=?utf-8?B?w6 Q=?=', 'ä'],
  ['=?utf-8?Q?a b=C3=A4?=', 'a bä'],
  ['=?utf-8?Q?what?now?=', 'what?now'],
  ['=?utf-8?Q?a=ZZb=4?=', 'a=ZZb=4'],
  ['=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
  ['pre=?utf-8?Q?a?=post', 'preapost'],
  ['=?x-unknown?Q?a=E9b?=', 'aéb'],
  ['=?utf-8?Q?caf\xc3\xa9?=', 'café'],
  ['=?utf-7?Q?+AOQ-b?=', 'äb'],
  ['=?iso-2022-jp?B?GyRCJUYlOQ==?= =?iso-2022-jp?B?JUgbKEI=?=', 'テスト'],
  ['\x1b$B%F%9%H\x1b(B', 'テスト'],
  ['\x83e\x83X\x83g\x95\\\x8e\xa6', 'テスト表示'],
  ['caf\xe9', 'café'],
  ['a\x00b', 'ab'],
  ['=?UTF-8?b?w6Q=?=', 'ä'],
  ['=?cp932?B?h0CVXI6m?=', '①表示'],
  ['=?us-ascii*en?Q?hello?=', 'hello'],
  ['=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?=', '=?utf-8?Q?a?='],
  ['=?utf-8?Q?a?=!', 'a!'],
  ['=?hz-gb-2312?Q?~{<:Ky2;~}?=', '己所不'],
  ['=?iso-2022-kr?B?GyQpQw4+SA8=?= =?iso-2022-kr?B?DjNnDw==?=', '안녕'],
  ['=?utf-16?B?//5IAOQA?=', 'Hä'],
  ['=?utf-16be?B?AEgA5A==?=', 'Hä'],
  ['\xc3\x9cberraschung f\xc3\xbcr all\xc3', 'Überraschung für all\ufffd'],
  [
    '\xce\x95\xce\xbb\xce\xbb\xce\xb7\xce\xbd\xce\xb9\xce\xba\xce\xac \xce\xba\xce\xb5\xce\xaf\xce\xbc\xce\xb5\xce\xbd\xce\xb1 \xce\xb5\xce\xb4\xcf\x8e \xff',
    'Ελληνικά κείμενα εδώ \ufffd',
  ],
  ['=?utf-8?Q?a?=\t=?utf-8?Q?b?=', 'ab'],
  ['=?utf-8?Q?a=3D?=', 'a='],
  ['=?utf-8?B?w6\n Q=?=', 'ä'],
];

test.each(SUBJECTS)('subject %j', (value, subject) => {
  expect(header(`Subject: ${value}`).subject).toBe(subject);
});

/** Hand-made To values, as octets, and the mailboxes they name (RFC 5322 §3.4 and §4.4; a missing comma is supplied). */
const MAILBOXES: readonly (readonly [string, readonly (readonly [string | null, string])[]])[] = [
  [
    'A Group:Ed Jones <joe@where.test>,John <jdoe@one.test>;, x@y.example',
    [
      ['Ed Jones', 'joe@where.test'],
      ['John', 'jdoe@one.test'],
      [null, 'x@y.example'],
    ],
  ],
  [
    'A: c@d.example, e@f.example',
    [
      [null, 'c@d.example'],
      [null, 'e@f.example'],
    ],
  ],
  ['"A, B": c@d.example;', [[null, 'c@d.example']]],
  ['Joe <@a.example:c@d.example>', [['Joe', 'c@d.example']]],
  ['a . b @ c . example', [[null, 'a.b@c.example']]],
  ['Name <"a@b"@c.example>', [['Name', '"a@b"@c.example']]],
  ['a(comment)@b(another).example (Real Name)', [['Real Name', 'a@b.example']]],
  [
    'a@b.example; c@d.example',
    [
      [null, 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  [
    'Doe, J <a@b.example>; Roe, K <c@d.example>',
    [
      ['Doe, J', 'a@b.example'],
      ['Roe, K', 'c@d.example'],
    ],
  ],
  [
    'a@b.example c@d.example',
    [
      [null, 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  [
    'A <a@b.example> B <c@d.example>',
    [
      ['A', 'a@b.example'],
      ['B', 'c@d.example'],
    ],
  ],
  [
    '=?utf-8?Q?Doe=2C_J?= <a@b.example>, c@d.example',
    [
      ['Doe, J', 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  ['"=?utf-8?Q?J=C3=B6?=" <a@b.example>', [['Jö', 'a@b.example']]],
  ['=?utf-8?Q?Doe,_J?= <a@b.example>', [['Doe, J', 'a@b.example']]],
  ['Name <<a@b.example>>', [['Name', 'a@b.example']]],
  ['Name <a@b.example', [['Name', 'a@b.example']]],
  ['Name a@b.example>', [['Name', 'a@b.example']]],
  ['j\xc3\xb6@b\xc3\xbccher.example', [[null, 'jö@bücher.example']]],
  ['J\xf6 <a@b.example>', [['Jö', 'a@b.example']]],
  [
    'a@[192.0.2.1], b@[IPv6:::1]',
    [
      [null, 'a@[192.0.2.1]'],
      [null, 'b@[IPv6:::1]'],
    ],
  ],
  ['IMCEAEX-_O=ORG_OU=FIRST@example.com', [[null, 'IMCEAEX-_O=ORG_OU=FIRST@example.com']]],
  [
    '"Jo <a@b.example>, c@d.example',
    [
      ['"Jo', 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  [
    'Jo (x <a@b.example>, c@d.example',
    [
      ['Jo (x', 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  ['jo@x <a@b.example>', [['jo@x', 'a@b.example']]],
  ['undisclosed-recipients:;', []],
  ['<undisclosed-recipients:;>', []],
  [' , , a@b.example,,', [[null, 'a@b.example']]],
  ['Name <a@b\n .example>', [['Name', 'a@b.example']]],
  ['J. P. Doe <a@b.example>', [['J. P. Doe', 'a@b.example']]],
  [
    '\x1b$B;3ED\x1b(B <a@b.example>, c@d.example',
    [
      ['山田', 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  ['"\xe2\x80\xaegpj.exe" <a@b.example>', [['\u202egpj.exe', 'a@b.example']]],
  ['Jo <a@b.example (home)>', [['Jo', 'a@b.example']]],
  ['"Doe,\n Jane" <a@b.example>', [['Doe, Jane', 'a@b.example']]],
  ['Jo Inc. <a@b.example>', [['Jo Inc.', 'a@b.example']]],
  ['Jo [x] <a@b.example>', [['Jo [x]', 'a@b.example']]],
  [
    'a@b.example\tc@d.example',
    [
      [null, 'a@b.example'],
      [null, 'c@d.example'],
    ],
  ],
  ['"" <a@b.example>', [[null, 'a@b.example']]],
  [
    'A: a@b.example; c@d.example, B: e@f.example;',
    [
      [null, 'a@b.example'],
      [null, 'c@d.example'],
      [null, 'e@f.example'],
    ],
  ],
];

test.each(MAILBOXES)('mailboxes %j', (value, mailboxes) => {
  expect(header(`To: ${value}`).to?.map(({ name, email }) => [name, email])).toEqual(mailboxes);
});

test('blanks before the colon of the first field do not make an mbox line of it', () => {
  expect(parseMessage(octets('From : a@b.example\nSubject : x\n\nbody')).email).toMatchObject({
    from: [{ email: 'a@b.example' }],
    subject: 'x',
  });
});
