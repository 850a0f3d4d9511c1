import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeMetadataValue } from '../../src/decrypt/encoded-context.ts';
import { openEnvelope } from '../../src/decrypt/index.ts';
import { FakeKms, writeV3 } from './envelope-writer.ts';
import { memorySource } from './memory-source.ts';

const base64Word = (octets: Uint8Array) => `=?UTF-8?B?${Buffer.from(octets).toString('base64')}?=`;
const utf8 = (text: string) => Buffer.from(text, 'utf8');

const CASES: [string, string, string][] = [
  ['ASCII stays', '{"a":"b"}', '{"a":"b"}'],
  ['B', base64Word(utf8('{"a":"Größe"}')), '{"a":"Größe"}'],
  ['Q', '=?UTF-8?Q?{"a":"Gr=C3=B6=C3=9Fe_1"}?=', '{"a":"Größe 1"}'],
  ['lower case', '=?utf-8?q?Gr=c3=b6=c3=9fe?=', 'Größe'],
  [
    'two words, a character divided between them',
    `${base64Word(utf8('Gr\u00f6').subarray(0, 3))} ${base64Word(utf8('\u00f6').subarray(1))}`,
    'Grö',
  ],
  ['a word among ASCII', `{"a":"${base64Word(utf8('日本'))}"}`, '{"a":"日本"}'],
  ['encoded twice', base64Word(utf8(Buffer.from('{"a":"日本"}').toString('latin1'))), '{"a":"日本"}'],
  ['octets taken for Latin-1', Buffer.from('{"a":"é"}').toString('latin1'), '{"a":"é"}'],
  ['Latin-1 that is no UTF-8 stays', '{"a":"é"}', '{"a":"é"}'],
  ['a broken word stays', '=?UTF-8?B?AAA', '=?UTF-8?B?AAA'],
  ['another charset stays', '=?ISO-8859-1?Q?a?=', '=?ISO-8859-1?Q?a?='],
];
test.each(CASES)('%s', (_, value, expected) => {
  expect(decodeMetadataValue(value)).toBe(expected);
});

test('whatever a value is, it comes back as B and Q words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      fc.pre(!/[\u0080-\u00ff]/.test(text) && !text.includes('=?'));
      expect(decodeMetadataValue(base64Word(utf8(text)))).toBe(text);
      const q = [...utf8(text)].map((octet) => `=${octet.toString(16).padStart(2, '0')}`).join('');
      expect(decodeMetadataValue(`=?UTF-8?Q?${q}?=`)).toBe(text);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a context beyond ASCII reaches KMS as it was written', async () => {
  const kms = new FakeKms();
  const object = writeV3({ kms, plaintext: utf8('x'), dataKey: Buffer.alloc(32, 1), context: { fall: 'Größe 日本' } });
  object.metadata['x-amz-t'] = base64Word(utf8(object.metadata['x-amz-t'] ?? ''));
  const opened = await openEnvelope({
    source: memorySource(object.ciphertext),
    metadata: object.metadata,
    unwrap: kms,
  });
  expect(opened?.size).toBe(1);
  expect(kms.asked[0]?.encryptionContext['fall']).toBe('Größe 日本');
});
