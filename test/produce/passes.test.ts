import { describe, expect, test } from 'vitest';
import { memorySink } from '../../src/io/index.ts';
import type { ByteSource } from '../../src/model/index.ts';
import { PROFILE_NAMES, type ProduceOptions, type ProfileName, produce } from '../../src/produce/index.ts';
import { runOfEntries, silent } from '../verify/run.ts';
import type { ZipEntry } from '../verify/zip.ts';

interface Passes {
  /** How often the archive's octets, and the records, were read. */
  readonly archive: number;
  readonly records: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

async function passes(
  entries: readonly ZipEntry[],
  profile: ProfileName,
  options: ProduceOptions,
  heldLimit?: number,
): Promise<Passes> {
  const run = await runOfEntries(entries);
  const reader = await run.reader();
  const read = { archive: 0, records: 0 };
  const counted = (source: ByteSource, name: keyof typeof read): ByteSource => ({
    ...source,
    async *read(start, end, signal) {
      read[name] += end - start;
      yield* source.read(start, end, signal);
    },
    async bytes(start, end, signal) {
      read[name] += end - start;
      return source.bytes(start, end, signal);
    },
  });
  let records = 0;
  const open = reader.sink.open.bind(reader.sink);
  for await (const { path, size } of reader.sink.list('items/')) if (path.endsWith('.jsonl')) records += size;
  Object.assign(reader.sink, {
    open: async (path: string) => {
      const source = await open(path);
      return /^items\/\d+\.jsonl$/.test(path) ? counted(source, 'records') : source;
    },
  });
  const sink = memorySink();
  const manifests = [{ reader, source: counted(run.source, 'archive'), custodian: 'anna' }];
  const held = heldLimit === undefined ? {} : { heldLimit };
  await produce({ manifests, sink, profile, options, reporter: silent, ...held });
  return { archive: read.archive / run.source.size, records: read.records / records, files: sink.files };
}

/** Folders one after the other, as an export has them; and one that is come back to. */
const message = (folder: string, at: number): ZipEntry => ({
  path: `${folder}/${at}.eml`,
  bytes: Buffer.from(
    `Message-ID: <${folder}.${at}@x>\r\nFrom: a@example.com\r\nSubject: ${at}\r\n\r\n${'text\r\n'.repeat(at)}`,
  ),
});
const together = ['Archive', 'Drafts', 'Inbox', 'Sent'].flatMap((folder) =>
  [1, 2, 3].map((at) => message(folder, at * 100)),
);
const scattered = [...together, message('Inbox', 400), message('Inbox', 500)];

// The first pass counts and numbers; the second writes everything. What tells the folders of mboxes apart is one more.
const PASSES = (profile: ProfileName): number => (profile === 'mbox' ? 3 : 2);

describe.each(PROFILE_NAMES)('%s', (profile) => {
  const bundles = profile === 'nuix' ? ([null] as const) : (['tar', 'zip'] as const);

  test.each(bundles)('bundled as %s is made in the passes that a folder is made in', async (bundle) => {
    const folder = await passes(together, profile, {});
    const bundled = await passes(together, profile, { bundle });
    expect(folder.records).toBeCloseTo(PASSES(profile));
    expect(bundled.records).toBeCloseTo(PASSES(profile));
    expect(bundled.archive).toBe(folder.archive);
  });

  test.each(bundles)('bundled as %s is the same where nothing can be held', async (bundle) => {
    for (const entries of [together, scattered]) {
      const held = await passes(entries, profile, { bundle });
      const again = await passes(entries, profile, { bundle }, 0);
      expect([...again.files.keys()]).toEqual([...held.files.keys()]);
      for (const [path, octets] of held.files)
        expect(Buffer.compare(octets, again.files.get(path) ?? new Uint8Array()), path).toBe(0);
      expect(again.records).toBeGreaterThan(held.records);
    }
  });
});

test('folders that lie together in the archive are read again in one pass, however many they are', async () => {
  const held = await passes(together, 'mbox', { bundle: 'tar' });
  const lying = await passes(together, 'mbox', { bundle: 'tar' }, 0);
  expect(lying.archive / held.archive).toBeCloseTo(2);
  const [heldApart, apart] = [
    await passes(scattered, 'mbox', { bundle: 'tar' }),
    await passes(scattered, 'mbox', { bundle: 'tar' }, 0),
  ];
  // The one that is come back to costs one more.
  expect(apart.archive / heldApart.archive).toBeGreaterThan(2);
  expect(apart.archive / heldApart.archive).toBeLessThan(3.1);
});
