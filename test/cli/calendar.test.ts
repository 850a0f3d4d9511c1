import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { zipOf } from '../pipeline/export.ts';
import { BINARY, inFolder, mailproof } from './binary.ts';

const calendar = (method: string | null, sequence: number, stamp: string, ...more: readonly string[]) =>
  [
    'BEGIN:VCALENDAR',
    ...(method === null ? [] : [`METHOD:${method}`]),
    'BEGIN:VEVENT',
    'UID:review@example.com',
    `SEQUENCE:${sequence}`,
    `DTSTAMP:${stamp}`,
    'DTSTART:20260310T090000Z',
    'SUMMARY:Review',
    'ORGANIZER:mailto:anna@example.com',
    ...more,
    'END:VEVENT',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
const mail = (type: string, body: string) =>
  Buffer.from(`From: a@example.com\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n\r\n${body}`);

const ENTRIES = [
  {
    path: 'Calendar/1.ics',
    bytes: Buffer.from(
      calendar(
        null,
        0,
        '20260301T080000Z',
        'ATTACH;FMTTYPE=application/pdf;ENCODING=BASE64;VALUE=BINARY;X-FILENAME=a.pdf:JVBERi0=',
      ),
    ),
  },
  {
    path: 'Inbox/2.eml',
    bytes: mail(
      'text/calendar; method=REPLY',
      calendar('REPLY', 0, '20260302T080000Z', 'ATTENDEE;CN=Bob;PARTSTAT=ACCEPTED:mailto:bob@example.com'),
    ),
  },
  {
    path: 'Sent/3.eml',
    bytes: mail('text/calendar; method=CANCEL', calendar(null, 1, '20260303T080000Z', 'STATUS:CANCELLED')),
  },
];

test('the history of an event, and what stands within one', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), await zipOf(ENTRIES));
    expect((await mailproof(['process', 'export.zip', '--out', 'out', '--quiet'], { folder })).code).toBe(0);
    const shown = await mailproof(['show', 'out', '--uid', 'review@example.com'], { folder });
    expect(shown.code).toBe(0);
    expect(shown.out.trimEnd().split('\n')).toEqual([
      '  0  2026-03-01T08:00:00Z  VEVENT          00000000  starts 2026-03-10T09:00:00Z, organized by anna@example.com, Review',
      '  0  2026-03-02T08:00:00Z  REPLY           00000001.1  starts 2026-03-10T09:00:00Z, organized by anna@example.com, bob@example.com ACCEPTED, Review',
      '  1  2026-03-03T08:00:00Z  CANCEL          00000002.1  starts 2026-03-10T09:00:00Z, CANCELLED, organized by anna@example.com, Review',
      'Answer  ACCEPTED by Bob <bob@example.com>, 2026-03-02T08:00:00Z (00000001.1)',
    ]);
    const json = await mailproof(['show', 'out', '--uid', 'review@example.com', '--json'], { folder });
    expect(json.lines().map((line) => [line['message_type'], line['id'] ?? line['status']])).toEqual([
      ['version', '00000000'],
      ['version', '00000001.1'],
      ['version', '00000002.1'],
      ['answer', 'ACCEPTED'],
    ]);
    const native = spawnSync(process.execPath, [BINARY, 'show', 'out', '00000000.a1', '--as', 'native'], {
      cwd: folder,
    });
    expect(native.stdout.toString()).toBe('%PDF-');
    const summary = await mailproof(['show', 'out', '00000000.a1'], { folder });
    expect(summary.out).toMatch(/Parent +00000000\n[\s\S]*Kind +attachment\nFile +a\.pdf\n/);
    const missing = await mailproof(['show', 'out', '--uid', 'nobody'], { folder });
    expect([missing.code, missing.err.includes('has the UID nobody')]).toEqual([5, true]);
    for (const parameters of [
      ['show', 'out'],
      ['show', 'out', '00000000', '--uid', 'review@example.com'],
    ]) {
      expect((await mailproof(parameters, { folder })).code).toBe(2);
    }
  }));
