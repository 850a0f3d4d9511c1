import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { alterFile, alterRecord, dropLine, flipped, mendRoot } from '../verify/damage.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { logOf, type Run, runOf } from '../verify/run.ts';
import { makeZip, type ZipEntry } from '../verify/zip.ts';
import { type Ended, inFolder, mailproof } from './binary.ts';

const ENTRIES = makeMailbox({ seed: 7 });
const VICTIM = 'Inbox/3.eml';

/** What is verified: the archive as it was processed, and as it is now. */
interface Planted {
  readonly name: string;
  readonly processed?: readonly ZipEntry[];
  readonly archive?: (processed: Buffer) => Buffer;
  readonly files?: (run: Run) => Run;
  readonly parameters?: readonly string[];
}

interface Loss extends Planted {
  readonly check: string;
  /** What the finding must name. */
  readonly names: RegExp;
}

const replaced = (bytes: (old: Buffer) => Uint8Array): ZipEntry[] =>
  ENTRIES.map((entry) => (entry.path === VICTIM ? { ...entry, bytes: bytes(Buffer.from(entry.bytes)) } : entry));
const later = (entries: readonly ZipEntry[]) => () => makeZip(entries);

/** Lays run, archive and log in a folder and verifies them as an administrator would. */
async function verified({ processed = ENTRIES, archive, files, parameters = [] }: Planted): Promise<Ended> {
  let ended: Ended | null = null;
  await inFolder(async (folder) => {
    const made = makeZip(processed);
    const run = await runOf(made);
    for (const [path, octets] of (files?.(run) ?? run).files) {
      await mkdir(dirname(join(folder, 'run', path)), { recursive: true });
      await writeFile(join(folder, 'run', path), octets);
    }
    await writeFile(join(folder, 'export.zip'), archive?.(made) ?? made);
    await writeFile(join(folder, 'log.json'), JSON.stringify(logOf(ENTRIES, makeZip(ENTRIES))));
    const given = ['verify', 'run', '--source', 'export.zip', '--json', '--quiet', ...parameters];
    ended = await mailproof([...given, '--output-log', 'log.json'], { folder });
  });
  if (ended === null) throw new Error('it was not run');
  return ended;
}

const LOSSES: readonly Loss[] = [
  {
    name: 'a message left out of the export',
    processed: ENTRIES.filter(({ path }) => path !== VICTIM),
    check: 'output-log',
    names: /counts more messages/,
  },
  {
    name: 'a message emptied before the export',
    processed: replaced(() => Buffer.alloc(0)),
    check: 'empty-entries',
    names: /Inbox\/3\.eml/,
  },
  {
    name: 'a message removed from the archive since',
    archive: later(ENTRIES.filter(({ path }) => path !== VICTIM)),
    check: 'native-digest',
    names: /Inbox\/3\.eml is in the manifest and not in the archive/,
  },
  {
    name: 'a message added to the archive since',
    archive: later([...ENTRIES, { path: 'Inbox/forged.eml', bytes: Buffer.from('Subject: forged\r\n\r\n') }]),
    check: 'native-digest',
    names: /Inbox\/forged\.eml, which the manifest does not know/,
  },
  {
    name: 'an octet of a message altered since, its CRC mended',
    archive: later(replaced((old) => flipped(old, old.length - 50))),
    check: 'native-digest',
    names: /The octets of Inbox\/3\.eml are not those the manifest names/,
  },
  {
    name: 'a message renamed since',
    archive: later(ENTRIES.map((entry) => (entry.path === VICTIM ? { ...entry, path: 'Inbox/other.eml' } : entry))),
    check: 'native-digest',
    names: /Inbox\/3\.eml is called Inbox\/other\.eml/,
  },
  {
    name: 'an octet of compressed data altered since',
    archive: (processed) => flipped(processed, 300),
    check: 'native-digest',
    names: /Inbox\/0\.eml/,
  },
  {
    name: 'an octet put after the archive since',
    archive: (processed) => Buffer.concat([processed, Buffer.from('x')]),
    check: 'archive-digest',
    names: /archive/i,
  },
  {
    name: 'the archive cut since',
    archive: (processed) => processed.subarray(0, Math.floor(processed.length * 0.6)),
    check: 'archive-digest',
    names: /archive/i,
  },
  {
    name: 'a record removed from its shard',
    files: (run) => mendRoot(alterFile(run, 'items/000000.jsonl', (text) => dropLine(text, 4))),
    check: 'record-places',
    names: /no record of entry 4/,
  },
  {
    name: "a record's digest forged, the root mended",
    files: (run) => mendRoot(alterRecord(run, '00000005', /sha256:[0-9a-f]{4}/, 'sha256:0000')),
    check: 'native-digest',
    names: /are not those the manifest names/,
  },
  {
    name: 'a record altered',
    files: (run) => alterRecord(run, '00000005', /"subject":"./, '"subject":"#'),
    check: 'run-files',
    names: /items\/000000\.jsonl is not the file the manifest lists/,
  },
  {
    name: 'a row of an index removed, the root mended',
    files: (run) => mendRoot(alterFile(run, 'index/message-id.jsonl', (text) => dropLine(text, 2))),
    check: 'index-rows',
    names: /index\/message-id\.jsonl/,
  },
  {
    name: 'a text altered',
    files: (run) => alterFile(run, 'text/000000.txt', (text) => text.replace(/[a-z]/, '#')),
    check: 'run-files',
    names: /text\/000000\.txt/,
  },
];

test.each(LOSSES)('$name is found by the program', async ({ check, names, ...planted }) => {
  const { code, err, lines } = await verified(planted);
  const findings = lines().filter((line) => line['message_type'] === 'finding');
  const found = findings.filter((line) => line['check'] === check && line['severity'] !== 'info');
  expect({ code, err }).toEqual({ code: 4, err: '' });
  expect(found.map(({ message }) => String(message)).join('\n')).toMatch(names);
  expect(lines().at(-1)).toMatchObject({ message_type: 'summary', exitCode: 4, verdict: 'INCOMPLETE' });
});

const WHOLE: readonly Planted[] = [
  { name: 'an export as it was' },
  { name: 'an export, its hashes all taken again', parameters: ['--all-digests'] },
  { name: 'an export, read by one thread', parameters: ['--workers', '1'] },
  { name: 'an export, read by more threads than it has batches', parameters: ['--workers', '5'] },
];

test.each(WHOLE)('$name is complete', async (planted) => {
  const { code, lines } = await verified(planted);
  expect(code).toBe(0);
  expect(lines().at(-1)).toMatchObject({
    message_type: 'summary',
    verdict: 'COMPLETE',
    matchedEntries: ENTRIES.length,
  });
});
