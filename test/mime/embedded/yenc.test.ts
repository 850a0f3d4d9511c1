import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findYenc } from '../../../src/mime/embedded/yenc/index.ts';

/** Encodes as yEnc 1.3 says, written apart from the decoder. */
function encode(octets: Uint8Array, width = 128, eol = '\r\n'): Buffer {
  const pieces: number[] = [];
  let column = 0;
  for (const octet of octets) {
    const value = (octet + 42) & 255;
    // NUL, LF, CR and the equals sign are critical; a tab, a blank or a dot at the line's edge may be.
    const critical = value === 0 || value === 10 || value === 13 || value === 61 || (value === 46 && column === 0);
    if (critical) pieces.push(61, (value + 64) & 255);
    else pieces.push(value);
    column += critical ? 2 : 1;
    if (column >= width) {
      pieces.push(...Buffer.from(eol));
      column = 0;
    }
  }
  return Buffer.from(column === 0 ? pieces : [...pieces, ...Buffer.from(eol)]);
}

const hex = (octets: Uint8Array) => crc32(octets).toString(16).padStart(8, '0');
const wrap = (begin: string, data: Uint8Array, end: string, eol = '\r\n') =>
  Buffer.concat([Buffer.from(`${begin}${eol}`), data, Buffer.from(`${end}${eol}`)]);
const single = (
  octets: Uint8Array,
  { name = 'a.bin', eol = '\r\n', end = `=yend size=${octets.length} crc32=${hex(octets)}` } = {},
) => wrap(`=ybegin line=128 size=${octets.length} name=${name}`, encode(octets, 128, eol), end, eol);

const ALL = Buffer.from(Array.from({ length: 1000 }, (_, index) => index & 255));
const codes = (octets: Uint8Array) => findYenc(octets).map(({ issues }) => issues.map(({ code }) => code));

test.each(['\r\n', '\n', '\r'])('all octets come back, line break %j', (eol) => {
  const octets = Buffer.concat([Buffer.from('text\n'), single(ALL, { eol }), Buffer.from('after')]);
  const [file] = findYenc(octets);
  expect(file).toMatchObject({ start: 5, end: octets.length - 5, name: 'a.bin', size: 1000, part: null, issues: [] });
  expect(ALL.equals(file?.bytes ?? Buffer.alloc(0))).toBe(true);
});

test('a part of a file', () => {
  const part = ALL.subarray(300, 700);
  const octets = wrap(
    '=ybegin part=2 total=3 line=128 size=1000 name=my file.bin\r\n=ypart begin=301 end=700',
    encode(part),
    `=yend size=400 part=2 pcrc32=${hex(part)} crc32=${hex(ALL)}`,
  );
  const [file] = findYenc(octets);
  expect(file).toMatchObject({
    name: 'my file.bin',
    size: 1000,
    part: { number: 2, total: 3, begin: 301, end: 700 },
    issues: [],
  });
  expect(part.equals(file?.bytes ?? Buffer.alloc(0))).toBe(true);
});

test('properties: any octets, any width', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.integer({ min: 1, max: 254 }), (octets, width) => {
      const text = wrap(
        `=ybegin line=${width} size=${octets.length} name=x`,
        encode(octets, width),
        `=yend size=${octets.length} crc32=${hex(octets)}`,
      );
      const [file] = findYenc(text);
      expect(Buffer.from(file?.bytes ?? []).equals(octets)).toBe(true);
      expect(file?.issues).toEqual([]);
    }),
    { seed: 2, numRuns: 200 },
  );
});

const altered = single(ALL);
altered[60] = (altered[60] ?? 0) ^ 1;
test.each([
  ['an altered octet', altered, ['EMBEDDED_DAMAGED']],
  ['a wrong size at the end', single(ALL, { end: '=yend size=999' }), ['EMBEDDED_DAMAGED']],
  [
    'octets missing',
    wrap('=ybegin line=128 size=10 name=a', encode(ALL.subarray(0, 9)), '=yend size=10'),
    ['PART_TRUNCATED'],
  ],
  [
    'octets too many',
    wrap('=ybegin line=128 size=8 name=a', encode(ALL.subarray(0, 9)), '=yend'),
    ['EMBEDDED_DAMAGED'],
  ],
  ['no CRC', single(ALL, { end: '=yend size=1000' }), []],
  [
    'a CRC without its zeros',
    single(Buffer.from('\x00\x01\x7d'), {
      end: `=yend size=3 crc32=${crc32(Buffer.from('\x00\x01\x7d')).toString(16)}`,
    }),
    [],
  ],
])('%s', (_, octets, expected) => {
  expect(codes(octets)).toEqual([expected]);
});

test('without =yend the announced size ends it, or the next file', () => {
  const open = Buffer.concat([
    Buffer.from('=ybegin line=128 size=1000 name=a\r\n'),
    encode(ALL),
    Buffer.from('-- \r\nsignature\r\n'),
  ]);
  const [file] = findYenc(open);
  expect(ALL.equals(file?.bytes ?? Buffer.alloc(0))).toBe(true);
  expect(open.subarray(file?.end).toString('latin1').trimStart()).toBe('-- \r\nsignature\r\n');
  const two = Buffer.concat([Buffer.from('=ybegin line=128 size=1000 name=a\r\nabc\r\n'), single(ALL, { name: 'b' })]);
  expect(findYenc(two).map(({ name, bytes, issues }) => [name, bytes.length, issues.length])).toEqual([
    ['a', 3, 2],
    ['b', 1000, 0],
  ]);
});

test.each([
  ['a sentence', 'A file begins with\n=ybegin and its parameters.\n'],
  ['within a line', 'see =ybegin line=128 size=3 name=a\nabc\n=yend size=3\n'],
  ['no size', '=ybegin line=128 name=a\nabc\n=yend\n'],
  ['a size that is no number', '=ybegin line=128 size=-3 name=a\nabc\n=yend\n'],
  ['no name', '=ybegin line=128 size=3 name=\nabc\n=yend\n'],
])('prose is no file: %s', (_, text) => {
  expect(findYenc(Buffer.from(text))).toEqual([]);
});

test('a quoted name, a name in Latin-1', () => {
  expect(findYenc(single(ALL, { name: '"a b.bin"' }))[0]?.name).toBe('a b.bin');
  const octets = single(ALL, { name: 'caf?' });
  octets[octets.indexOf('?')] = 0xe9;
  expect(findYenc(octets)[0]?.name).toBe('café');
});

test('cut anywhere, it gives a beginning of the file', () => {
  const octets = single(ALL.subarray(0, 300));
  for (let length = 0; length < octets.length; length++) {
    const [file] = findYenc(octets.subarray(0, length));
    if (file !== undefined) expect(file.issues.length === 0 || file.bytes.length <= 300).toBe(true);
    if (file !== undefined && length < octets.indexOf('=yend')) {
      expect(ALL.subarray(0, file.bytes.length).equals(file.bytes)).toBe(true);
    }
  }
});
