import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openArchive, type PiecesOptions } from '../../src/archive/index.ts';
import { memorySource } from './memory-source.ts';
import { readAll } from './read-all.ts';
import { writeZip, type ZipMember } from './zip-writer.ts';

const noise = (length: number, seed: number): Buffer => {
  const octets = Buffer.alloc(length);
  let state = seed + 1;
  for (let at = 0; at < length; at += 1) {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    octets[at] = state >>> 16;
  }
  return octets;
};
const STYLES: readonly Partial<ZipMember>[] = [
  {},
  { method: 0 },
  { descriptor: 'signed' },
  { descriptor: 'bare64', zip64: true },
  { method: 0, descriptor: 'signed64', zip64: true },
];
const members = Array.from({ length: 60 }, (_, index) => ({
  ...STYLES[index % STYLES.length],
  name: `folder ${index % 7}/${index}.eml`,
  content:
    index % 9 === 0 ? noise(20_000 + index * 331, index) : `Subject: ${index}\r\n\r\n${'text '.repeat(index * 13)}`,
}));
const zip = writeZip(members).bytes;
const plain = await readAll(memorySource(zip));

/** However the archive is cut into batches, streams and chunks, the same entries come out. */
const CUTS: Record<string, { readonly pieces: PiecesOptions; readonly chunk?: number }> = {
  'one entry a batch': { pieces: { batchEntries: 1 } },
  'tiny batches': { pieces: { batchBytes: 1 } },
  'batches of 10,000 octets': { pieces: { batchBytes: 10_000, readAhead: 0 } },
  'everything a stream': { pieces: { largeEntryBytes: 1 } },
  'large ones streams': { pieces: { largeEntryBytes: 10_000, readAhead: 8 } },
  '321-octet chunks': { pieces: { largeEntryBytes: 10_000, batchBytes: 5000 }, chunk: 321 },
};
test.each(Object.entries(CUTS))('%s', async (_, { pieces, chunk }) => {
  const source = memorySource(zip, chunk === undefined ? {} : { chunk });
  const read = await readAll(source, pieces);
  const essence = ({ path, ordinal, codes, used, content }: (typeof read.entries)[number]) => ({
    path,
    ordinal,
    codes,
    used,
    crc: content === null ? null : crc32(content),
  });
  expect(read.entries.map(essence)).toEqual(plain.entries.map(essence));
  expect(read.raw.equals(zip)).toBe(true);
  expect(read.findings).toEqual([]);
  expect(read.unaccounted).toBe(0);
  expect(source.open()).toBe(0);
});

test('batches and streams tile the archive and keep to their limits', async () => {
  const archive = await openArchive(memorySource(zip));
  let position = 0;
  let index = 0;
  for await (const piece of archive.pieces({ batchBytes: 8000, batchEntries: 5, largeEntryBytes: 15_000 })) {
    const [start, end] =
      piece.kind === 'stream'
        ? [piece.stream.entry.offset, piece.stream.entry.end]
        : [piece.batch.offset, piece.batch.offset + piece.batch.bytes.length];
    expect(start).toBe(position);
    position = end;
    if (piece.kind === 'stream') continue;
    expect(piece.batch.index).toBe(index);
    index += 1;
    expect(piece.batch.entries.length).toBeLessThanOrEqual(5);
    if (piece.batch.entries.length > 1) expect(end - start).toBeLessThanOrEqual(8000);
  }
  expect(position + archive.account().directory).toBe(zip.length);
});

test('resuming yields the rest and feeds every octet', async () => {
  for (const fromEntry of [0, 1, 17, 59, 60]) {
    const read = await readAll(memorySource(zip), { fromEntry, batchEntries: 4, largeEntryBytes: 20_000 });
    expect(read.entries.map((entry) => entry.ordinal)).toEqual([...members.keys()].slice(fromEntry));
    expect(read.entries.every((entry) => entry.errors.length === 0)).toBe(true);
    expect(read.raw.equals(zip)).toBe(true);
  }
});

test('a stream nobody reads is read on, and breaking off leaves nothing open', async () => {
  for (const stopAt of [0, 1, 5, 1000]) {
    const source = memorySource(zip, { chunk: 1000 });
    const archive = await openArchive(source);
    let raw = 0;
    let count = 0;
    for await (const piece of archive.pieces({
      largeEntryBytes: 100,
      batchEntries: 2,
      onRaw: (chunk) => {
        raw += chunk.length;
      },
    })) {
      if (piece.kind === 'stream' && count % 2 === 0) for await (const _ of piece.stream.chunks) break;
      if (count === stopAt) break;
      count += 1;
    }
    expect(source.open()).toBe(0);
    if (stopAt === 1000) expect(raw).toBe(zip.length);
  }
});

test('a read that fails, whichever it is, ends the reading with its own error', async () => {
  const options = { largeEntryBytes: 20_000, batchBytes: 10_000 };
  const counting = memorySource(zip, { chunk: 4000 });
  await readAll(counting, options);
  expect(counting.reads()).toBeGreaterThan(20);
  for (let failAt = 0; failAt < counting.reads(); failAt += 1) {
    const source = memorySource(zip, { failAt, chunk: 4000 });
    const outcome = await readAll(source, options).then(
      () => 'nothing was thrown',
      (error: { code?: string }) => error.code,
    );
    expect([failAt, outcome]).toEqual([failAt, 'TEMPORARY']);
    expect(source.open()).toBe(0);
  }
});

test('an aborted reading ends', async () => {
  const stop = new AbortController();
  const archive = await openArchive(memorySource(zip));
  const reading = async () => {
    for await (const piece of archive.pieces({ batchEntries: 1, signal: stop.signal }))
      if (piece.kind === 'batch') stop.abort();
  };
  await expect(reading()).rejects.toThrow();
});

test('whatever octets follow a signature: a result, never a crash, and every octet accounted for', async () => {
  const pieces = fc.array(
    fc.oneof(
      fc
        .constantFrom('PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', 'PK\x07\x08', 'PK\x06\x06', 'PK\x06\x07')
        .map((text) => Buffer.from(text, 'latin1')),
      fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
      fc.nat({ max: zip.length - 400 }).map((at) => zip.subarray(at, at + 400)),
      fc.constant(writeZip([{ name: 'a', content: 'a' }]).bytes),
    ),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(pieces, async (parts) => {
      const octets = Buffer.concat(parts);
      const read = await readAll(memorySource(octets), { batchEntries: 3 }).catch((error: Error) => error);
      if (read instanceof Error) {
        expect(read).toMatchObject({ code: expect.stringMatching(/FORMAT_UNKNOWN|ARCHIVE_EMPTY/) });
        return;
      }
      expect(read.unaccounted).toBe(0);
      expect(read.raw.equals(octets)).toBe(true);
    }),
    { seed: 20_270_331, numRuns: 400 },
  );
});
