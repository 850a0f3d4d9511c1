import { expect, test } from 'vitest';
import { renderDeclaration } from '../../src/report/index.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { runOfEntries } from '../verify/run.ts';

const CUSTODY = {
  source: { location: 's3://bucket/exports/mailbox.zip' },
  facts: { job: { jobId: 'job-77' } },
  caller: { arn: 'arn:aws:iam::123456789012:user/anna', account: '123456789012', userId: 'AIDA' },
  tool: {
    name: 'mailproof',
    version: '0.1.0',
    node: 'v20.20.0',
    digest: `sha256:${'ab'.repeat(32)}`,
    listed: 'dist/**',
    files: 571,
    dependencies: [
      { name: 'zod', version: '4.6.7', integrity: 'sha512-xyz==', packageJson: `sha256:${'01'.repeat(32)}` },
      { name: 'pkijs', version: '4.0.0', integrity: null, packageJson: `sha256:${'02'.repeat(32)}` },
    ],
  },
  run: {
    tool: 'mailproof 0.1.0',
    startedAt: '2026-01-02T03:04:05Z',
    finishedAt: '2026-01-02T03:05:05Z',
    host: 'evidence-01',
    platform: 'linux 6.1 x64',
  },
};

test('what the run recorded is filled in, what only people know stays blank, and it says it is a draft', async () => {
  const run = await runOfEntries(makeMailbox());
  const { root, digest } = await run.reader();
  const page = renderDeclaration({ root, custody: CUSTODY, manifestDigest: digest });
  for (const known of [
    root.archive.sha256,
    root.archive.md5,
    digest,
    'job-77',
    'evidence-01',
    '2026-01-02T03:04:05Z',
    'arn:aws:iam::123456789012:user/anna',
    'ab'.repeat(32),
    'sha512-xyz==',
    `sha256:${'02'.repeat(32)} (package.json)`,
  ]) {
    expect(page).toContain(known);
  }
  for (const blank of ['full name', 'custodian', 'signature', 'outcome of the comparison']) {
    expect(page).toContain(`[&nbsp;${blank}&nbsp;]`);
  }
  expect(page.match(/draft for counsel/gi)?.length).toBeGreaterThanOrEqual(3);
  expect(page).toMatch(/902\(13\)[\s\S]*902\(14\)/);
  expect(page).toContain("default-src 'none'");
  expect(page).not.toMatch(/<script/i);
});

test('without a custody record nothing is guessed', async () => {
  const { root, digest } = await (await runOfEntries(makeMailbox())).reader();
  const page = renderDeclaration({ root: { ...root, balanced: false }, custody: null, manifestDigest: digest });
  for (const blank of ['job id', 'location of the archive', 'host', 'platform', 'start', 'end']) {
    expect(page).toContain(`[&nbsp;${blank}&nbsp;]`);
  }
  expect(page).toContain('does not balance');
});

test('a hostile custody record is text', async () => {
  const { root, digest } = await (await runOfEntries(makeMailbox())).reader();
  const custody = {
    source: { location: '<script>alert(1)</script>' },
    run: { tool: '\u202E<b>', host: '"><img src=x>' },
  };
  const page = renderDeclaration({ root, custody, manifestDigest: digest });
  expect(page).not.toMatch(/<(script|b|img)\b/i);
  expect(page).toContain('U+202E');
});
