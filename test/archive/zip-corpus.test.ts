import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { memorySource } from './memory-source.ts';
import { readAll } from './read-all.ts';
import { writeZip } from './zip-writer.ts';

const CORPORA = ['messages', 'calendars'].map((name) => resolve(import.meta.dirname, '../../../shared/corpora', name));
const present = CORPORA.every((folder) => existsSync(folder));
if (!present) console.warn('zip-corpus: the corpora of messages and calendars are not there; skipped.');

/** A run of numbers that is the same every time: xorshift32. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

function corpus() {
  const files = CORPORA.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      .filter((path) => /\.(eml|ics|txt|msg|mime)$/i.test(path) && statSync(path).isFile()),
  ).sort();
  return files.map((path, index) => ({
    name: `Inbox/${index}-${path.split('/').at(-1) ?? ''}`,
    content: readFileSync(path),
    descriptor: 'signed' as const,
  }));
}
const members = present ? corpus() : [];
const zip = writeZip(members);

test.skipIf(!present)('a zip of the corpora: every octet of every entry', async () => {
  const read = await readAll(memorySource(zip.bytes));
  expect(members.length).toBeGreaterThan(500);
  expect(read.doubts).toBe(0);
  expect(read.entries.map((entry) => entry.path)).toEqual(members.map((member) => member.name));
  expect(read.entries.every((entry, index) => members[index]?.content.equals(entry.content ?? Buffer.alloc(0)))).toBe(
    true,
  );
  expect(read.unaccounted).toBe(0);
});

test.skipIf(!present)(
  'cut at 40 places: never clean, what is before the cut is delivered',
  { timeout: 180_000 },
  async () => {
    const next = numbers(20_270_331);
    for (let round = 0; round < 40; round += 1) {
      const size = 1 + (next() % (zip.bytes.length - 1));
      const read = await readAll(memorySource(zip.bytes.subarray(0, size)));
      const whole = zip.headers.filter((_, index) => (zip.headers[index + 1] ?? zip.directory) <= size).length;
      expect(read.errors.length, `cut at ${size}`).toBeGreaterThan(0);
      expect(
        read.entries
          .slice(0, whole)
          .every((entry, index) => members[index]?.content.equals(entry.content ?? Buffer.alloc(0))),
      ).toBe(true);
      expect(read.unaccounted).toBe(0);
    }
  },
);

test.skipIf(!present)(
  'one octet altered at 120 places in entries, headers and directory: never clean',
  { timeout: 180_000 },
  async () => {
    const next = numbers(1_234_567);
    const places = [
      () => next() % zip.directory,
      () => (zip.headers[next() % zip.headers.length] ?? 0) + (next() % 30),
      () => zip.directory + (next() % (zip.bytes.length - zip.directory)),
    ];
    for (let round = 0; round < 120; round += 1) {
      const at = places[round % 3]?.() ?? 0;
      const altered = Buffer.from(zip.bytes);
      altered[at] = ((altered[at] ?? 0) + 1 + (next() % 255)) & 0xff;
      const read = await readAll(memorySource(altered));
      expect(read.doubts, `octet ${at} is now ${altered[at]}`).toBeGreaterThan(0);
      const intact = read.entries.filter((entry, index) =>
        members[index]?.content.equals(entry.content ?? Buffer.alloc(0)),
      );
      expect(intact.length, `octet ${at}`).toBeGreaterThanOrEqual(members.length - 1);
      expect(read.unaccounted).toBe(0);
    }
  },
);
