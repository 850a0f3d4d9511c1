import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ThreadKey, threads } from '../../src/identity/index.ts';
import { ThreadGroups } from '../../src/manifest/index.ts';
import { parseMessage } from '../../src/mime/index.ts';
import { corpusMessages, present } from '../mime/corpora.ts';
import { generatedMailbox } from './threads/generated.ts';
import { differences, has, type Maildir, mthread, mu, notmuch, type Threading, writeMaildir } from './threads/peers.ts';

const NOTMUCH = has('notmuch');
const MU = has('mu');
const MTHREAD = has('mthread');
const NONE = { only: [], others: [] };

const root = mkdtempSync(join(tmpdir(), 'mailproof-threads-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A mailbox with what Mailproof says of its threads. */
interface Mailbox {
  readonly maildir: Maildir;
  readonly octets: ReadonlyMap<string, Uint8Array>;
  readonly keys: readonly ThreadKey[];
  /** The tree of each thread: `identity/thread.ts`. */
  readonly trees: Threading;
  /** What a load file's thread group says: `ThreadGroups`. */
  readonly groups: Threading;
}

function mailbox(name: string, octets: ReadonlyMap<string, Uint8Array>): Mailbox {
  const folder = join(root, name);
  mkdirSync(folder);
  const keys = [...octets].map(([id, message]): ThreadKey => {
    const { messageId, references, inReplyTo, subject, sentAt } = parseMessage(message).email;
    const [first = null] = messageId ?? [];
    return { id, messageId: first, references: references ?? [], inReplyTo: inReplyTo ?? [], subject, sentAt };
  });
  const trees = new Map<string, string>();
  for (const [number, { members }] of threads(keys).entries()) {
    for (const { id } of members) trees.set(id, String(number));
  }
  const joined = new ThreadGroups();
  const own = ({ messageId, id }: ThreadKey) => ThreadGroups.hash(messageId ?? `none:${id}`);
  for (const key of keys) {
    joined.join([own(key), ...[...key.references, ...key.inReplyTo].map((id) => ThreadGroups.hash(id))]);
  }
  const groups = new Map(keys.map((key) => [key.id, joined.name(own(key))]));
  return { maildir: writeMaildir(folder, octets), octets, keys, trees, groups };
}

/** One message for each Message-ID: mthread takes the second copy for a message without one. */
const withoutCopies = ({ keys }: Mailbox): string[] => [
  ...new Map(keys.toReversed().map(({ id, messageId }) => [messageId ?? id, id])).values(),
];
/** mu finds no header fields where lines end with CR alone. */
const withoutBareReturns = (threading: Threading, { octets }: Mailbox): Threading =>
  new Map([...threading].filter(([name]) => !/\r(?!\n)/.test(Buffer.from(octets.get(name) ?? []).toString('latin1'))));

/** Threads of one that are torn apart in the other. */
function torn(fine: Threading, coarse: Threading): string[] {
  const within = new Map<string, string>();
  const found: string[] = [];
  for (const [name, thread] of fine) {
    const group = coarse.get(name);
    if (group === undefined) continue;
    if (within.has(thread) && within.get(thread) !== group) found.push(name);
    within.set(thread, group);
  }
  return found;
}

const generated = (contradicting: boolean): ReadonlyMap<string, Uint8Array> =>
  new Map(
    generatedMailbox({ seed: 20260401, messages: 5000, contradicting }).map(({ name, octets }) => [name, octets]),
  );

describe.skipIf(!present)('the threads of the corpora', () => {
  let corpora: Mailbox;
  beforeAll(() => {
    const files = corpusMessages().map(({ path }, number): [string, Uint8Array] => [
      `m${String(number).padStart(6, '0')}:2,S`,
      readFileSync(path),
    ]);
    corpora = mailbox('corpora', new Map(files));
  });

  test.skipIf(!NOTMUCH)('are those of notmuch', () => {
    const theirs = notmuch(corpora.maildir);
    // What notmuch takes for no mail it leaves out.
    expect(theirs.size).toBeGreaterThan(900);
    expect(differences(corpora.groups, theirs)).toEqual(NONE);
    expect(differences(corpora.trees, theirs)).toEqual(NONE);
  });

  test.skipIf(!MTHREAD)('are those of mthread', () => {
    const theirs = mthread(corpora.maildir, withoutCopies(corpora));
    expect(theirs.size).toBeGreaterThan(800);
    expect(differences(corpora.trees, theirs)).toEqual(NONE);
  });

  test.skipIf(!MU)('are those of mu', () => {
    const theirs = withoutBareReturns(mu(corpora.maildir), corpora);
    expect(theirs.size).toBeGreaterThan(900);
    // RFC 2822's A.6.3 has a comment and spaces within a Message-ID, in the field's obsolete syntax: mu takes them out, and
    // finds the Message-ID of A.1.1. mthread and notmuch read it as we do.
    const obsolete = [...corpora.octets].filter(([, message]) =>
      OBSOLETE.test(Buffer.from(message).toString('latin1')),
    );
    expect(obsolete).toHaveLength(1);
    const compared = new Map([...theirs].filter(([name]) => obsolete[0]?.[0] !== name));
    expect(differences(corpora.trees, compared)).toEqual(NONE);
  });
});

const OBSOLETE = /^Message-ID +: <1234 +@ +local\(blah\)/m;

describe('the threads of five thousand generated messages with gaps and copies', () => {
  let plain: Mailbox;
  beforeAll(() => {
    plain = mailbox('plain', generated(false));
  });

  test.skipIf(!NOTMUCH)('are those of notmuch', () => {
    const theirs = notmuch(plain.maildir);
    expect(theirs.size).toBe(plain.keys.length);
    expect(differences(plain.groups, theirs)).toEqual(NONE);
    expect(differences(plain.trees, theirs)).toEqual(NONE);
  });

  test.skipIf(!MTHREAD)('are those of mthread', () => {
    const names = withoutCopies(plain);
    const theirs = mthread(plain.maildir, names);
    expect(theirs.size).toBe(names.length);
    expect(differences(plain.trees, theirs)).toEqual(NONE);
  });

  test.skipIf(!MU)('are those of mu', () => {
    const theirs = mu(plain.maildir);
    expect(theirs.size).toBe(plain.keys.length);
    expect(differences(plain.trees, theirs)).toEqual(NONE);
  });
});

/**
 * Where fields contradict each other Zawinski's algorithm keeps the first parent it meets: its trees depend on the order of
 * the messages, and no two programs agree. What all of them agree on is which messages name each other at all.
 */
describe('the threads of five thousand messages whose fields contradict each other', () => {
  let hostile: Mailbox;
  beforeAll(() => {
    hostile = mailbox('hostile', generated(true));
  });

  test.skipIf(!NOTMUCH)('are those of notmuch, as groups', () => {
    const theirs = notmuch(hostile.maildir);
    expect(theirs.size).toBe(hostile.keys.length);
    expect(differences(hostile.groups, theirs)).toEqual(NONE);
  });

  test('are trees within their group', () => {
    expect(torn(hostile.trees, hostile.groups)).toEqual([]);
  });

  test.skipIf(!MTHREAD)("are not torn apart by mthread's", () => {
    expect(torn(mthread(hostile.maildir, withoutCopies(hostile)), hostile.groups)).toEqual([]);
  });

  test.skipIf(!MU)("are not torn apart by mu's", () => {
    expect(torn(mu(hostile.maildir), hostile.groups)).toEqual([]);
  });
});
