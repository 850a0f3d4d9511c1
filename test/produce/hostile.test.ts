import { describe, expect, test } from 'vitest';
import { lint, PROFILE_NAMES } from '../../src/produce/index.ts';
import { DelimitedReader } from '../../src/produce/lint/delimited.ts';
import { DELIMITERS } from '../../src/produce/lint/load-file.ts';
import { silent } from '../verify/run.ts';
import { HOSTILE_CUSTODIAN, hostileMailbox, LONG_NAME, WITHOUT_CONTROLS } from './hostile-mailbox.ts';
import { type Made, made } from './production.ts';

type Row = Readonly<Record<string, string>>;

function rowsOf(production: Made, path: string, kind: 'dat' | 'csv'): Row[] {
  const reader = new DelimitedReader(DELIMITERS[kind]);
  const all = [...reader.push(production.text(path).replace(/^\ufeff/, '')), ...reader.finish()];
  const names = all[0]?.cells ?? [];
  return all.slice(1).map(({ cells }) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ''])));
}
const exceptions = (production: Made): string[] =>
  rowsOf(production, 'exceptions.csv', 'csv').map((row) => `${row['Column']} ${row['Code']} ${row['Detail']}`);

test.each(PROFILE_NAMES)('%s carries what was made to break its loader, and keeps its rules', async (profile) => {
  const mailboxes = { [HOSTILE_CUSTODIAN]: hostileMailbox(), other: hostileMailbox() };
  const { sink, result } = await made(mailboxes, profile, { dedupe: 'global', inclusive: true });
  expect(result).toMatchObject({ documents: 154, families: 96, missingNatives: 0 });
  expect(await lint({ sink, profile, reporter: silent })).toEqual([]);
});

describe('control characters', () => {
  const note = /SIGN_RESERVED U\+0007 U\+000B U\+000C U\+001A U\+001B U\+001E U\+007F: left out$/;

  test.each([
    ['relativity', 'loadfile.dat', 'dat', 'Email Subject'],
    ['csv', 'loadfile.csv', 'csv', 'subject'],
    ['mailbag', 'mailbag.csv', 'csv', 'Subject'],
  ] as const)('are left out of a table for %s, and listed', async (profile, path, kind, column) => {
    const production = await made({ a: hostileMailbox() }, profile);
    expect(rowsOf(production, path, kind)[2]?.[column]).toBe(WITHOUT_CONTROLS);
    expect(exceptions(production).filter((each) => each.startsWith(column))).toContainEqual(
      expect.stringMatching(note),
    );
  });

  test('of a load file are told by lint', async () => {
    const production = await made({ a: hostileMailbox() }, 'relativity');
    const spoilt = production.text('loadfile.dat').replace('@example.com', '@exa\u001ample.com');
    await production.sink.put('loadfile.dat', Buffer.from(spoilt));
    expect(await lint({ sink: production.sink, reporter: silent })).toMatchObject([
      { check: 'lint-encoding', severity: 'warning' },
    ]);
  });
});

test('a value longer than a spreadsheet shows is written whole, and listed', async () => {
  const production = await made({ a: hostileMailbox() }, 'csv');
  const subject = rowsOf(production, 'loadfile.csv', 'csv').find((row) => row['entry'] === 'Subjects/10.eml')?.[
    'subject'
  ];
  expect(subject).toBe('x'.repeat(40_000));
  expect(exceptions(production)).toContain(
    'subject VALUE_LONG 40000 signs, all written: a spreadsheet shows 32767 of a cell',
  );
});

test('a separator within a custodian or folder is never replaced in silence', async () => {
  const mailboxes = { 'A/B\\C': [...hostileMailbox()], other: hostileMailbox() };
  const production = await made(mailboxes, 'relativity', { dedupe: 'global' });
  const [row] = rowsOf(production, 'loadfile.dat', 'dat');
  expect(row?.['All Paths']).toBe('A/B_C\\Subjects; other\\Subjects');
  expect(exceptions(production)).toContain('All Paths SIGN_RESERVED "\\" separates folders: written as "_"');
  expect(production.text('duplicates.csv')).toContain('A/B\\C/Subjects; other/Subjects');
});

test('names of files have an ending where a platform tells by it what they are', async () => {
  const rows = rowsOf(await made({ a: hostileMailbox() }, 'logikcull'), 'loadfile.dat', 'dat');
  expect(rows.filter((row) => !/\.[A-Za-z0-9]+\s*$/.test(row['File Name'] ?? ''))).toEqual([]);
  const names = rows.map((row) => row['File Name']);
  expect(names).toContain('aux.txt');
  expect(names).toContain(`${LONG_NAME}.txt`);
});

test('messages three deep and two attachments of one name are one family, parents before children', async () => {
  const rows = rowsOf(await made({ a: hostileMailbox() }, 'csv'), 'loadfile.csv', 'csv');
  const family = rows.filter((row) => row['entry'] === 'Nested/three.eml');
  const first = family[0]?.['control_number'] ?? '';
  const twins = 'same.txt same.txt';
  const names = `three.eml ${twins} inner.eml ${twins} inner.eml ${twins} inner.eml ${twins}`;
  expect(family.map((row) => row['file_name']).join(' ')).toBe(names);
  const numbers = family.map((row) => row['control_number']);
  const parents = [null, 0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9];
  expect(family.map((row) => row['parent'])).toEqual(parents.map((at) => (at === null ? '' : numbers[at])));
  expect(new Set(family.map((row) => row['group_identifier']))).toEqual(new Set([first]));
});
