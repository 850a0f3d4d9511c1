import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { BROKEN } from './make-broken.ts';
import { memorySource } from './memory-source.ts';
import { readAll } from './read-all.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures');
const archives = (folder: string) => readdirSync(resolve(FIXTURES, folder)).filter((name) => /\.(zip|gz)$/.test(name));

test.each(archives('exports'))('%s is whole', async (name) => {
  const read = await readAll(memorySource(readFileSync(resolve(FIXTURES, 'exports', name))));
  expect(read.doubts).toBe(0);
  expect(read.unaccounted).toBe(0);
  const contents = new Set(read.entries.map((entry) => entry.content?.toString().trimEnd()));
  const made = Array.from({ length: 10 }, (_, index) =>
    `Subject: ${index}\r\n\r\n${`text ${index} of the mail. `.repeat(index * 5 + 1)}`.trimEnd(),
  );
  expect(contents).toEqual(new Set(made));
  expect(read.entries).toHaveLength(made.length);
});

test.each(Object.keys(BROKEN))('broken/%s says so', async (name) => {
  const octets = readFileSync(resolve(FIXTURES, 'broken', name));
  expect(octets.equals(BROKEN[name] ?? Buffer.alloc(0)), 'the file is what its maker makes').toBe(true);
  const read = await readAll(memorySource(octets));
  const told = [...read.entries.flatMap((entry) => entry.codes), ...read.findings.map((finding) => finding.check)];
  expect(told).toContain(name.replace(/(-suffix)?\.zip$/, ''));
  expect(read.unaccounted).toBe(0);
});
