import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../src/mime/index.ts';
import { Base64Decoder } from '../../src/mime/transfer-encoding/base64.ts';
import { readTransferEncoding } from '../../src/mime/transfer-encoding/choose.ts';
import type { TransferDecoder } from '../../src/mime/transfer-encoding/decoder.ts';
import { QuotedPrintableDecoder } from '../../src/mime/transfer-encoding/quoted-printable.ts';
import { decodeWhole, Pieces } from '../../src/mime/transfer-encoding/whole.ts';

const decode = (decoder: TransferDecoder, text: string): string => {
  const input = Buffer.from(text, 'latin1');
  return decodeWhole(decoder, input, 0, input.length).toString('latin1');
};

/** Decodes in pieces of these lengths, over and over. */
function decodeCut(decoder: TransferDecoder, input: Buffer, lengths: readonly number[]): Buffer {
  const pieces = new Pieces();
  let at = 0;
  for (let index = 0; at < input.length; index++) {
    const end = Math.min(input.length, at + (lengths[index % lengths.length] ?? 1));
    decoder.decode(input, at, end, pieces.add);
    at = end;
  }
  decoder.finish(pieces.add);
  return pieces.join();
}

describe('base64', () => {
  test.each([
    ['YWJj', 'abc', null],
    ['YWI=', 'ab', null],
    ['YQ==', 'a', null],
    ['YQ', 'a', 'padding'],
    ['YWI', 'ab', 'padding'],
    ['YWJjZ', 'abc', 'padding'],
    ['Y W\tJ\r\nj', 'abc', null],
    ['Y!W@J#j', 'abc', 'alphabet'],
    ['YQ==YWI=', 'aab', 'after its padding'],
    ['YQ==\r\nYWJj', 'aabc', 'after its padding'],
    ['=YWJj', 'abc', 'none belongs'],
    ['YW-_Jj', 'abc', 'alphabet'],
    ['', '', null],
    ['====', '', 'none belongs'],
    ['YWI=\n-- \nfooter of a list', 'ab', 'followed by something else'],
    ['YQ==\n____\nYWJj', 'a', 'followed by something else'],
  ])('%s', (text, expected, defect) => {
    const decoder = new Base64Decoder();
    expect(decode(decoder, text)).toBe(expected);
    if (defect === null) expect(decoder.defect).toBeNull();
    else expect(decoder.defect).toMatchObject({ code: 'BASE64_MALFORMED', message: expect.stringContaining(defect) });
  });

  test('any octets in lines of any length, cut anywhere, come back', () => {
    const octets = fc.uint8Array({ maxLength: 3_000 });
    const width = fc.integer({ min: 1, max: 100 });
    const lengths = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 10 });
    const lineBreak = fc.constantFrom('\r\n', '\n', '\r\r\n', ' \n');
    fc.assert(
      fc.property(octets, width, lengths, lineBreak, (bytes, columns, cut, ending) => {
        const text = Buffer.from(bytes)
          .toString('base64')
          .replace(new RegExp(`.{${columns}}`, 'g'), `$&${ending}`);
        const decoder = new Base64Decoder();
        expect(decodeCut(decoder, Buffer.from(text), cut)).toEqual(Buffer.from(bytes));
        expect(decoder.defect).toBeNull();
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  test('whatever it is given, cutting changes nothing', () => {
    const text = fc.array(fc.constantFrom('Q', '=', '\n', '-', '!', 'QUJD\r\n', 'QUJDQUJD\r\n'), { maxLength: 400 });
    const lengths = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(text, lengths, (pieces, cut) => {
        const input = Buffer.from(pieces.join(''));
        const [whole, parts] = [new Base64Decoder(), new Base64Decoder()];
        expect(decodeCut(parts, input, cut)).toEqual(decodeWhole(whole, input, 0, input.length));
        expect(parts.defect).toEqual(whole.defect);
      }),
      { seed: 4, numRuns: 500 },
    );
  });

  test('long bodies, padded lines in between included', () => {
    const octets = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) & 255));
    const lines = octets.toString('base64').replace(/.{76}/g, '$&\r\n');
    const decoder = new Base64Decoder();
    expect(decodeWhole(decoder, Buffer.from(lines), 0, lines.length)).toEqual(octets);
    expect(decoder.defect).toBeNull();
    const twice = `${lines}\r\n${lines}`;
    const again = new Base64Decoder();
    expect(decodeWhole(again, Buffer.from(twice), 0, twice.length)).toEqual(Buffer.concat([octets, octets]));
  });
});

describe('quoted-printable', () => {
  test.each([
    ['caf=C3=A9', 'caf\xc3\xa9', false],
    ['caf=c3=a9', 'caf\xc3\xa9', false],
    ['soft=\r\nbreak', 'softbreak', false],
    ['soft= \t\r\nbreak', 'softbreak', false],
    ['soft=\nbreak', 'softbreak', false],
    ['hard=\rbreak', 'hard=\rbreak', true],
    ['soft=\r\r\nbreak', 'softbreak', false],
    ['soft=\r\r', 'soft\r', false],
    ['padding  \r\nx', 'padding\r\nx', false],
    ['padding \t', 'padding', false],
    ['kept=20\r\nx', 'kept \r\nx', false],
    ['kept =\r\nx', 'kept x', false],
    ['two  words', 'two  words', false],
    ['1 = 2', '1 = 2', true],
    ['=ZZ', '=ZZ', true],
    ['=4', '=4', true],
    ['=4=41', '=4A', true],
    ['==41', '=A', true],
    ['end=', 'end', false],
    ['', '', false],
    // A CR alone is no line break (§6.7 rule 4): the blanks before it are octets that an encoder forgot to encode.
    ['octet \r=41', 'octet \rA', false],
    ['octet \rtext \r\nx', 'octet \rtext\r\nx', false],
    ['octet \r \t\r\nx', 'octet \r\r\nx', false],
    ['padding \r\r\nx', 'padding\r\r\nx', false],
    ['octet \r', 'octet \r', false],
    ['octet \r \t', 'octet \r', false],
  ])('%j', (text, expected, malformed) => {
    const decoder = new QuotedPrintableDecoder();
    expect(decode(decoder, text)).toBe(expected);
    expect(decoder.defect?.code ?? null).toBe(malformed ? 'QUOTED_PRINTABLE_MALFORMED' : null);
  });

  test.each([
    ['soft=\rbreak', 'softbreak'],
    ['padding \rx', 'padding\rx'],
  ])('where lines end in CR: %j', (text, expected) => {
    const decoder = new QuotedPrintableDecoder(true);
    expect(decode(decoder, text)).toBe(expected);
    expect(decoder.defect).toBeNull();
  });

  test('whatever it is given, cutting changes nothing', () => {
    const text = fc.array(fc.constantFrom('a', ' ', '\t', '=', '4', '1', '\r', '\n', '=3D', 'word word '), {
      maxLength: 200,
    });
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(text, lengths, (pieces, cut) => {
        const input = Buffer.from(pieces.join(''));
        const [whole, parts] = [new QuotedPrintableDecoder(), new QuotedPrintableDecoder()];
        expect(decodeCut(parts, input, cut)).toEqual(decodeWhole(whole, input, 0, input.length));
        expect(parts.defect).toEqual(whole.defect);
      }),
      { seed: 4, numRuns: 1_000 },
    );
  });

  test('output longer than its buffer', () => {
    const text = `${'x'.repeat(100_000)}${' '.repeat(150_000)}y=\r\n`;
    expect(decode(new QuotedPrintableDecoder(), text)).toBe(text.slice(0, -3));
  });
});

test.each([
  [null, 'identity'],
  [' 8bit ', 'identity'],
  ['"base64"', 'base64'],
  ['BASE64 (comment)', 'base64'],
  ['base64; x=y', 'base64'],
  ['Quoted-Printable', 'quoted-printable'],
  ['quoted printable', 'quoted-printable'],
  ['quotedprintable', 'quoted-printable'],
  ['x-uuencode', 'uuencode'],
  ['x-zip', 'unknown'],
])('the encoding %s is %s', (value, expected) => {
  expect(readTransferEncoding(value)).toBe(expected);
});

test('an unknown encoding is read as it stands, with an issue', () => {
  const { text, issues } = parseMessage(Buffer.from('Content-Transfer-Encoding: x-zip\n\nabc'));
  expect(text).toBe('abc');
  expect(issues).toMatchObject([{ code: 'TRANSFER_ENCODING_UNKNOWN', message: expect.stringContaining('"x-zip"') }]);
});

test('a uuencoded body is its file', () => {
  const body =
    'Content-Type: application/x-thing\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a.txt\n#0V%T\n`\nend\n';
  const parsed = parseMessage(Buffer.from(body));
  expect(Buffer.from(parsed.content('1') ?? []).toString()).toBe('Cat');
  expect(parsed.email.bodyStructure.size).toBe(3);
  expect(parsed.issues).toEqual([]);
  const none = parseMessage(Buffer.from('Content-Transfer-Encoding: x-uuencode\n\nnothing'));
  expect(none.text).toBe('nothing');
  expect(none.issues).toMatchObject([{ code: 'TRANSFER_ENCODING_UNKNOWN' }]);
});
