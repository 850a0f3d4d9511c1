import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, parseMessage, WorkCounter } from '../../src/mime/index.ts';
import { resolveLimits } from '../../src/mime/limits.ts';
import type { ParsedMessage } from '../../src/model/index.ts';

/** Messages crafted to make a reader do n² work; the value is n. */
const CRAFTED: readonly (readonly [string, number, (n: number) => string])[] = [
  ['flat parts', 5_000, (n) => `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(n)}--b--`],
  ['nested multiparts', 5_000, (n) => nested(n, (level) => `b${level}`)],
  ['nested multiparts of one boundary', 5_000, (n) => nested(n, () => 'b') + '\n--b--'.repeat(n)],
  ['nested messages', 1_500, (n) => `${'Content-Type: message/rfc822\n\n'.repeat(n)}Subject: x\n\n`],
  ['recipients', 10_000, (n) => `To: ${'"A, B" <a@b>,\n '.repeat(n)}\n\n`],
  ['header fields', 20_000, (n) => `${'X-Field: value\n'.repeat(n)}\n`],
  ['one long field', 20_000, (n) => `Subject: ${'word\n '.repeat(n)}\n\n`],
  ['repeated From fields', 20_000, (n) => `${'From: a@b\n'.repeat(n)}\n`],
  ['stray lines', 10_000, (n) => `Subject: x\n${'stray\nX-Y: z\n'.repeat(n)}\n`],
  ['encoded words', 20_000, (n) => `Subject: ${'=?utf-8?Q?a=C3?= '.repeat(n)}\n\n`],
  ['unclosed encoded words', 20_000, (n) => `Subject: ${'=?utf-8?Q?a '.repeat(n)}\n\n`],
  ['open parentheses', 20_000, (n) => `To: ${'('.repeat(n)}a@b\nDate: ${'('.repeat(n)}\n\n`],
  ['open brackets', 20_000, (n) => `To: ${'<a,'.repeat(n)}>\nCc: ${'<'.repeat(n)}${'[a'.repeat(n)}\n\n`],
  ['open quotes', 20_000, (n) => `To: ${'"a\\" '.repeat(n)}\nCc: ${'<"a,'.repeat(n)}\n\n`],
  ['addresses without commas', 20_000, (n) => `To: ${'a@b '.repeat(n)}\nCc: ${'A (x) <a@b> '.repeat(n)}\n\n`],
  ['doubtful closing boundaries', 5_000, (n) => multipartOf('--b--x\n--b\n\nx\n'.repeat(n))],
  [
    'parameters with comments',
    10_000,
    (n) => `Content-Type: text/plain${'; a (x)= (y) "z"'.repeat(n)}; b=${'('.repeat(n)}\n\n`,
  ],
  ['broken UTF-8', 100_000, (n) => `Subject: ${'\xc3\xa9\xff'.repeat(n)}\n\n`],
  ['blanks and carriage returns', 50_000, (n) => `Content-Transfer-Encoding: quoted-printable\n\n${' \r'.repeat(n)}x`],
  ['colons', 20_000, (n) => `To: a@b ${': '.repeat(n)}\n\n`],
  ['parameters', 10_000, (n) => `Content-Type: text/plain${'; a*1=x'.repeat(n)}${' b= '.repeat(n)}\n\n`],
  ['message ids', 20_000, (n) => `References: ${'<a '.repeat(n)}\nIn-Reply-To: ${'a@b '.repeat(n)}\n\n`],
  ['lines that begin with dashes', 50_000, (n) => `Content-Type: multipart/mixed; boundary=b\n\n${'--\n'.repeat(n)}`],
  [
    'long lines of dashes',
    500,
    (n) => `Content-Type: multipart/mixed; boundary=b\n\n${`${'-'.repeat(999)}\n`.repeat(n)}`,
  ],
  ['carriage returns', 100_000, (n) => `Subject: x${'\r'.repeat(n)}y\n\n${'\r'.repeat(n)}`],
  ['blanks', 100_000, (n) => `Content-Transfer-Encoding: quoted-printable\n\n${' '.repeat(n)}`],
  ['base64 texts in a row', 20_000, (n) => `Content-Transfer-Encoding: base64\n\n${'QQ==\n!'.repeat(n)}`],
  ['open tags', 20_000, (n) => `Content-Type: text/html\n\n${'<div><a href="'.repeat(n)}`],
  ['nested elements', 20_000, (n) => `Content-Type: text/html\n\n${'<div><b>'.repeat(n)}`],
  ['begin lines', 10_000, (n) => `Subject: x\n\n${'begin 644 a\nM\n'.repeat(n)}`],
  ['report fields', 10_000, (n) => `Content-Type: message/delivery-status\n\n${'X: y\n'.repeat(n)}`],
  ['report groups', 5_000, (n) => `Content-Type: message/delivery-status\n\n${'X: y\n\n'.repeat(n)}`],
  ['NUL', 200_000, (n) => '\0'.repeat(n)],
  ['one long line', 500_000, (n) => `Subject: x\n\n${'x'.repeat(n)}`],
];

function multipartOf(body: string): string {
  return `Content-Type: multipart/mixed; boundary=b\n\n${body}`;
}

function nested(levels: number, boundary: (level: number) => string): string {
  const open = Array.from({ length: levels }, (_, level) => {
    return `Content-Type: multipart/mixed; boundary=${boundary(level)}\n\n--${boundary(level)}\n`;
  });
  return `${open.join('')}\nx`;
}

function workOf(text: string): number {
  const counter = new WorkCounter();
  parseMessage(Buffer.from(text, 'latin1'), { counter });
  return counter.octets + counter.steps;
}

describe('work is linear', () => {
  test.each(CRAFTED)('%s', (_, n, craft) => {
    const [once, twice] = [workOf(craft(n)), workOf(craft(2 * n))];
    expect(once).toBeGreaterThan(0);
    expect(twice / once).toBeLessThanOrEqual(2.2);
    // Each octet is looked at a bounded number of times, but for messages within messages: once a level.
    expect(once / craft(n).length).toBeLessThan(140);
  });
});

/**
 * Crafted where no counter looks: a megabyte of each is read in less than a second, and would be in hours by a reader that
 * does n² work.
 */
const HUGE: readonly (readonly [string, string])[] = [
  ['blanks behind a type', `Content-Type: text/plain${' '.repeat(1_000_000)}x`],
  ['folds behind a type', `Content-Type: text/plain${'\n '.repeat(500_000)}x`],
  ['blanks within a name', `Content-Type: text/plain; name=a${' '.repeat(1_000_000)}b`],
  ['blanks between encoded words', `Content-Type: text/plain; charset==?a${' '.repeat(1_000_000)}=?b`],
  ['blanks behind a disposition', `Content-Disposition: attachment${' '.repeat(1_000_000)}x`],
];

test.each(HUGE)(
  'a megabyte of %s is read at once',
  (_, header) => {
    expect(parseMessage(Buffer.from(`${header}\n\nbody`)).email.size).toBe(header.length + 6);
  },
  10_000,
);

describe('limits', () => {
  const codes = (parsed: ParsedMessage): string[] => parsed.issues.map(({ code }) => code);

  test('10,000 parts are read', () => {
    const parsed = parseMessage(
      Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(10_000)}--b--`),
    );
    expect(parsed.email.bodyStructure.subParts).toHaveLength(10_000);
    expect(codes(parsed)).toEqual([]);
    expect(parsed.text).toBe(`${'x\n'.repeat(9_999)}x`);
  });

  test('parts beyond the limit are within the last one', () => {
    const bytes = Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(5)}--b--`);
    const parsed = parseMessage(bytes, { limits: { maxParts: 3 } });
    expect(parsed.email.bodyStructure.subParts).toHaveLength(3);
    expect(Buffer.from(parsed.content('2') ?? []).toString()).toBe('x');
    expect(Buffer.from(parsed.content('3') ?? []).toString()).toBe('x\n--b\n\nx\n--b\n\nx\n--b--');
    expect(codes(parsed)).toEqual(['LIMIT_REACHED']);
  });

  test('as many parts as the limit allows are no more than it', () => {
    const parsed = parseMessage(Buffer.from('Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n\ny\n--b--'), {
      limits: { maxParts: 3 },
    });
    expect(parsed.text).toBe('x\ny');
    expect(codes(parsed)).toEqual([]);
  });

  test('a multipart beyond the limit is kept as octets', () => {
    const inner = 'Content-Type: multipart/mixed; boundary=c\n\n--c\n\ny\n--c--\n';
    const parsed = parseMessage(
      Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\n${inner}--b--`),
      {
        limits: { maxParts: 2 },
      },
    );
    expect(parsed.email.bodyStructure.subParts).toMatchObject([{ size: 1 }, { type: 'application/octet-stream' }]);
    expect(Buffer.from(parsed.content('2') ?? []).toString()).toBe('--c\n\ny\n--c--\n--b--');
    expect(codes(parsed)).toEqual(['LIMIT_REACHED']);
  });

  test('10,000 nested multiparts end at the limit in one opaque part', () => {
    const bytes = Buffer.from(nested(10_000, (level) => `b${level}`));
    const parsed = parseMessage(bytes);
    let part = parsed.email.bodyStructure;
    let depth = 0;
    for (let [child] = part.subParts ?? []; child !== undefined; [child] = part.subParts ?? []) {
      part = child;
      depth++;
    }
    expect(depth).toBe(64);
    expect(part).toMatchObject({ type: 'application/octet-stream', partId: Array(64).fill('1').join('.') });
    expect(parsed.issues.at(-1)).toMatchObject({
      code: 'LIMIT_REACHED',
      message: expect.stringContaining('maxMultipartDepth'),
    });
  });

  test('10 MB of header are read', () => {
    const parsed = parseMessage(Buffer.from(`${`X-Field: ${'v'.repeat(990)}\n`.repeat(10_000)}Subject: x\n\nbody`));
    expect(parsed.email.headers).toHaveLength(10_001);
    expect(parsed.email.subject).toBe('x');
    expect(codes(parsed)).toEqual([]);
  });

  test.each([
    ['maxHeaderBytes', { maxHeaderBytes: 10 }],
    ['maxHeaderFields', { maxHeaderFields: 1 }],
  ])('what is beyond %s is body', (name, limits) => {
    const { email, text, issues } = parseMessage(Buffer.from('Subject: x\nTo: a@b\nCc: c@d\n\nbody'), { limits });
    expect(email.headers).toHaveLength(1);
    expect(text).toBe('To: a@b\nCc: c@d\n\nbody');
    expect(issues).toMatchObject([{ code: 'LIMIT_REACHED', message: expect.stringContaining(name) }]);
  });

  test('a limit that is none changes nothing', () => {
    expect(resolveLimits({ maxParts: 0, maxAddresses: Number.NaN, maxTextBytes: -1, maxHeaderBytes: 1.5 })).toEqual(
      DEFAULT_LIMITS,
    );
    expect(resolveLimits({ maxParts: 7 })).toEqual({ ...DEFAULT_LIMITS, maxParts: 7 });
  });

  test('no octets are a message with an issue', () => {
    const parsed = parseMessage(new Uint8Array(0));
    expect(parsed.email).toMatchObject({
      size: 0,
      subject: null,
      headers: [],
      bodyStructure: { partId: '1', size: 0 },
    });
    expect(codes(parsed)).toEqual(['MESSAGE_EMPTY']);
  });

  test('a view into a larger buffer is read within its bounds', () => {
    const pool = Buffer.from('xxxxSubject: a\n\nbodyxxxx');
    const parsed = parseMessage(new Uint8Array(pool.buffer, pool.byteOffset + 4, pool.length - 8));
    expect([parsed.email.subject, parsed.text, parsed.email.size]).toEqual(['a', 'body', pool.length - 8]);
  });
});
