import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zoneByName } from '../../src/calendar/index.ts';
import { cellText } from '../../src/produce/cell-text.ts';
import { csvLine, csvValue } from '../../src/produce/csv.ts';
import { datLine, datValue } from '../../src/produce/dat.ts';
import { encoderOf } from '../../src/produce/encoding.ts';
import type { Note } from '../../src/produce/exceptions.ts';
import type { Value } from '../../src/produce/field.ts';
import { DelimitedReader } from '../../src/produce/lint/delimited.ts';
import { DELIMITERS } from '../../src/produce/lint/load-file.ts';
import type { ColumnFormat, Profile } from '../../src/produce/profile/index.ts';
import { PROFILES } from '../../src/produce/profile/index.ts';

const noted = () => {
  const codes: string[] = [];
  const note: Note = (_column, code) => codes.push(code);
  return { codes, note };
};
const zone = (name: string) => {
  const found = zoneByName(name);
  if (found === null) throw new Error(name);
  return found.zone;
};
const at = (seconds: number): Value => ({ kind: 'moment', moment: { kind: 'instant', seconds } });
const local = (text: string): Value => ({ kind: 'moment', moment: { kind: 'local', local: text } });
const SECOND = Date.UTC(2026, 2, 1, 15, 5, 9) / 1000;

test.each<[string, Value, ColumnFormat | undefined, Profile, string, string, readonly string[]]>([
  ['a date as Relativity reads it', at(SECOND), undefined, PROFILES.relativity, 'Etc/UTC', '03/01/2026 15:05:09', []],
  ['in another zone', at(SECOND), undefined, PROFILES.relativity, 'America/New_York', '03/01/2026 10:05:09', []],
  ['a zone that is a day ahead', at(SECOND), 'date', PROFILES.logikcull, 'Pacific/Kiritimati', '03/02/2026', []],
  ['a time as the SEC reads it', at(SECOND), 'time', PROFILES.sec, 'Etc/UTC', '03:05 PM +00:00', []],
  ['midnight as the SEC reads it', at(0), 'time', PROFILES.sec, 'Etc/UTC', '12:00 AM +00:00', []],
  ['a half-hour zone', at(SECOND), 'time', PROFILES.sec, 'Asia/Kolkata', '08:35 PM +05:30', []],
  ['ISO in UTC', at(SECOND), undefined, PROFILES.csv, 'Etc/UTC', '2026-03-01T15:05:09Z', []],
  ['ISO elsewhere', at(SECOND), undefined, PROFILES.csv, 'Asia/Kolkata', '2026-03-01T20:35:09+05:30', []],
  [
    'the last second before 1753',
    at(-6_847_804_801),
    undefined,
    PROFILES.relativity,
    'Etc/UTC',
    '',
    ['DATE_OUT_OF_RANGE'],
  ],
  [
    'the first second of 1753',
    at(-6_847_804_800),
    undefined,
    PROFILES.relativity,
    'Etc/UTC',
    '01/01/1753 00:00:00',
    [],
  ],
  ['a date beyond every calendar', at(1e15), undefined, PROFILES.csv, 'Etc/UTC', '', ['DATE_OUT_OF_RANGE']],
  [
    'a whole day',
    local('2026-03-01T00:00:00'),
    undefined,
    PROFILES.relativity,
    'Asia/Tokyo',
    '03/01/2026 00:00:00',
    [],
  ],
  [
    'a floating time',
    local('2026-03-01T09:30:00'),
    undefined,
    PROFILES.relativity,
    'Asia/Tokyo',
    '03/01/2026 09:30:00',
    ['DATE_FLOATING'],
  ],
  ['a list', { kind: 'list', list: ['a', 'b'] }, undefined, PROFILES.relativity, 'Etc/UTC', 'a; b', []],
  [
    'a list by commas',
    { kind: 'list', list: ['a', 'b,c'] },
    'comma-list',
    PROFILES.everlaw,
    'Etc/UTC',
    'a, b;c',
    ['SIGN_RESERVED'],
  ],
  [
    'a separator in a list',
    { kind: 'list', list: ['a;b'] },
    undefined,
    PROFILES.relativity,
    'Etc/UTC',
    'a,b',
    ['SIGN_RESERVED'],
  ],
  [
    'folders',
    { kind: 'folders', folders: [['A', 'B\\C']] },
    undefined,
    PROFILES.relativity,
    'Etc/UTC',
    'A\\B_C',
    ['SIGN_RESERVED'],
  ],
  [
    'a long folder',
    { kind: 'folders', folders: [['x'.repeat(300)]] },
    undefined,
    PROFILES.relativity,
    'Etc/UTC',
    'x'.repeat(255),
    ['NAME_TOO_LONG'],
  ],
  ['a path', { kind: 'path', path: 'VOL001/a.eml' }, undefined, PROFILES.sec, 'Etc/UTC', 'VOL001\\a.eml', []],
])('%s', (_name, value, format, profile, zoneName, expected, codes) => {
  const { codes: found, note } = noted();
  expect(cellText(value, 'column', format, { profile, zone: zone(zoneName) }, note)).toBe(expected);
  expect(found).toEqual(codes);
});

describe('a DAT', () => {
  test.each([
    ['a\r\nb\rc\nd', 'a®b®c®d', []],
    ['® is kept', '(R) is kept', ['SIGN_RESERVED']],
    ['a\u0014b\0', 'ab', ['SIGN_RESERVED']],
    ['þorn', 'þorn', []],
  ])('holds %j as %j', (text, expected, codes) => {
    const { codes: found, note } = noted();
    expect(datValue(text, 'column', note)).toBe(expected);
    expect(found).toEqual(codes);
  });

  test('is read back, however its text is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'þ', '®', ',', '"', ' ', '山', ';') });
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 7 }),
        (rows, cut) => {
          for (const [line, delimiters] of [
            [datLine, DELIMITERS.dat],
            [csvLine, DELIMITERS.csv],
          ] as const) {
            const text = rows.map(line).join('');
            const reader = new DelimitedReader(delimiters);
            const read = [];
            for (let from = 0; from < text.length; from += cut) read.push(...reader.push(text.slice(from, from + cut)));
            read.push(...reader.finish());
            expect(read.map(({ cells }) => cells)).toEqual(rows);
            expect(read.every(({ badEnd, open }) => !badEnd && !open)).toBe(true);
          }
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});

test.each([
  ['=1+1', "'=1+1", ['FORMULA']],
  ['  @x', "'  @x", ['FORMULA']],
  ['-12.5', '-12.5', []],
  ['＝x', "'＝x", ['FORMULA']],
  ['a=b', 'a=b', []],
])('a CSV holds %j as %j', (text, expected, codes) => {
  const { codes: found, note } = noted();
  expect(csvValue(text, 'column', note)).toBe(expected);
  expect(found).toEqual(codes);
});

test.each([
  ['windows-1252', 'Größe €', 'Größe €', []],
  ['windows-1252', '山a山', '?a?', ['CHARACTER_UNMAPPED']],
  ['windows-1252', 'e\u0301', 'e?', ['CHARACTER_UNMAPPED']],
  ['utf-8', 'a\ud800b', 'a\ufffdb', ['CHARACTER_UNMAPPED']],
  ['utf-16le', '😀', '😀', []],
] as const)('%s carries %j as %j', (encoding, text, expected, codes) => {
  const { codes: found, note } = noted();
  expect(encoderOf(encoding).carried(text, 'column', note)).toBe(expected);
  expect(found).toEqual(codes);
});

test('every profile is called by its own name and numbers its documents', () => {
  for (const [name, profile] of Object.entries(PROFILES)) {
    expect(profile.name).toBe(name);
    const names = profile.columns.map(([column]) => column.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  }
});
