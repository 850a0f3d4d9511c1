import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportCommand } from '../../src/cli/commands/report.ts';
import { makePrinter } from '../../src/cli/context.ts';
import { folderSink, memorySource, systemClock } from '../../src/io/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { silent } from '../verify/run.ts';
import { makeZip } from '../verify/zip.ts';
import { Authority, present } from './authority.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
beforeAll(async () => {
  const source = memorySource(makeZip(makeMailbox()), 'mailbox.zip');
  await processExport({ source, sink: folderSink(folder), pool: inlinePool(), reporter: silent });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function report(options: Parameters<typeof reportCommand>[2]): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const out = (text: string) => void lines.push(...text.trim().split('\n'));
  const printer = makePrinter(
    { json: true, quiet: true },
    { color: false, interactive: false, now: () => 0, out, err: () => undefined },
  );
  const { signal } = new AbortController();
  const code = await reportCommand({ printer, clock: systemClock, signal, environment: {}, out }, folder, options);
  return { code, lines };
}

test('the page and the draft are written beside the manifest, and the exit code is that of verify', async () => {
  const { code, lines } = await report({ declaration: true });
  expect(code).toBe(10);
  expect(lines.join('\n')).toContain('"verdict":"UNPROVEN"');
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('UNPROVEN</h2>');
  expect(readFileSync(join(folder, 'declaration.html'), 'utf8')).toContain('DRAFT FOR COUNSEL');
});

test('written again it is the same page, and is not taken for a stranger’s file', async () => {
  await report({});
  const first = readFileSync(join(folder, 'report.html'), 'utf8');
  await report({});
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toBe(first);
  expect(first).not.toContain('<bdi>report.html');
});

test('a time stamp without a certificate to verify it by is refused before anybody is asked', async () => {
  const asked = report({ timestamp: 'http://127.0.0.1:1/' });
  await expect(asked).rejects.toMatchObject({ code: 'USAGE' });
  const missing = report({ timestamp: 'http://127.0.0.1:1/', timestampAuthority: join(folder, 'none.pem') });
  await expect(missing).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
});

describe.skipIf(!present)('a stamp of manifest.json, from an authority on loopback', () => {
  const authority = new Authority();
  beforeAll(async () => {
    authority.certificate('ca', null, 'ca');
    authority.certificate('other', null, 'ca');
    authority.certificate('tsa', 'ca', 'tsa');
    await authority.serve();
  });
  afterAll(async () => {
    await new Promise((done) => authority.server?.close(done));
    rmSync(authority.folder, { recursive: true, force: true });
  });
  const stamp = join(folder, 'timestamp.tsr');

  test('one that is not signed by whom the user trusts is refused and not kept', async () => {
    const other = report({ timestamp: authority.url, timestampAuthority: authority.file('other.pem') });
    await expect(other).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
    const busy = report({ timestamp: `${authority.url}/busy`, timestampAuthority: authority.file('ca.pem') });
    await expect(busy).rejects.toMatchObject({ code: 'TEMPORARY' });
    expect(existsSync(stamp)).toBe(false);
  });

  test('it is asked for, verified, kept, shown, and verified by openssl without us', async () => {
    const { code, lines } = await report({ timestamp: authority.url, timestampAuthority: authority.file('ca.pem') });
    expect(code).toBe(10);
    const summary = lines
      .map((line): Record<string, unknown> => JSON.parse(line))
      .find(({ message_type: type }) => type === 'summary');
    expect(summary).toMatchObject({ timestamp: { authority: expect.stringContaining('CN=tsa'), policy: '1.2.3.4.1' } });
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('Time stamp of manifest.json (RFC 3161)');
    expect(page).toContain('CN=tsa');
    const verified = (manifest: string) =>
      execFileSync('openssl', ['ts', '-verify', '-data', manifest, '-in', stamp, '-CAfile', authority.file('ca.pem')], {
        stdio: 'pipe',
      }).toString();
    expect(verified(join(folder, 'manifest.json'))).toContain('OK');
    const altered = join(authority.folder, 'altered.json');
    writeFileSync(altered, `${readFileSync(join(folder, 'manifest.json'), 'utf8')} `);
    expect(() => verified(altered)).toThrow();
    // Nothing the checks would take for a stranger's file.
    expect((await report({})).lines.join()).not.toContain('timestamp.tsr is listed by no manifest');
  });

  test('the stamp that is there is verified again offline, and no later one takes its place', async () => {
    const before = readFileSync(stamp);
    const again = report({ timestamp: authority.url, timestampAuthority: authority.file('ca.pem') });
    await expect(again).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(readFileSync(stamp)).toEqual(before);
    const { lines } = await report({ timestampAuthority: authority.file('ca.pem') });
    expect(lines.join()).toContain('CN=tsa');
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).toContain('CN=tsa');
    const other = report({ timestampAuthority: authority.file('other.pem') });
    await expect(other).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    rmSync(stamp);
    const gone = report({ timestampAuthority: authority.file('ca.pem') });
    await expect(gone).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});
