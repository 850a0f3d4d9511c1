import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseCalendar } from '../../src/index.ts';
import type { Stretch } from '../../src/mime/index.ts';
import { LARGE_MESSAGE_LIMITS, LargeMessageReader, parseMessage } from '../../src/mime/index.ts';
import { corpusMessages, present } from './corpora.ts';
import { message, recordOf } from './record.ts';

/** A generator with a seed: the same cuts in every run. */
function cuts(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

function streamed(bytes: Buffer, windowBytes: number, layout: Stretch[] = []): LargeMessageReader {
  const next = cuts(windowBytes);
  const reader = new LargeMessageReader({ windowBytes, layout });
  for (let at = 0; at < bytes.length; ) {
    const length = windowBytes === 1 ? 1 : 1 + Math.floor(next() * windowBytes * 2);
    reader.push(bytes.subarray(at, at + length));
    at += length;
  }
  return reader;
}

/** A message that is longer than the windows used here, with everything that needs care at their edges. */
function long(lineBreak: string): Buffer {
  const base64 = Buffer.alloc(9_000, 'attachment ').toString('base64').replace(/.{76}/g, `$&${lineBreak}`);
  const lines = [
    'From: Jane <jane@example.com>',
    ...Array.from({ length: 200 }, (_, index) => `X-Field-${index}: ${'value '.repeat(5)}`),
    'Content-Type: multipart/mixed; boundary=outer',
    '',
    'prologue '.repeat(900),
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    ...Array.from({ length: 300 }, (_, index) => `caf=C3=A9 ${index}   =`),
    '--inner',
    'Content-Type: text/html',
    '',
    '<p>html</p>'.repeat(900),
    '--inner--',
    '--outer',
    'Content-Type: application/pdf; name=a.pdf',
    'Content-Transfer-Encoding: base64',
    '',
    base64,
    '--outer',
    'Content-Type: multipart/mixed; boundary=unseen',
    '',
    'no part here '.repeat(900),
    '--outer',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    '',
    'text '.repeat(2_000),
    '--outer--',
    'epilogue '.repeat(900),
  ];
  return Buffer.from(lines.join(lineBreak));
}

describe('large messages', () => {
  test.each([['\r\n'], ['\n'], ['\r'], ['\r\r\n']])(
    'are read as others are, however they are cut (%j)',
    (lineBreak) => {
      const bytes = long(lineBreak);
      const layout: Stretch[] = [];
      const expected = recordOf(parseMessage(bytes, { limits: LARGE_MESSAGE_LIMITS, layout }));
      expect(expected).toContain('BOUNDARY_UNSEEN');
      for (const windowBytes of [1, 7, 100, 4_096, 10_000, 1_000_000]) {
        const streamedLayout: Stretch[] = [];
        expect(recordOf(streamed(bytes, windowBytes, streamedLayout).end()), `${windowBytes}`).toBe(expected);
        expect(streamedLayout).toEqual(layout);
      }
    },
  );

  test.skipIf(!present)('every corpus message reads the same whole and in pieces', () => {
    const different = corpusMessages().filter(({ path }, index) => {
      const bytes = readFileSync(path);
      if (bytes.length < 4_500 && index % 7 !== 0) return false;
      const expected = recordOf(parseMessage(bytes, { limits: LARGE_MESSAGE_LIMITS }));
      return [77, 2_000].some((windowBytes) => recordOf(streamed(bytes, windowBytes).end()) !== expected);
    });
    expect(different.map(({ name }) => name)).toEqual([]);
  });

  test.each([
    ['that ends at its first boundary', 'before\n\n--b\n', 'before\n'],
    ['of boundaries only', 'before\n--b\n--b\n', 'before'],
    ['that is closed at once', 'before\n--b--\nbehind\n', 'before'],
  ])('a multipart %s is the text before that', (_, body, text) => {
    const bytes = Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${body}`);
    const whole = parseMessage(bytes, { limits: LARGE_MESSAGE_LIMITS });
    expect(whole.text).toBe(text);
    for (const windowBytes of [1, 100]) expect(recordOf(streamed(bytes, windowBytes).end())).toBe(recordOf(whole));
  });

  test.each([
    ['a calendar', `\n ${'BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n'}`],
    ['TNEF', Buffer.from('789f3e2201000106900800040000000000010001000107', 'hex').toString('latin1')],
    ['a short attachment', 'z'],
    ['an attachment', 'z'.repeat(9_000)],
  ])('%s that only its first octets tell is read in pieces too', (_, body) => {
    const header = 'Content-Type: application/x-thing; name=thing.bin\nContent-Disposition: attachment\n\n';
    const bytes = Buffer.from(header + body, 'latin1');
    const options = { limits: LARGE_MESSAGE_LIMITS, parseCalendar };
    const whole = parseMessage(bytes, options);
    expect(whole.children).toHaveLength(body.startsWith('z') ? 0 : 1);
    for (const windowBytes of [1, 5_000]) {
      const reader = new LargeMessageReader({ windowBytes, parseCalendar });
      for (let at = 0; at < bytes.length; at += 11) reader.push(bytes.subarray(at, at + 11));
      const streamedMessage = reader.end();
      expect(recordOf(streamedMessage)).toBe(recordOf(whole));
      expect(streamedMessage.content('1')?.length ?? 0).toBe(body.startsWith('z') ? 0 : body.length);
    }
  });

  test('an attachment of any size is digested and not kept', () => {
    const piece = Buffer.alloc(57 * 1_000, 'octets of an attachment');
    const encoded = Buffer.from(piece.toString('base64').replace(/.{76}/g, '$&\r\n'));
    const reader = new LargeMessageReader();
    reader.push(message('Content-Type: application/pdf', 'Content-Transfer-Encoding: base64', '', ''));
    const expected = createHash('sha256');
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 800; count++) {
      reader.push(encoded);
      expected.update(piece);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(24 * 1024 * 1024);
    const parsed = reader.end();
    expect(parsed.email.bodyStructure.digests?.sha256).toBe(expected.digest('hex'));
    expect(parsed.email.bodyStructure.size).toBe(800 * piece.length);
    expect(parsed.content('1')).toBeNull();
    expect(parsed.issues).toEqual([]);
  });

  test('a text beyond the limit is cut, with an issue', () => {
    const reader = new LargeMessageReader({ limits: { maxTextBytes: 10 } });
    reader.push(message('Subject: x', '', '0123456789abcdef'));
    const { text, issues, email } = reader.end();
    expect(text).toBe('0123456789');
    expect(email.bodyStructure.size).toBe(16);
    expect(issues).toMatchObject([{ code: 'LIMIT_REACHED', message: expect.stringContaining('maxTextBytes (10)') }]);
  });

  test('a message within that is beyond the limit is an attachment, with an issue', () => {
    const reader = new LargeMessageReader({ limits: { maxEmbeddedBytes: 10 } });
    reader.push(message('Content-Type: message/rfc822', '', 'Subject: inner', '', 'text'));
    const { children, issues, email } = reader.end();
    expect(children).toEqual([]);
    expect(email.attachments).toHaveLength(1);
    expect(issues).toMatchObject([
      { code: 'LIMIT_REACHED', message: expect.stringContaining('maxEmbeddedBytes (10)') },
    ]);
  });

  test('nothing may follow the end', () => {
    const reader = new LargeMessageReader();
    expect(reader.end().issues).toMatchObject([{ code: 'MESSAGE_EMPTY' }]);
    expect(() => reader.push(Buffer.from('x'))).toThrow(TypeError);
    expect(() => reader.end()).toThrow(TypeError);
  });
});
