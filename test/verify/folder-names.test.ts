import { expect, test } from 'vitest';
import { summaryTables } from '../../src/verify/index.ts';
import { makeMailbox } from './mailbox.ts';
import { runOfEntries, verify } from './run.ts';

/** Names that an object of JavaScript has already. */
const folders = ['__proto__', 'constructor', 'toString', 'Inbox/__proto__'];

test('folders called as what an object has are folders', async () => {
  const run = await runOfEntries(makeMailbox({ seed: 4, messages: 8, calendars: 0, folders }));
  const manifest = await run.reader();
  const ledger = await manifest.ledger();
  expect(new Map(Object.entries(ledger.folders))).toEqual(new Map(folders.map((folder) => [folder, 2])));
  const { verdict, findings } = await verify(run);
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(verdict.verdict).toBe('UNPROVEN');
  const [summary] = summaryTables({ manifest, ledger });
  const rows = [];
  for await (const batch of summary?.rows() ?? []) rows.push(...batch);
  for (const folder of folders) expect(rows).toContainEqual([`Items in folder ${folder}`, 2]);
});

test('a count that is none is no ledger, whatever its folder is called', async () => {
  const run = await runOfEntries(makeMailbox({ seed: 4, messages: 8, calendars: 0, folders }));
  const text = Buffer.from(run.files.get('ledger.json') ?? []).toString();
  const altered = text.replace(/"__proto__":\s*2/, '"__proto__": "2"');
  expect(altered).not.toBe(text);
  run.files.set('ledger.json', Buffer.from(altered));
  await expect((await run.reader()).ledger()).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
});
