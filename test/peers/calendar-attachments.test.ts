import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ItemRecord } from '../../src/model/index.ts';
import { CALENDARS, calendarFiles, present } from '../calendar/corpora.ts';
import { runOfEntries, verify } from '../verify/run.ts';

const PYTHON = '/usr/bin/python3';
const installed = spawnSync(PYTHON, ['-c', 'import icalendar, dateutil']).status === 0;
if (!installed) console.warn('skipped: python3-icalendar and python3-dateutil are not installed');

describe.skipIf(!installed || !present(CALENDARS))('attachments within calendars, against python3-icalendar', () => {
  test('an export of the whole corpus has the same ones, each a record of its own', { timeout: 300_000 }, async () => {
    const files = calendarFiles();
    const peer = spawnSync(PYTHON, [join(import.meta.dirname, 'python/attachments.py')], {
      input: JSON.stringify(files),
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    expect(peer.status, peer.stderr).toBe(0);
    const theirs: (string[] | null)[] = JSON.parse(peer.stdout);
    const run = await runOfEntries(
      files.map((file, place) => ({ path: `Calendar/${place}.ics`, bytes: readFileSync(file) })),
    );
    const reader = await run.reader();
    const ours = files.map((): string[] => []);
    const entries = new Set<number>();
    for await (const records of reader.records()) {
      for (const record of records) {
        entries.add(record.source.index);
        if (record.attachment !== undefined) ours[record.source.index]?.push(digestOf(record));
      }
    }
    // Every file is accounted for: read, or refused with an issue.
    expect(entries.size).toBe(files.length);
    const compared = theirs.flatMap((theirRows, place) => (theirRows === null ? [] : [place]));
    const different = compared.filter((place) => ours[place]?.join() !== theirs[place]?.join());
    const total = ours.flat().length;
    console.info(`${total} attachments in ${files.length} files; ${compared.length} files compared`);
    expect(different.map((place) => [files[place], ours[place], theirs[place]])).toEqual([]);
    expect(compared.flatMap((place) => theirs[place] ?? []).length).toBeGreaterThan(0);
    const { parts, balanced } = await reader.ledger();
    expect({ parts, balanced }).toEqual({
      parts: { declared: total, extracted: total, failed: 0, unaccounted: 0 },
      balanced: true,
    });
    const { findings } = await verify(run, { source: run.source });
    expect(findings.filter(({ check }) => /^(ledger|index-rows|record|native)/.test(check))).toEqual([]);
  });
});

const digestOf = ({ attachment }: ItemRecord): string => attachment?.digests?.sha256 ?? 'unreadable';
