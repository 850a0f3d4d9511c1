import { createCipheriv } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { makeZip } from '../verify/zip.ts';
import { type Ended, inFolder, mailproof } from './binary.ts';

const MEBIBYTE = 1024 * 1024;
const KEY = 'exports/large.zip';
const SOURCE = `s3://workmail-exports/${KEY}`;

/** 120 MiB of messages that do not compress: progress is kept every 64 MiB. */
function largeArchive(): Buffer {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 3), Buffer.alloc(16));
  const entries = Array.from({ length: 120 }, (_, number) => {
    const text = noise
      .update(Buffer.alloc((MEBIBYTE * 3) / 4))
      .toString('base64')
      .replace(/.{76}/g, '$&\r\n');
    const head = `Message-ID: <${number}@example.com>\r\nDate: 1 Feb 2026 10:00:00 +0000\r\nSubject: ${number}\r\n\r\n`;
    return { path: `Inbox/${number}.eml`, bytes: Buffer.from(head + text) };
  });
  return makeZip(entries, { stored: true });
}

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ mailboxes: [] });
  await sandbox.put({ key: KEY, body: largeArchive() });
});
afterAll(() => sandbox.close());

const firstOctet = (range: string | null) => Number(/bytes=(\d+)/.exec(range ?? '')?.[1] ?? 0);
const rangesRead = () =>
  sandbox.requests.entries
    .filter(({ operation, key }) => operation === 'GetObject' && key === KEY)
    .map(({ range }) => firstOctet(range));

/** The summary and findings, but for time, and for what honestly differs where the first octets were not read again. */
function comparable(ended: Ended) {
  const lines = ended.lines();
  const summary = lines.find(({ message_type: type }) => type === 'summary');
  if (summary === undefined) throw new Error(`there is no summary in ${ended.out}`);
  const { milliseconds: _, checks, reasons, next: __, carriedOver: ___, ...rest } = summary;
  const ofReading = (text: string) => /"(?:archive|native)-digest"/.test(text);
  const others = (list: unknown) => {
    if (!Array.isArray(list)) throw new Error(`${JSON.stringify(list)} is no list`);
    return list.map((each) => JSON.stringify(each)).filter((text) => !ofReading(text));
  };
  const findings = others(lines.filter(({ message_type: type }) => type === 'finding'));
  return { ...rest, findings, checks: others(checks), reasons: others(reasons) };
}

test.each([
  ['beside the manifest', null],
  ['in a file of its own', 'kept/state.json'],
])(
  'killed in the middle and run again, verify goes on where it was: progress kept %s',
  { timeout: 240_000 },
  async (_, state) => {
    await inFolder(async (folder) => {
      const run = (parameters: string[], during?: Parameters<typeof mailproof>[1]['during']) =>
        mailproof(parameters, { folder, environment: sandbox.environment, ...(during !== undefined && { during }) });
      const processed = await run(['process', SOURCE, '--out', 'evidence', '--json']);
      expect(processed.code, processed.err).toBe(0);
      const verify = [
        'verify',
        'evidence',
        '--source',
        SOURCE,
        '--json',
        ...(state === null ? [] : ['--state', state]),
      ];
      const whole = await run(verify);
      expect(whole.code, whole.err).toBe(10);
      const kept = join(folder, state ?? 'evidence/verify-state.json');

      const disarm = sandbox.faults.add({
        operation: 'GetObject',
        key: KEY,
        // What lies beyond 100 MiB, the directory aside, never comes.
        when: ({ range }) => firstOctet(range) >= 100 * MEBIBYTE && firstOctet(range) < 118 * MEBIBYTE,
        times: Number.POSITIVE_INFINITY,
        stallBodyAfter: 0,
      });
      const killed = await run(verify, (child) => {
        const watch = setInterval(() => {
          if (existsSync(kept)) child.kill('SIGKILL');
        }, 20);
        child.once('close', () => clearInterval(watch));
      });
      disarm();
      expect(killed.signal).toBe('SIGKILL');
      const progress = await readFile(kept);

      sandbox.requests.clear();
      const resumed = await run(verify);
      expect(resumed.code, resumed.err).toBe(10);
      expect(comparable(resumed)).toEqual(comparable(whole));
      expect(comparable(whole)).toMatchObject({ verdict: 'UNPROVEN', matchedEntries: 120, exitCode: 10 });
      expect(comparable(whole).checks.length).toBeGreaterThan(10);
      expect(resumed.out).toMatch(/The first \d+ entries are taken from an earlier verification/);
      const { carriedOver } = resumed.lines().find(({ message_type: type }) => type === 'summary') ?? {};
      expect(carriedOver).toMatchObject({ parts: [{ startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) }] });
      expect(whole.out).not.toContain('carriedOver');
      expect(existsSync(kept)).toBe(false);
      // The head tells the format; between it and the place to go on from nothing is read.
      const skipped = rangesRead().filter((start) => start > MEBIBYTE && start < 30 * MEBIBYTE);
      expect(skipped).toEqual([]);

      // The same progress, and another state of the object: refused, until somebody takes it away.
      await writeFile(kept, progress, { mode: 0o600 });
      await sandbox.put({ key: KEY, body: largeArchive() });
      const refused = await run(verify);
      expect(refused.code).toBe(9);
      expect(refused.out + refused.err).toContain('STATE_REFUSED');
      expect(refused.out + refused.err).toContain('another archive, or another state of this one');
      await rm(kept);
      sandbox.requests.clear();
      const anew = await run(verify);
      expect(anew.out).not.toMatch(/are taken from an earlier verification/);
      expect(rangesRead().some((start) => start > MEBIBYTE && start < 30 * MEBIBYTE)).toBe(true);
    });
  },
);

test('the custody record names the caller, the tool and what it runs on', async () => {
  await inFolder(async (folder) => {
    await sandbox.put({
      key: 'exports/small.zip',
      body: makeZip([{ path: 'Inbox/1.eml', bytes: Buffer.from('Subject: a\r\n\r\nb') }]),
    });
    const run = await mailproof(['process', 's3://workmail-exports/exports/small.zip', '--out', 'evidence'], {
      folder,
      environment: sandbox.environment,
    });
    expect(run.code, run.err).toBe(0);
    const custody = JSON.parse(await readFile(join(folder, 'evidence/custody.json'), 'utf8'));
    expect(custody).toMatchObject({
      caller: { arn: `arn:aws:iam::${sandbox.accountId}:user/sandbox`, account: sandbox.accountId },
      tool: { name: 'mailproof', node: process.version, listed: 'dist/**' },
    });
    expect(custody.tool.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(custody.tool.dependencies.length).toBeGreaterThan(10);
    const page = await readFile(join(folder, 'evidence/report.html'), 'utf8');
    expect(page).toContain(custody.caller.arn);
    expect(page).toContain(custody.tool.digest);
  });
});

test('of a file nothing is asked of AWS, and the record says so', async () => {
  await inFolder(async (folder) => {
    await writeFile(
      join(folder, 'a.zip'),
      makeZip([{ path: 'Inbox/1.eml', bytes: Buffer.from('Subject: a\r\n\r\nb') }]),
    );
    sandbox.requests.clear();
    await mailproof(['process', 'a.zip', '--out', 'evidence'], { folder, environment: sandbox.environment });
    const custody = JSON.parse(await readFile(join(folder, 'evidence/custody.json'), 'utf8'));
    expect(custody.caller).toEqual({ arn: null, reason: 'Nothing in this run was asked of AWS.' });
    expect(sandbox.requests.entries).toEqual([]);
  });
});
