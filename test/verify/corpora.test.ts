import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { checkSecondOpinion } from '../../src/verify/index.ts';
import { logOf, runOfEntries, verify } from './run.ts';
import { makeZip, type ZipEntry } from './zip.ts';

const CORPORA = resolve(import.meta.dirname, '../../../shared/corpora');
const present = existsSync(join(CORPORA, 'messages')) && existsSync(join(CORPORA, 'calendars'));
if (!present) console.warn('skipped: the corpora of messages and calendars are not beside the repository');

function entriesOf(folder: string, ending: RegExp): ZipEntry[] {
  return readdirSync(join(CORPORA, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name) && statSync(join(CORPORA, folder, name)).isFile())
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, bytes: readFileSync(join(CORPORA, folder, name)) }));
}

/** Where mailparser and we differ and neither is known to lose: which message, about what, and why. */
const EXPLAINED: readonly (readonly [string, string])[] = [
  // An address without a domain: they leave it out.
  ['mimetools/testmsgs/simple.msg', 'cc'],
  // Octets without a charset: theirs become U+FFFD, ours are guessed.
  ['error_emails/invalid_subject_characters.eml', 'subject'],
  // Two addresses without a comma between them: they read the first alone.
  ['plain_emails/raw_email_multiple_from.eml', 'from'],
  ['plain_emails/raw_email_multiple_from.eml', 'to'],
  // RFC 2822 appendix A.6.3: white space around the dots of an address.
  ['rfc2822/example11.eml', 'to'],
  // A header line that is no field: they read on, we begin the body there, and nothing is lost.
  ['sisimai/maildir/bsd/lhost-office365-08.eml', 'attachment-digest'],
];

test.skipIf(!present)(
  'the corpora as one export',
  async () => {
    const entries = [...entriesOf('messages', /\.(eml|msg|txt)$/), ...entriesOf('calendars', /\.ics$/)];
    const run = await runOfEntries(entries);
    const outputLogs = [{ where: 'log', values: logOf(entries, makeZip(entries), 'items') }];
    const result = await verify(run, { source: run.source, outputLogs });
    expect(result.matchedEntries).toBe(entries.length);
    expect(result.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(result.verdict.verdict).toBe('COMPLETE');
    // Without a witness to their octets, messages that end within a file and calendars that do not end are damage.
    const bare = await verify(run);
    const errors = bare.findings.filter(({ severity }) => severity === 'error');
    expect(new Set(errors.map(({ check }) => check))).toEqual(new Set(['mid-part-end', 'calendar-end']));
    expect(errors.length).toBeLessThan(entries.length / 100);

    const opinion = await checkSecondOpinion(await run.reader(), run.source);
    expect(opinion.messages).toBeGreaterThan(1000);
    const losses = opinion.findings.filter(({ severity }) => severity === 'warning');
    const unexplained = losses.filter(
      ({ entry, message }) =>
        !EXPLAINED.some(([file, field]) => entry?.endsWith(file) && message.includes(` the ${field} `)),
    );
    expect(unexplained).toEqual([]);
  },
  120_000,
);
