import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsOctets } from '../../src/identity/contains.ts';
import { DESCENDANTS_ASKED, type InclusiveCandidate, inclusiveMarks } from '../../src/identity/index.ts';

const FIRST = 'The delivery of the second machine is planned for the fourteenth of May, 2026, at the southern gate.';
const SECOND = 'That date does not suit the customer, who has asked for the twenty-first instead; can you manage?';
const quote = (text: string, width = 40) => text.replace(new RegExp(`(.{1,${width}})(?: |$)`, 'g'), '> $1\r\n');

function message(
  id: string,
  parent: string | null,
  text: string,
  attachments: readonly string[] = [],
): InclusiveCandidate {
  return { id, parent, text, attachments };
}

/** What covers each message, `-` where it is inclusive. */
const marks = (candidates: readonly InclusiveCandidate[]) =>
  inclusiveMarks(candidates)
    .map(({ id, inclusive, coveredBy }) => {
      expect(inclusive).toBe(coveredBy === null);
      return `${id}:${coveredBy ?? '-'}`;
    })
    .join(' ');

const reply = `${SECOND}\r\n\r\nOn Monday Ann wrote:\r\n${quote(FIRST)}`;
const CASES: [string, InclusiveCandidate[], string][] = [
  ['a quoted message is covered by its reply', [message('a', null, FIRST), message('b', 'a', reply)], 'a:b b:-'],
  ['a message that is not quoted', [message('a', null, FIRST), message('b', 'a', SECOND)], 'a:- b:-'],
  [
    'one word cut out of the quotation',
    [message('a', null, FIRST), message('b', 'a', quote(FIRST.replace('not ', '').replace('second ', '')))],
    'a:- b:-',
  ],
  ['an attachment that the reply has not', [message('a', null, FIRST, ['x']), message('b', 'a', reply)], 'a:- b:-'],
  [
    'an attachment that the reply has too',
    [message('a', null, FIRST, ['x']), message('b', 'a', reply, ['y', 'x'])],
    'a:b b:-',
  ],
  [
    'quoted by a grandchild only',
    [message('a', null, FIRST), message('b', 'a', SECOND), message('c', 'b', reply)],
    'a:c b:c c:-',
  ],
  [
    'quoted by a sibling is not quoted by a descendant',
    [message('a', null, FIRST), message('b', null, reply)],
    'a:- b:-',
  ],
  [
    'quoted in its own words above it is no descendant',
    [message('b', null, reply), message('a', 'b', FIRST)],
    'b:- a:-',
  ],
  [
    'a number that goes on',
    [message('a', null, `${FIRST} Price: 1`), message('b', 'a', `${FIRST} Price: 100`)],
    'a:- b:-',
  ],
  ['a short body within a word of another', [message('a', null, 'ok'), message('b', 'a', 'Look here')], 'a:- b:-'],
  ['a short body as a line of its own', [message('a', null, 'OK!'), message('b', 'a', `${SECOND}\n> OK`)], 'a:b b:-'],
  ['a body of signs', [message('a', null, '👍'), message('b', 'a', 'Thanks\n> 👍')], 'a:- b:-'],
  ['a blank body', [message('a', null, ' \r\n', ['x']), message('b', 'a', 'Thanks', ['x'])], 'a:b b:-'],
  [
    'a parent that is not there, and one that is itself',
    [message('a', 'gone', FIRST), message('b', 'b', reply)],
    'a:- b:-',
  ],
  ['two that are each other’s parent', [message('a', 'b', FIRST), message('b', 'a', FIRST)], 'a:b b:-'],
];
test.each(CASES)('%s', (_, candidates, expected) => {
  expect(marks(candidates)).toBe(expected);
});

test('the nearest descendant is named', () => {
  const candidates = [message('a', null, FIRST), message('b', 'a', reply), message('c', 'b', `Yes.\n${quote(reply)}`)];
  expect(marks(candidates)).toBe('a:b b:c c:-');
});

test(`beyond ${DESCENDANTS_ASKED} descendants a message is inclusive: the safe side`, () => {
  const others = Array.from({ length: DESCENDANTS_ASKED }, (_, index) => message(`o${index}`, 'a', SECOND + index));
  const last = message('z', `o0`, reply);
  expect(marks([message('a', null, FIRST), ...others, last])).toMatch(/^a:- /);
  expect(marks([message('a', null, FIRST), ...others.slice(1), message('z', 'a', reply)])).toMatch(/^a:z /);
});

test('a chain of 20,000 replies', () => {
  const candidates = Array.from({ length: 20_000 }, (_, index) =>
    message(`m${index}`, index === 0 ? null : `m${index - 1}`, `${FIRST} ${index}`),
  );
  expect(inclusiveMarks(candidates).every((mark) => mark.inclusive)).toBe(true);
});

describe('octets within octets', () => {
  test('agrees with Buffer.includes', () => {
    const octets = fc.uint8Array({ max: 2, maxLength: 400 });
    fc.assert(
      fc.property(octets, octets, fc.nat(300), fc.nat(300), (haystack, other, start, length) => {
        const needles = [haystack.subarray(start, start + length), other];
        for (const needle of needles) {
          expect(containsOctets(haystack, needle)).toBe(Buffer.from(haystack).includes(Buffer.from(needle)));
        }
      }),
      { seed: 31, numRuns: 1000 },
    );
  });

  test('the search that takes hours when it is quadratic ends', () => {
    const needle = Buffer.concat([Buffer.alloc(500_000, 'a'), Buffer.from('b'), Buffer.alloc(500_000, 'a')]);
    expect(containsOctets(Buffer.alloc(3_000_000, 'a'), needle)).toBe(false);
    expect(containsOctets(Buffer.concat([Buffer.alloc(2_000_000, 'a'), needle]), needle)).toBe(true);
  });
});
