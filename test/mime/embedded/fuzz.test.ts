import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSignedData } from '../../../src/mime/embedded/smime/index.ts';
import { readFraming } from '../../../src/mime/embedded/tnef/attribute.ts';
import { readTnef, TNEF_DEPTH_LIMIT, type TnefMessage } from '../../../src/mime/embedded/tnef/index.ts';
import { findUuencoded } from '../../../src/mime/embedded/uuencode/index.ts';
import { findYenc } from '../../../src/mime/embedded/yenc/index.ts';
import { corporaPresent, readTnefFile, tnefNames } from './corpora.ts';
import { everything } from './tnef-writer.ts';

/** Octets and characters a message holds: RTF is eight times its compressed form at most, and is kept as HTML or text too. */
function volume(message: TnefMessage): number {
  const { text, html, rtf } = message.body;
  const own = [text, html, rtf, message.subject].reduce((total, part) => total + (part?.length ?? 0), 0);
  return message.attachments.reduce(
    (total, { bytes, embedded }) => total + bytes.length + (embedded === null ? 0 : volume(embedded)),
    own,
  );
}
const RTF_EXPANSION = 8 * 2 + 8 * 6;

function bounded(octets: Uint8Array): TnefMessage {
  const message = readTnef(octets);
  expect(volume(message)).toBeLessThanOrEqual((octets.length + 64) * (RTF_EXPANSION + TNEF_DEPTH_LIMIT));
  expect(() => JSON.stringify(message.issues)).not.toThrow();
  return message;
}

test('our own stream: cut at every octet it says so, but between attributes, and keeps what came before', () => {
  const whole = everything();
  const boundaries: number[] = [];
  for (let length = 0; length < whole.length; length++) {
    const message = bounded(whole.subarray(0, length));
    if (length > 60) expect(message.subject).toBe('Subject');
    if (message.issues.length === 0) boundaries.push(length);
  }
  // Where a whole number of attributes has been read, nothing tells a cut from an end: TNEF has no end mark.
  const framing = readFraming(whole);
  let end = 6;
  const ends = [...(framing?.attributes ?? [])].map(({ data }) => (end += data.length + 11));
  expect(boundaries).toEqual([6, ...ends.slice(0, -1)]);
});

test('our own stream: every octet altered in three ways', () => {
  const whole = everything();
  for (let at = 0; at < whole.length; at++) {
    for (const mask of [0x01, 0x80, 0xff]) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ mask;
      bounded(altered);
    }
  }
});

test('our own stream: an octet altered in the data is always an issue', () => {
  const whole = everything();
  const at = whole.indexOf('attachment');
  const altered = Buffer.from(whole);
  altered[at] = 0;
  expect(readTnef(altered).issues.map(({ code }) => code)).toEqual(['EMBEDDED_DAMAGED']);
});

describe.skipIf(!corporaPresent)('the corpora', () => {
  test.each(tnefNames().map((name) => [name]))('%s: cut and altered', (name) => {
    const whole = Buffer.from(readTnefFile(name));
    // Places are fewer in large streams, so that each costs the same: every octet of the smallest, a dozen of the largest.
    const every = Math.ceil(whole.length ** 2 / 8_000_000);
    for (let at = 0; at < whole.length; at += every) {
      bounded(whole.subarray(0, at));
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ (1 << (at % 8));
      bounded(altered);
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, patch) => {
        const altered = Buffer.from(whole);
        altered.set(patch.subarray(0, whole.length - at), at);
        bounded(altered);
      }),
      { seed: 3, numRuns: 20 },
    );
  });
});

test('random octets after a TNEF signature', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
      bounded(Buffer.concat([Buffer.from('789f3e220100', 'hex'), octets]));
    }),
    { seed: 4, numRuns: 500 },
  );
});

const SMIME = resolve(import.meta.dirname, '../../../fixtures/messages/smime');
test.each([['signed.p7m'], ['certificates-only.p7c'], ['enveloped.p7m']])('CMS %s: every octet altered', (name) => {
  const whole = readFileSync(join(SMIME, name));
  for (let at = 0; at < whole.length; at++) {
    for (const mask of [0x01, 0x20, 0x80]) {
      const altered = Buffer.from(whole);
      altered[at] = (altered[at] ?? 0) ^ mask;
      const { content } = readSignedData(altered);
      expect(content?.length ?? 0).toBeLessThanOrEqual(whole.length);
    }
  }
});

test('any octets: never an exception, never more out than the limits let', () => {
  const pieces = fc.constantFrom(
    'begin 644 a\n',
    '#0V%T\n',
    'M\n',
    '`\n',
    'end\n',
    '=ybegin line=1 size=9 name=a\n',
    '=ypart begin=1 end=3\n',
    'abc\n',
    '=yend size=3\n',
    'begin-base64 644 b\n',
    'QUJD\n',
    '====\n',
    '\n',
    ' \n',
    '\r',
    'x',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const octets = Buffer.from(parts.join(''));
      const found = [...findUuencoded(octets), ...findYenc(octets)];
      for (const { start, end } of found) expect(start < end && end <= octets.length).toBe(true);
      const uuencoded = findUuencoded(octets);
      uuencoded.forEach((file, index) => {
        expect(file.start).toBeGreaterThanOrEqual(uuencoded[index - 1]?.end ?? 0);
      });
      expect(found.reduce((total, { bytes }) => total + bytes.length, 0)).toBeLessThanOrEqual(octets.length * 50);
    }),
    { seed: 5, numRuns: 1000 },
  );
});

/** A view that counts the octets read one by one and those that searches pass over. */
function counting(octets: Buffer, count: (work: number) => void): Buffer {
  return new Proxy(octets, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) count(1);
      if (key === 'subarray') return (start?: number, end?: number) => counting(target.subarray(start, end), count);
      if (key === 'indexOf') {
        return (value: string, from: number) => {
          const at = target.indexOf(value, from, 'latin1');
          count((at < 0 ? target.length : at) - from);
          return at;
        };
      }
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('linear: twice the input costs twice the work', () => {
  const work = (octets: Buffer, read: (bytes: Uint8Array) => unknown): number => {
    let total = 0;
    read(
      counting(octets, (more) => {
        total += more;
      }),
    );
    return total;
  };
  test.each([
    ['begin lines and nothing after', 'begin 644 a\n', findUuencoded],
    ['files without an end', 'begin 644 a\n#0V%T\n', findUuencoded],
    ['base64 that is none', 'begin-base64 644 a\nabc\n', findUuencoded],
    ['one line of begins', 'begin 644 a ', findUuencoded],
    ['=ybegin lines without an end', '=ybegin line=1 size=9 name=a\nabc\n', findYenc],
    ['one line of =ybegin', 'x=ybegin line=1 size=9 name=a', findYenc],
  ])('%s', (_, piece, find) => {
    const once = work(Buffer.from(piece.repeat(500)), find);
    const twice = work(Buffer.from(piece.repeat(1000)), find);
    expect(once).toBeGreaterThan(piece.length * 100);
    expect(twice).toBeLessThanOrEqual(once * 2.1 + 100);
  });
});
