import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findUuencoded } from '../../../src/mime/embedded/uuencode/index.ts';
import { corporaPresent, readMessage } from './corpora.ts';

/** Encodes as POSIX says, written apart from the decoder. */
function uuencode(octets: Uint8Array, zero = '`', eol = '\n'): string {
  const character = (value: number) => (value === 0 ? zero : String.fromCharCode(value + 32));
  let text = `begin 644 a.bin${eol}`;
  for (let at = 0; at < octets.length; at += 45) {
    const run = octets.subarray(at, at + 45);
    text += character(run.length);
    for (let index = 0; index < run.length; index += 3) {
      const [one = 0, two = 0, three = 0] = run.subarray(index, index + 3);
      text += [one >> 2, ((one & 3) << 4) | (two >> 4), ((two & 15) << 2) | (three >> 6), three & 63]
        .map(character)
        .join('');
    }
    text += eol;
  }
  return `${text}${zero}${eol}end${eol}`;
}

const find = (text: string) => findUuencoded(Buffer.from(text, 'latin1'));
const summary = (text: string) =>
  find(text).map(({ name, mode, bytes, issues }) => [
    name,
    mode,
    Buffer.from(bytes).toString('latin1'),
    ...issues.map(({ code }) => code),
  ]);

const CAT = 'begin 644 cat.txt\n#0V%T\n`\nend\n';
test.each([
  ['the example everybody knows', CAT, [['cat.txt', '644', 'Cat']]],
  ['text around it', `before\n${CAT}after\n`, [['cat.txt', '644', 'Cat']]],
  ['CRLF', CAT.replaceAll('\n', '\r\n'), [['cat.txt', '644', 'Cat']]],
  ['CR alone', CAT.replaceAll('\n', '\r'), [['cat.txt', '644', 'Cat']]],
  ['doubled line breaks', CAT.replaceAll('\n', '\n\n'), [['cat.txt', '644', 'Cat']]],
  ['a blank for zero', CAT.replace('`', ' '), [['cat.txt', '644', 'Cat']]],
  ['a blank for zero that was lost', CAT.replace('`', ''), [['cat.txt', '644', 'Cat']]],
  ['no line that counts nothing', CAT.replace('`\n', ''), [['cat.txt', '644', 'Cat']]],
  ['no end', 'begin 644 cat.txt\n#0V%T\n\nRegards, Tom\n', [['cat.txt', '644', 'Cat', 'PART_TRUNCATED']]],
  ['no end and a signature', 'begin 644 cat.txt\n#0V%T\n-- \nTom\n', [['cat.txt', '644', 'Cat', 'PART_TRUNCATED']]],
  ['no end but a backtick', 'begin 644 cat.txt\n#0V%T\n`\nbye\n', [['cat.txt', '644', 'Cat']]],
  ['a check character', CAT.replace('0V%T', '0V%TZ'), [['cat.txt', '644', 'Cat']]],
  ['blanks at line ends', CAT.replaceAll('\n', ' \t\n'), [['cat.txt', '644', 'Cat']]],
  ['a group without what carries nothing', 'begin 644 a\n!80\n`\nend\n', [['a', '644', 'a']]],
  ['blanks for zeros, lost at the line’s end', 'begin 644 a\n#\n \nend\n', [['a', '644', '\0\0\0']]],
  [
    'a line cut in a file with backticks',
    `begin 644 a\n#0V%T\n#0V\n\`\nend\n`,
    [['a', '644', 'CatC@\0'.replace('@', '`'), 'EMBEDDED_DAMAGED']],
  ],
  [
    'a lower-case character',
    'begin 644 a\n#0V%T\n#0v%T\n`\nend\n',
    [['a', '644', expect.stringMatching(/^Cat...$/s), 'EMBEDDED_DAMAGED']],
  ],
  ['an empty file', 'begin 644 empty\n`\nend\n', [['empty', '644', '']]],
  [
    'two files',
    CAT + CAT.replace('cat', 'dog'),
    [
      ['cat.txt', '644', 'Cat'],
      ['dog.txt', '644', 'Cat'],
    ],
  ],
  [
    'a second begin before the first’s end',
    `begin 644 a\n#0V%T\n${CAT}`,
    [
      ['a', '644', 'Cat', 'PART_TRUNCATED'],
      ['cat.txt', '644', 'Cat'],
    ],
  ],
  ['a name with blanks', CAT.replace('cat.txt', 'my cat (1).txt'), [['my cat (1).txt', '644', 'Cat']]],
  ['a name in UTF-8', CAT.replace('cat.txt', Buffer.from('кот').toString('latin1')), [['кот', '644', 'Cat']]],
  ['a name in Latin-1', CAT.replace('cat.txt', 'caf\xe9'), [['café', '644', 'Cat']]],
  ['six digits of mode', CAT.replace('644', '100755'), [['cat.txt', '100755', 'Cat']]],
  ['base64', 'begin-base64 600 cat.txt\nQ2F0\nQ2F0\n====\n', [['cat.txt', '600', 'CatCat']]],
  [
    'base64 without an end',
    `begin-base64 600 a\n${'Q2F0'.repeat(15)}\n\nA line of prose.\n`,
    [['a', '600', 'Cat'.repeat(15), 'PART_TRUNCATED']],
  ],
  ['base64 with an encoded name', 'begin-base64-encoded 600 0LrQvtGC\nQ2E=\n====\n', [['кот', '600', 'Ca']]],
])('uuencode: %s', (_, text, expected) => {
  expect(summary(text)).toEqual(expected);
});

test.each([
  ['a sentence', 'Write\nbegin 644 name\nand then the data, as uuencode does.\nend\n'],
  ['capitals', 'begin 644 NAME\nTHE DATA GO HERE\nEND\n'],
  ['capitals and an end', 'begin 644 NAME\nDATA\nend\n'],
  ['nothing after it', 'begin 644 name\n'],
  ['nothing after it but an end', 'begin 644 name\nend\n'],
  ['a quotation', `> begin 644 cat.txt\n> #0V%T\n> \`\n> end\n`],
  ['no name', 'begin 644\n#0V%T\n`\nend\n'],
  ['no mode', 'begin the work\n#0V%T\n`\nend\n'],
  ['a mode that is not octal', 'begin 999 cat\n#0V%T\n`\nend\n'],
  ['a word in the line', 'they begin 644 cat\n#0V%T\n`\nend\n'],
  ['a name of a megabyte', `begin 644 ${'x'.repeat(1_000_000)}\n#0V%T\n\`\nend\n`],
  ['an encoded name that is empty', 'begin-base64-encoded 600 =\nQ2E=\n====\n'],
  ['base64 that is a word', 'begin-base64 644 name\nword\nand so on\n'],
  ['base64 that is words', 'begin-base64 644 name\nsome words here\n'],
])('prose is no file: %s', (_, text) => {
  expect(find(text)).toEqual([]);
});

test('offsets: what is left is the text', () => {
  const octets = Buffer.from(`before\r\n${CAT.replaceAll('\n', '\r\n')}after`);
  const [file] = findUuencoded(octets);
  expect(octets.subarray(0, file?.start).toString() + octets.subarray(file?.end).toString()).toBe('before\r\nafter');
});

test('any octets come back, with backticks, blanks and lost blanks', () => {
  const eols = ['\n', '\r\n', '\r'];
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      fc.constantFrom(...eols),
      fc.constantFrom('`', ' '),
      (octets, eol, zero) => {
        const text = uuencode(octets, zero, eol);
        const [whole] = find(`${text}text after`);
        expect(Buffer.from(whole?.bytes ?? []).equals(octets)).toBe(true);
        expect(whole?.issues).toEqual([]);
        expect(whole?.end).toBe(text.length);
        if (zero === ' ') {
          const stripped = find(text.replace(/ +(?=[\r\n])/g, ''));
          expect(Buffer.from(stripped[0]?.bytes ?? []).equals(octets)).toBe(true);
        }
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('cut anywhere, it gives a beginning of the file', () => {
  const octets = Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 37) & 255));
  const text = uuencode(octets);
  for (let length = 0; length < text.length; length++) {
    const [file] = find(text.slice(0, length));
    if (file !== undefined) expect(octets.subarray(0, file.bytes.length).equals(file.bytes)).toBe(true);
  }
});

test('lines that promise much and hold nothing are stopped', () => {
  const [file] = find(`begin 644 a\n#0V%T\n${'M\n'.repeat(100_000)}end\n`);
  expect(file?.issues.map(({ code }) => code)).toEqual(['LIMIT_REACHED']);
  expect(file?.bytes.length).toBeLessThan(8 * 200_000 + 65_536);
});

test.skipIf(!corporaPresent)('uuencoded messages of the corpora', () => {
  const files = ['mimetools/testmsgs/uu-zeegee.msg', 'split-from-mbox/mimetools__testmsgs_uu-junk.msg.eml'].map(
    (path) =>
      findUuencoded(readMessage(path)).map(({ name, bytes, issues }) => [
        name,
        Buffer.from(bytes).subarray(0, 4).toString('latin1'),
        issues.length,
      ]),
  );
  expect(files).toMatchInlineSnapshot(`
    [
      [
        [
          "up.gif",
          "GIF8",
          0,
        ],
        [
          "zeegee.gif",
          "GIF8",
          0,
        ],
      ],
      [
        [
          "up.gif",
          "GIF8",
          0,
        ],
        [
          "zeegee.gif",
          "GIF8",
          0,
        ],
      ],
    ]
  `);
});
