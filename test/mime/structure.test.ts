import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMessage, type Stretch } from '../../src/mime/index.ts';
import type { EmailBodyPart } from '../../src/model/index.ts';
import { message } from './record.ts';

/** `mixed(1 alternative(2.1 2.2))`: the tree in a line. */
const tree = (part: EmailBodyPart): string =>
  part.subParts === undefined
    ? `${part.partId} ${part.type}`
    : `${part.type.slice('multipart/'.length)}(${part.subParts.map(tree).join(', ')})`;
const ids = (parts: readonly EmailBodyPart[]): string => parts.map((part) => part.partId).join(' ');
const parse = (...lines: string[]) => parseMessage(message(...lines));

describe('structure', () => {
  test('part ids are as IMAP numbers parts', () => {
    const parsed = parse(
      'Content-Type: multipart/mixed; boundary=o',
      '',
      '--o',
      'Content-Type: multipart/alternative; boundary=i',
      '',
      '--i',
      '',
      'plain',
      '--i',
      'Content-Type: text/html',
      '',
      '<p>html</p>',
      '--i--',
      '--o',
      'Content-Type: application/pdf; name=a.pdf',
      '',
      '%PDF-',
      '--o--',
    );
    expect(tree(parsed.email.bodyStructure)).toBe(
      'mixed(alternative(1.1 text/plain, 1.2 text/html), 2 application/pdf)',
    );
    expect([ids(parsed.email.textBody), ids(parsed.email.htmlBody), ids(parsed.email.attachments)]).toEqual([
      '1.1',
      '1.2',
      '2',
    ]);
    expect(Buffer.from(parsed.content('1.2') ?? []).toString()).toBe('<p>html</p>');
    expect([parsed.content('1'), parsed.content('3'), parsed.content('')]).toEqual([null, null, null]);
    expect(parsed.email.hasAttachment).toBe(true);
  });

  test('a single part is part 1', () => {
    expect(tree(parse('Subject: x', '', 'y').email.bodyStructure)).toBe('1 text/plain');
  });

  /** RFC 8621 §4.1.4 prints this message and its three lists. */
  test('the example of RFC 8621 §4.1.4', () => {
    const part = (letter: string, ...fields: string[]) => [...fields, `Content-ID: <${letter}>`, '', letter];
    const multipart = (type: string, boundary: string, ...parts: string[][]) => [
      `Content-Type: multipart/${type}; boundary=${boundary}`,
      '',
      ...parts.flatMap((lines) => [`--${boundary}`, ...lines]),
      `--${boundary}--`,
    ];
    const plain = 'Content-Type: text/plain';
    const html = 'Content-Type: text/html';
    const inline = 'Content-Disposition: inline';
    const jpeg = 'Content-Type: image/jpeg';
    const attached = 'Content-Disposition: attachment';
    const { email } = parse(
      ...multipart(
        'mixed',
        'm1',
        part('A', plain, inline),
        multipart(
          'mixed',
          'm2',
          multipart(
            'alternative',
            'a1',
            multipart('mixed', 'm3', part('B', plain, inline), part('C', jpeg, inline), part('D', plain, inline)),
            multipart('related', 'r1', part('E', html), part('F', jpeg)),
          ),
          part('G', jpeg, attached),
          part('H', 'Content-Type: application/x-excel'),
          part('J', 'Content-Type: message/rfc822'),
        ),
        part('K', plain, inline),
      ),
    );
    const letters = (parts: readonly EmailBodyPart[]): string => parts.map((body) => body.cid).join('');
    expect(letters(email.textBody)).toBe('ABCDK');
    expect(letters(email.htmlBody)).toBe('AEK');
    expect(letters(email.attachments)).toBe('CFGHJ');
  });

  test.each([
    ['trailing blanks', ['--b \t', '', 'x', '--b-- ', 'rest'], 'mixed(1 text/plain)', []],
    ['no closing boundary', ['--b', '', 'x'], 'mixed(1 text/plain)', ['PART_UNCLOSED']],
    ['junk behind the closing boundary', ['--b', '', 'x', '--b-->', 'rest'], 'mixed(1 text/plain)', []],
    ['no part', ['text'], '1 text/plain', ['BOUNDARY_UNSEEN']],
    ['a closing boundary alone', ['text', '--b--'], '1 text/plain', ['BOUNDARY_UNSEEN']],
    ['two boundaries in a row', ['--b', '--b', '', 'x', '--b--'], 'mixed(1 text/plain)', []],
    ['a boundary at the very end', ['--b', '', 'x', '--b'], 'mixed(1 text/plain)', ['PART_UNCLOSED']],
    ['no empty line', ['--b', 'Content-Type: text/html', '--b--'], 'mixed(1 text/html)', ['HEADER_UNTERMINATED']],
    ['a longer line', ['--b', '', '--bc', '--b--'], 'mixed(1 text/plain)', []],
    ['boundaries within text', ['--b', '', 'x --b', ' --b', '--b--'], 'mixed(1 text/plain)', []],
    ['an empty part', ['--b', '', '--b', '', 'x', '--b--'], 'mixed(1 text/plain, 2 text/plain)', []],
    [
      'a type without subtype',
      ['--b', 'Content-Type: text', '', 'x', '--b--'],
      'mixed(1 text/plain)',
      ['CONTENT_TYPE_MALFORMED'],
    ],
    [
      'the same boundary within',
      ['--b', 'Content-Type: multipart/related; boundary=b', '', '--b', '', 'x', '--b--', '--b', '', 'y', '--b--'],
      'mixed(related(1.1 text/plain), 2 text/plain)',
      [],
    ],
    [
      'an inner boundary that begins with the outer one',
      ['--b', 'Content-Type: multipart/related; boundary=b1', '', '--b1', '', 'x', '--b1--', '--b', '', 'y', '--b--'],
      'mixed(related(1.1 text/plain), 2 text/plain)',
      [],
    ],
    [
      'an inner multipart that is never closed',
      ['--b', 'Content-Type: multipart/related; boundary=c', '', '--c', '', 'x', '--b', '', 'y', '--b--'],
      'mixed(related(1.1 text/plain), 2 text/plain)',
      ['PART_UNCLOSED'],
    ],
  ])('%s', (_, body, expected, codes) => {
    const { email, issues } = parse('Content-Type: multipart/mixed; boundary=b', '', ...body);
    expect(tree(email.bodyStructure)).toBe(expected);
    expect(issues.map(({ code }) => code)).toEqual(codes);
  });

  test.each([
    [
      'a boundary nobody names is the one that is used',
      ['--x', 'Content-Type: text/html', '', 'y', '--x--'],
      'mixed(1 text/html)',
    ],
    ['where none is used there is one text', ['-- ', 'Jane'], '1 text/plain'],
  ])('%s', (_, body, expected) => {
    const { email, issues } = parse('Content-Type: multipart/mixed', '', ...body);
    expect(tree(email.bodyStructure)).toBe(expected);
    expect(issues[0]?.code).toBe('BOUNDARY_MISSING');
  });

  test('multipart/digest holds messages unless told otherwise', () => {
    const { email, children } = parse(
      'Content-Type: multipart/digest; boundary=b',
      '',
      '--b',
      '',
      'Subject: one',
      '',
      'x',
      '--b--',
    );
    expect(tree(email.bodyStructure)).toBe('digest(1 message/rfc822)');
    expect(children).toMatchObject([{ type: 'Email', partId: '1', email: { subject: 'one' } }]);
  });

  test('what a part says of itself', () => {
    const { email } = parse(
      "Content-Type: application/octet-stream; name=other; x*0*=utf-8'en'a%C3; x*1*=%A9",
      "Content-Disposition: ATTACHMENT; filename*=iso-8859-1''na%EFve.txt",
      'Content-ID: <id@x>',
      'Content-Language: de, en (English)',
      'Content-Location: http://a/',
      '  b',
      '',
      '%PDF-1.7',
    );
    expect(email.bodyStructure).toMatchObject({
      partId: '1',
      name: 'naïve.txt',
      type: 'application/octet-stream',
      charset: null,
      disposition: 'attachment',
      cid: 'id@x',
      language: ['de', 'en'],
      location: 'http://a/b',
      detectedType: 'application/pdf',
    });
  });

  test('digests are of the decoded octets', () => {
    const { email } = parse('Content-Transfer-Encoding: base64', 'Content-Type: image/png', '', 'YWJj');
    expect(email.bodyStructure).toMatchObject({
      size: 3,
      blobId: 'sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      digests: { md5: '900150983cd24fb0d6963f7d28e17f72', sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d' },
    });
  });
});

const LINES = [
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: multipart/mixed; boundary=c',
  'Content-Type: multipart/digest; boundary="b"',
  'Content-Type: message/rfc822',
  'Content-Type: text/html',
  'Content-Transfer-Encoding: base64',
  'Content-Transfer-Encoding: quoted-printable',
  'From: a, "b <c@d>, (e',
  'Subject: =?utf-8?B?w6k?= =?x?Q?',
  'Date: 1 Jul 2003 10:52:37',
  'From jane',
  '--b',
  '--b--',
  '--c',
  '--c--',
  '',
  ' ',
  'YWJj=',
  'begin 644 a',
  '=ybegin line=128 size=3 name=a',
  '<p>&amp;<!--',
];

describe('every message', () => {
  const lines = fc
    .array(fc.tuple(fc.constantFrom(...LINES), fc.constantFrom('\r\n', '\n', '\r', '\r\r\n')), { maxLength: 60 })
    .map((pieces) => Buffer.from(pieces.flat().join('')));
  const octets = fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes));

  test.each([
    ['of random octets', octets],
    ['of random MIME lines', lines],
  ])('%s is read, and every octet is in one stretch', (_, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (bytes) => {
        const layout: Stretch[] = [];
        const parsed = parseMessage(bytes, { layout });
        let at = 0;
        for (const stretch of layout) {
          expect(stretch.start).toBe(at);
          at = stretch.end;
        }
        expect(at).toBe(bytes.length);
        const visit = (part: EmailBodyPart): void => {
          for (const child of part.subParts ?? []) visit(child);
          if (part.partId === null) return;
          expect(parsed.content(part.partId)).toHaveLength(part.size);
        };
        visit(parsed.email.bodyStructure);
        expect(JSON.parse(JSON.stringify(parsed.email))).toEqual(parsed.email);
      }),
      { seed: 4, numRuns: 1_500 },
    );
  });

  test('cut short anywhere, is read', () => {
    const whole = message(...LINES, ...LINES);
    for (let length = 0; length <= whole.length; length++) {
      const { email } = parseMessage(whole.subarray(0, length));
      expect(email.size).toBe(length);
    }
  });
});
