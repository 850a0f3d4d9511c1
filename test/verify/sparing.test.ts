import { createCipheriv } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { openArchive } from '../../src/archive/index.ts';
import { sampleOf } from '../../src/verify/archive-pass/sample.ts';
import { countedSource } from './counted-source.ts';
import { makeMailbox } from './mailbox.ts';
import { type Run, runOf, runOfEntries, verify } from './run.ts';
import { makeZip, type ZipEntry } from './zip.ts';

/** Messages far larger than what is bridged between two of them. */
function largeMailbox(count: number, size = 120_000): ZipEntry[] {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
  return Array.from({ length: count }, (_, number) => {
    const octets = noise.update(Buffer.alloc(Math.ceil((size * 3) / 4)));
    const day = String((number % 28) + 1).padStart(2, '0');
    const head = `Message-ID: <${number}@example.com>\r\nDate: ${day} ${number < count / 2 ? 'Jan' : 'Feb'} 2026 10:00:00 +0000\r\nFrom: a@example.com\r\nSubject: ${number}\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
    const body = octets.toString('base64').replace(/.{76}/g, '$&\r\n');
    return { path: `Inbox/${number}.eml`, bytes: Buffer.from(`${head}${body}\r\n`) };
  });
}

const LARGE = largeMailbox(80);
const stored = ({ bytes, path }: ZipEntry) => deflateRawSync(bytes).length + 30 + Buffer.byteLength(path);
const directoryOctets = LARGE.reduce((sum, { path }) => sum + 46 + Buffer.byteLength(path), 22);
/** The head that tells the format, the search for the end, and a header of the entry after each chosen one. */
const SLACK = (64 + 128) * 1024 + 80 * 200;

const messagesOf = (findings: readonly { check: string; message: string }[], check: string) =>
  findings.filter((found) => found.check === check).map(({ message }) => message);

test.each([false, true])(
  'a sample fetches its entries, the directory and little else; streaming writer: %s',
  async (streaming) => {
    const run = await runOfEntries(LARGE, { streaming });
    const manifest = await run.reader();
    for (const [sample, sampleSeed] of [
      [0.05, '2026'],
      [0.1, '2027'],
      [0.25, ''],
    ] as const) {
      const source = countedSource(run.archive);
      const drawn = sampleOf(sample, `${manifest.digest}:${sampleSeed}`);
      const chosen = LARGE.filter((_, at) => drawn(at));
      const result = await verify(run, { source, sample, sampleSeed });
      expect(result.matchedEntries).toBe(chosen.length);
      expect(chosen.length).toBeGreaterThan(0);
      const wanted = chosen.reduce((sum, entry) => sum + stored(entry) + (streaming ? 16 : 0), 0);
      expect(source.octets()).toBeLessThan(wanted + directoryOctets + SLACK);
      expect(source.octets()).toBeLessThan(run.archive.length * (sample + 0.2));
      const seeded = sampleSeed === '' ? '' : ` drawn by the seed "${sampleSeed}"`;
      expect(messagesOf(result.findings, 'native-digest')).toEqual([
        `${chosen.length} of 80 entries were read again (a sample of ${sample * 100} %${seeded}): this was a verification in part. The other ${80 - chosen.length} were not expanded; nor were the archive's own digests taken.`,
      ]);
      expect(result.checks.find(({ check }) => check === 'archive-digest')).toMatchObject({
        outcome: 'skipped',
        reason: expect.stringContaining('--all-digests reads all of them'),
      });
      expect(result.verdict.verdict).toBe('UNPROVEN');
    }
  },
);

test('what was sent since a date is fetched and nothing else', async () => {
  const run = await runOfEntries(LARGE);
  const source = countedSource(run.archive);
  const { matchedEntries } = await verify(run, { source, since: '2026-02-01' });
  expect(matchedEntries).toBe(40);
  const first = LARGE.slice(0, 40).reduce((sum, entry) => sum + stored(entry), 0);
  expect(source.ranges.filter(([start, end]) => start > 64 * 1024 && end < first)).toEqual([]);
});

test('with all digests everything is read, and the archive itself is held to its digests', async () => {
  const run = await runOfEntries(LARGE);
  const source = countedSource(run.archive);
  const { checks, matchedEntries } = await verify(run, { source, sample: 0.1, allDigests: true });
  expect(matchedEntries).toBeLessThan(40);
  expect(source.octets()).toBeGreaterThanOrEqual(run.archive.length);
  expect(checks.find(({ check }) => check === 'archive-digest')?.outcome).toBe('passed');
});

test('neighbours that are close are fetched in one go, and small entries cost no request each', async () => {
  const run = await runOfEntries(makeMailbox({ seed: 21, messages: 400, calendars: 0 }));
  const source = countedSource(run.archive);
  await verify(run, { source, sample: 0.5 });
  expect(source.ranges.length).toBeLessThan(20);
});

test('a chosen entry that was altered is named; one that was not chosen is not claimed to be whole', async () => {
  const run = await runOfEntries(LARGE);
  const manifest = await run.reader();
  const drawn = sampleOf(0.2, `${manifest.digest}:x`);
  const at = LARGE.findIndex((_, ordinal) => drawn(ordinal));
  const altered = LARGE.map((entry, index) =>
    index === at
      ? { ...entry, bytes: Buffer.from(Buffer.from(entry.bytes).toString('latin1').replace('a@', 'b@'), 'latin1') }
      : entry,
  );
  const archive = makeZip(altered);
  const { verdict } = await verify(run, { source: countedSource(archive), sample: 0.2, sampleSeed: 'x' });
  expect(verdict.verdict).toBe('INCOMPLETE');
  expect(verdict.reasons.some(({ check, entry }) => check === 'native-digest' && entry === LARGE[at]?.path)).toBe(true);
});

test.each<[string, (entries: ZipEntry[]) => ZipEntry[]]>([
  ['an entry removed', (entries) => entries.toSpliced(3, 1)],
  ['an entry added', (entries) => [...entries, { path: 'Inbox/new.eml', bytes: Buffer.from('Subject: new\r\n\r\nx') }]],
])('an archive that is not the one that was processed is read whole: %s', async (_, alter) => {
  const run = await runOfEntries(LARGE);
  const archive = makeZip(alter(LARGE));
  const source = countedSource(archive);
  const { verdict } = await verify(run, { source, sample: 0.1 });
  expect(verdict.verdict).toBe('INCOMPLETE');
  expect(source.octets()).toBeGreaterThanOrEqual(archive.length);
});

test('a chosen entry whose header was overwritten is found without reading the whole', async () => {
  const run = await runOfEntries(LARGE);
  const manifest = await run.reader();
  const drawn = sampleOf(0.2, `${manifest.digest}:`);
  const at = LARGE.findIndex((_, ordinal) => drawn(ordinal) && ordinal > 5);
  const archive = Buffer.from(run.archive);
  const offset = LARGE.slice(0, at).reduce((sum, entry) => sum + stored(entry), 0);
  archive.fill(0, offset, offset + 40);
  const { verdict } = await verify(run, { source: countedSource(archive), sample: 0.2 });
  expect(verdict.verdict).toBe('INCOMPLETE');
  expect(verdict.reasons.some(({ message }) => message.startsWith('Directory and archive disagree here'))).toBe(true);
});

test('a damaged archive, once processed, is read whole: its directory does not tell where entries lie', async () => {
  const cut = makeZip(LARGE).subarray(0, -40);
  const run: Run = await runOf(cut);
  const source = countedSource(cut);
  const { checks } = await verify(run, { source, sample: 0.1 });
  expect(source.octets()).toBeGreaterThanOrEqual(cut.length);
  expect(checks.find(({ check }) => check === 'archive-digest')?.outcome).toBe('passed');
});

test('every subset of the entries: what is wanted comes, whole and with its own ordinal', async () => {
  const entries = makeMailbox({ seed: 5, messages: 7, calendars: 2, directories: true });
  const archive = makeZip(entries, { streaming: true });
  for (let subset = 0; subset < 1 << entries.length; subset += 7) {
    const opened = await openArchive(countedSource(archive));
    const seen: [number, string][] = [];
    for await (const piece of opened.pieces({ wanted: (ordinal) => (subset & (1 << ordinal)) !== 0 })) {
      if (piece.kind === 'batch') for (const entry of piece.batch.entries) seen.push([entry.ordinal, entry.path]);
    }
    expect(seen).toEqual(entries.map(({ path }, at) => [at, path]).filter((_, at) => (subset & (1 << at)) !== 0));
  }
});
