import { expect, test } from 'vitest';
import { jsonPrinter } from '../../src/cli/json-printer.ts';
import type { Printer, PrinterOptions } from '../../src/cli/printer.ts';
import { textPrinter } from '../../src/cli/text-printer.ts';
import { issue, MailproofError, type Progress } from '../../src/model/index.ts';

/** A printer, what it said, and a clock that a test moves. */
function recorded(make: (options: PrinterOptions) => Printer, options: Partial<PrinterOptions> = {}) {
  const said = { out: '', err: '', now: 1_000_000 };
  const printer = make({
    quiet: false,
    verbose: false,
    color: false,
    interactive: false,
    now: () => said.now,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    ...options,
  });
  return { printer, said };
}

const at = (bytes: number): Progress => ({
  phase: 'read',
  bytes,
  totalBytes: 1000,
  entries: 1,
  totalEntries: 10,
  records: bytes,
  issues: 0,
});

test('without a terminal, progress is a plain line each tenth', () => {
  const { printer, said } = recorded(textPrinter);
  for (let bytes = 0; bytes <= 1000; bytes += 25) {
    said.now += 100;
    printer.progress(at(bytes));
  }
  const lines = said.err.trim().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe('Reading 10 %, 100 records, 200 B/s, 5 s left');
  expect(said.out).toBe('');
});

test('on a terminal it is a bar, cleared before anything else is said', () => {
  const { printer, said } = recorded(textPrinter, { interactive: true });
  printer.progress(at(500));
  printer.note('hello');
  expect(said.err).toContain('[############............] Reading 50 %');
  expect(said.err.endsWith('\r\u001b[Khello\n')).toBe(true);
});

test('quiet silences progress and warnings, never errors', () => {
  const { printer, said } = recorded(textPrinter, { quiet: true });
  printer.progress(at(1000));
  printer.note('hello');
  printer.finding({ check: 'x', severity: 'warning', message: 'w' });
  expect(said.err).toBe('');
  printer.finding({ check: 'x', severity: 'error', message: 'lost', range: [1, 2000] });
  expect(said.err).toBe('error x: lost [octets 1-2,000)\n');
});

test('entry names, which may hold personal data, are shown only when asked for', () => {
  const crc = issue('CRC_MISMATCH', 'expected 1, found 2');
  const plain = recorded(textPrinter);
  plain.printer.issue('00000001', 'Inbox/Anna resigns.eml', crc);
  expect(plain.said.err).toBe('error 00000001: CRC_MISMATCH: expected 1, found 2\n');
  const verbose = recorded(textPrinter, { verbose: true });
  verbose.printer.issue('00000001', 'Inbox/Anna resigns.eml', crc);
  expect(verbose.said.err).toContain('(Inbox/Anna resigns.eml)');
});

test('a flood of issues is cut, and says where the rest is', () => {
  const { printer, said } = recorded(textPrinter);
  for (let n = 0; n < 100; n++) printer.issue(String(n), 'e', issue('CRC_MISMATCH', 'm'));
  expect(said.err.trim().split('\n')).toHaveLength(11);
  expect(said.err).toContain('items/*.jsonl');
});

test('JSON lines carry what text carries', () => {
  const { printer, said } = recorded(jsonPrinter);
  printer.progress(at(10));
  printer.progress(at(20));
  printer.issue('00000001', 'a.eml', issue('DATE_UNREADABLE', 'm', '1'));
  printer.finding({ check: 'c', severity: 'error', message: 'm', range: [0, 5] });
  printer.data({ id: 1 }, 'text');
  printer.summary({ title: 't', lines: [], data: { exitCode: 0 } });
  printer.error(new MailproofError('KEY_DISABLED', 'm', { advice: 'a', details: { key: 'k' } }), 6);
  const lines = said.out
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines).toEqual([
    { message_type: 'status', ...at(10) },
    {
      message_type: 'issue',
      id: '00000001',
      entry: 'a.eml',
      code: 'DATE_UNREADABLE',
      severity: 'warning',
      message: 'm',
      part: '1',
    },
    { message_type: 'finding', check: 'c', severity: 'error', message: 'm', range: [0, 5] },
    { id: 1 },
    { message_type: 'summary', exitCode: 0 },
    { message_type: 'exit_error', code: 'KEY_DISABLED', message: 'm', advice: 'a', details: { key: 'k' }, exitCode: 6 },
  ]);
  expect(said.err).toBe('');
});

test('a name in the archive writes neither a line of its own nor to the terminal', () => {
  const { printer, said } = recorded(textPrinter, { verbose: true });
  const name = 'Inbox/\u001b[2J\u202e\nCOMPLETE: the archive is whole.eml';
  const shown = 'Inbox/<U+001B>[2J<U+202E><U+000A>COMPLETE: the archive is whole.eml';
  printer.finding({ check: 'crc', severity: 'error', message: `${name} is damaged.` });
  printer.issue('00000001', name, issue('DATE_UNREADABLE', `${name} has no date.`));
  printer.note(name);
  printer.error(new MailproofError('SOURCE_NOT_FOUND', `There is no ${name}.`), 5);
  printer.summary({ title: 'UNPROVEN', lines: [{ label: 'Because', text: name }], next: [name], data: {} });
  const lines = `${said.err}${said.out}`.trim().split('\n');
  expect(lines.filter((line) => line.includes(shown)).length).toBe(6);
  expect(lines.filter((line) => line.startsWith('COMPLETE'))).toEqual([]);
  for (const deceiving of ['\u001b', '\u202e']) expect(`${said.err}${said.out}`).not.toContain(deceiving);
});
