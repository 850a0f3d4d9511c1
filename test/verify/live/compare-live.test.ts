import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compareCounts,
  compareLive,
  type FolderCount,
  type LiveDifference,
  type LiveHeader,
  type LiveInput,
  type LiveMailbox,
} from '../../../src/verify/live/index.ts';
import { KeyColumns } from '../../../src/verify/live/key-columns.ts';
import { pairMessages, SAME } from '../../../src/verify/live/pair-messages.ts';
import { calendar } from '../mailbox.ts';
import { runOfEntries } from '../run.ts';
import type { ZipEntry } from '../zip.ts';

interface Mail {
  readonly folder: string;
  readonly id: string | null;
  readonly subject?: string;
  readonly date?: string | null;
  readonly arrived?: string | null;
}

const BEFORE = '2026-01-01T00:00:00Z';
const START = '2026-02-01T00:00:00Z';
const AFTER = '2026-03-01T00:00:00Z';

const text = ({ id, subject = 's', date = '1 Jan 2026 10:00:00 +0000' }: Mail): string =>
  [
    ...(id === null ? [] : [`Message-ID: ${id}`]),
    ...(date === null ? [] : [`Date: ${date}`]),
    'From: A <a@example.com>',
    `Subject: ${subject}`,
    '',
    '',
  ].join('\r\n');

const entries = (mail: readonly Mail[]): ZipEntry[] =>
  mail.map((each, place) => ({ path: `${each.folder}/${place}.eml`, bytes: Buffer.from(text(each)) }));

/** A mailbox held in memory, in batches of `batch`. */
function liveOf(mail: readonly Mail[], batch = 3, growsBy = 0): LiveMailbox & { named: number } {
  const folders = [...new Set(mail.map(({ folder }) => folder))];
  const headers = (folder: string): LiveHeader[] =>
    mail
      .filter((each) => each.folder === folder)
      .map((each, place) => {
        const arrived = each.arrived === null ? null : Date.parse(each.arrived ?? BEFORE);
        return { uid: place + 1, size: text(each).length, arrived, header: Buffer.from(text(each)) };
      });
  let listed = 0;
  return {
    location: 'imaps://a@host',
    named: 0,
    async folders() {
      const grown = listed++ === 0 ? 0 : growsBy;
      return folders.map((name) => ({ name, path: name.split('/'), total: headers(name).length + grown }));
    },
    async *headers(folder) {
      const all = headers(folder);
      for (let at = 0; at < all.length; at += batch) yield all.slice(at, at + batch);
    },
    async header(folder, uid) {
      this.named++;
      return headers(folder).find((each) => each.uid === uid) ?? null;
    },
    async close() {},
  };
}

async function compared(held: readonly Mail[], live: readonly Mail[], input: Partial<LiveInput> = {}) {
  const found: LiveDifference[] = [];
  const run = await runOfEntries(entries(held));
  const result = await compareLive({
    manifest: await run.reader(),
    mailbox: liveOf(live),
    exportStart: START,
    onDifference: (difference) => found.push(difference),
    ...input,
  });
  return { ...result, found };
}

const mail = (folder: string, number: number, more: Partial<Mail> = {}): Mail => ({
  folder,
  id: `<${number}@x>`,
  subject: `subject ${number}`,
  ...more,
});
const many = (folder: string, from: number, to: number): Mail[] =>
  Array.from({ length: to - from }, (_, place) => mail(folder, from + place));

interface Row {
  readonly name: string;
  readonly held: readonly Mail[];
  readonly live: readonly Mail[];
  readonly input?: Partial<LiveInput>;
  /** same, missing, arrivedSince, added, moved */
  readonly counts: readonly [number, number, number, number, number];
  readonly agrees: boolean | null;
}

const ROWS: readonly Row[] = [
  { name: 'the same', held: many('Inbox', 0, 9), live: many('INBOX', 0, 9), counts: [9, 0, 0, 0, 0], agrees: true },
  { name: 'one lost', held: many('Inbox', 0, 8), live: many('Inbox', 0, 9), counts: [8, 1, 0, 0, 0], agrees: false },
  {
    name: 'one deleted since',
    held: many('Inbox', 0, 9),
    live: many('Inbox', 0, 8),
    counts: [8, 0, 0, 1, 0],
    agrees: true,
  },
  {
    name: 'one arrived since',
    held: many('Inbox', 0, 8),
    live: [...many('Inbox', 0, 8), mail('Inbox', 8, { arrived: AFTER })],
    counts: [8, 0, 1, 0, 0],
    agrees: true,
  },
  {
    name: 'one arrived later than all that are held, and the job is unknown',
    held: many('Inbox', 0, 8),
    live: [...many('Inbox', 0, 8), mail('Inbox', 8, { arrived: AFTER })],
    input: { exportStart: null },
    counts: [8, 0, 1, 0, 0],
    agrees: null,
  },
  {
    name: 'one lost that arrived before others that are held, and the job is unknown',
    held: [...many('Inbox', 0, 8), mail('Inbox', 9, { arrived: AFTER })],
    live: [...many('Inbox', 0, 9), mail('Inbox', 9, { arrived: AFTER })],
    input: { exportStart: null },
    counts: [9, 1, 0, 0, 0],
    agrees: false,
  },
  {
    name: 'one without a time of arrival, lost',
    held: many('Inbox', 0, 8),
    live: [...many('Inbox', 0, 8), mail('Inbox', 8, { arrived: null })],
    counts: [8, 1, 0, 0, 0],
    agrees: false,
  },
  {
    name: 'one moved',
    held: [...many('Inbox', 0, 9), ...many('Kept', 20, 22)],
    live: [...many('Inbox', 0, 8), ...many('Kept', 20, 22), mail('Kept', 8)],
    counts: [10, 0, 0, 0, 1],
    agrees: true,
  },
  {
    name: 'a folder renamed, one of its messages lost',
    held: [...many('Inbox', 0, 5), ...many('Old', 10, 19)],
    live: [...many('Inbox', 0, 5), ...many('New', 10, 20)],
    counts: [14, 1, 0, 0, 0],
    agrees: false,
  },
  {
    name: 'all folders under a root of the archive',
    held: [...many('export/Inbox', 0, 5), ...many('export/Größe', 10, 15)],
    live: [...many('INBOX', 0, 5), ...many('Gro\u0308ße', 10, 15)],
    counts: [10, 0, 0, 0, 0],
    agrees: true,
  },
  {
    name: 'one copy of two lost',
    held: [mail('Inbox', 1), mail('Kept', 2)],
    live: [mail('Inbox', 1), mail('Kept', 1), mail('Kept', 2)],
    counts: [2, 1, 0, 0, 0],
    agrees: false,
  },
  {
    name: 'a Message-ID altered in storage',
    held: [mail('Inbox', 1, { id: '<mail.1@storage.wm.amazon.com>' })],
    live: [mail('Inbox', 1, { id: '<1@eu-west-1.amazonses.com>' })],
    counts: [1, 0, 0, 0, 0],
    agrees: true,
  },
  {
    name: 'no Message-ID on either side, and one of them moved',
    held: [mail('Inbox', 1, { id: null }), mail('Inbox', 2, { id: null }), mail('Kept', 3)],
    live: [mail('Inbox', 1, { id: null }), mail('Kept', 2, { id: null }), mail('Kept', 3)],
    counts: [2, 0, 0, 0, 1],
    agrees: true,
  },
  {
    name: 'a list that sends the same subject again, without dates, is not one message',
    held: [mail('Inbox', 1, { subject: 'news', date: null })],
    live: [mail('Inbox', 2, { subject: 'news', date: null })],
    counts: [0, 1, 0, 1, 0],
    agrees: false,
  },
  {
    name: 'a mailbox that was emptied but for one message says nothing of the others',
    held: many('Inbox', 0, 9),
    live: many('Inbox', 0, 1),
    counts: [1, 0, 0, 8, 0],
    agrees: null,
  },
  { name: 'an empty mailbox says nothing', held: many('Inbox', 0, 3), live: [], counts: [0, 0, 0, 3, 0], agrees: null },
  {
    name: 'nothing in common, and the job is unknown',
    held: many('Inbox', 0, 3),
    live: many('Inbox', 50, 53),
    input: { exportStart: null },
    counts: [0, 3, 0, 3, 0],
    agrees: false,
  },
];

test.each(ROWS)('$name', async ({ held, live, input, counts, agrees }) => {
  const result = await compared(held, live, input);
  const { same, missing, arrivedSince, added, moved } = result;
  expect([same, missing, arrivedSince, added, moved]).toEqual(counts);
  expect(result.witness.agrees).toBe(agrees);
  expect(result.findings.filter(({ severity }) => severity === 'error')).toHaveLength(missing);
  const signs = (sign: string) => result.found.filter((each) => each.sign === sign).length;
  expect([signs('-'), signs('+'), signs('*')]).toEqual([missing + arrivedSince, added, moved]);
  const sum = (name: 'same' | 'missing' | 'held') => result.folders.reduce((total, row) => total + row[name], 0);
  expect([sum('same'), sum('missing'), sum('held')]).toEqual([same, missing, held.length]);
});

test.each([
  { name: 'fewer than it lists', lists: 5, grows: 0, agrees: null },
  { name: 'none of the folder it lists', lists: 1, gives: 0, grows: 0, agrees: null },
  { name: 'as many as were there before others came', lists: 3, grows: 4, agrees: true },
  { name: 'as many as were left when others had gone', lists: 5, grows: -2, agrees: true },
])('a server that gives $name', async ({ lists, gives, grows, agrees }) => {
  const all = [...many('Inbox', 0, 9), ...many('Kept', 20, 23)];
  const mailbox = liveOf(all);
  let asked = 0;
  const { findings, witness } = await compared(all, [], {
    mailbox: {
      ...mailbox,
      async folders() {
        const total = lists + (asked++ === 0 ? 0 : grows);
        return (await mailbox.folders()).map((each) => (each.name === 'Kept' ? { ...each, total } : each));
      },
      async *headers(folder) {
        if (folder !== 'Kept' || gives !== 0) yield* mailbox.headers(folder);
      },
    },
  });
  expect(witness.agrees).toBe(agrees);
  const kept = findings.filter(({ severity, message }) => severity === 'warning' && /Kept .* and gave/.test(message));
  expect(kept).toHaveLength(agrees === null ? 1 : 0);
});

test('what is lost is named by folder, Message-ID and arrival', async () => {
  const { findings } = await compared(many('Inbox', 0, 2), many('Inbox', 0, 3));
  expect(findings[0]?.message).toMatch(
    /^Inbox of imaps:\/\/a@host .*<2@x>, 2026-01-01T10:00:00.*, UID 3, arrived 2026-01-01/,
  );
});

test('a thousand lost messages are fifty findings and one count, and cost fifty requests', async () => {
  const mailbox = liveOf([...many('Inbox', 0, 1), ...many('Inbox', 100, 1100)], 100);
  const { findings, missing, found } = await compared(many('Inbox', 0, 1), [], { mailbox });
  expect(missing).toBe(1000);
  expect(findings.filter(({ severity }) => severity === 'error')).toHaveLength(51);
  expect(findings[50]?.message).toContain('1000 in all');
  expect(found).toHaveLength(1000);
  expect(mailbox.named).toBe(50);
});

test('a mailbox that changes while it is read is said to', async () => {
  const { findings, folders } = await compared(many('Inbox', 0, 2), [], { mailbox: liveOf(many('Inbox', 0, 2), 5, 4) });
  expect(findings.map(({ message }) => message).join()).toContain('had 2 messages before it was read and 6 after');
  expect(folders[0]).toMatchObject({ before: 2, after: 6, held: 2 });
});

test('progress is told, and the size of what was rendered anew is counted', async () => {
  const seen: number[] = [];
  const held = [mail('Inbox', 1, { subject: 'long subject' })];
  const result = await compared(held, [mail('Inbox', 1)], { onProgress: (read) => seen.push(read) });
  expect(seen).toEqual([1]);
  expect(result.sizeDiffers).toBe(1);
});

test('whatever is on either side, each message is counted once, and the same in any order', async () => {
  const one = fc.record({
    folder: fc.constantFrom('Inbox', 'Kept', 'Old'),
    id: fc.option(fc.constantFrom('<1@x>', '<2@x>', '<3@x>', '<4@x>')),
    subject: fc.constantFrom('a', 'b'),
    arrived: fc.constantFrom(BEFORE, AFTER, null),
  });
  const side = fc.array(one, { maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 14 }), side, async (held, live) => {
      const result = await compared(held, live);
      const { same, missing, arrivedSince, added, moved } = result;
      expect(same + moved + missing + arrivedSince).toBe(live.length);
      expect(same + moved + added).toBe(held.length);
      const ids = (mails: readonly Mail[], id: string) => mails.filter((each) => each.id === id).length;
      // What shares a Message-ID is never missing on one side and added on the other.
      for (const id of ['<1@x>', '<2@x>', '<3@x>', '<4@x>']) {
        if (ids(live, id) <= ids(held, id) && ids(live, id) === live.length) expect(missing + arrivedSince).toBe(0);
      }
    }),
    { seed: 20_260_301, numRuns: 60 },
  );
});

test('half a million copies of one Message-ID cost a sort, not their square', () => {
  const columns = () => {
    const made = new KeyColumns();
    for (let name = 0; name < 500_000; name++) {
      made.push({ id: 7, content: 7, folder: name % 3, size: 1, name, arrived: Number.NaN });
    }
    return made;
  };
  const pairing = pairMessages(columns(), columns(), [0, 1, 2]);
  expect(pairing.live.every((state) => state === SAME)).toBe(true);
});

const counted = (path: string, total: number, kind: FolderCount['kind'] = 'mail'): FolderCount => ({
  path: path.split('/'),
  kind,
  total,
});
const HELD = [...entries(many('Inbox', 0, 4)), { path: 'Calendar/1.ics', bytes: Buffer.from(calendar(1)) }];

test.each([
  {
    name: 'equal',
    now: [counted('Inbox', 4), counted('Calendar', 1, 'calendar'), counted('Contacts', 9, 'other')],
    agrees: true,
    severities: [],
  },
  { name: 'fewer than now', now: [counted('Inbox', 5)], agrees: null, severities: ['warning'] },
  {
    name: 'fewer than before and now',
    now: [counted('Inbox', 6)],
    before: [counted('Inbox', 5)],
    agrees: false,
    severities: ['error'],
  },
  {
    name: 'within the window',
    now: [counted('Inbox', 6)],
    before: [counted('INBOX', 4)],
    agrees: true,
    severities: [],
  },
  {
    name: 'fewer than before, but some were deleted since',
    now: [counted('Inbox', 3)],
    before: [counted('Inbox', 9)],
    agrees: true,
    severities: [],
  },
  {
    name: 'a folder whose count the server keeps to itself',
    now: [counted('Inbox', 3), { path: ['Secret'], kind: 'mail' as const, total: null }],
    agrees: null,
    severities: ['warning'],
  },
  {
    name: 'a name in the owner’s language',
    now: [{ ...counted('Posteingang', 3), role: 'inbox' as const }],
    agrees: true,
    severities: [],
  },
  {
    name: 'a mailbox that was emptied',
    now: [counted('Inbox', 1), counted('Calendar', 0, 'calendar')],
    agrees: null,
    severities: ['warning'],
  },
  { name: 'nothing counted', now: [], agrees: null, severities: [] },
])('counts alone: $name', async ({ now, before, agrees, severities }) => {
  const manifest = await (await runOfEntries(HELD)).reader();
  const result = await compareCounts({
    manifest,
    location: 'ews://host',
    now,
    ...(before !== undefined && { before }),
  });
  expect(result.witness.agrees).toBe(agrees);
  expect(result.findings.map(({ severity }) => severity)).toEqual(severities);
});
