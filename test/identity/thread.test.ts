import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baseSubject } from '../../src/identity/base-subject.ts';
import { type Thread, type ThreadKey, threads } from '../../src/identity/index.ts';

/** `b < a` with References `a`; the record's id is the Message-ID in capitals unless it is given. */
function key(messageId: string | null, references: readonly string[] = [], given: Partial<ThreadKey> = {}): ThreadKey {
  const id = (messageId ?? 'none').toUpperCase();
  return { id, messageId, references, inReplyTo: [], subject: null, sentAt: null, ...given };
}

/** A thread as an outline: `A(B(C) D)`; ancestors that are not there do not show. */
function outline(thread: Thread): string {
  const below = new Map<string | null, string[]>();
  for (const { id, parent } of thread.members) below.set(parent, [...(below.get(parent) ?? []), id]);
  const draw = (id: string): string => {
    const children = below.get(id) ?? [];
    return children.length === 0 ? id : `${id}(${children.map(draw).join(' ')})`;
  };
  return (below.get(null) ?? []).map(draw).join(' ');
}

const CASES: [string, ThreadKey[], string[], string[]][] = [
  ['one message', [key('a')], ['A'], []],
  ['a chain', [key('a'), key('b', ['a']), key('c', ['a', 'b'])], ['A(B(C))'], []],
  ['a chain, last first', [key('c', ['a', 'b']), key('b', ['a']), key('a')], ['A(B(C))'], []],
  ['siblings', [key('a'), key('b', ['a']), key('c', ['a'])], ['A(B C)'], []],
  ['a missing root holds its replies together', [key('b', ['a']), key('c', ['a'])], ['B C'], ['a']],
  ['a missing middle', [key('a'), key('c', ['a', 'b'])], ['A(C)'], ['b']],
  ['two missing in a row', [key('d', ['a', 'b', 'c'])], ['D'], ['a', 'b', 'c']],
  ['In-Reply-To where there are no References', [key('a'), key('b', [], { inReplyTo: ['a', 'x'] })], ['A(B)'], []],
  ['In-Reply-To is not looked at beside References', [key('a'), key('b', ['a'], { inReplyTo: ['x'] })], ['A(B)'], []],
  [
    'a message names its own parent better than others do',
    [key('c', ['a', 'b']), key('b', ['x']), key('a')],
    ['B(C)', 'A'],
    ['x'],
  ],
  [
    'a message without References is placed by those of a reply',
    [key('a'), key('b'), key('c', ['a', 'b'])],
    ['A(B(C))'],
    [],
  ],
  ['a message that names itself', [key('a', ['a'])], ['A'], []],
  ['two that name each other', [key('a', ['b']), key('b', ['a'])], ['B(A)'], []],
  ['a loop of three', [key('a', ['c']), key('b', ['a']), key('c', ['b'])], ['C(A(B))'], []],
  ['references in a loop', [key('d', ['a', 'b', 'a'])], ['D'], ['b', 'a']],
  [
    'copies of one message',
    [key('a', [], { id: 'A1' }), key('a', [], { id: 'A2' }), key('b', ['a'])],
    ['A1(B) A2'],
    [],
  ],
  ['no Message-ID', [key(null, ['a'], { id: 'X' }), key(null, [], { id: 'Y' }), key('a')], ['A(X)', 'Y'], []],
  ['case tells ids apart', [key('a'), key('b', ['A'])], ['A', 'B'], ['A']],
  [
    'a name every object has',
    [key('__proto__'), key('b', ['__proto__', 'constructor'])],
    ['__PROTO__(B)'],
    ['constructor'],
  ],
  ['nothing', [], [], []],
];
test.each(CASES)('%s', (_, keys, outlines, missing) => {
  const found = threads(keys);
  expect(found.map(outline).sort()).toEqual([...outlines].sort());
  expect(found.flatMap((thread) => thread.missing.map((ancestor) => ancestor.messageId)).sort()).toEqual(
    [...missing].sort(),
  );
  expect(found.flatMap((thread) => thread.members).length).toBe(keys.length);
});

test('siblings and threads stand in the order of their dates, those without one last', () => {
  const at = (hour: number) => ({ sentAt: `2026-03-01T${String(hour).padStart(2, '0')}:00:00+00:00` });
  const keys = [
    key('z'),
    key('c', ['a'], at(5)),
    key('b', ['a'], at(4)),
    key('e', ['gone'], at(2)),
    key('d', ['gone'], { sentAt: '2026-03-01T03:30:00+02:00' }),
    key('a', [], at(3)),
    key('y'),
  ];
  expect(threads(keys).map(outline)).toEqual(['D E', 'A(B C)', 'Z', 'Y']);
});

test('depth counts those that are not there, and the missing say who names them', () => {
  const [thread] = threads([key('d', ['a', 'b', 'c']), key('c2', ['a', 'b'])]);
  expect(thread?.root).toBe('a');
  expect(thread?.members).toContainEqual({ id: 'D', parent: null, depth: 3 });
  expect(thread?.missing).toEqual(['a', 'b', 'c'].map((messageId) => ({ messageId, referencedBy: 'D' })));
});

test('random conversations are found again in any order, References whole or cut to their last', () => {
  const shape = fc.record({
    parents: fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
    whole: fc.boolean(),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(shape, ({ parents, whole, seed }) => {
      const parentOf = parents.map((value, index) => (index === 0 || value % 5 === 0 ? -1 : value % index));
      const ancestors = (index: number): string[] => {
        const list: string[] = [];
        for (let at = parentOf[index] ?? -1; at >= 0; at = parentOf[at] ?? -1) list.unshift(`m${at}`);
        return list;
      };
      const keys = parentOf.map((_, index) => key(`m${index}`, whole ? ancestors(index) : ancestors(index).slice(-1)));
      const shuffled = keys
        .map((value, index) => ({ value, rank: Math.imul(index + 1, seed | 1) }))
        .sort((left, right) => left.rank - right.rank)
        .map(({ value }) => value);
      const found = threads(shuffled).flatMap((thread) => thread.members);
      expect(found.length).toBe(keys.length);
      for (const { id, parent } of found) {
        const truth = parentOf[Number(id.slice(1))] ?? -1;
        expect(parent).toBe(truth < 0 ? null : `M${truth}`);
      }
    }),
    { seed: 21, numRuns: 200 },
  );
});

test('whatever References say, every message is in one thread once and no parent is its own descendant', () => {
  const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
  const message = fc.record({
    messageId: fc.option(ids),
    references: fc.array(ids, { maxLength: 6 }),
    inReplyTo: fc.array(ids),
  });
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const keys = messages.map((value, index) =>
        key(value.messageId, value.references, { id: `r${index}`, inReplyTo: value.inReplyTo }),
      );
      const members = threads(keys).flatMap((thread) => thread.members);
      expect(members.map((member) => member.id).sort()).toEqual(keys.map((value) => value.id).sort());
      const seen = new Set<string>();
      for (const { id, parent } of members) {
        if (parent !== null) expect(seen.has(parent)).toBe(true);
        seen.add(id);
      }
    }),
    { seed: 22, numRuns: 500 },
  );
});

test.each(['first to last', 'last to first'])('a chain of 200,000 replies, %s', (order) => {
  const keys = Array.from({ length: 200_000 }, (_, index) => key(`m${index}`, index === 0 ? [] : [`m${index - 1}`]));
  if (order === 'last to first') keys.reverse();
  const found = threads(keys);
  expect(found).toHaveLength(1);
  expect(found[0]?.members.at(-1)).toEqual({ id: 'M199999', parent: 'M199998', depth: 199_999 });
});

test('100,000 ancestors that are not there, each dated by its one reply', () => {
  const references = Array.from({ length: 100_000 }, (_, index) => `m${index}`);
  const [thread] = threads([key('z', references, { sentAt: '2026-03-01T00:00:00Z' })]);
  expect(thread?.missing).toHaveLength(100_000);
});

const SUBJECTS: [string, string][] = [
  ['Hello', 'hello'],
  ['Re: Hello', 'hello'],
  ['RE[2]: Hello', 'hello'],
  ['Fwd: Re:  Fw: Hello (fwd)', 'hello'],
  ['[list] Re: [list] Hello', 'hello'],
  ['[Fwd: [x] Hello]', 'hello'],
  ['[list]', '[list]'],
  ['Re:', ''],
  ['Regarding Hello', 'regarding hello'],
  [' Two \t\r\n words ', 'two words'],
  ['Re: '.repeat(5000), ''],
];
test.each(SUBJECTS)('base subject of %j', (subject, expected) => {
  expect(baseSubject(subject)).toBe(expected);
});

describe('merging by subject', () => {
  const keys = [
    key('a', [], { subject: 'Invoice' }),
    key('b', [], { subject: 'Re: Invoice' }),
    key('c', ['a'], { subject: 'Re: Invoice' }),
    key('d', ['gone'], { subject: 'Fwd: invoice' }),
    key('e', [], { subject: 'Other' }),
    key('f', [], { subject: null }),
    key('g', [], { subject: 'Re:' }),
  ];
  test('is off by default', () => {
    expect(threads(keys).map(outline)).toEqual(['A(C)', 'B', 'E', 'F', 'G', 'D']);
  });
  test('joins trees of one base subject, never those without any', () => {
    const found = threads(keys, { mergeSubjects: true });
    expect(found.map(outline)).toEqual(['A(C) B D', 'E', 'F', 'G']);
    expect(found[0]?.missing).toEqual([{ messageId: 'gone', referencedBy: 'D' }]);
  });
});
