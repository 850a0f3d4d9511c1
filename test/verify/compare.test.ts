import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ManifestReader } from '../../src/manifest/index.ts';
import { type ComparedItem, compareManifests } from '../../src/verify/index.ts';
import { calendar, makeMailbox } from './mailbox.ts';
import { runOfEntries, verify } from './run.ts';
import type { ZipEntry } from './zip.ts';

const ENTRIES = makeMailbox({ seed: 21, directories: true });
const readerOf = async (entries: readonly ZipEntry[]): Promise<ManifestReader> =>
  (await runOfEntries(entries)).reader();

async function compare(before: readonly ZipEntry[], after: readonly ZipEntry[], includeSame = false) {
  const items: ComparedItem[] = [];
  const onItem = (item: ComparedItem) => items.push(item);
  const summary = await compareManifests(await readerOf(before), await readerOf(after), { onItem, includeSame });
  const { folders: _, altered: __, ...counts } = summary;
  return { items: items.map(({ sign, entry }) => `${sign} ${entry}`), full: items, counts, summary };
}

const moved = (entries: readonly ZipEntry[], from: string, to: string) =>
  entries.map((entry) => (entry.path === from ? { ...entry, path: to } : entry));
const edited = (entries: readonly ZipEntry[], path: string, edit: (text: string) => string) =>
  entries.map((entry) =>
    entry.path === path ? { ...entry, bytes: Buffer.from(edit(Buffer.from(entry.bytes).toString())) } : entry,
  );
const without = (entries: readonly ZipEntry[], path: string) => entries.filter((entry) => entry.path !== path);

const NONE = { same: 28, missing: 0, added: 0, changed: 0, unreadable: 0, moved: 0, rewritten: 0 };

describe('two manifests of one mailbox', () => {
  test('that are equal', async () => {
    const { items, counts } = await compare(ENTRIES, ENTRIES);
    expect(items).toEqual([]);
    expect(counts).toEqual(NONE);
    expect((await compare(ENTRIES, ENTRIES, true)).items).toHaveLength(28);
  });

  test('a message missing from the later', async () => {
    const { items, counts, full } = await compare(ENTRIES, without(ENTRIES, 'Inbox/9.eml'));
    expect(items).toEqual(['- Inbox/9.eml']);
    expect(full[0]).toMatchObject({ folder: 'Inbox', record: null, earlierRecord: '00000012' });
    expect(counts).toEqual({ ...NONE, same: 27, missing: 1 });
  });

  test('a message new in the later', async () => {
    const { items, counts } = await compare(without(ENTRIES, 'Inbox/9.eml'), ENTRIES);
    expect(items).toEqual(['+ Inbox/9.eml']);
    expect(counts).toEqual({ ...NONE, same: 27, added: 1 });
  });

  test('a message moved to another folder', async () => {
    const { full, counts } = await compare(ENTRIES, moved(ENTRIES, 'Inbox/9.eml', 'Archive/2026/9.eml'));
    expect(full).toMatchObject([{ sign: '=', entry: 'Archive/2026/9.eml', movedFrom: 'Inbox' }]);
    expect(counts).toEqual({ ...NONE, moved: 1 });
  });

  test('entries named anew in their folders are the same items', async () => {
    const { items, counts } = await compare(ENTRIES, moved(ENTRIES, 'Inbox/9.eml', 'Inbox/0009-x.eml'));
    expect(items).toEqual([]);
    expect(counts).toEqual(NONE);
  });

  test('a message with another trace field, and the same content', async () => {
    const later = edited(ENTRIES, 'Inbox/9.eml', (text) => `X-Scanned: yes\r\n${text}`);
    const { full, counts } = await compare(ENTRIES, later);
    expect(full).toMatchObject([{ sign: '=', entry: 'Inbox/9.eml', note: 'the same content in other octets' }]);
    expect(counts).toEqual({ ...NONE, rewritten: 1 });
  });

  test('a message with another text', async () => {
    const { items, counts } = await compare(
      ENTRIES,
      edited(ENTRIES, 'Inbox/9.eml', (text) => text.replace(/$/, 'more words\r\n')),
    );
    const changed = await compare(
      ENTRIES,
      edited(ENTRIES, 'Sent Items/1.eml', (text) => `${text}more words\r\n`),
    );
    expect(changed.items).toEqual(['* Sent Items/1.eml']);
    expect(changed.counts).toEqual({ ...NONE, same: 27, changed: 1 });
    expect(counts.missing + counts.added).toBe(0);
    expect(items).toHaveLength(1);
  });

  test('of two with one Message-ID, the changed one is not taken for the other, in either order', async () => {
    const mail = (body: string, extra = '') =>
      Buffer.from(`${extra}Message-ID: <twice@x>\r\nFrom: a@b.example\r\nSubject: s\r\n\r\n${body}\r\n`);
    const pair = (first: Buffer, second: Buffer) => [
      { path: 'Inbox/a.eml', bytes: first },
      { path: 'Inbox/b.eml', bytes: second },
    ];
    const before = pair(mail('one'), mail('two'));
    const first = await compare(before, pair(mail('another'), mail('two', 'X-Scanned: yes\r\n')));
    expect(first.items).toEqual(['* Inbox/a.eml', '= Inbox/b.eml']);
    const second = await compare(before, pair(mail('one', 'X-Scanned: yes\r\n'), mail('another')));
    expect(second.items).toEqual(['= Inbox/a.eml', '* Inbox/b.eml']);
  });

  test('copies rendered anew stay in their folders, whichever comes first', async () => {
    const mail = (extra = '') =>
      Buffer.from(`${extra}Message-ID: <twice@x>\r\nFrom: a@b.example\r\nSubject: s\r\n\r\ntext\r\n`);
    const copies = (folders: readonly string[], extra = '') =>
      folders.map((folder) => ({ path: `${folder}/1.eml`, bytes: mail(extra) }));
    const { full } = await compare(copies(['B', 'C']), copies(['A', 'B'], 'X-Scanned: yes\r\n'));
    expect(full.map(({ entry, movedFrom }) => [entry, movedFrom])).toEqual([
      ['A/1.eml', 'C'],
      ['B/1.eml', null],
    ]);
  });

  test('a folder whose accents are composed otherwise is the same folder', async () => {
    const later = ENTRIES.map((entry) => ({ ...entry, path: entry.path.normalize('NFD') }));
    expect(later.some(({ path }, place) => path !== ENTRIES[place]?.path)).toBe(true);
    const { items, counts, summary } = await compare(ENTRIES, later);
    expect(items).toEqual([]);
    expect(counts).toEqual(NONE);
    expect([...summary.folders.keys()]).toContain('Projekte/Größe');
  });

  test.each([
    ['a Bcc', (text: string) => `Bcc: secret@example.com\r\n${text}`, '*'],
    ['another Reply-To', (text: string) => `Reply-To: other@example.com\r\n${text}`, '*'],
    ['the mail it answers', (text: string) => text.replace('References', 'X-References').replace('In-', 'X-In-'), '*'],
    ['a decimal point in its subject', (text: string) => text.replace('1.000', '10.00'), '*'],
    ['a decimal point in its text', (text: string) => text.replace('2.000', '20.00'), '*'],
    ['a folded subject', (text: string) => text.replace('of 1.000', 'of\r\n 1.000'), '='],
    ['another transfer encoding', (text: string) => text.replace('7bit', 'quoted-printable'), '='],
    ['lines broken elsewhere', (text: string) => text.replace('the sum', 'the\r\nsum'), '='],
  ])('a message with %s', async (_name, edit, sign) => {
    const text = [
      'Message-ID: <sum@x>',
      'From: a@b.example',
      'In-Reply-To: <p@x>',
      'References: <p@x>',
      'Subject: a bill of 1.000',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=us-ascii',
      'Content-Transfer-Encoding: 7bit',
      '',
      'Please pay the sum of 2.000 now.',
      '',
    ].join('\r\n');
    expect(edit(text)).not.toBe(text);
    const entry = (content: string) => [{ path: 'Inbox/1.eml', bytes: Buffer.from(content) }];
    const { full } = await compare(entry(text), entry(edit(text)));
    expect(full).toMatchObject([{ sign, entry: 'Inbox/1.eml', note: expect.stringMatching(/^the same/) }]);
  });

  test('a message stored anew whose text is gone may have another', async () => {
    const entry = (text: string) => [{ path: 'Inbox/1.eml', bytes: Buffer.from(`Subject: s\r\n\r\n${text}`) }];
    const later = await runOfEntries(entry('one\r\ntwo\r\n'));
    later.files.delete('text/000000.txt');
    const found: ComparedItem[] = [];
    const onItem = (item: ComparedItem) => found.push(item);
    await compareManifests(await readerOf(entry('one two\r\n')), await later.reader(), { onItem });
    expect(found).toMatchObject([{ sign: '*', note: expect.stringContaining('cannot be read') }]);
  });

  test('an event at another time', async () => {
    const { full } = await compare(
      ENTRIES,
      edited(ENTRIES, 'Calendar/2.ics', (text) => text.replaceAll('T09', 'T08')),
    );
    expect(full).toMatchObject([{ sign: '*', entry: 'Calendar/2.ics' }]);
  });

  test('one copy of two that is gone', async () => {
    const copy = {
      path: 'Inbox/copy.eml',
      bytes: ENTRIES.find(({ path }) => path === 'Inbox/9.eml')?.bytes ?? Buffer.alloc(1),
    };
    const { items, counts } = await compare([...ENTRIES, copy], ENTRIES);
    expect(items).toEqual(['- Inbox/copy.eml']);
    expect(counts).toEqual({ ...NONE, missing: 1 });
  });

  test('an entry that cannot be read any more', async () => {
    const damaged = ENTRIES.map((entry) => (entry.path === 'Inbox/9.eml' ? { ...entry, method: 99 } : entry));
    const { items, counts } = await compare(ENTRIES, damaged);
    expect(items).toEqual(['! Inbox/9.eml']);
    expect(counts).toEqual({ ...NONE, same: 27, unreadable: 1 });
    expect((await compare(damaged, ENTRIES)).items).toEqual(['+ Inbox/9.eml']);
    expect((await compare(damaged, without(ENTRIES, 'Inbox/9.eml'))).items).toEqual(['! Inbox/9.eml']);
  });

  test('a calendar of several components is one file', async () => {
    const two = calendar(70).replace('END:VCALENDAR\r\n', '') + calendar(71).replace(/^[\s\S]*?(?=BEGIN:VEVENT)/, '');
    const entries = [...ENTRIES, { path: 'Calendar/two.ics', bytes: Buffer.from(two) }];
    expect((await compare(entries, entries)).counts).toEqual({ ...NONE, same: 30 });
    const { items } = await compare(entries, ENTRIES);
    expect(items).toEqual(['- Calendar/two.ics', '- Calendar/two.ics']);
  });

  test('the summary is by folder', async () => {
    const later = moved(without(ENTRIES, 'Inbox/9.eml'), 'Inbox/0.eml', 'Old/0.eml');
    const { summary } = await compare(ENTRIES, later);
    expect(summary.folders.get('Inbox')).toMatchObject({ same: 6, missing: 1 });
    expect(summary.folders.get('Old')).toMatchObject({ same: 1, moved: 1 });
    expect(summary.folders.get('Sent Items')).toMatchObject({ same: 8, missing: 0 });
  });
});

describe('a manifest that was altered', () => {
  const SHARD = 'items/000000.jsonl';
  const lost = 'Inbox/9.eml';
  /** An earlier run, its files altered, and a later one that lacks a message. */
  async function altered(alter: (files: Map<string, Uint8Array>) => void) {
    const earlier = await runOfEntries(ENTRIES);
    alter(earlier.files);
    return { earlier, later: await runOfEntries(without(ENTRIES, lost)) };
  }
  const lines = (files: Map<string, Uint8Array>, edit: (text: string[]) => string[]) =>
    files.set(
      SHARD,
      Buffer.from(
        edit(
          Buffer.from(files.get(SHARD) ?? [])
            .toString()
            .split('\n'),
        ).join('\n'),
      ),
    );

  test.each<[string, RegExp, (files: Map<string, Uint8Array>) => void]>([
    ['a line taken out', /has \d+ octets/, (files) => lines(files, (all) => all.filter((one) => !one.includes(lost)))],
    [
      'a line made unreadable',
      /its digest differs/,
      (files) => lines(files, (all) => all.map((one) => (one.includes(lost) ? `x${one.slice(1)}` : one))),
    ],
    ['a shard taken away', /is not there/, (files) => files.delete(SHARD)],
    ['the digests taken away', /digest\.jsonl is not there/, (files) => files.delete('index/digest.jsonl')],
  ])('%s: it is said, and it is no witness', async (_name, said, alter) => {
    const { earlier, later } = await altered(alter);
    const summary = await compareManifests(await earlier.reader(), await later.reader());
    expect(summary.altered.earlier.join()).toMatch(said);
    expect(summary.altered.later).toEqual([]);
    const { verdict } = await verify(later, { earlier: await earlier.reader() });
    expect(verdict.verdict).not.toBe('COMPLETE');
    expect(verdict.witnesses[0]?.agrees).not.toBe(true);
    expect(verdict.reasons.map(({ message }) => message).join()).toMatch(/earlier manifest was altered/);
    const back = await compareManifests(await later.reader(), await earlier.reader());
    expect(back.altered.later.join()).toMatch(said);
  });

  test('items and root altered alike, the custody record as it was', async () => {
    const earlier = await runOfEntries(without(ENTRIES, 'Inbox/0.eml'));
    const later = await runOfEntries(ENTRIES);
    const custody = (digest: string) => Buffer.from(JSON.stringify({ manifest: { digest } }));
    const witnessOf = async () => (await verify(later, { earlier: await earlier.reader() })).verdict.witnesses[0];
    expect((await witnessOf())?.agrees).toBe(true);
    earlier.files.set('custody.json', custody(`sha256:${(await earlier.reader()).digest}`));
    expect((await witnessOf())?.agrees).toBe(true);
    earlier.files.set('custody.json', custody(`sha256:${'0'.repeat(64)}`));
    expect((await witnessOf())?.agrees).toBe(null);
  });
});

test('mailboxes of some thousands', async () => {
  const many = makeMailbox({ seed: 22, messages: 2600, calendars: 0 });
  const later = moved(without(many, 'Inbox/2400.eml'), 'Inbox/2490.eml', 'Old/x.eml');
  const { items, counts } = await compare(many, later);
  expect(items).toEqual(['= Old/x.eml', '- Inbox/2400.eml']);
  expect(counts).toEqual({ ...NONE, same: 2599, missing: 1, moved: 1 });
});

test('every planted loss, addition and move is found, and none invented', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 0, maxLength: 12 }),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 12 }),
      async (chosen, one, two) => {
        const [first, second] = [Math.min(one, two), Math.max(one, two)];
        const mail = ENTRIES.filter(({ path }) => path.endsWith('.eml'));
        const pathOf = (at: number) => mail[at]?.path ?? '';
        const lost = new Set(chosen.slice(0, first).map(pathOf));
        const added = new Set(chosen.slice(first, second).map(pathOf));
        const gone = new Set(chosen.slice(second).map(pathOf));
        const before = ENTRIES.filter(({ path }) => !added.has(path));
        const after = ENTRIES.filter(({ path }) => !lost.has(path)).map((entry) =>
          gone.has(entry.path) ? { ...entry, path: `Moved/${entry.path.replaceAll('/', '-')}` } : entry,
        );
        const { counts, full } = await compare(before, after);
        expect(counts).toEqual({
          ...NONE,
          same: 28 - lost.size - added.size,
          missing: lost.size,
          added: added.size,
          moved: gone.size,
        });
        expect(new Set(full.flatMap(({ sign, entry }) => (sign === '-' ? [entry] : [])))).toEqual(lost);
        expect(new Set(full.flatMap(({ sign, entry }) => (sign === '+' ? [entry] : [])))).toEqual(added);
      },
    ),
    { seed: 99, numRuns: 15 },
  );
});
