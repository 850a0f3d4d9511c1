import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attachmentDigests, contentHash, familyHash } from '../../src/identity/index.ts';
import type { EmailAddress } from '../../src/model/index.ts';
import { email, leaf, multipart } from './email.ts';

interface Vector {
  readonly name: string;
  readonly from: string | null;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string | null;
  readonly sentAt: string | null;
  readonly text: string;
  readonly attachments: readonly string[];
  readonly contentHash: string;
}

const file = new URL('../../fixtures/identity/content-hash.json', import.meta.url);
const vectors: Vector[] = JSON.parse(readFileSync(file, 'utf8'));
const addresses = (list: readonly string[]): EmailAddress[] => list.map((address) => ({ name: 'N', email: address }));

function hashOf(vector: Omit<Vector, 'name' | 'contentHash'>): string | null {
  const { from, to, cc, bcc, subject, sentAt, text, attachments } = vector;
  return contentHash({
    email: email({
      from: from === null ? null : addresses([from]),
      to: addresses(to),
      cc: addresses(cc),
      bcc: addresses(bcc),
      subject,
      sentAt,
    }),
    text,
    attachments,
  });
}

test.each(vectors)('vector of the second implementation: $name', (vector) => {
  expect(hashOf(vector)).toBe(vector.contentHash);
});

test('the vectors that describe one mail have one hash, the others one each', () => {
  const hashes = vectors.map((vector) => vector.contentHash);
  expect(hashes[1]).toBe(hashes[0]);
  expect(new Set(hashes).size).toBe(hashes.length - 1);
});

const mail: Omit<Vector, 'name' | 'contentHash'> = {
  from: 'ann@example.com',
  to: ['bob@example.org', 'carol@example.org'],
  cc: ['dan@example.org'],
  bcc: [],
  subject: 'Contract',
  sentAt: '2026-03-01T09:30:00+01:00',
  text: 'Please sign page 3 and send it back.\r\n',
  attachments: ['a'.repeat(64), 'b'.repeat(64)],
};

const SAME: [string, Partial<typeof mail>][] = [
  ['recipients moved between To and Cc', { to: ['dan@example.org', 'bob@example.org'], cc: ['carol@example.org'] }],
  ['blind copies', { bcc: ['boss@example.com'] }],
  ['another zone, a fraction of a second', { sentAt: '2026-03-01T08:30:00.999Z' }],
  ['format=flowed', { text: 'Please sign page 3 \r\nand send it\r\nback.' }],
  ['digests in capitals', { attachments: ['A'.repeat(64), 'b'.repeat(64)] }],
];
test.each(SAME)('the same mail: %s', (_, change) => {
  expect(hashOf({ ...mail, ...change })).toBe(hashOf(mail));
});

const OTHER: [string, Partial<typeof mail>][] = [
  ['sender', { from: 'ann@example.org' }],
  ['one recipient less', { cc: [] }],
  ['one second', { sentAt: '2026-03-01T09:30:01+01:00' }],
  ['subject', { subject: 'Contracts' }],
  ['one digit', { text: 'Please sign page 4 and send it back.' }],
  ['an umlaut', { text: 'Please sign page 3 and send it bäck.' }],
  ['case of a letter', { text: 'please sign page 3 and send it back.' }],
  ['attachments in another order', { attachments: ['b'.repeat(64), 'a'.repeat(64)] }],
  ['one attachment less', { attachments: ['a'.repeat(64)] }],
  ['text moved from body to subject', { subject: 'ContractPlease', text: 'sign page 3 and send it back.' }],
];
test.each(OTHER)('another mail: %s', (_, change) => {
  expect(hashOf({ ...mail, ...change })).not.toBe(hashOf(mail));
});

test('Message-ID, header order, sizes and display names are not part of it', () => {
  const from = [{ name: 'Ann', email: 'ann@example.com' }];
  const one = email({ from, messageId: ['a@x'], headers: [{ name: 'Message-ID', value: '<a@x>' }], size: 10 });
  const two = email({ from: [{ name: null, email: 'ann@example.com' }], messageId: ['b@y'], size: 99, preview: 'p' });
  expect(contentHash({ email: one, text: 'x' })).toBe(contentHash({ email: two, text: 'x' }));
});

test('a mail without From has its Sender instead', () => {
  const address = [{ name: null, email: 'ann@example.com' }];
  const bySender = contentHash({ email: email({ sender: address }), text: 'x' });
  expect(bySender).toBe(contentHash({ email: email({ from: address }), text: 'x' }));
  expect(bySender).not.toBe(contentHash({ email: email(), text: 'x' }));
});

test.each([
  ['nothing', '', null],
  ['spaces and signs', ' \r\n - 👍 \u200b', null],
])('a mail of %s has no hash: two such are not one', (_, text, subject) => {
  const to = [{ name: null, email: 'bob@example.org' }];
  expect(contentHash({ email: email({ to, subject }), text })).toBeNull();
});

describe('attachments taken from the email', () => {
  const text = leaf('1.1', 'text/plain', '1'.repeat(64));
  const html = leaf('1.2', 'text/html', '2'.repeat(64));
  const image = leaf('2', 'image/png', '3'.repeat(64));
  const attachedText = leaf('3', 'text/plain', '4'.repeat(64));
  const calendar = leaf('4', 'text/calendar', '5'.repeat(64));
  const structure = multipart('multipart/mixed', [
    multipart('multipart/alternative', [text, html]),
    image,
    attachedText,
    calendar,
  ]);
  const whole = email({
    bodyStructure: structure,
    textBody: [text, image],
    htmlBody: [html, image],
    attachments: [attachedText],
  });

  test('are all leaves but the body texts, in order, inline images included', () => {
    expect(attachmentDigests(whole)).toEqual(['3', '4', '5'].map((digit) => digit.repeat(64)));
    expect(contentHash({ email: whole, text: 't' })).toBe(
      contentHash({ email: whole, text: 't', attachments: ['3', '4', '5'].map((digit) => digit.repeat(64)) }),
    );
  });

  test('are found 100,000 levels deep', () => {
    let deep = image;
    for (let depth = 0; depth < 100_000; depth += 1) deep = multipart('multipart/mixed', [deep]);
    expect(attachmentDigests(email({ bodyStructure: deep, textBody: [], htmlBody: [] }))).toEqual(['3'.repeat(64)]);
  });
});

test('long texts are hashed in pieces that never divide a character', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 32_760, max: 32_775 }),
      fc.constantFrom('\u{20000}', 'é', '色', 'a', '👍'),
      (length, character) => {
        const text = 'x'.repeat(length) + character.repeat(40_000);
        const kept = character === '👍' ? '' : character.repeat(40_000);
        const canonical = `mailproof content 1\nfrom \ndate \nsubject \nbody ${'x'.repeat(length)}${kept}\n`;
        const expected = createHash('sha256').update(canonical).digest('hex');
        expect(contentHash({ email: email(), text, attachments: [] })).toBe(expected);
      },
    ),
    { seed: 3, numRuns: 80 },
  );
});

test('the family hash depends on the parent, on each child and on their order', () => {
  const [own, a, b] = ['0', 'a', 'b'].map((digit) => digit.repeat(64));
  if (own === undefined || a === undefined || b === undefined) throw new Error('unreachable');
  const hashes = [
    familyHash(own, []),
    familyHash(own, [a, b]),
    familyHash(own, [b, a]),
    familyHash(own, [a, null]),
    familyHash(a, [b]),
  ];
  expect(new Set(hashes).size).toBe(5);
  expect(hashes[1]).toMatch(/^[0-9a-f]{64}$/);
  expect(familyHash(null, [a])).toBeNull();
});
