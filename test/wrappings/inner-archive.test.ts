import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectionSource, openArchive } from '../../src/archive/index.ts';
import { openSource } from '../../src/cli/source.ts';
import { memorySource } from '../../src/io/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { zipOf } from '../pipeline/export.ts';
import { noise } from '../sandbox/clients.ts';
import { context, items, MESSAGES, openWorkshop, processed, runOf, type Workshop } from './workshop.ts';
import { writeMbox } from './writers.ts';

let workshop: Workshop;
let zip: Uint8Array;
let expected: string[];
beforeAll(async () => {
  workshop = await openWorkshop();
  zip = await zipOf(MESSAGES);
  expected = items((await runOf(memorySource(zip))).records);
});
afterAll(() => workshop.close());
const file = async (name: string, octets: Uint8Array) => {
  const path = join(workshop.folder, name);
  await writeFile(path, octets);
  return path;
};

test('an archive beside a log in a zip is what is read; the log is named', async () => {
  const log = Buffer.from('{"totalMessages":"60"}');
  const outer = await zipOf([
    { path: 'export.zip', bytes: zip },
    { path: 'log.json', bytes: log },
  ]);
  const { records, result } = await processed(await file('logged.zip', outer));
  expect(items(records)).toEqual(expected);
  expect(result.sourceFindings.map(({ check, message }) => `${check}: ${message}`)).toEqual([
    expect.stringMatching(/^archive-outer: .*log\.json/),
  ]);
});

test('an mbox by itself in a zip is what is read', async () => {
  const { result } = await processed(
    await file('mbox.zip', await zipOf([{ path: 'all.mbox', bytes: writeMbox(MESSAGES) }])),
  );
  expect([result.root.archive.format, result.ledger.entries.found]).toEqual(['mbox', MESSAGES.length]);
});

test('an archive among mail is an item of it, not the wrapping', async () => {
  const [message = { path: '', bytes: zip }] = MESSAGES;
  const { records } = await processed(
    await file('among.zip', await zipOf([message, { path: 'attached.zip', bytes: zip }])),
  );
  expect(records.filter(({ family }) => family.parent === null).map(({ type }) => type)).toEqual(['Email', 'Other']);
});

test('gzip around a zip that is cut off: what is there is read, and the cut is an error', async () => {
  const gz = gzipSync(zip);
  const { records, result } = await processed(await file('cut.zip.gz', gz.subarray(0, Math.floor(gz.length * 0.7))));
  expect(records.length).toBeGreaterThan(10);
  expect(result.findings.filter(({ severity }) => severity === 'error').map(({ check }) => check)).toContain(
    'archive-outer',
  );
});

test('an inner archive too large to be held is spooled, and the spool is gone afterwards', async () => {
  const large = Buffer.concat([Buffer.from('From: a@example.com\r\nSubject: large\r\n\r\n'), noise(34 << 20)]);
  const inner = await zipOf([{ path: 'Inbox/1.eml', bytes: large }]);
  const path = await file('large.zip', await zipOf([{ path: 'export.zip', bytes: inner }]));
  const opened = await openSource(context(), path, {});
  expect(await readdir(tmpdir())).toHaveLength(1);
  expect(opened.source.size).toBe(inner.length);
  expect(opened.facts['wrappedIn']).toMatchObject({ format: 'zip' });
  await opened.source.close();
  opened.close();
  expect(await readdir(tmpdir())).toEqual([]);
});

test('an encrypted member too large to be held: its plaintext streams, its stored octets are hashed', async () => {
  const stored = [Buffer.from('sealed: first'), Buffer.from('broken: second'), Buffer.from('sealed: third')];
  let open = 0;
  const members = stored.map((octets, at) => ({
    path: `${at}`,
    size: octets.length,
    async open() {
      open += 1;
      const source = memorySource(octets, `${at}`);
      return {
        ...source,
        close: async () => {
          open -= 1;
        },
      };
    },
  }));
  const source = collectionSource(
    {
      format: 's3-prefix',
      members,
      findings: [],
      async openPlaintext(sealed) {
        const octets = await sealed.bytes(0, sealed.size);
        if (Buffer.from(octets.subarray(0, 6)).toString() !== 'sealed')
          throw new MailproofError('CIPHERTEXT_ALTERED', 'its tag does not hold');
        const plain = memorySource(octets.subarray(8));
        const findings = [{ check: 'envelope-authentication', severity: 'warning', message: 'CBC' } as const];
        return { source: { ...plain, close: () => sealed.close() }, findings };
      },
    },
    { location: 'x', version: null, etag: null, lastModified: null, details: {} },
  );
  for (const largeEntryBytes of [5, 1000]) {
    const archive = await openArchive(source);
    const raw: Uint8Array[] = [];
    const read: string[] = [];
    for await (const piece of archive.pieces({ largeEntryBytes, onRaw: (chunk) => raw.push(Buffer.from(chunk)) })) {
      if (piece.kind !== 'stream') continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of piece.stream.chunks) chunks.push(chunk);
      const { issues, used } = piece.stream.outcome();
      read.push(
        `${Buffer.concat(chunks).toString()} ${issues.map(({ code }) => code).join()} ${used.header}+${used.data}`,
      );
    }
    expect(Buffer.concat(raw).toString()).toBe(Buffer.concat(stored).toString());
    if (largeEntryBytes === 5) expect(read).toEqual(['first  8+5', ' ENTRY_ENCRYPTED 14+0', 'third  8+5']);
    expect(archive.findings.flatMap(({ entry }) => entry ?? [])).toEqual(['0', '2']);
    expect(open).toBe(0);
  }
});
