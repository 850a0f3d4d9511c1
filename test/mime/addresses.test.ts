import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flattenGroups, readAddressField, readMailboxes } from '../../src/mime/address/read.ts';
import { readSimpleAddresses } from '../../src/mime/address/simple.ts';
import { FieldFaults } from '../../src/mime/header/faults.ts';
import { unfold } from '../../src/mime/header/unfold.ts';
import { parseMessage, readAddresses, readAddressGroups } from '../../src/mime/index.ts';

const of = (name: string | null, email: string) => ({ name, email });

describe('addresses', () => {
  test.each([
    ['a bare address', 'jane@example.com', [of(null, 'jane@example.com')]],
    ['a comment after a bare address is the name', 'jane@example.com (Jane Doe)', [of('Jane Doe', 'jane@example.com')]],
    ['a display name beats a comment', 'Jane <jane@example.com> (Doe)', [of('Jane', 'jane@example.com')]],
    ['RFC 8621 §4.1.2.3', '"  James Smythe" <james@example.com>', [of('James Smythe', 'james@example.com')]],
    ['quoted pairs', '"Giant; \\"Big\\" Box" <box@example.net>', [of('Giant; "Big" Box', 'box@example.net')]],
    ['quoted commas', '"Doe, Jane" <j@x.y>, b@x.y', [of('Doe, Jane', 'j@x.y'), of(null, 'b@x.y')]],
    ['unquoted commas', 'Doe, Jane <j@x.y>, b@x.y', [of('Doe, Jane', 'j@x.y'), of(null, 'b@x.y')]],
    ['several unquoted commas', 'Doe, Jane, Dr. <j@x.y>', [of('Doe, Jane, Dr.', 'j@x.y')]],
    ['a quoted local part', '"john doe"@example.com', [of(null, '"john doe"@example.com')]],
    ['a quoted local part in brackets', '<"a>b"@example.com>', [of(null, '"a>b"@example.com')]],
    ['a route', '<@a.x,@b.x:jane@c.x>', [of(null, 'jane@c.x')]],
    ['blanks around dots', 'jdoe@test   . example', [of(null, 'jdoe@test.example')]],
    ['a domain literal', 'jane@[IPv6:2001:db8::1]', [of(null, 'jane@[IPv6:2001:db8::1]')]],
    ['a local mailbox', 'MAILER-DAEMON', [of(null, 'MAILER-DAEMON')]],
    ['a name without an address', 'The Postmaster', [of('The Postmaster', '')]],
    ['a forgotten comma', '<a@x.y> <b@x.y>', [of(null, 'a@x.y'), of(null, 'b@x.y')]],
    ['a forgotten bracket', 'Jane <jane@x.y, b@x.y', [of('Jane', 'jane@x.y'), of(null, 'b@x.y')]],
    ['a name and an address without brackets', 'Big Bug bb@bug.com', [of('Big Bug', 'bb@bug.com')]],
    ['empty members', ', a@x.y,, b@x.y,', [of(null, 'a@x.y'), of(null, 'b@x.y')]],
    ['an open quote', '"Jane <jane@x.y>', [of('"Jane', 'jane@x.y')]],
    ['an open comment', 'Jane (Doe <jane@x.y>', [of('Jane (Doe', 'jane@x.y')]],
    ['an encoded comma', '=?utf-8?Q?Doe,_J=C3=A4ne?= <j@x.y>', [of('Doe, Jäne', 'j@x.y')]],
    ['an encoded word within quotes', '"=?utf-8?B?SsOkbmU=?=" <j@x.y>', [of('Jäne', 'j@x.y')]],
    ['SMTPUTF8', 'Jäne <jäne@exämple.com>', [of('Jäne', 'jäne@exämple.com')]],
    ['an address as a name', '"j@x.y" <j@x.y>', [of('j@x.y', 'j@x.y')]],
    ['an empty group', 'Undisclosed recipients:;', []],
    ['a group', 'Friends: a@x.y, B <b@x.y>; c@x.y', [of(null, 'a@x.y'), of('B', 'b@x.y'), of(null, 'c@x.y')]],
    ['an empty bracket', '<>', []],
    ['a double bracket', '<<jane@x.y>>', [of(null, 'jane@x.y')]],
    ['nothing', '  ', []],
  ])('%s', (_, value, expected) => {
    expect(readAddresses(value)).toEqual(expected);
  });

  test('groups keep their names', () => {
    expect(readAddressGroups('"List 1": a@x.y; =?utf-8?Q?L=C3=AFst?=: b@x.y; c@x.y').map(({ name }) => name)).toEqual([
      'List 1',
      'Lïst',
      null,
    ]);
  });

  test('the short way reads plain lists as the long one does', () => {
    const pieces = [
      'a@b.c',
      '<a@b.c>',
      'Jane',
      '"Jane, D."',
      "O'Neil J.",
      ',',
      ', ',
      ' ',
      '\t',
      '=?utf-8?Q?J=C3=A4ne?=',
      '=?x?B?w6k=?=',
      '"  J "',
      '"J \\"D\\" \\\\"',
      '"\\',
      'k_s@x.example',
      '=?shift_jis?B?jbKToQ==?=',
      ':',
      ';',
      '(c)',
      '.',
      '@',
      '<',
      '>',
      '"',
      'J\xe4ne',
      '"J\xc3\xa4ne" <a@b.c>',
      '"\x1b$B;3\x1b(B"',
      '=?utf-8?Q?a b?=',
      'x <y@z>',
      '\r\n ',
    ];
    const lists = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((list) => list.join(''));
    let short = 0;
    fc.assert(
      fc.property(lists, (list) => {
        const options = () => ({ faults: new FieldFaults(), hint: null, maxAddresses: 100 });
        const [quick, full] = [options(), options()];
        if (readSimpleAddresses(unfold(list), { maxAddresses: 100, decode: (words) => words }) !== null) short++;
        expect(readMailboxes(list, quick)).toEqual(flattenGroups(readAddressField(list, full)));
        expect(quick.faults.issues).toEqual(full.faults.issues);
      }),
      { seed: 4, numRuns: 20_000 },
    );
    expect(short).toBeGreaterThan(300);
  });

  test('20,000 recipients are all read', () => {
    const list = Array.from({ length: 20_000 }, (_, index) => `"User, ${index}" <u${index}@example.com>`).join(
      ',\r\n ',
    );
    const { email, issues } = parseMessage(Buffer.from(`To: ${list}\r\n\r\n`));
    expect(email.to).toHaveLength(20_000);
    expect(email.to?.[19_999]).toEqual(of('User, 19999', 'u19999@example.com'));
    expect(issues).toEqual([]);
  });

  test('a limit on addresses is told', () => {
    const { email, issues } = parseMessage(Buffer.from('To: a@x, b@x, c@x\n\n'), { limits: { maxAddresses: 2 } });
    expect(email.to).toHaveLength(2);
    expect(issues).toMatchObject([
      { code: 'LIMIT_REACHED', part: 'To', message: expect.stringContaining('maxAddresses') },
    ]);
  });

  test('ISO-2022-JP is decoded before it is cut up', () => {
    const name = Buffer.from('1b2442255b2250251b284a', 'hex').toString('latin1');
    const { email } = parseMessage(
      Buffer.from(`From: ${name} <j@x.y>\nContent-Type: text/plain; charset=iso-2022-jp\n\n`, 'latin1'),
    );
    expect(email.from?.[0]?.email).toBe('j@x.y');
  });
});
