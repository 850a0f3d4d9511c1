import { expect, test } from 'vitest';
import { openArchive, readBatch } from '../../src/archive/index.ts';
import { sha256 } from '../../src/identity/index.ts';
import { memorySource } from '../../src/io/index.ts';
import { type Finding, type Issue, MailproofError } from '../../src/model/index.ts';
import { SeededRandom } from '../../src/sandbox/index.ts';
import { zipOf } from '../pipeline/export.ts';
import { corpusEntries, present } from './corpora.ts';

/** Ten times more in CI's weekly mode. */
const TIMES = process.env['MAILPROOF_WEEKLY'] === undefined ? 1 : 10;
const CUTS = 200 * TIMES;
const ALTERATIONS = 300 * TIMES;

interface Reading {
  /** Path → digest of what was read without any issue. */
  readonly clean: Map<string, string>;
  readonly findings: readonly Finding[];
  readonly issues: readonly Issue[];
  readonly salvaged: boolean;
}

async function readAll(octets: Uint8Array): Promise<Reading | MailproofError> {
  const clean = new Map<string, string>();
  const issues: Issue[] = [];
  try {
    const archive = await openArchive(memorySource(octets));
    for await (const piece of archive.pieces()) {
      if (piece.kind !== 'batch') throw new Error('no entry of the corpora is large');
      for (const read of readBatch(archive.format, piece.batch)) {
        issues.push(...read.issues);
        if (read.bytes !== null && read.issues.length === 0) clean.set(read.entry.path, sha256(read.bytes));
      }
    }
    return { clean, issues, findings: archive.findings, salvaged: archive.salvaged };
  } catch (error) {
    if (error instanceof MailproofError) return error;
    throw error;
  }
}

function isReported(reading: Reading): boolean {
  const severe = [...reading.findings, ...reading.issues].some(({ severity }) => severity !== 'info');
  return reading.salvaged || severe;
}

const whole = present ? await zipOf(corpusEntries()) : new Uint8Array();
const untouched = present ? await readAll(whole) : null;

test.skipIf(!present)('untouched, nothing is reported', () => {
  if (untouched === null || untouched instanceof MailproofError) throw new Error('it could not be read');
  expect(isReported(untouched)).toBe(false);
  expect(untouched.clean.size).toBeGreaterThan(1300);
});

test.skipIf(!present)(
  `cut at ${CUTS} places, it is never whole, and what lies before the cut is delivered`,
  { timeout: 600_000 * TIMES },
  async () => {
    const random = new SeededRandom(20270331);
    if (untouched === null || untouched instanceof MailproofError) throw new Error('it could not be read');
    for (let n = 0; n < CUTS; n++) {
      const at = random.below(whole.length);
      const reading = await readAll(whole.subarray(0, at));
      if (reading instanceof MailproofError) {
        // Only what holds not one entry may be refused.
        expect(at, `${reading.code} at ${at}`).toBeLessThan(200);
        continue;
      }
      expect(isReported(reading), `cut at ${at}`).toBe(true);
      const share = at / whole.length;
      expect(reading.clean.size, `cut at ${at}`).toBeGreaterThanOrEqual(
        Math.floor(untouched.clean.size * share * 0.5) - 2,
      );
      for (const [path, digest] of reading.clean)
        expect(untouched.clean.get(path), `${path}, cut at ${at}`).toBe(digest);
    }
  },
);

test.skipIf(!present)(
  `one octet altered at ${ALTERATIONS} places, it is always reported, and the other entries are delivered`,
  { timeout: 600_000 * TIMES },
  async () => {
    const random = new SeededRandom(13);
    if (untouched === null || untouched instanceof MailproofError) throw new Error('it could not be read');
    const unreported: number[] = [];
    for (let n = 0; n < ALTERATIONS; n++) {
      const at = random.below(whole.length);
      const altered = Uint8Array.from(whole);
      altered[at] = (altered[at] ?? 0) ^ (1 << random.below(8));
      const reading = await readAll(altered);
      if (reading instanceof MailproofError) throw new Error(`altered at ${at}: ${reading.message}`);
      if (!isReported(reading)) unreported.push(at);
      let same = 0;
      for (const [path, digest] of reading.clean) if (untouched.clean.get(path) === digest) same++;
      expect(same, `altered at ${at}`).toBeGreaterThanOrEqual(untouched.clean.size - 3);
    }
    expect(unreported).toEqual([]);
  },
);
