import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSource } from '../../src/cli/source.ts';
import { memorySink } from '../../src/io/index.ts';
import { ManifestReader } from '../../src/manifest/index.ts';
import { inlinePool, processExport } from '../../src/pipeline/index.ts';
import type { MailboxEntry } from '../../src/sandbox/index.ts';
import { checkRun } from '../../src/verify/index.ts';
import { silent } from '../pipeline/export.ts';
import { context, MESSAGES, openWorkshop, type Workshop } from './workshop.ts';
import { writeFolder, writeMaildir, writeMbox } from './writers.ts';

let workshop: Workshop;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterAll(() => workshop.close());

/** What `process` and then `verify --source` say. */
async function verdicts(location: string) {
  const sink = memorySink();
  const opened = await openSource(context(), location, {});
  const { source, sourceFacts: facts } = opened;
  const result = await processExport({ source, sink, pool: inlinePool(), reporter: silent, findings: opened.findings });
  const manifest = await ManifestReader.open(sink);
  const first = await checkRun({ manifest, facts, findings: result.sourceFindings, reporter: silent });
  const again = await checkRun({
    manifest,
    source,
    facts,
    findings: result.sourceFindings,
    reporter: silent,
  });
  await source.close();
  opened.close();
  return { entries: result.root.counts.entries, verdicts: [first.verdict, again.verdict] };
}

const place = (name: string) => join(workshop.folder, name);
const CONTAINERS: [string, RegExp, (name: string, entries: readonly MailboxEntry[]) => Promise<string>][] = [
  [
    'mbox',
    /^An mbox has no end marker/,
    async (name, entries) => {
      await writeFile(place(name), writeMbox(entries));
      return place(name);
    },
  ],
  [
    'two mboxes one after the other',
    /^An mbox has no end marker/,
    async (name, entries) => {
      await writeFile(place(name), Buffer.concat([writeMbox(entries.slice(0, 9)), writeMbox(entries.slice(9))]));
      return place(name);
    },
  ],
  [
    'folder',
    /^A folder has no end marker/,
    async (name, entries) => {
      await writeFolder(place(name), entries);
      return place(name);
    },
  ],
  [
    'Maildir',
    /^A Maildir has no end marker/,
    async (name, entries) => {
      await writeMaildir(place(name), entries);
      return place(name);
    },
  ],
  [
    'prefix',
    /^A prefix of S3 has no end marker/,
    async (name, entries) => {
      const { s3 } = workshop.clients;
      for (const { path, bytes } of entries)
        await s3.send(new PutObjectCommand({ Bucket: workshop.sandbox.bucket, Key: `${name}/${path}`, Body: bytes }));
      return `s3://${workshop.sandbox.bucket}/${name}/`;
    },
  ],
];

test.each(CONTAINERS)('%s, whole or cut between two messages: never proven, and said why', async (name, why, make) => {
  for (const kept of [MESSAGES, MESSAGES.slice(0, -1), MESSAGES.slice(0, 12)]) {
    const told = await verdicts(await make(`${name}-${kept.length}`.replace(/\W/g, '-'), kept));
    expect(told.entries).toBe(kept.length);
    for (const { verdict, reasons } of told.verdicts) {
      expect(verdict).toBe('UNPROVEN');
      expect(reasons).toContainEqual(
        expect.objectContaining({ check: 'archive-unprovable', message: expect.stringMatching(why) }),
      );
    }
  }
});
