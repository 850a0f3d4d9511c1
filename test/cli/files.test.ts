import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateMailbox } from '../../src/sandbox/index.ts';
import { zipOf } from '../pipeline/export.ts';
import { BINARY, inFolder, mailproof } from './binary.ts';

const archive = await zipOf(generateMailbox({ seed: 7, messages: 40, averageBytes: 6000 }));

test('process, verify, show: a whole archive', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), archive);
    const processed = await mailproof(['process', 'export.zip', '--out', 'out'], { folder });
    expect(processed).toMatchObject({ code: 0 });
    expect(processed.out).toContain('Done: every entry is read and accounted for.');
    expect(processed.out).toContain('mailproof verify out');
    const again = await mailproof(['process', 'export.zip', '--out', 'out'], { folder });
    expect(again).toMatchObject({ code: 9, out: '' });
    expect(again.err).toContain('already holds a finished manifest');
    const verified = await mailproof(['verify', 'out', '--source', 'export.zip', '--json'], { folder });
    expect(verified.code).toBe(10);
    expect(verified.lines().at(-1)).toMatchObject({ message_type: 'summary', verdict: 'UNPROVEN' });
    const record = await mailproof(['show', 'out', '00000003', '--as', 'record'], { folder });
    expect(JSON.parse(record.out)).toMatchObject({ id: '00000003', type: 'Email' });
    const native = spawnSync(process.execPath, [BINARY, 'show', 'out', '00000003', '--as', 'native'], { cwd: folder });
    const { entry } = JSON.parse(record.out).source;
    const original = [...generateMailbox({ seed: 7, messages: 40, averageBytes: 6000 })].find(
      ({ path }) => path === entry,
    );
    expect(native.stdout.equals(original?.bytes ?? Buffer.alloc(0))).toBe(true);
    for (const form of ['summary', 'headers', 'text']) {
      const shown = await mailproof(['show', 'out', '00000003', '--as', form], { folder });
      expect(shown.code).toBe(0);
      expect(shown.out.length).toBeGreaterThan(20);
    }
    const sums = spawnSync('sha256sum', ['-c', '--quiet', 'manifest-sha256.txt'], { cwd: join(folder, 'out') });
    if (sums.error === undefined) expect(sums.status).toBe(0);
  }));

test('tables, a declaration, comparison and the instances of an event', () =>
  inFolder(async (folder) => {
    const event = `BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Berlin:20260326T090000
DTEND;TZID=Europe/Berlin:20260326T100000
RRULE:FREQ=WEEKLY;COUNT=5
END:VEVENT
END:VCALENDAR
`;
    const items = [...generateMailbox({ seed: 9, messages: 6, averageBytes: 3000 })];
    const weekly = { path: 'Calendar/weekly.ics', bytes: Buffer.from(event) };
    await writeFile(join(folder, 'early.zip'), await zipOf([weekly, ...items]));
    await writeFile(join(folder, 'late.zip'), await zipOf([weekly, ...items.slice(1)]));
    for (const name of ['early', 'late']) {
      await mailproof(['process', `${name}.zip`, '--out', name, '--quiet'], { folder });
    }
    const expanded = await mailproof(['show', 'early', '00000000', '--expand', '2026-04-01..2026-04-10', '--json'], {
      folder,
    });
    expect(expanded.lines().map((line) => line['start'])).toEqual([
      { local: '2026-04-02T09:00:00', timeZone: 'Europe/Berlin', utc: '2026-04-02T07:00:00Z' },
      { local: '2026-04-09T09:00:00', timeZone: 'Europe/Berlin', utc: '2026-04-09T07:00:00Z' },
    ]);
    expect(
      await mailproof(['show', 'early', '00000001', '--expand', '2026-04-01..2026-04-10'], { folder }),
    ).toMatchObject({ code: 2 });
    const report = await mailproof(['report', 'early', '--tables', '--declaration', '--json'], { folder });
    expect(report.code).toBe(10);
    const shard = await readFile(join(folder, 'early/items/000000.jsonl'), 'utf8');
    const table = await readFile(join(folder, 'early/tables/items.csv'), 'utf8');
    expect(table.trim().split('\r\n').length).toBe(shard.trim().split('\n').length + 1);
    expect(await readFile(join(folder, 'early/declaration.html'), 'utf8')).toContain('DRAFT');
    const compared = await mailproof(['compare', 'early', 'late', '--json'], { folder });
    expect(compared.code).toBe(4);
    expect(compared.lines().at(-1)).toMatchObject({ missing: 1, added: 0, changed: 0 });
    const against = await mailproof(['verify', 'late', '--against', 'early', '--json'], { folder });
    expect(against.lines().at(-1)).toMatchObject({ exitCode: 4, verdict: 'INCOMPLETE' });
    // A manifest is no witness for its own archive; one of an earlier export, of which nothing is missing, is.
    expect(await mailproof(['verify', 'early', '--against', 'early', '--json'], { folder })).toMatchObject({
      code: 10,
    });
    expect(await mailproof(['verify', 'early', '--against', 'late', '--json'], { folder })).toMatchObject({ code: 0 });
  }));

test('a changed file of the manifest, or of the archive, is named', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), archive);
    await mailproof(['process', 'export.zip', '--out', 'out', '--quiet'], { folder });
    const altered = Uint8Array.from(archive);
    altered[200] = (altered[200] ?? 0) ^ 1;
    await writeFile(join(folder, 'altered.zip'), altered);
    const source = await mailproof(['verify', 'out', '--source', 'altered.zip', '--json'], { folder });
    expect(source.code).toBe(4);
    expect(JSON.stringify(source.lines().at(-1))).toContain('archive-digest');
    const shard = join(folder, 'out/items/000000.jsonl');
    await writeFile(shard, (await readFile(shard, 'utf8')).replace('"Email"', '"Other"'));
    const files = await mailproof(['verify', 'out', '--json'], { folder });
    expect(files.code).toBe(4);
    expect(files.out).toContain('items/000000.jsonl');
  }));

test('a cut archive is saved as far as it goes: exit 8', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'cut.zip'), archive.subarray(0, Math.floor(archive.length * 0.6)));
    const cut = await mailproof(['process', 'cut.zip', '--out', 'out', '--json'], { folder });
    expect(cut.code).toBe(8);
    const summary = cut.lines().at(-1);
    expect(summary).toMatchObject({ message_type: 'summary', exitCode: 8, verdict: 'INCOMPLETE' });
    const shards = await readFile(join(folder, 'out/items/000000.jsonl'), 'utf8');
    expect(shards.trim().split('\n').length).toBeGreaterThan(15);
    expect(await mailproof(['inspect', 'cut.zip'], { folder })).toMatchObject({ code: 8 });
  }));

test.each([
  [['process', 'missing.zip', '--out', 'out'], 5, 'missing.zip'],
  [['process', 'export.zip'], 2, '--out'],
  [['process', 'export.zip', '--out', 'out', '--workers', '0'], 2, 'from 1 to 256'],
  [['process', 's3://', '--out', 'out'], 2, 's3://'],
  [['process', 'job:x/y', '--out', 'out'], 2, 'organization id'],
  [['frobnicate'], 2, 'frobnicate'],
  [['verify', 'nowhere'], 5, 'manifest.json'],
  [['show', 'nowhere', '00000000'], 5, 'manifest.json'],
  [['inspect', 'text.txt'], 8, 'text.txt'],
  [['process', '', '--out', 'out'], 2, 'empty'],
  [['process', 'export.zip', '--out', ''], 2, 'empty'],
  [['process', 'export.zip', '--out', 'http://example.com/'], 2, 'http://'],
  [['process', 'export.zip', '--out', 'job:x/y'], 2, 'cannot be written to'],
  [['process', '.', '--out', 'out'], 2, 'lies within'],
  [['process', '.', '--out', '.'], 2, 'lies within'],
  [['process', 'export.zip', '--out', 'text.txt'], 9, 'choose another folder'],
  [['verify', 'nowhere', '--since', '2026-02-31'], 2, '2026-01-31'],
  [['verify', 'nowhere', '--manifest-digest', 'abc'], 2, '64 hexadecimal'],
  [['sandbox', '--mailbox', 'nowhere'], 5, 'nowhere'],
  [['process', 'empty.zip', '--out', 'out'], 8, 'empty.zip'],
])('%j exits %i and says why', (parameters, code, words) =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), archive);
    await writeFile(join(folder, 'text.txt'), 'neither an archive nor a message\n'.repeat(50));
    await writeFile(join(folder, 'empty.zip'), '');
    const ended = await mailproof(parameters, { folder });
    expect(ended.err).toContain(words);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).not.toMatch(/^ {4}at /m);
  }),
);

test('without anything to do it prints help; --version the version', () =>
  inFolder(async (folder) => {
    expect(await mailproof(['--version'], { folder })).toMatchObject({ code: 0, out: '0.1.0\n' });
    const help = await mailproof(['--help'], { folder });
    expect(help.code).toBe(0);
    expect(help.out).toContain('EXIT STATUS');
  }));

test('a reader that has had enough is no failure', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), archive);
    await mailproof(['process', 'export.zip', '--out', 'out', '--quiet'], { folder });
    const command = `"${process.execPath}" "${BINARY}" show out 00000003 --as record | head -c 10; exit \${PIPESTATUS[0]}`;
    const piped = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(piped).toMatchObject({ status: 0, stderr: '' });
  }));

test('who stops reading gets the verdict’s exit code all the same, and a finished run', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), archive);
    const piped = (verb: string) => {
      const command = `"${process.execPath}" "${BINARY}" ${verb} | head -c 0; exit \${PIPESTATUS[0]}`;
      return spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    };
    expect(piped('process export.zip --out out --json')).toMatchObject({ status: 0 });
    expect(await readFile(join(folder, 'out/manifest.json'), 'utf8')).toContain('"balanced"');
    expect(piped('verify out --source export.zip --json')).toMatchObject({ status: 10, stderr: '' });
    expect(piped(`verify out --manifest-digest ${'0'.repeat(64)}`)).toMatchObject({ status: 4 });
  }));

test('the digest of the root that was noted elsewhere is held against it', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), archive);
    const processed = await mailproof(['process', 'export.zip', '--out', 'out', '--json'], { folder });
    const digest = String(processed.lines().at(-1)?.['manifestDigest']);
    const verified = await mailproof(['verify', 'out', '--manifest-digest', digest], { folder });
    expect(verified).toMatchObject({ code: 10 });
    const other = digest.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const refused = await mailproof(['verify', 'out', '--manifest-digest', other, '--json'], { folder });
    expect(refused).toMatchObject({ code: 4 });
    expect(refused.out).toContain('root-digest');
  }));

test('the list of sums covers the custody record and the report, and the report may be written anew', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'export.zip'), archive);
    await mailproof(['process', 'export.zip', '--out', 'out', '--quiet'], { folder });
    const sums = await readFile(join(folder, 'out/manifest-sha256.txt'), 'utf8');
    expect(sums).toMatch(/ {2}custody\.json\n[0-9a-f]{64} {2}report\.html\n$/);
    for (const path of ['out/custody.json', 'out/report.html']) {
      const whole = await readFile(join(folder, path), 'utf8');
      await writeFile(join(folder, path), whole.replace('UNPROVEN', 'COMPLETE').replace('"run"', '"run "'));
      const altered = await mailproof(['verify', 'out'], { folder });
      expect(altered).toMatchObject({ code: 4 });
      expect(altered.out).toContain('is not the file that manifest-sha256.txt lists');
      await writeFile(join(folder, path), whole);
    }
    expect(await mailproof(['report', 'out'], { folder })).toMatchObject({ code: 10 });
    expect(await mailproof(['verify', 'out'], { folder })).toMatchObject({ code: 10 });
  }));

test('killed at any moment and run again, it ends with the same manifest', () =>
  inFolder(async (folder) => {
    const large = await zipOf(generateMailbox({ seed: 8, messages: 1500, averageBytes: 6000 }));
    await writeFile(join(folder, 'export.zip'), large);
    await mailproof(['process', 'export.zip', '--out', 'whole', '--quiet'], { folder });
    for (const delay of [300, 700, 1100]) {
      await mailproof(['process', 'export.zip', '--out', 'killed', '--quiet'], {
        folder,
        during: (child) => setTimeout(() => child.kill('SIGKILL'), delay),
      });
    }
    const ended = await mailproof(['process', 'export.zip', '--out', 'killed', '--quiet'], { folder });
    expect([0, 9]).toContain(ended.code);
    expect(await readFile(join(folder, 'killed/manifest.json'), 'utf8')).toBe(
      await readFile(join(folder, 'whole/manifest.json'), 'utf8'),
    );
  }));

test('SIGINT ends it with 130 and the word to resume', () =>
  inFolder(async (folder) => {
    const sandbox = await mailproof(['sandbox'], {
      folder,
      during: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
    });
    expect(sandbox.code).toBe(0);
    const waiting = await mailproof(['sandbox', '--quiet'], {
      folder,
      during: (child) => child.stdout?.once('data', () => child.kill('SIGTERM')),
    });
    expect(waiting.code).toBe(0);
  }));
