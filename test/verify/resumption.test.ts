import { createCipheriv } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  type CheckRunInput,
  type CheckRunResult,
  checkSecondOpinion,
  type ProgressStore,
} from '../../src/verify/index.ts';
import { countedSource } from './counted-source.ts';
import { calendar, makeMailbox } from './mailbox.ts';
import { type Run, runOf, runOfEntries, verify } from './run.ts';
import { makeZip, type ZipEntry } from './zip.ts';

/** A store in memory; `saved` may be altered behind its back. */
class Shelf implements ProgressStore {
  readonly location = 'shelf';
  saved: Uint8Array | null = null;
  saves = 0;
  load = async () => this.saved;
  save = async (octets: Uint8Array) => {
    this.saved = octets;
    this.saves++;
  };
  clear = async () => {
    this.saved = null;
  };
}

/** Octets that are the same in every run and do not compress. */
const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), Buffer.alloc(16));
/** Incompressible messages of 300 kB, so that the archive is read in many batches; calendars of several components. */
const ENTRIES: ZipEntry[] = [
  ...Array.from({ length: 90 }, (_, number): ZipEntry => {
    const octets = noise.update(Buffer.alloc(300_000));
    const head = `Message-ID: <${number}@example.com>\r\nDate: 1 Feb 2026 10:00:00 +0000\r\nSubject: ${number}\r\n\r\n`;
    return { path: `Inbox/${number}.eml`, bytes: Buffer.from(head + octets.toString('base64')) };
  }),
  { path: 'Calendar/two.ics', bytes: Buffer.from(`${calendar(1)}${calendar(2)}`) },
  ...makeMailbox({ seed: 2, messages: 6, calendars: 2 }),
];
const TOOL = 'mailproof test';
const everyOctets = 1024 * 1024;
const now = () => '2026-11-22T21:00:00.000Z';

/** What a result says, but for what honestly differs where the first octets were not read another time. */
function comparable({ findings, checks, verdict, matchedEntries }: CheckRunResult) {
  const ofReading = ({ check, message }: { check: string; message: string }) =>
    check === 'native-digest' && /interrupted|verification in part|written anew/.test(message);
  return {
    findings: findings.filter((found) => !ofReading(found)),
    checks: checks.filter(({ check }) => check !== 'archive-digest' && check !== 'native-digest'),
    reasons: verdict.reasons.filter((reason) => !ofReading(reason)),
    verdict: verdict.verdict,
    witnesses: verdict.witnesses,
    matchedEntries,
  };
}

/** Verifies, failing at an octet, then again with what was kept. */
async function interrupted(run: Run, archive: Buffer, failAt: number, input: Partial<CheckRunInput> = {}) {
  const shelf = new Shelf();
  const resumption = { store: shelf, tool: TOOL, now, everyOctets };
  const broken = verify(run, { source: countedSource(archive, { failAt }), resumption, ...input });
  await expect(broken).rejects.toMatchObject({ code: 'TEMPORARY' });
  const kept = shelf.saved !== null;
  const source = countedSource(archive);
  const result = await verify(run, { source, resumption, ...input });
  expect(shelf.saved).toBeNull();
  return { result, source, kept, shelf };
}

const run = await runOfEntries(ENTRIES, { stored: true });
const { archive } = run;

test.each([0.1, 0.3, 0.55, 0.8, 0.93])(
  'broken off at %f of the archive, the result is that of one reading',
  async (share) => {
    const whole = await verify(run, { source: countedSource(archive) });
    const { result, source, kept } = await interrupted(run, archive, Math.floor(archive.length * share));
    expect(comparable(result)).toEqual(comparable(whole));
    if (share < 0.5) return;
    expect(kept).toBe(true);
    // Gone on with: at most one batch, what was read ahead and the directory are read another time.
    expect(source.octets()).toBeLessThan(archive.length * (1 - share) + 18 * 1024 * 1024);
    expect(source.ranges.some(([start, end]) => start > 140_000 && end < archive.length * 0.2)).toBe(false);
    expect(result.findings.map(({ message }) => message).join()).toMatch(
      /first \d+ entries are taken from an earlier verification .* their octets were not read another time/,
    );
    expect(result.checks.find(({ check }) => check === 'archive-digest')?.outcome).toBe('skipped');
  },
);

test('with all digests the octets are read from the first on, and the result says the same of everything', async () => {
  const whole = await verify(run, { source: countedSource(archive), allDigests: true });
  const { result, source, kept } = await interrupted(run, archive, Math.floor(archive.length * 0.8), {
    allDigests: true,
  });
  expect(kept).toBe(true);
  expect(source.octets()).toBeGreaterThanOrEqual(archive.length);
  expect(comparable(result)).toEqual(comparable(whole));
  expect(result.checks.find(({ check }) => check === 'archive-digest')?.outcome).toBe('passed');
});

/** Of the same length: an archive of another size is another archive, and is read from its first octet on. */
const ALTERATIONS: [string, (entries: readonly ZipEntry[]) => ZipEntry[]][] = [
  [
    'altered before and after the break',
    (entries) =>
      entries.map((entry, at) =>
        at === 2 || at === 86
          ? { ...entry, bytes: Buffer.from(Buffer.from(entry.bytes).toString().replace('Feb', 'Mar')) }
          : entry,
      ),
  ],
  [
    'two entries exchanged',
    (entries) => entries.map((entry, at) => entries[at === 4 ? 85 : at === 85 ? 4 : at] ?? entry),
  ],
  ['an entry renamed', (entries) => entries.map((entry, at) => (at === 6 ? { ...entry, path: 'Inbox/x.eml' } : entry))],
  ['an entry removed', (entries) => entries.toSpliced(5, 1)],
];
test.each(ALTERATIONS)('differences are found on both sides of the break: %s', async (name, alter) => {
  const other = makeZip(alter(ENTRIES), { stored: true });
  const whole = await verify(run, { source: countedSource(other) });
  expect(whole.verdict.verdict).toBe('INCOMPLETE');
  const { result, kept } = await interrupted(run, other, Math.floor(other.length * 0.8));
  expect(kept).toBe(name !== 'an entry removed');
  const again = comparable(result);
  expect(again.findings.filter(({ check }) => check !== 'archive-digest')).toEqual(
    comparable(whole).findings.filter(({ check }) => check !== 'archive-digest'),
  );
  expect(again).toMatchObject({ verdict: 'INCOMPLETE', matchedEntries: whole.matchedEntries });
});

test('a sample that is broken off is gone on with too', async () => {
  const selection = { sample: 0.6, sampleSeed: 's' };
  const whole = await verify(run, { source: countedSource(archive), ...selection });
  const { result, kept } = await interrupted(run, archive, Math.floor(archive.length * 0.8), selection);
  expect(kept).toBe(true);
  expect(comparable(result)).toEqual(comparable(whole));
  const partial = (each: CheckRunResult) =>
    each.findings.find(({ message }) => message.includes('verification in part'));
  expect(partial(result)).toEqual(partial(whole));
});

test('what was kept of anything else is refused, and the reason named', async () => {
  const shelf = new Shelf();
  const resumption = { store: shelf, tool: TOOL, now, everyOctets };
  const failAt = Math.floor(archive.length * 0.9);
  await verify(run, { source: countedSource(archive, { failAt }), resumption }).catch(() => undefined);
  const kept = Buffer.from(shelf.saved ?? Buffer.alloc(0));
  expect(kept.length).toBeGreaterThan(0);
  const other = await runOfEntries(ENTRIES.slice(0, -1), { stored: true });
  const replaced = (from: RegExp, to: string) => {
    const text = kept.toString().replace(from, to);
    expect(text).not.toBe(kept.toString());
    return Buffer.from(text);
  };
  const altered = 'it was cut or altered';
  const selection = 'it is of another selection of entries';
  const object = 'it is of another archive, or another state of this one';
  const strangers: [string, string, Uint8Array, Run, Partial<CheckRunInput>][] = [
    ['another state of the object', object, kept, run, { source: countedSource(archive, { etag: '"etag-2"' }) }],
    ['another program', 'it is of another version', kept, run, { resumption: { ...resumption, tool: 'mailproof 2' } }],
    ['another sample', selection, kept, run, { sample: 0.5 }],
    ['another seed', selection, kept, run, { sampleSeed: 'b' }],
    ['another date', selection, kept, run, { since: '2026-01-01' }],
    ['another manifest', 'it is of another manifest', kept, other, { source: countedSource(archive) }],
    ['cut', altered, kept.subarray(0, -20), run, {}],
    ['another number', altered, replaced(/\\"matched\\":\d+/, '\\"matched\\":1'), run, {}],
    ['another time', altered, replaced(/"savedAt":"2026/, '"savedAt":"2027'), run, {}],
    ['another tool, written over', altered, replaced(/mailproof test/, 'mailproof 2'), run, {}],
    ['no JSON', altered, Buffer.from('}'), run, {}],
    ['another shape', altered, Buffer.from('[]'), run, {}],
    ['nothing', altered, Buffer.alloc(0), run, {}],
  ];
  for (const [name, why, octets, of, input] of strangers) {
    shelf.saved = octets;
    const source = countedSource(archive);
    const refused = verify(of, { source, resumption, ...input });
    await expect(refused, name).rejects.toMatchObject({ code: 'STATE_REFUSED' });
    await expect(refused, name).rejects.toThrow(why);
    // Neither read nor thrown away: the one it belongs to may still go on with it.
    expect(source.octets(), name).toBe(0);
    expect(shelf.saved, name).toBe(octets);
  }
  shelf.saved = kept;
  expect((await verify(run, { source: countedSource(archive), resumption })).verdict.carriedOver?.parts).toHaveLength(
    1,
  );
});

test('a verdict says what it owes to parts that were interrupted, and from when they are; one reading owes nothing', async () => {
  const shelf = new Shelf();
  const times = ['2026-11-20T08:00:00.000Z', '2026-11-21T09:00:00.000Z', '2026-11-22T10:00:00.000Z'];
  const attempt = async (part: number, failAt?: number) =>
    verify(run, {
      source: countedSource(archive, failAt === undefined ? {} : { failAt }),
      resumption: { store: shelf, tool: TOOL, now: () => times[part] ?? '', everyOctets },
    });
  await expect(attempt(0, archive.length * 0.7)).rejects.toMatchObject({ code: 'TEMPORARY' });
  await expect(attempt(1, archive.length * 0.9)).rejects.toMatchObject({ code: 'TEMPORARY' });
  const { verdict, checks, matchedEntries } = await attempt(2);
  const parts = verdict.carriedOver?.parts ?? [];
  expect(parts.map(({ startedAt, savedAt }) => [startedAt, savedAt])).toEqual([
    [times[0], times[0]],
    [times[1], times[1]],
  ]);
  expect(parts[0]?.entries).toBeGreaterThan(0);
  expect(parts[1]?.entries).toBeGreaterThan(parts[0]?.entries ?? 0);
  expect(verdict.carriedOver).toMatchObject({ entries: parts[1]?.entries, archiveDigests: false });
  expect(verdict.carriedOver?.entries).toBeLessThan(matchedEntries ?? 0);
  expect(verdict.next.at(-1)).toMatch(/Verify once more for one undivided reading/);
  expect(checks.find(({ check }) => check === 'archive-digest')?.outcome).toBe('skipped');
  expect((await attempt(2)).verdict.carriedOver).toBeUndefined();
});

test('gone on with, no check passes that one reading does not pass, and the verdict is no better', async () => {
  const outcomes = ({ checks }: CheckRunResult) => checks.filter(({ outcome }) => outcome === 'passed');
  for (const [, alter] of [['unchanged', (entries: readonly ZipEntry[]) => [...entries]] as const, ...ALTERATIONS]) {
    const other = makeZip(alter(ENTRIES), { stored: true });
    const whole = await verify(run, { source: countedSource(other) });
    const { result } = await interrupted(run, other, Math.floor(other.length * 0.8));
    expect(outcomes(whole)).toEqual(expect.arrayContaining(outcomes(result)));
    expect(result.verdict.verdict).toBe(whole.verdict.verdict);
  }
});

test('a second opinion that is broken off is gone on with, and says the same', async () => {
  const reader = await run.reader();
  const whole = await checkSecondOpinion(reader, countedSource(archive));
  expect(whole.messages).toBeGreaterThan(90);
  const shelf = new Shelf();
  const resumption = { store: shelf, tool: TOOL, now, everyOctets };
  const broken = countedSource(archive, { failAt: Math.floor(archive.length * 0.8) });
  await expect(checkSecondOpinion(reader, broken, { resumption })).rejects.toMatchObject({ code: 'TEMPORARY' });
  expect(shelf.saved).not.toBeNull();
  const { parts, clear, findings, ...again } = await checkSecondOpinion(reader, countedSource(archive), { resumption });
  const { parts: none, clear: _, findings: found, ...once } = whole;
  expect(again).toEqual(once);
  expect(findings.slice(0, -1)).toEqual(found);
  expect(findings.at(-1)?.message).toMatch(
    /first \d+ messages is taken from an earlier part .*2026-11-22T21:00:00.000Z to/,
  );
  expect(none).toEqual([]);
  expect(parts[0]).toMatchObject({ startedAt: now(), savedAt: now() });
  // Done, and kept until the verification it belongs to is: nothing of the archive is read another time.
  const source = countedSource(archive);
  expect(await checkSecondOpinion(reader, source, { resumption })).toMatchObject(once);
  expect(source.octets()).toBe(0);
  const stranger = countedSource(archive, { etag: '"etag-2"' });
  await expect(checkSecondOpinion(reader, stranger, { resumption })).rejects.toMatchObject({ code: 'STATE_REFUSED' });
  // What the pass over the archive kept is no second opinion.
  await expect(verify(run, { source: countedSource(archive), resumption })).rejects.toMatchObject({
    code: 'STATE_REFUSED',
  });
  await clear();
  expect(shelf.saved).toBeNull();
});

test('without an ETag or a version nothing is kept: nobody could say that it is the same archive', async () => {
  const shelf = new Shelf();
  await verify(run, {
    source: countedSource(archive, { etag: null }),
    resumption: { store: shelf, tool: TOOL, now, everyOctets },
  });
  expect(shelf.saves).toBe(0);
});

test('of a damaged archive nothing is kept: it is read again as a whole', async () => {
  const cut = archive.subarray(0, -40);
  const damaged = await runOf(Buffer.from(cut));
  const { result, kept } = await interrupted(damaged, Buffer.from(cut), Math.floor(cut.length * 0.8)).catch(() => ({
    result: null,
    kept: false,
  }));
  expect(kept).toBe(false);
  if (result !== null) expect(result.verdict.verdict).toBe('INCOMPLETE');
});

test('a store that cannot be written to keeps nothing and fails nothing', async () => {
  const store: ProgressStore = {
    location: 'nowhere',
    load: async () => null,
    save: () => Promise.reject(new Error('read-only')),
    clear: async () => undefined,
  };
  const { verdict } = await verify(run, {
    source: countedSource(archive),
    resumption: { store, tool: TOOL, now, everyOctets },
  });
  expect(verdict.verdict).toBe('UNPROVEN');
});
