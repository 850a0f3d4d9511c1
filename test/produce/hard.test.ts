import { describe, expect, test } from 'vitest';
import { memorySource } from '../../src/io/index.ts';
import { lint, PROFILE_NAMES } from '../../src/produce/index.ts';
import { silent } from '../verify/run.ts';
import { hardCalendar, hardMailbox } from './hard-mailbox.ts';
import { made } from './production.ts';

/** The cells of a DAT, by its own rules: no value holds a line end. */
function datRows(text: string): string[][] {
  return text
    .replace(/^\ufeff/, '')
    .split('\r\n')
    .slice(0, -1)
    .map((line) => line.split('\u0014').map((cell) => cell.slice(1, -1).replaceAll('þþ', 'þ')));
}

describe.each(PROFILE_NAMES)('%s', (profile) => {
  test('carries what is hard, and keeps its rules', async () => {
    const { sink, result } = await made({ anna: hardMailbox() }, profile, { dedupe: 'global', inclusive: true });
    expect(result.missingNatives).toBe(0);
    expect(await lint({ sink, profile, reporter: silent })).toEqual([]);
  });

  test('in volumes smaller than one file', async () => {
    const { sink, result } = await made({ anna: hardMailbox() }, profile, { volumeSize: 10, volumeCount: 1 });
    expect(result.volumes).toBe(result.families);
    expect(await lint({ sink, profile, reporter: silent })).toEqual([]);
  });
});

describe('attachments of calendar items', () => {
  test('are a family with their item, each after its own component', async () => {
    const production = await made({ anna: [hardCalendar()] }, 'relativity');
    const { files, result } = production;
    const [names = [], ...rows] = datRows(production.text('loadfile.dat'));
    const column = (name: string) => rows.map((row) => row[names.indexOf(name)]);
    expect(result).toMatchObject({ documents: 5, families: 1, missingNatives: 0 });
    expect(column('File Name')).toEqual(['attached.ics', 'a.txt', 'A.PDF', 'attached.ics', 'b.txt']);
    expect(column('Parent Document ID')).toEqual(['', 'MP0000001', 'MP0000001', 'MP0000001', 'MP0000004']);
    expect(column('Control Number End Attach')).toEqual(Array.from({ length: 5 }, () => 'MP0000005'));
    const content = (name: string) => Buffer.from(files.get(`VOL001/${name}`) ?? []).toString();
    expect(content('NATIVES/0001/MP0000002.txt')).toBe('one');
    expect(content('NATIVES/0001/MP0000005.txt')).toBe('two');
    expect(content('TEXT/0001/MP0000005.txt')).toBe('two');
  });
});

describe('the same items twice', () => {
  test('several custodians of one mailbox are one group of copies each', async () => {
    const production = await made({ anna: hardMailbox(), bert: hardMailbox() }, 'csv', { dedupe: 'global' });
    const { result } = production;
    expect(result.duplicates).toBeGreaterThanOrEqual(result.families / 2);
    expect(production.text('duplicates.csv')).toMatch(/anna; bert/);
  });

  test('a production continues where the register ends, and what is new alone is numbered', async () => {
    const before = hardMailbox().slice(0, 5);
    const first = await made({ anna: before }, 'relativity');
    const register = () => memorySource(first.files.get('register.jsonl') ?? new Uint8Array(), 'register.jsonl');
    // Another archive is another mailbox to the register: only what it names is known to it.
    await expect(made({ anna: before }, 'relativity', { register: register() })).rejects.toMatchObject({
      code: 'RECORD_NOT_FOUND',
    });
    const later = await made({ anna: before, bert: hardMailbox().slice(5) }, 'relativity', { register: register() });
    expect(later.result.firstNumber).toBe('MP0000006');
    expect(later.result.alreadyNumbered).toBe(5);
    expect(await lint({ sink: later.sink, reporter: silent })).toEqual([]);
  });
});

test('an empty mailbox is refused', async () => {
  const folder = { path: 'Inbox/', bytes: Buffer.alloc(0) };
  await expect(made({ anna: [folder] }, 'relativity')).rejects.toMatchObject({ code: 'RECORD_NOT_FOUND' });
});

test('a recipient list of ten megabytes is one cell', async () => {
  const people = Array.from(
    { length: 220_000 },
    (_, at) => `p${String(at).padStart(7, '0')}@some-long-domain.example.com`,
  );
  const list = people.join(',\r\n ');
  const bytes = Buffer.from(`Message-ID: <l@x>\r\nFrom: a@x.com\r\nTo: ${list}\r\nSubject: all\r\n\r\nx\r\n`);
  expect(bytes.length).toBeGreaterThan(9_000_000);
  const production = await made({ anna: [{ path: 'Inbox/all.eml', bytes }] }, 'relativity');
  const [names = [], row = []] = datRows(production.text('loadfile.dat'));
  const shown = row[names.indexOf('Email To')]?.split('; ') ?? [];
  // A header field this long passes a limit of the reader, which its issue names: what is there is whole addresses.
  expect(shown.length).toBeGreaterThan(1000);
  expect(shown.slice(0, -1).every((each, at) => each === people[at])).toBe(true);
  expect(await lint({ sink: production.sink, reporter: silent })).toEqual([]);
});
