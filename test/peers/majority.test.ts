import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseMessage } from '../../src/index.ts';
import { corpusMessages, present } from '../mime/corpora.ts';
import { ASPECTS, type Aspect, comparable } from './majority/opinion.ts';
import { ourOpinion } from './majority/our-opinion.ts';
import { generated, opinionsOf, pack, readers } from './majority/readers.ts';
import { type Disagreement, reasonOf } from './majority/reasons.ts';

/** Five other readers of mail. An opinion that three of them share is the majority's. */
const READERS = readers();
const complete = READERS.every(({ command }) => command !== null);
const SHARED = 3;

/** Per cent of the cases where a majority exists and is right. */
const TARGETS: Readonly<Record<Aspect, number>> = {
  subject: 99.8,
  from: 99.9,
  to: 99.9,
  date: 99.8,
  messageId: 100,
  count: 99.9,
  digests: 99.5,
  text: 99.5,
};

/** Per cent of the same before any disagreement is explained, on generated messages: no explanation may hide a loss. */
const FLOORS: Readonly<Record<Aspect, number>> = {
  subject: 99.9,
  from: 99.9,
  to: 99.8,
  date: 99.8,
  messageId: 100,
  count: 98,
  digests: 98.7,
  text: 96.5,
};

interface Named {
  readonly name: string;
  readonly octets: Buffer;
}

interface Tally {
  majorities: number;
  agreed: number;
  readonly disagreements: Disagreement[];
  readonly byReader: Map<string, number>;
}

function compare(messages: readonly Named[], packed: string): Map<Aspect, Tally> {
  const opinions = READERS.map((reader) => opinionsOf(reader, packed).map(comparable));
  const tallies = new Map<Aspect, Tally>(
    ASPECTS.map((aspect) => [aspect, { majorities: 0, agreed: 0, disagreements: [], byReader: new Map() }]),
  );
  for (const [index, { name, octets }] of messages.entries()) {
    const own = comparable(ourOpinion(octets));
    for (const [aspect, tally] of tallies) {
      const said = opinions.map((list) => list[index]?.[aspect]);
      const theirs = said.find(
        (value) => value !== undefined && said.filter((other) => other === value).length >= SHARED,
      );
      const ours = own[aspect];
      if (theirs === undefined || ours === undefined) continue;
      tally.majorities++;
      for (const [place, value] of said.entries()) {
        const reader = READERS[place]?.name ?? '';
        if (value === theirs) tally.byReader.set(reader, (tally.byReader.get(reader) ?? 0) + 1);
      }
      if (ours === theirs) tally.agreed++;
      else
        tally.disagreements.push({ message: name, aspect, octets, issues: parseMessage(octets).issues, ours, theirs });
    }
  }
  return tallies;
}

/** Prints the rates and every disagreement with its reason, and gives those that have none: our faults. */
function report(title: string, tallies: ReadonlyMap<Aspect, Tally>): string[] {
  const faults: string[] = [];
  const lines = [title];
  for (const [aspect, { majorities, agreed, disagreements, byReader }] of tallies) {
    const peers = READERS.map(({ name }) => `${name} ${(((byReader.get(name) ?? 0) / majorities) * 100).toFixed(1)}`);
    const rate = ((agreed / majorities) * 100).toFixed(2);
    lines.push(`${aspect.padEnd(10)} ${agreed} of ${majorities}: ${rate} %  (${peers.join(', ')})`);
    const reasons = new Map<string, number>();
    for (const disagreement of disagreements) {
      const reason = reasonOf(disagreement);
      const { message, ours, theirs } = disagreement;
      if (reason === null) faults.push(`${aspect} of ${message}: ${ours.slice(0, 200)} | ${theirs.slice(0, 200)}`);
      const words = reason === null ? 'our fault' : `${reason.verdict}: ${reason.why}`;
      reasons.set(words, (reasons.get(words) ?? 0) + 1);
    }
    for (const [words, count] of reasons) lines.push(`  ${count} ${words}`);
  }
  console.log([...lines, ...faults].join('\n'));
  return faults;
}

function check(title: string, messages: readonly Named[], packed: string, floors?: typeof FLOORS): void {
  const tallies = compare(messages, packed);
  expect(report(title, tallies)).toEqual([]);
  for (const [aspect, { majorities, agreed, disagreements }] of tallies) {
    const wrong = disagreements.filter((disagreement) => reasonOf(disagreement) === null).length;
    expect(majorities, aspect).toBeGreaterThan(messages.length * 0.8);
    expect((agreed / majorities) * 100, aspect).toBeGreaterThanOrEqual(floors?.[aspect] ?? 0);
    expect((agreed / (agreed + wrong)) * 100, aspect).toBeGreaterThanOrEqual(TARGETS[aspect]);
  }
}

describe.skipIf(!complete)('the majority of five other readers', () => {
  test.each([1, 2, 11])('on 2,400 generated messages, seed %i', (seed) => {
    const messages = generated(2_400, seed);
    const named = messages.map((octets, index) => ({ name: `generated ${seed}/${index}`, octets }));
    check(`Generated messages, seed ${seed}`, named, pack(messages, 'generated.packed'), FLOORS);
  });

  test.skipIf(!present)('on the messages of the corpora', () => {
    // Of lines that end in bare CR no other reader makes anything: see test/mime/line-breaks.test.ts.
    const named = corpusMessages()
      .map(({ name, path }) => ({ name, octets: readFileSync(path) }))
      .filter(({ octets }) => octets.includes(10));
    check(
      'Messages of the corpora',
      named,
      pack(
        named.map(({ octets }) => octets),
        'corpora.packed',
      ),
    );
  });
});
