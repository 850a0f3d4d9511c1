import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { readTnef } from '../../../src/mime/embedded/tnef/index.ts';
import { RTF_GROUP_LIMIT } from '../../../src/mime/embedded/tnef/limits.ts';
import { TAG } from '../../../src/mime/embedded/tnef/property-tag.ts';
import { decompressRtf } from '../../../src/mime/embedded/tnef/rtf/compressed.ts';
import { extractRtf } from '../../../src/mime/embedded/tnef/rtf/extract.ts';
import * as write from './tnef-writer.ts';

const extract = (rtf: string) => extractRtf(Buffer.from(rtf, 'latin1'));
const textOf = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');

// MS-OXRTFCP 3.1.1 and 3.1.2: compressed and decompressed as the specification prints them.
test.each([
  [
    'simple text (3.1.1)',
    '2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232' + '0af32068656c090020627705b06c647d0a800fa0',
    '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n',
  ],
  [
    'reading a token that crosses the write position (3.1.2)',
    '1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0',
    '{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}',
  ],
])('LZFu: %s', (_, hex, expected) => {
  const { bytes, problem } = decompressRtf(Buffer.from(hex, 'hex'));
  expect(textOf(bytes)).toBe(expected);
  expect(problem).toBeNull();
});

test('what the test writer compresses comes back, past the end of the window too', () => {
  const rtf = `{\\rtf1 ${'0123456789'.repeat(1000)}}`;
  expect(textOf(decompressRtf(write.compressedRtf(rtf)).bytes)).toBe(rtf);
});

test('MELA is stored as it is', () => {
  const mela = (rawSize: number) =>
    Buffer.concat([
      write.uint32(12 + 7),
      write.uint32(rawSize),
      Buffer.from('MELA'),
      write.uint32(0),
      Buffer.from('{\\rtf1}'),
    ]);
  expect(decompressRtf(mela(7))).toEqual({ bytes: Buffer.from('{\\rtf1}'), problem: null });
  expect(decompressRtf(mela(9)).problem).toBe('truncated');
});

test.each([
  [
    'a wrong CRC',
    write.lzfu(Buffer.from([0x80, ...Buffer.from('{\\rtf1}'), 0x0d, 0x60]), 7, 1),
    'checksum',
    '{\\rtf1}',
  ],
  ['no end mark', write.lzfu(Buffer.from([0, ...Buffer.from('{\\rtf1 h')]), 100), 'truncated', '{\\rtf1 h'],
  ['half a reference', write.lzfu(Buffer.from([2, 0x7b, 0x00]), 100), 'truncated', '{'],
  ['another magic', Buffer.concat([Buffer.alloc(8), Buffer.from('LZMA'), Buffer.alloc(40)]), 'not compressed RTF', ''],
  ['less than a header', Buffer.from('LZFu'), 'not compressed RTF', ''],
])('LZFu with %s', (_, octets, problem, text) => {
  const result = decompressRtf(octets);
  expect(result.problem).toBe(problem);
  expect(textOf(result.bytes)).toBe(text);
});

test('LZFu cannot make more than eight times its input, whatever it promises', () => {
  // Nothing but references of seventeen octets, none of them to where the next octet goes (which would end it).
  const group = Buffer.from([0xff, ...Buffer.from('0bef'.repeat(8), 'hex')]);
  const content = Buffer.concat(Array.from({ length: 500 }, () => group));
  const { bytes } = decompressRtf(write.lzfu(content, 0xffff_ffff));
  expect(bytes.length).toBeGreaterThan(content.length * 7);
  expect(bytes.length).toBeLessThanOrEqual(content.length * 8);
});

test.each([
  [
    'the problem of a wrong CRC',
    write.lzfu(Buffer.from([0x80, ...Buffer.from('{\\rtf1}'), 0x0d, 0x60]), 7, 1),
    'EMBEDDED_DAMAGED',
  ],
  ['a stream cut short', write.lzfu(Buffer.from([0, ...Buffer.from('{\\rtf1 h')]), 100), 'PART_TRUNCATED'],
  ['no RTF', Buffer.from('nothing of the kind'), 'EMBEDDED_UNREADABLE'],
  ['too many groups', write.compressedRtf(`{\\rtf1 ${'{'.repeat(RTF_GROUP_LIMIT + 5)}x`), 'LIMIT_REACHED'],
])('an RTF body with %s is said', (_, octets, code) => {
  const { issues } = readTnef(write.stream(write.messageProperties(write.binary(TAG.RTF_COMPRESSED, octets))));
  expect(issues.map((found) => found.code)).toEqual([code]);
});

// MS-OXRTFEX 4.1.1, shortened: the RTF rendering within \htmlrtf is dropped, tags are taken out.
const ENCAPSULATED =
  '{\\rtf1\\ansi\\ansicpg1251\\fromhtml1 \\deff0\r\n' +
  '{\\fonttbl {\\f0\\fmodern Courier New;}{\\f1\\fswiss Arial;}{\\f2\\fswiss\\fcharset0 Arial;}}\r\n' +
  '{\\colortbl\\red0\\green0\\blue0;\\red0\\green0\\blue255;}\r\n{\\*\\generator test;}\r\n' +
  '{\\*\\htmltag64}\\uc1\\pard\\plain\\deftab360 \\f0\\fs24\r\n' +
  '{\\*\\htmltag <HTML lang="en">\\par }\r\n{\\*\\htmltag64 <P class=MsoNormal>}\\htmlrtf {\\htmlrtf0 ' +
  'Note the line break inside a P tag. {\\*\\htmltag <B>}\\htmlrtf {\\b \\htmlrtf0 This is bold{\\*\\htmltag </B>}\\htmlrtf }' +
  '\\htmlrtf0  text\\htmlrtf\\par}\\htmlrtf0\r\n{\\*\\mhtmltag <ignored>}{\\*\\htmltag72 </P>}}';

test('HTML is taken out of its RTF', () => {
  expect(extract(ENCAPSULATED)).toEqual({
    html: '<HTML lang="en">\r\n<P class=MsoNormal>Note the line break inside a P tag. <B>This is bold</B> text</P>',
    text: null,
    limited: false,
  });
});

const CYRILLIC = '{\\fonttbl{\\f0\\fcharset204 A;}{\\f1\\fcharset128 B;}{\\f2\\fcharset0\\cpg1253 C;}{\\f3\\fnil D;}}';
test.each([
  [
    'named characters',
    '{\\fromhtml1 \\lquote a\\rquote\\ldblquote\\rdblquote\\bullet\\endash\\emdash\\~\\_\\tab\\line}',
    '&lsquo;a&rsquo;&ldquo;&rdquo;&bull;&ndash;&mdash;&nbsp;&shy;\t\r\n',
  ],
  ['escaped braces', '{\\fromhtml1 \\{\\}\\\\}', '{}\\'],
  [
    'a tag in the document’s code page, text in the font’s',
    `{\\ansicpg1250\\fromhtml1${CYRILLIC}\\f0 \\'cf{\\*\\htmltag \\'b9}}`,
    'Пą',
  ],
  ['bullets for readers of RTF', '{\\fromhtml1{\\pntext *\\tab}item}', 'item'],
  ['Unicode with its fallback', "{\\fromhtml1\\uc1 \\u8364 ?\\u8364\\'80 x}", '€€ x'],
])('HTML: %s', (_, rtf, html) => {
  expect(extract(`{\\rtf1\\ansi${rtf}}`).html).toBe(html);
});

test.each([
  ['paragraphs, tabs, tables', 'a\\par b\\tab c\\line d\\cell e\\row f', 'a\nb\tc\nd\te\nf'],
  ['named characters', '\\lquote\\rquote\\emdash\\~', '\u2018\u2019\u2014\u00a0'],
  ['a line that ends in a backslash', 'a\\\nb', 'a\nb'],
  ['line breaks of the file', 'a\r\nb', 'ab'],
  ['Shift_JIS in two escapes, and in an escape and a letter', `${CYRILLIC}\\f1 \\'93\\'fa\\'83A`, '日ア'],
  ['code pages by \\cpg', `${CYRILLIC}\\f2 \\'e1`, 'α'],
  ['a font without a charset', `${CYRILLIC}\\f3 \\'e9`, 'é'],
  ['the default font', `\\deff0${CYRILLIC}\\'cf\\f9 \\'e9\\plain\\'cf`, 'ПéП'],
  ['\\ansicpg', "\\ansicpg1251 \\'cf", 'П'],
  ['\\mac, \\pc and \\pca', "\\mac\\'8e\\pc\\'82\\pca\\'82", 'ééé'],
  ['a surrogate pair', '\\uc1\\u-10179?\\u-8704?', '\u{1f600}'],
  ['\\uc0 and \\uc2', "\\uc0\\u233 e{\\uc2\\u233 \\'65\\'65x}", 'éeéx'],
  ['a fallback that ends with its group', '{\\uc3\\u233 e}abc', 'éabc'],
  [
    'destinations without text',
    '{\\info{\\title T}}{\\pict 89504e47}{\\header h}{\\stylesheet{s}}{\\*\\unknown u{nested}}text',
    'text',
  ],
  ['the result of a field', '{\\field{\\*\\fldinst HYPERLINK "http://x"}{\\fldrslt link}}', 'link'],
  ['binary data', 'a\\bin5 }}}}}b', 'ab'],
  ['bad escapes', "a\\'zzb\\'", 'azzb'],
  ['parameters of any size', 'a\\fs99999999999999\\li-720 b', 'a9999b'],
  ['octets after the document', 'a}junk\0{', 'a'],
  ['an escaped brace where the document should end', 'a\\', 'a}'],
])('text: %s', (_, rtf, text) => {
  expect(extract(`{\\rtf1\\ansi ${rtf}}`)).toMatchObject({ html: null, text });
});

test('\\fromtext is text', () => {
  expect(extract('{\\rtf1\\ansi\\fromtext \\pard one\\par two}').text).toBe('one\ntwo');
});

test('a group too many neither grows the stack nor loses the text', () => {
  const deep = extract(`{\\rtf1 ${'{'.repeat(100_000)}x${'}'.repeat(100_000)}y}`);
  expect(deep).toEqual({ html: null, text: 'xy', limited: true });
});

test.each(['\\', "\\'", "\\'4", '\\u', '\\bin9', '\\fs', '{', '{\\*\\'])('a document that ends in %j', (end) => {
  expect(extract(`{\\rtf1 text${end}`).text).toBe(end === "\\'4" ? 'text4' : 'text');
});
