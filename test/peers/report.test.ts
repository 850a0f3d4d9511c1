import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { collectStatistics, renderDeclaration, renderReport } from '../../src/report/index.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { JOB, logOf, objectOf, runOfEntries, verify } from '../verify/run.ts';
import type { ZipEntry } from '../verify/zip.ts';
import { CHROMIUM, Chromium } from './chromium.ts';
import { npmFolder } from './npm-folder.ts';

const AXE_VERSION = '4.14.1';
const axe: ReturnType<typeof npmFolder> =
  CHROMIUM === null ? { missing: 'Chromium is not installed' } : npmFolder('axe', [`axe-core@${AXE_VERSION}`]);
if ('missing' in axe) console.warn(`The report is not shown to axe-core: ${axe.missing}`);

const NAMES = [
  'صندوق/مشاريع',
  '受信トレイ',
  '<img src=x>',
  'W'.repeat(240),
  `e${'\u0301'.repeat(60)}`,
  'a\u202Egnp.exe',
];
const HOSTILE: readonly ZipEntry[] = NAMES.map((name, place) => ({
  path: `${name}/${place}.eml`,
  bytes: Buffer.from(`From: x${place}@example.com\r\nDate: 1 Jan 20${10 + place} 10:00:00 +0000\r\n\r\nx`),
}));

async function pageOf(entries: readonly ZipEntry[], how: 'witnessed' | 'alone' | 'contradicted'): Promise<string> {
  const run = await runOfEntries(entries);
  const reader = await run.reader();
  const values = { ...logOf(entries, run.archive), ...(how === 'contradicted' && { totalMessages: '99' }) };
  const outputLogs = how === 'alone' ? [] : [{ where: 's3://bucket/log.json', values }];
  const facts = { job: JOB, object: objectOf(run.archive), outputLogs, mailbox: null };
  const { findings, verdict, checks } = await verify(run, { facts });
  const statistics = await collectStatistics(reader);
  const custody = { source: { location: 's3://bucket/صندوق/mailbox.zip' }, run: { command: ['process', 'x'] } };
  const manifestDigest = reader.digest;
  const ledger = await reader.ledger();
  return renderReport({
    root: reader.root,
    ledger,
    findings,
    verdict,
    checks,
    custody,
    statistics,
    facts,
    manifestDigest,
  });
}

const violations = z.object({
  passes: z.number(),
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.string()) })),
});
/** WCAG 2.2 A and AA and what axe calls best practice; every fold opened, so that nothing is left out. */
const AUDIT = `(async () => {
  for (const fold of document.querySelectorAll('details')) fold.open = true;
  const { passes, violations } = await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  });
  return {
    passes: passes.length,
    violations: violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => html.slice(0, 200)) })),
  };
})()`;

const tree = z.object({
  nodes: z.array(
    z.object({
      ignored: z.boolean(),
      role: z.object({ value: z.string() }).optional(),
      name: z.object({ value: z.string() }).optional(),
    }),
  ),
});

const VIEWPORTS = [320, 390, 834, 1440].flatMap((width) =>
  (['light', 'dark'] as const).map((scheme) => ({ width, scheme })),
);

const missing = 'missing' in axe ? ` (skipped: ${axe.missing})` : '';

describe.skipIf('missing' in axe)(`in Chromium, by axe-core${missing}`, () => {
  let browser: Chromium;
  const script = 'folder' in axe ? readFileSync(join(axe.folder, 'node_modules/axe-core/axe.min.js'), 'utf8') : '';
  const pages: Record<string, string> = {};
  beforeAll(async () => {
    browser = new Chromium(CHROMIUM ?? '');
    pages['COMPLETE'] = await pageOf(makeMailbox({ messages: 60 }), 'witnessed');
    pages['UNPROVEN'] = await pageOf([{ path: 'Inbox/', bytes: Buffer.alloc(0) }], 'alone');
    pages['INCOMPLETE'] = await pageOf(HOSTILE, 'contradicted');
    const reader = await (await runOfEntries(HOSTILE)).reader();
    const { root, digest } = reader;
    pages['declaration'] = renderDeclaration({ root, custody: null, manifestDigest: digest });
  });
  afterAll(async () => browser?.close());

  test.each(['COMPLETE', 'UNPROVEN', 'INCOMPLETE', 'declaration'])('%s violates no rule at any width', async (name) => {
    // The page's own policy forbids every script, axe's too: it is taken out of the copy that axe is let into.
    const page = (pages[name] ?? '').replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '');
    if (name !== 'declaration') expect(page).toContain(`${name}</h2>`);
    for (const viewport of VIEWPORTS) {
      await browser.show(page, viewport);
      await browser.evaluate(`${script};0`);
      const audit = violations.parse(await browser.evaluate(AUDIT));
      expect(audit.violations, `${name} at ${viewport.width}, ${viewport.scheme}`).toEqual([]);
      expect(audit.passes).toBeGreaterThan(20);
      // WCAG 1.4.10: at 320 CSS pixels, which is 400 % of 1280, only tables and charts scroll sideways.
      expect(await browser.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
    }
  });

  test('axe is awake: a picture without a text and grey upon grey are violations', async () => {
    const page =
      '<!doctype html><html lang="en"><title>x</title><img src="x"><p style="color:#aaa;background:#999">grey</p>';
    await browser.show(page, { width: 390, scheme: 'light' });
    await browser.evaluate(`${script};0`);
    const { violations: found } = violations.parse(await browser.evaluate(AUDIT));
    expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(['image-alt', 'color-contrast']));
  });

  test('a screen reader finds the landmarks, and a name on every table and chart', async () => {
    await browser.show(pages['COMPLETE'] ?? '', { width: 1440, scheme: 'light' });
    const { nodes } = tree.parse(await browser.ask('Accessibility.getFullAXTree'));
    const shown = nodes.filter(({ ignored }) => !ignored);
    const names = (role: string) => shown.filter((node) => node.role?.value === role).map((node) => node.name?.value);
    for (const role of ['banner', 'main', 'contentinfo']) expect(names(role), role).toHaveLength(1);
    expect(names('navigation')).toEqual(['Sections']);
    expect(names('table').length).toBeGreaterThan(10);
    for (const role of ['table', 'image']) {
      for (const name of names(role)) expect(name, role).not.toBe('');
    }
    expect(names('image')).toContain('Messages by month, 2026-01 to 2026-03');
    expect(names('heading')[0]).toBe('mailbox.zip');
  });

  test('the page’s own policy lets no script of the page run', async () => {
    const page = (pages['COMPLETE'] ?? '').replace('</body>', '<script>document.title = "ran"</script></body>');
    await browser.show(page, { width: 390, scheme: 'light' });
    expect(await browser.evaluate('document.title')).toContain('COMPLETE');
  });
});
