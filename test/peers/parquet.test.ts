import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ColumnType, ColumnValue } from '../../src/produce/parquet/column.ts';
import { ParquetWriter } from '../../src/produce/parquet/parquet-writer.ts';
import { goldenMailbox } from '../produce/mailbox.ts';
import { made } from '../produce/production.ts';

/** Where readers that are no dependency of the project are looked for: `npm install --prefix FOLDER hyparquet @duckdb/node-api`. */
const FOLDER = process.env['MAILPROOF_PARQUET_READERS'] ?? process.cwd();
const READ = join(import.meta.dirname, 'parquet/read.mjs');

function has(name: string): boolean {
  try {
    createRequire(join(FOLDER, 'x.js')).resolve(name);
    return true;
  } catch {
    console.warn(`skipped: ${name} is not installed (MAILPROOF_PARQUET_READERS names a folder that has it)`);
    return false;
  }
}

const READERS = [
  ['hyparquet', has('hyparquet')],
  ['duckdb', has('@duckdb/node-api')],
] as const;

const root = mkdtempSync(join(tmpdir(), 'mailproof-parquet-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function read(reader: string, name: string, octets: Uint8Array): unknown {
  const path = join(root, `${name}.parquet`);
  writeFileSync(path, octets);
  const options = { encoding: 'utf8', maxBuffer: 2 ** 30 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [READ, FOLDER, reader, path], options);
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function written(
  columns: readonly (readonly [string, ColumnType])[],
  rows: readonly (readonly ColumnValue[])[],
): Buffer {
  const writer = new ParquetWriter(
    columns.map(([name, type]) => ({ name, type })),
    'mailproof test',
  );
  return Buffer.concat([...writer.head(), ...rows.flatMap((row) => [...writer.row(row)]), ...writer.end()]);
}

const COLUMNS = [
  ['text', 'text'],
  ['number', 'number'],
  ['boolean', 'boolean'],
  ['moment', 'moment'],
  ['never', 'text'],
  ['always', 'boolean'],
] as const satisfies readonly (readonly [string, ColumnType])[];

const TEXTS = [
  '',
  ' ',
  'þ ® \u0014',
  '山田 😀',
  'a\0b',
  '=cmd|x',
  '"quoted", line\r\nend',
  '\u202efdp.exe',
  'x'.repeat(70_000),
];
const NUMBERS = [0, 1, -1, 2 ** 31, 2 ** 53 - 1, -(2 ** 53 - 1)];
/** 0001-01-01, 1600-02-29, 1969-12-31T23:59:59.999, 1970, 9999-12-31. */
const MOMENTS = [-62_135_596_800_000, -11_670_998_400_000, -1, 0, 1_775_044_800_123, 253_402_300_799_999];

/** Rows of which every column has values and gaps in a rhythm of its own. */
const rowsOf = (count: number): ColumnValue[][] =>
  Array.from({ length: count }, (_, at) => [
    at % 5 === 3 ? null : `${TEXTS[at % (at < 100 ? TEXTS.length : TEXTS.length - 1)] ?? ''}`,
    at % 7 === 2 ? null : (NUMBERS[at % NUMBERS.length] ?? null),
    at % 3 === 1 ? null : at % 2 === 0,
    at % 11 === 4 ? null : (MOMENTS[at % MOMENTS.length] ?? null),
    null,
    at % 9 === 0,
  ]);

describe.each(READERS)('%s', (reader, there) => {
  test.skipIf(!there).each([1, 7, 8, 9, 10_000, 25_001])('reads every value of %d rows', (count) => {
    const rows = rowsOf(count);
    expect(read(reader, `${reader}-${count}`, written(COLUMNS, rows))).toEqual(rows);
  });

  test.skipIf(!there)('reads a file without rows', () => {
    expect(read(reader, `${reader}-0`, written(COLUMNS, []))).toEqual([]);
  });

  test.skipIf(!there)('reads every value of a production', async () => {
    const options = { dedupe: 'global', inclusive: true } as const;
    const { files } = await made({ anna: goldenMailbox() }, 'parquet', options);
    const csv = await made({ anna: goldenMailbox() }, 'csv', options);
    const rows = read(reader, `${reader}-production`, files.get('documents.parquet') ?? new Uint8Array());
    // A CSV leaves control characters out; Parquet holds any text, and these among it.
    expect(JSON.stringify(rows)).toContain('\\u0014');
    const shown: unknown = JSON.parse(JSON.stringify(rows), (_, value: unknown) =>
      typeof value === 'string' ? value.replace(/(?![\t\n\r\u0080-\u009f])\p{Cc}/gu, '') : value,
    );
    expect(shown).toEqual(expectedRows(csv.text('loadfile.csv')));
  });
});

/** The same production's CSV with the types its columns have in Parquet. */
function expectedRows(text: string): ColumnValue[][] {
  const [names = [], ...rows] = csvRows(text.replace(/^\ufeff/, ''));
  return rows.map((row) =>
    row.map((cell, at): ColumnValue => {
      const name = names[at] ?? '';
      if (cell === '') return null;
      if (/^(?:size|attachment_count|text_length)$/.test(name)) return Number(cell);
      if (/^(?:date_skewed|meeting_all_day)$/.test(name)) return cell === 'Yes';
      if (/_at$|_date$|^conversation_start$|^meeting_(?:start|end|recurrence_id)$/.test(name)) {
        return Date.parse(/Z$|[+-]\d\d:\d\d$/.test(cell) ? cell : `${cell}Z`);
      }
      // What stands before a formula in a file for spreadsheets.
      return cell.replace(/^'(?=\s*[=+\-@])/, '');
    }),
  );
}

function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 1);
}
