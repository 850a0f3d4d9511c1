import fc from 'fast-check';
import { expect, test } from 'vitest';
import { child, childText, elements, readXml } from '../../src/sandbox/s3/xml.ts';

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string(), { maxLength: 5 }), (text, list) => {
      const made = elements('Root', { A: { B: text }, C: list, None: null, Flag: true, Size: 12 });
      const root = readXml(Buffer.from(made).toString('utf8'));
      expect(childText(child(root, 'A'), 'B')).toBe(text);
      expect(root?.children.filter((each) => each.name === 'C').map((each) => each.text)).toEqual(list);
      expect(child(root, 'None')).toBeNull();
      expect(childText(root, 'Flag')).toBe('true');
    }),
    { seed: 7, numRuns: 80 },
  );
});

test.each([
  ['<a><b/></a>', 'b', ''],
  ['<?xml version="1.0"?><!-- x --><a x="1"><b y="2">t&amp;&#65;&#x42;&lt;</b></a>', 'b', 't&AB<'],
  ['<a>&unknown;<b>&#x110000;</b></a>', 'b', '&#x110000;'],
])('%s', (text, name, expected) => {
  expect(childText(readXml(text), name)).toBe(expected);
});

test.each(['', 'text', '<a>', '<a></b>', '</a>', '<a', '<a><b></a></b>', '<a>'.repeat(50) + '</a>'.repeat(50)])(
  'not well-formed: %j',
  (text) => expect(readXml(text)).toBeNull(),
);

test('an empty root', () => {
  expect(readXml('<a/>')).toEqual({ name: 'a', text: '', children: [] });
  expect(childText(null, 'a')).toBeNull();
});
