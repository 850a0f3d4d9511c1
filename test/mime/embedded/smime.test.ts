import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { NESTING_LIMIT } from '../../../src/mime/embedded/smime/element.ts';
import { readSignedData } from '../../../src/mime/embedded/smime/index.ts';
import * as der from './der-writer.ts';

const FIXTURES = resolve(import.meta.dirname, '../../../fixtures/messages/smime');
const fixture = (name: string) => readFileSync(join(FIXTURES, name));
const read = (name: string) => readSignedData(fixture(name));
const text = (octets: Uint8Array | null) => (octets === null ? null : Buffer.from(octets).toString());
const codes = (result: { issues: readonly { code: string }[] }) => result.issues.map(({ code }) => code);

/** Subject and serial number as openssl prints them (`RFC2253,-esc_msb,utf8`). */
function printed(name: string): { subject: string; serialNumber: string } {
  const [subject = '', serial = ''] = fixture(name).toString().trimEnd().split('\n');
  // openssl shows a quotation mark by a backslash, as RFC 4514 does.
  return { subject: subject.slice('subject='.length), serialNumber: serial.slice('serial='.length).toLowerCase() };
}
const selfSigned = (name: string) => ({ ...printed(name), issuer: printed(name).subject });
const ADA = selfSigned('ada.txt');
const BOB = selfSigned('bob.txt');
const CONTENT = fixture('content.txt').toString();

test.each([
  ['signed.p7m', 'signed', CONTENT, [ADA], [ADA]],
  ['signed.pem', 'signed', CONTENT, [ADA], [ADA]],
  ['signed-without-certificates.p7m', 'signed', CONTENT, [{ ...ADA, subject: '' }], []],
  ['detached.p7s', 'signed', null, [ADA], [ADA]],
  ['certificates-only.p7c', 'signed', null, [], [ADA, BOB]],
] as const)('openssl’s %s', (name, kind, content, signers, certificates) => {
  const result = read(name);
  expect(text(result.content)).toBe(content);
  expect(result).toMatchObject({ kind, signers, certificates, issues: [] });
});

test('signers by key identifier, in whatever order the sets have', () => {
  const result = read('signed-by-two-keyid.p7m');
  const bySerial = (names: readonly { serialNumber: string }[]) =>
    [...names].sort((one, two) => (one.serialNumber < two.serialNumber ? -1 : 1));
  expect(bySerial(result.signers)).toEqual(bySerial([ADA, BOB]));
  expect(bySerial(result.certificates)).toEqual(bySerial([ADA, BOB]));
  expect(result.issues).toEqual([]);
});

test('indefinite lengths and a content in segments, as openssl -stream writes them', () => {
  const result = read('signed-indefinite.p7m');
  const lines = text(result.content)?.split('\r\n') ?? [];
  expect(lines).toHaveLength(403);
  expect(lines.at(-2)).toBe('Line 0399 of a text that is longer than one segment.');
  expect(result.signers).toEqual([ADA]);
  expect(result.issues).toEqual([]);
});

test('base64 that was encoded twice', () => {
  const base64 = fixture('signed.p7m').toString('base64');
  expect(text(readSignedData(Buffer.from(base64)).content)).toBe(CONTENT);
  expect(codes(readSignedData(Buffer.from('Many words')))).toEqual(['EMBEDDED_UNREADABLE']);
});

test.each([['enveloped.p7m'], ['auth-enveloped.p7m']])('%s is encrypted', (name) => {
  expect(read(name)).toMatchObject({ kind: 'enveloped', content: null, signers: [], issues: [{ code: 'ENCRYPTED' }] });
});

test.each([
  ['digested.p7m', fixture('digested.p7m')],
  ['an unknown type', der.contentInfo('1.2.3.4', der.sequence())],
  ['another structure', der.sequence(der.integer('01'))],
  ['text', Buffer.from('not CMS')],
  ['nothing', Buffer.alloc(0)],
])('%s is not read', (_, octets) => {
  expect(readSignedData(octets)).toMatchObject({
    kind: 'other',
    content: null,
    issues: [{ code: 'EMBEDDED_UNREADABLE' }],
  });
});

const body = Buffer.from('Content-Type: text/plain\r\n\r\nHello');
const compressed = (octets: Uint8Array | null) =>
  der.contentInfo(
    '1.2.840.113549.1.9.16.1.9',
    der.sequence(
      der.integer('00'),
      der.sequence(),
      der.sequence(
        der.objectIdentifier('1.2.840.113549.1.7.1'),
        ...(octets === null ? [] : [der.context(0, der.octetString(octets))]),
      ),
    ),
  );
const deflated = deflateSync(Buffer.from('abc'.repeat(10_000)));

test('CompressedData is inflated', () => {
  const result = readSignedData(compressed(deflateSync(body)));
  expect(result).toMatchObject({ kind: 'compressed', issues: [] });
  expect(text(result.content)).toBe(body.toString());
});

test.each([
  ['a bomb', compressed(deflateSync(Buffer.alloc(10_000_000))), 1_000_000, 'LIMIT_REACHED', null],
  ['no content', compressed(null), undefined, 'EMBEDDED_UNREADABLE', null],
  ['no zlib', compressed(Buffer.from('nothing of the kind')), undefined, 'EMBEDDED_UNREADABLE', null],
  ['half of it', compressed(deflated.subarray(0, -6)), undefined, 'PART_TRUNCATED', expect.stringMatching(/^abcabc/)],
])('CompressedData with %s', (_, octets, inflatedLimit, code, content) => {
  const result = readSignedData(octets, inflatedLimit === undefined ? {} : { inflatedLimit });
  expect(text(result.content)).toEqual(content);
  expect(codes(result)).toEqual([code]);
});

const UTF8 = 12;
const bytes = (value: string) => Buffer.from(value);
test.each([
  [
    'the usual',
    [
      ['2.5.4.6', 19, bytes('SE')],
      ['2.5.4.3', UTF8, bytes('Åsa')],
    ],
    'CN=Åsa,C=SE',
  ],
  ['specials', [['2.5.4.10', UTF8, bytes('a,b+c"d\\e<f>g;h=i')]], 'O=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h=i'],
  ['blanks at both ends', [['2.5.4.3', UTF8, bytes('  a  ')]], 'CN=\\  a \\ '],
  ['one blank', [['2.5.4.3', UTF8, bytes(' ')]], 'CN=\\ '],
  ['a number sign first', [['2.5.4.3', UTF8, bytes('#1#')]], 'CN=\\#1#'],
  ['control characters', [['2.5.4.3', UTF8, bytes('a\0\n')]], 'CN=a\\00\\0A'],
  ['nothing in it', [['2.5.4.3', UTF8, bytes('')]], 'CN='],
  ['BMPString', [['2.5.4.3', 30, Buffer.from([0x04, 0x1f])]], 'CN=П'],
  ['UniversalString', [['2.5.4.3', 28, Buffer.from([0, 1, 0xf6, 0])]], 'CN=😀'],
  ['TeletexString', [['2.5.4.3', 20, Buffer.from([0xe9])]], 'CN=é'],
  ['a type without a name', [['1.3.6.1.4.1.1466.0', UTF8, bytes('Hi')]], '1.3.6.1.4.1.1466.0=#0c024869'],
  ['a value that is no string', [['2.5.4.3', 2, Buffer.from([1])]], 'CN=#020101'],
  ['an arc above 2.39', [['2.999.3', UTF8, bytes('x')]], '2.999.3=#0c0178'],
] as const)('a distinguished name with %s', (_, rows, expected) => {
  const [certificate] = readSignedData(
    der.signedData(null, [der.certificate('01', der.name(), der.name(...rows))], []),
  ).certificates;
  expect(certificate).toEqual({ subject: expected, issuer: '', serialNumber: '01' });
});

test('a signer finds its certificate by issuer and serial number, not by one of them', () => {
  const [root, other] = [der.name(['2.5.4.3', UTF8, bytes('Root')]), der.name(['2.5.4.3', UTF8, bytes('Other')])];
  const subject = (value: string) => der.name(['2.5.4.3', UTF8, bytes(value)]);
  const certificates = [
    der.certificate('05', other, subject('wrong')),
    der.certificate('05', root, subject('right')),
    der.certificate('06', root, subject('neighbour')),
  ];
  const { signers } = readSignedData(
    der.signedData(null, certificates, [
      [root, '0005'],
      [root, '07'],
    ]),
  );
  expect(signers).toEqual([
    { subject: 'CN=right', issuer: 'CN=Root', serialNumber: '05' },
    { subject: '', issuer: 'CN=Root', serialNumber: '07' },
  ]);
});

test('certificates that cannot be read are counted, attribute certificates passed over', () => {
  const result = readSignedData(
    der.signedData(null, [der.sequence(), der.sequence(der.sequence()), der.context(2)], []),
  );
  expect(result.certificates).toEqual([]);
  expect(result.issues).toMatchObject([{ code: 'EMBEDDED_DAMAGED', message: expect.stringContaining('2 enclosed') }]);
});

test('the content of PKCS #7 may be any type', () => {
  expect(text(readSignedData(der.signedData(der.sequence(bytes('raw')), [], [])).content)).toBe('raw');
});

test('segments within segments', () => {
  const leaf = (value: string) => der.octetString(bytes(value));
  const nested = der.indefinite(
    0x24,
    leaf('a'),
    der.indefinite(0x24, leaf('b'), der.element(0x24, leaf('c'))),
    der.integer('01'),
    leaf('d'),
  );
  expect(text(readSignedData(der.signedData(nested, [], [])).content)).toBe('abcd');
});

test('segments nested too deep are left out, and said', () => {
  let nested = der.octetString(bytes('deep'));
  for (let depth = 0; depth < NESTING_LIMIT + 5; depth++) nested = der.indefinite(0x24, nested);
  const result = readSignedData(der.signedData(nested, [], []));
  expect(text(result.content)).toBe('');
  expect(codes(result)).toEqual(['LIMIT_REACHED']);
});

test('a megabyte of openings is read without a stack', () => {
  const openings = Buffer.alloc(1_000_000, Buffer.from([0x24, 0x80]));
  expect(readSignedData(openings)).toMatchObject({ kind: 'other', content: null });
  const within = readSignedData(der.signedData(openings, [], []));
  expect(codes(within)).toEqual(['PART_TRUNCATED', 'LIMIT_REACHED']);
});

test.each([
  ['an endless tag', Buffer.from([0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00])],
  ['a high tag', Buffer.from([0x3f, 0x81, 0x01, 0x00])],
  ['a length of 127 octets', Buffer.from([0x30, 0xff, ...Buffer.alloc(127)])],
  ['a length beyond counting', Buffer.from([0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 6, 1])],
  ['an indefinite primitive', Buffer.from([0x10, 0x80, 0, 0])],
  ['a tag and no length', Buffer.from([0x30])],
  ['a cut-off length', Buffer.from([0x30, 0x84, 0x01])],
])('%s is no structure', (_, octets) => {
  expect(codes(readSignedData(octets))).toEqual(['EMBEDDED_UNREADABLE']);
});

test.each([['signed.p7m'], ['signed-indefinite.p7m']])(
  '%s cut anywhere: a beginning of the content, and an issue',
  (name) => {
    const whole = fixture(name);
    const content = Buffer.from(readSignedData(whole).content ?? []);
    const step = whole.length > 5000 ? 97 : 1;
    for (let length = 0; length < whole.length; length += step) {
      const result = readSignedData(whole.subarray(0, length));
      expect(result.issues.length).toBeGreaterThan(0);
      const begun = Buffer.from(result.content ?? []);
      expect(content.subarray(0, begun.length).equals(begun)).toBe(true);
    }
  },
);
