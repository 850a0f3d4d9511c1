import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { checkSecondOpinion } from '../../src/verify/index.ts';
import { logOf, runOfEntries, verify } from './run.ts';
import { makeZip, type ZipEntry } from './zip.ts';

const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora');
const present = existsSync(join(CORPORA, 'messages'));
if (!present) console.warn('skipped: the corpora of messages are not beside the repository');

function entriesOf(folder: string, ending: RegExp): ZipEntry[] {
  return readdirSync(join(CORPORA, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name) && statSync(join(CORPORA, folder, name)).isFile())
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, bytes: readFileSync(join(CORPORA, folder, name)) }));
}

test.skipIf(!present)(
  'the corpora as one export',
  async () => {
    const entries = [...entriesOf('messages', /\.(eml|msg|txt|email)$/), ...entriesOf('calendars', /\.ics$/)];
    const run = await runOfEntries(entries);
    const result = await verify(run, {
      source: run.source,
      outputLogs: [{ where: 'log', values: logOf(entries, makeZip(entries), 'items') }],
    });
    console.log(entries.length, result.verdict.verdict, result.matchedEntries, result.verdict.witnesses);
    for (const r of result.verdict.reasons.filter((r) => r.severity !== 'info'))
      console.log(r.severity, r.check, r.message.slice(0, 200));
    const opinion = await checkSecondOpinion(await run.reader(), run.source);
    console.log(opinion.messages, opinion.agreed, opinion.differences);
    for (const f of opinion.findings.filter((f) => f.severity === 'warning'))
      console.log(f.message, '| theirs', f.expected, '| ours', f.found);
    expect(result.matchedEntries).toBe(entries.length);
  },
  120_000,
);
