import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { descriptorsOf } from '../../src/manifest/index.ts';
import {
  csvCell,
  csvLine,
  csvLines,
  jsonLines,
  NO_FACTS,
  sha256SumLine,
  sha256SumLines,
  summaryTables,
} from '../../src/verify/index.ts';
import { makeMailbox } from './mailbox.ts';
import { JOB, objectOf, runOfEntries, verify } from './run.ts';

describe('a cell by RFC 4180', () => {
  test.each([
    ['plain', 'plain'],
    ['', ''],
    ['a,b', '"a,b"'],
    ['a "quoted" word', '"a ""quoted"" word"'],
    ['two\r\nlines', '"two\r\nlines"'],
    [' spaced ', '" spaced "'],
    [12, '12'],
    [-12, '-12'],
    [true, 'true'],
    [null, ''],
    // Formulas: the first of each is the one that runs in a spreadsheet.
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['  =1', "'  =1"],
    ['\0=1', "'\0=1"],
    ['\u200b\u202e=1', "'\u200b\u202e=1"],
    ['＝1', "'＝1"],
    ['a=1', 'a=1'],
  ])('%j: %j', (cell, written) => expect(csvCell(cell)).toBe(written));
});

/** RFC 4180, read by another hand: a state machine over characters. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] ?? '';
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (letter === '"') quoted = true;
    else if (letter === ',') {
      row.push(cell);
      cell = '';
    } else if (letter === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      at++;
    } else cell += letter;
  }
  return rows;
}

test('what is written reads back, and no cell begins as a formula', () => {
  const letters = fc.stringMatching(/^[=+\-@,"\r\n\t a-c＝é]{0,8}$/u);
  fc.assert(
    fc.property(fc.array(fc.array(letters, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }), (rows) => {
      const back = readCsv(rows.map(csvLine).join(''));
      expect(back.map((row) => row.length)).toEqual(rows.map((row) => row.length));
      for (const [at, row] of back.entries()) {
        for (const [place, cell] of row.entries()) {
          expect(cell).not.toMatch(/^\s*[=+\-@＝]/);
          expect([cell, cell.slice(1)]).toContain(rows[at]?.[place]);
        }
      }
    }),
    { seed: 5, numRuns: 300 },
  );
});

const collect = async (pieces: AsyncIterable<string>) => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

test('Summary, Items, Settings and Exceptions of a run', async () => {
  const odd = {
    path: 'Inbox/=odd.eml',
    bytes: Buffer.from('From: a@b.example\r\nSubject: =1+1, "x"\r\nDate: nonsense\r\n\r\ntext'),
  };
  const run = await runOfEntries([...makeMailbox({ seed: 2, messages: 6, calendars: 1 }), odd]);
  const manifest = await run.reader();
  const ledger = await manifest.ledger();
  const { verdict } = await verify(run);
  const facts = { ...NO_FACTS, job: JOB, object: objectOf(run.archive) };
  const tables = summaryTables({ manifest, ledger, verdict, facts });
  expect(tables.map(({ name }) => name)).toEqual(['Summary', 'Items', 'Settings', 'Exceptions']);
  const csv = new Map<string, string[][]>();
  for (const table of tables) {
    const { name, columns } = table;
    const read = readCsv(await collect(csvLines(columns, table.rows())));
    for (const row of read) expect(row).toHaveLength(columns.length);
    const json = (await collect(jsonLines(columns, table.rows()))).split('\n').slice(0, -1);
    expect(json).toHaveLength(read.length - 1);
    for (const line of json) expect(Object.keys(JSON.parse(line))).toEqual([...columns]);
    csv.set(name, read);
  }
  expect(csv.get('Summary')).toContainEqual(['Verdict', 'UNPROVEN']);
  expect(csv.get('Summary')).toContainEqual(['Items', '8']);
  expect(csv.get('Summary')).toContainEqual(['Items in folder Calendar', '1']);
  expect(csv.get('Settings')).toContainEqual(['Job jobId', 'job-1']);
  const items = csv.get('Items') ?? [];
  expect(items).toHaveLength(9);
  const [head = []] = items;
  const last = items.at(-1) ?? [];
  const value = (column: string) => last[head.indexOf(column)];
  expect([value('Subject'), value('Entry'), value('From'), value('Worst issue')]).toEqual([
    '\'=1+1, "x"',
    'Inbox/=odd.eml',
    'a@b.example',
    'warning',
  ]);
  expect(csv.get('Exceptions')?.map((row) => row[4])).toContain('DATE_UNREADABLE');
});

describe('manifest-sha256.txt', () => {
  test.each([
    ['plain.txt', '00  plain.txt\n'],
    ['back\\slash', '\\00  back\\\\slash\n'],
    ['two\nlines', '\\00  two\\nlines\n'],
    ['carriage\rreturn', '\\00  carriage\\rreturn\n'],
  ])('%j', (path, line) => expect(sha256SumLine('sha256:00', path)).toBe(line));

  const present = spawnSync('sha256sum', ['--version']).status === 0;
  if (!present) console.warn('skipped: there is no sha256sum on this machine');
  test.skipIf(!present)('sha256sum -c accepts a run, and names a file that was altered', async () => {
    const run = await runOfEntries(makeMailbox({ seed: 2, messages: 4 }));
    const manifest = await run.reader();
    const folder = mkdtempSync(join(tmpdir(), 'mailproof-sums-'));
    try {
      const write = (path: string, bytes: Uint8Array) => {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), bytes);
      };
      for (const [path, bytes] of run.files) write(path, bytes);
      const odd = 'odd\\na\nme';
      write(odd, Buffer.from(''));
      const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
      const sums = sha256SumLines(manifest.root, manifest.digest) + sha256SumLine(empty, odd);
      write('manifest-sha256.txt', Buffer.from(sums));
      const check = () =>
        spawnSync('sha256sum', ['-c', '--quiet', 'manifest-sha256.txt'], {
          cwd: folder,
          encoding: 'utf8',
          env: { LC_ALL: 'C', PATH: process.env['PATH'] },
        });
      expect(check()).toMatchObject({ status: 0, stdout: '' });
      expect(sums.split('\n')).toHaveLength([...descriptorsOf(manifest.root)].length + 3);
      write('ledger.json', Buffer.from('{}'));
      expect(check()).toMatchObject({ status: 1, stdout: 'ledger.json: FAILED\n' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
