import { createHash } from 'node:crypto';
import tar from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { PROFILE_CHOICES } from '../../src/cli/produce-options.ts';
import { memorySink, memorySource } from '../../src/io/index.ts';
import type { Sink } from '../../src/model/index.ts';
import { PROFILE_NAMES, type ProfileName, produce, readCondition } from '../../src/produce/index.ts';
import { DelimitedReader } from '../../src/produce/lint/delimited.ts';
import { DELIMITERS } from '../../src/produce/lint/load-file.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { runOfEntries, silent } from '../verify/run.ts';
import type { ZipEntry } from '../verify/zip.ts';
import { goldenMailbox } from './mailbox.ts';
import { type Made, made } from './production.ts';

type Row = Readonly<Record<string, string>>;

/** The rows of a production's csv, by column. */
function rows(production: Made, path = 'loadfile.csv'): Row[] {
  const reader = new DelimitedReader(DELIMITERS.csv);
  const all = [...reader.push(production.text(path).replace(/^\ufeff/, '')), ...reader.finish()];
  const names = all[0]?.cells ?? [];
  return all.slice(1).map(({ cells }) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])));
}
const column = (list: readonly Row[], name: string): string[] => list.map((row) => row[name] ?? '');
const sha256 = (octets: Uint8Array | undefined): string =>
  createHash('sha256')
    .update(octets ?? '')
    .digest('hex');
const mail = (id: string, text: string, more: readonly string[] = []): Buffer =>
  Buffer.from(
    [`Message-ID: <${id}@example.com>`, 'From: a@example.com', 'Subject: S', ...more, '', text, ''].join('\r\n'),
  );

test('the command knows every profile', () => {
  expect(PROFILE_CHOICES).toEqual([...PROFILE_NAMES]);
});

test('natives are the octets of the archive, and rows say what they are', async () => {
  const entries = goldenMailbox();
  const production = await made({ anna: entries }, 'csv');
  const list = rows(production);
  for (const row of list) {
    const native = production.files.get(row['native_path'] ?? '');
    expect(sha256(native), row['control_number']).toBe(row['sha256']);
    expect(
      createHash('sha1')
        .update(native ?? '')
        .digest('hex'),
    ).toBe(row['sha1']);
    expect(
      createHash('md5')
        .update(native ?? '')
        .digest('hex'),
    ).toBe(row['md5']);
  }
  const roots = list.filter((row) => row['parent'] === '');
  const files = entries.filter(({ path }) => !path.endsWith('/'));
  expect(roots.map((row) => row['sha256'])).toEqual(files.map(({ bytes }) => sha256(bytes)));
});

test('children follow their parents, and families are closed', async () => {
  const list = rows(await made({ anna: goldenMailbox() }, 'csv'));
  const nested = list.filter((row) => row['entry'] === 'Inbox/nested.eml');
  const [first] = nested;
  expect(column(nested, 'file_name')).toEqual(['nested.eml', 'original.eml', 'invoice.csv', 'fígures.bin']);
  const number = (at: number) => nested[at]?.['control_number'] ?? '';
  expect(column(nested, 'parent')).toEqual(['', number(0), number(1), number(0)]);
  expect(new Set(column(nested, 'family_last'))).toEqual(new Set([number(3)]));
  expect(first?.['attachment_numbers']).toBe(`${number(1)}; ${number(3)}`);
  // A child has its parent's date where a column asks for it.
  expect(new Set(column(nested, 'family_date')).size).toBe(1);
});

test('two runs give the same octets', async () => {
  for (const profile of PROFILE_NAMES) {
    const [one, other] = [await made({ a: goldenMailbox() }, profile), await made({ a: goldenMailbox() }, profile)];
    expect([...one.files.keys()].sort()).toEqual([...other.files.keys()].sort());
    for (const [path, octets] of one.files)
      expect(sha256(octets), `${profile} ${path}`).toBe(sha256(other.files.get(path)));
  }
});

describe('numbers', () => {
  test('go on after a register, and nothing is numbered twice', async () => {
    const mailbox = makeMailbox({ messages: 12, calendars: 0 });
    const early = await made({ anna: mailbox }, 'csv', { selection: { folders: ['Inbox'] } });
    const register = memorySource(early.files.get('register.jsonl') ?? new Uint8Array());
    const later = await made({ anna: mailbox }, 'csv', { register });
    const before = column(rows(early), 'control_number');
    const after = column(rows(later), 'control_number');
    expect(before[0]).toBe('MP0000001');
    expect(after[0]).toBe(`MP${String(before.length + 1).padStart(7, '0')}`);
    expect(later.result.alreadyNumbered).toBe(early.result.families);
    expect(later.text('register.jsonl').split('\n').length - 1).toBe(before.length + after.length);
    const again = await made({ anna: mailbox }, 'csv', {
      register: memorySource(later.files.get('register.jsonl') ?? new Uint8Array()),
      numbered: 'again',
    });
    const byRecord = new Map([...rows(early), ...rows(later)].map((row) => [row['record'], row['control_number']]));
    for (const row of rows(again)) expect(row['control_number']).toBe(byRecord.get(row['record']));
    expect(again.text('register.jsonl')).toBe(later.text('register.jsonl'));
  });

  test.each([
    [{ prefix: 'OTHER' }, 'USAGE'],
    [{ start: 1 }, 'USAGE'],
  ])('%j does not fit the register', async (options, code) => {
    const line = '{"controlNumber":"MP0000009","custodian":"a","archive":"00","document":"00000001","sha256":null}\n';
    await expect(
      made({ a: goldenMailbox() }, 'csv', { register: memorySource(Buffer.from(line)), ...options }),
    ).rejects.toMatchObject({ code });
  });

  test('a register that is none is refused', async () => {
    const register = memorySource(Buffer.from('{"a":1}\n'));
    await expect(made({ a: goldenMailbox() }, 'csv', { register })).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});

test('volumes are filled to their limits, and never split a family', async () => {
  const { result, files } = await made({ a: goldenMailbox() }, 'relativity', { volumeCount: 5 });
  const perVolume = new Map<string, number>();
  for (const path of files.keys()) {
    const volume = /^(VOL\d+)\/NATIVES/.exec(path)?.[1];
    if (volume !== undefined) perVolume.set(volume, (perVolume.get(volume) ?? 0) + 1);
  }
  expect(result.volumes).toBe(perVolume.size);
  expect(Math.max(...perVolume.values())).toBeLessThanOrEqual(5);
  const list = rows(await made({ a: goldenMailbox() }, 'csv', { volumeSize: 2000 }));
  for (const row of list) {
    const root = list.find((other) => other['control_number'] === row['group_identifier']);
    expect(row['native_path']?.slice(0, 6)).toBe(root?.['native_path']?.slice(0, 6));
  }
});

test.each<[string, object, readonly string[]]>([
  ['a folder', { folders: ['A'] }, ['A/1.eml', 'A/B/2.eml']],
  ['a folder below', { folders: ['A/B'] }, ['A/B/2.eml']],
  ['since', { since: '2026-02-01' }, ['A/B/2.eml', 'C/3.eml']],
  ['until', { until: '2026-02-01' }, ['A/1.eml']],
  ['the moment itself', { since: '2026-02-01T00:00:00Z', until: '2026-02-01T00:00:01Z' }, ['A/B/2.eml']],
  ['a field', { conditions: [readCondition('email.from.email=A@example.com')] }, ['A/1.eml', 'A/B/2.eml', 'C/3.eml']],
  ['a part of a field', { conditions: [readCondition('source.entry~3.e')] }, ['C/3.eml']],
])('selects by %s', async (_name, selection, expected) => {
  const entries: ZipEntry[] = [
    { path: 'A/1.eml', bytes: mail('1', 'x', ['Date: Thu, 01 Jan 2026 00:00:00 +0000']) },
    { path: 'A/B/2.eml', bytes: mail('2', 'x', ['Date: Sun, 01 Feb 2026 00:00:00 +0000']) },
    { path: 'C/3.eml', bytes: mail('3', 'x', ['Date: Sun, 01 Mar 2026 00:00:00 +0000']) },
  ];
  expect(column(rows(await made({ a: entries }, 'csv', { selection })), 'entry')).toEqual(expected);
});

test.each([
  [{ selection: { folders: ['Nowhere'] } }, 'RECORD_NOT_FOUND'],
  [{ selection: { since: 'yesterday' } }, 'USAGE'],
  [{ timeZone: 'Europe/Atlantis' }, 'USAGE'],
  [{ encoding: 'windows-1252' as const }, 'USAGE'],
  [{ name: '../x' }, 'USAGE'],
])('%j is refused with %s', async (options, code) => {
  await expect(made({ a: goldenMailbox() }, 'csv', options)).rejects.toMatchObject({ code });
});

test('copies are marked across custodians, and none is left out', async () => {
  const one = [{ path: 'Inbox/1.eml', bytes: mail('1', 'the same') }];
  // One mail has two Message-IDs in two mailboxes: the content decides.
  const other = [
    { path: 'Sent/9.eml', bytes: mail('stored', 'the same') },
    { path: 'Sent/8.eml', bytes: mail('8', 'another') },
  ];
  const global = rows(await made({ anna: one, bob: other }, 'csv', { dedupe: 'global' }));
  expect(column(global, 'duplicate_role')).toEqual(['Primary', 'Duplicate', 'Unique']);
  expect(column(global, 'all_custodians')).toEqual(['anna; bob', 'anna; bob', 'bob']);
  expect(global[0]?.['all_paths']).toBe('anna/Inbox; bob/Sent');
  const custodian = rows(await made({ anna: one, bob: other }, 'csv', { dedupe: 'custodian' }));
  expect(column(custodian, 'duplicate_role')).toEqual(['Unique', 'Unique', 'Unique']);
});

test('one Message-ID for two mails is a finding', async () => {
  const entries = [
    { path: '1.eml', bytes: mail('1', 'one') },
    { path: '2.eml', bytes: mail('1', 'two') },
  ];
  const { result } = await made({ a: entries }, 'csv', { dedupe: 'global' });
  expect(result.findings).toMatchObject([{ check: 'mih-collision', record: '00000001' }]);
});

test('a message that another holds is marked with the number of that one', async () => {
  const text = 'A sentence that is long enough to be told from others by its words alone.';
  const entries = [
    { path: '1.eml', bytes: mail('1', text) },
    { path: '2.eml', bytes: mail('2', `I agree.\r\n> ${text}`, ['References: <1@example.com>']) },
  ];
  const list = rows(await made({ a: entries }, 'csv', { inclusive: true }));
  expect(column(list, 'inclusive')).toEqual(['Non-inclusive', 'Inclusive']);
  expect(column(list, 'covered_by')).toEqual(['MP0000002', '']);
  expect(new Set(column(list, 'thread_group')).size).toBe(1);
});

test('an archive that is not the manifest’s is refused', async () => {
  const run = await runOfEntries([{ path: '1.eml', bytes: mail('1', 'one') }]);
  const other = await runOfEntries([{ path: '1.eml', bytes: mail('1', 'two') }]);
  const input = { sink: memorySink(), profile: 'eml', reporter: silent } as const;
  const manifests = [{ reader: await run.reader(), source: other.source, custodian: 'a' }];
  await expect(produce({ ...input, manifests })).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
});

test('without an archive there are rows and texts, and no natives', async () => {
  const run = await runOfEntries(goldenMailbox());
  const sink = memorySink();
  const manifests = [{ reader: await run.reader(), source: null, custodian: 'a' }];
  const result = await produce({ manifests, sink, profile: 'relativity', reporter: silent });
  expect(result).toMatchObject({ natives: 0, missingNatives: 0, documents: 25 });
  expect([...sink.files.keys()].some((path) => path.includes('/NATIVES/'))).toBe(false);
});

/** A sink that says it wrote something else, or that fails at its nth file. */
const failing = (inner: Sink, at: number, how: 'lies' | 'fails'): Sink => {
  let puts = 0;
  return {
    ...inner,
    async put(path, content, options) {
      const result = await inner.put(path, content, options);
      if (++puts !== at) return result;
      if (how === 'fails') throw new Error('disk full');
      return { ...result, digest: `sha256:${'0'.repeat(64)}` };
    },
  };
};

test('a native that was written wrongly ends the production', async () => {
  const run = await runOfEntries(goldenMailbox());
  const manifests = [{ reader: await run.reader(), source: run.source, custodian: 'a' }];
  const sink = failing(memorySink(), 3, 'lies');
  await expect(produce({ manifests, sink, profile: 'eml', reporter: silent })).rejects.toMatchObject({
    code: 'OUTPUT_UNWRITABLE',
  });
});

test.each<[ProfileName, 'tar' | 'zip' | null]>([
  ['relativity', null],
  ['relativity', 'tar'],
  ['relativity', 'zip'],
  ['nuix', null],
  ['mbox', null],
  ['mbox', 'tar'],
])('a sink that fails ends %s (%s) with its own error, and does not hang', async (profile, bundle) => {
  const run = await runOfEntries(goldenMailbox());
  const manifests = [{ reader: await run.reader(), source: run.source, custodian: 'a' }];
  const early: Sink = {
    ...memorySink(),
    async put(_path, content) {
      if (!(content instanceof Uint8Array)) for await (const _chunk of content) break;
      throw new Error('disk full');
    },
  };
  await expect(produce({ manifests, sink: early, profile, options: { bundle }, reporter: silent })).rejects.toThrow(
    'disk full',
  );
});

describe('a bundle holds what the folder would', () => {
  test.each(PROFILE_NAMES.filter((name) => name !== 'nuix'))('%s as tar', async (profile) => {
    const folder = await made({ a: goldenMailbox() }, profile);
    const bundle = await made({ a: goldenMailbox() }, profile, { bundle: 'tar' });
    expect([...bundle.files.keys()]).toEqual(['production.tar']);
    const extract = tar.extract();
    const found = new Map<string, string>();
    extract.end(bundle.files.get('production.tar'));
    for await (const entry of extract) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) if (chunk instanceof Uint8Array) chunks.push(chunk);
      found.set(entry.header.name, sha256(Buffer.concat(chunks)));
    }
    found.delete('production.json');
    const expected = new Map([...folder.files].map(([path, octets]) => [path, sha256(octets)]));
    expected.delete('production.json');
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
  });

  test('a Nuix image is an archive itself', async () => {
    await expect(made({ a: goldenMailbox() }, 'nuix', { bundle: 'zip' })).rejects.toMatchObject({ code: 'USAGE' });
  });
});

test('work grows with the mailbox, not with its square', async () => {
  const work = async (messages: number): Promise<number> => {
    const run = await runOfEntries(makeMailbox({ messages, calendars: 0 }));
    const sink = memorySink();
    let octets = 0;
    const counted = (source: typeof run.source): typeof run.source => ({
      ...source,
      async *read(start, end, signal) {
        octets += end - start;
        yield* source.read(start, end, signal);
      },
      async bytes(start, end, signal) {
        octets += end - start;
        return source.bytes(start, end, signal);
      },
    });
    const reader = await run.reader();
    const open = reader.sink.open.bind(reader.sink);
    Object.assign(reader.sink, { open: async (path: string) => counted(await open(path)) });
    const manifests = [{ reader, source: counted(run.source), custodian: 'a' }];
    await produce({
      manifests,
      sink,
      profile: 'relativity',
      options: { dedupe: 'global', inclusive: true },
      reporter: silent,
    });
    return octets;
  };
  const [small, large] = [await work(200), await work(800)];
  expect(large / small).toBeLessThan(4.4);
});
