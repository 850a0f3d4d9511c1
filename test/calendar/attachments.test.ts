import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCalendar } from '../../src/calendar/index.ts';
import { event, firstItem } from './texts.ts';

const shown = (...lines: readonly string[]) => {
  const item = firstItem(event(...lines));
  return {
    attachments: (item.attachments ?? []).map(
      ({ partId, name, mediaType, bytes }) =>
        `${partId} ${name ?? '-'} ${mediaType} ${bytes === null ? 'unreadable' : Buffer.from(bytes).toString()}`,
    ),
    codes: item.issues.map(({ code, part }) => `${code} ${part}`),
  };
};

describe('what stands within an item', () => {
  test.each([
    ['RFC 5545', 'ATTACH;FMTTYPE=text/plain;ENCODING=BASE64;VALUE=BINARY:aGVsbG8=', 'a1 - text/plain hello'],
    [
      'Apple',
      'ATTACH;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=text/plain;X-APPLE-FILENAME=a b.txt:aGk=',
      'a1 a b.txt text/plain hi',
    ],
    [
      'RFC 8607',
      'ATTACH;VALUE=BINARY;ENCODING=BASE64;FILENAME="a;b.txt":aGk=',
      'a1 a;b.txt application/octet-stream hi',
    ],
    ['X-FILENAME', 'ATTACH;VALUE=BINARY;ENCODING=BASE64;X-FILENAME=a.txt:aGk=', 'a1 a.txt application/octet-stream hi'],
    ['no VALUE', 'ATTACH;ENCODING=BASE64:aGk=', 'a1 - application/octet-stream hi'],
    ['no ENCODING', 'ATTACH;VALUE=BINARY:aGk=', 'a1 - application/octet-stream hi'],
    ['VALUE=URI all the same', 'ATTACH;VALUE=URI;ENCODING=BASE64:aGk=', 'a1 - application/octet-stream hi'],
    ['vCalendar 1.0, bare', 'ATTACH;BASE64:aGk=', 'a1 - application/octet-stream hi'],
    ['vCalendar 1.0, INLINE', 'ATTACH;VALUE=INLINE;ENCODING=BASE64:aGk=', 'a1 - application/octet-stream hi'],
    ['vCalendar 1.0, quoted-printable', 'ATTACH;VALUE=INLINE;ENCODING=QUOTED-PRINTABLE:h=C3=A9', 'a1 - text/plain hé'],
    ['unpadded', 'ATTACH;ENCODING=BASE64:aGk', 'a1 - application/octet-stream hi'],
    ['nothing', 'ATTACH;ENCODING=BASE64;VALUE=BINARY:', 'a1 - application/octet-stream '],
    ['data:, base64', 'ATTACH:data:text/html;charset=utf-8;base64,aGk=', 'a1 - text/html hi'],
    ['data:, percent', 'ATTACH;FMTTYPE=text/csv:data:,a%2cb%zz', 'a1 - text/csv a,b%zz'],
    ['data:, nothing declared', 'ATTACH:data:,hi', 'a1 - text/plain hi'],
    ['an image', 'IMAGE;VALUE=BINARY;ENCODING=BASE64;FMTTYPE=IMAGE/PNG:aGk=', 'a1 - image/png hi'],
  ])('%s', (_name, line, expected) => {
    expect(shown(line)).toEqual({ attachments: [expected], codes: [] });
  });

  test.each([
    ['an address', 'ATTACH:https://example.com/data,base64'],
    ['a part of the message', 'ATTACH:CID:part1@example.com'],
    ['an address declared inline', 'ATTACH;VALUE=BINARY;ENCODING=BASE64:https://example.com/a'],
    ['a path', 'ATTACH;VALUE=URI:file:///c:/a.doc'],
  ])('%s is a link', (_name, line) => {
    expect(shown(line).attachments).toEqual([]);
  });

  test.each([
    ['none of it is base64', '????', ['a1 - application/octet-stream unreadable'], ['EMBEDDED_UNREADABLE a1']],
    ['some of it is not', 'aGVs!!!bG8=', ['a1 - application/octet-stream hello'], ['BASE64_MALFORMED a1']],
    [
      'pieces encoded one by one',
      'aGVsbG8=aGVsbG8=',
      ['a1 - application/octet-stream hellohello'],
      ['BASE64_MALFORMED a1'],
    ],
    ['cut', 'aGVsb', ['a1 - application/octet-stream hel'], ['BASE64_MALFORMED a1']],
  ])('%s', (_name, value, attachments, codes) => {
    expect(shown(`ATTACH;ENCODING=BASE64;VALUE=BINARY:${value}`)).toEqual({ attachments, codes });
  });

  test('vCalendar 1.0 writes base64 in lines of its own', () => {
    const lines = ['ATTACH;VALUE=INLINE;ENCODING=BASE64:', 'aGVs', 'bG8=', '', 'SUMMARY:Next'];
    expect(shown(...lines)).toEqual({ attachments: ['a1 - application/octet-stream hello'], codes: [] });
    expect(firstItem(event(...lines)).event['title']).toBe('Next');
  });

  test('a link to content that could not be read is none', () => {
    expect(firstItem(event('ATTACH;ENCODING=BASE64;VALUE=BINARY:?')).event['links']).toBeUndefined();
  });

  test('any octets come back, however they are folded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 90 }), (content, width) => {
        const base64 = Buffer.from(content).toString('base64');
        const folded = (base64.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join('\r\n ');
        const item = firstItem(event(`ATTACH;ENCODING=BASE64;VALUE=BINARY:${folded}`));
        expect(Buffer.from(item.attachments?.[0]?.bytes ?? []).equals(Buffer.from(content))).toBe(true);
        expect(item.issues).toEqual([]);
      }),
      { seed: 5545 },
    );
  });

  test('any value is read without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(parseCalendar(event(`ATTACH;ENCODING=BASE64;VALUE=BINARY:${value}`)).items.length).toBeGreaterThan(0);
        expect(parseCalendar(event(`ATTACH:data:${value}`)).items.length).toBeGreaterThan(0);
      }),
      { seed: 5545 },
    );
  });
});
