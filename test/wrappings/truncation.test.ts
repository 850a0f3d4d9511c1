import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openArchive, readBatch } from '../../src/archive/index.ts';
import { memorySource } from '../../src/io/index.ts';
import { MailproofError } from '../../src/model/index.ts';
import { zipOf } from '../pipeline/export.ts';
import { MESSAGES } from './workshop.ts';
import { writeMbox, writeTar, writeTarGz } from './writers.ts';

const SOME = MESSAGES.filter(({ bytes }) => bytes.length < 6000).slice(0, 12);

interface Reading {
  readonly bodies: string[];
  /** Whether anything says that something is wrong. */
  readonly told: boolean;
  readonly octets: number;
  readonly accounted: number;
}

/** Reads octets as an archive, whatever they are; throws only what is no run error. */
async function read(octets: Uint8Array): Promise<Reading | MailproofError> {
  try {
    const archive = await openArchive(memorySource(octets));
    const bodies: string[] = [];
    let told = false;
    let accounted = 0;
    const add = (used: { header: number; data: number; descriptor: number; gap: number }) => {
      accounted += used.header + used.data + used.descriptor + used.gap;
    };
    for await (const piece of archive.pieces({ batchEntries: 5, batchBytes: 20_000, largeEntryBytes: 40_000 })) {
      if (piece.kind === 'stream') {
        const chunks: Uint8Array[] = [];
        for await (const chunk of piece.stream.chunks) chunks.push(chunk);
        bodies.push(Buffer.concat(chunks).toString('latin1'));
        const { issues, used } = piece.stream.outcome();
        told ||= issues.some(({ severity }) => severity === 'error');
        add(used);
        continue;
      }
      for (const { bytes, issues, used } of readBatch(archive.format, piece.batch)) {
        bodies.push(Buffer.from(bytes ?? []).toString('latin1'));
        told ||= issues.some(({ severity }) => severity === 'error');
        add(used);
      }
    }
    told ||= archive.findings.some(({ severity }) => severity === 'error');
    const { directory, gaps } = archive.account();
    for (const { start, end } of gaps) accounted += end - start;
    return { bodies, told, octets: archive.totalBytes, accounted: accounted + directory };
  } catch (error) {
    if (error instanceof MailproofError) return error;
    throw error;
  }
}

describe('a tar', () => {
  test('cut at every 512 octets: never a silent success', async () => {
    const tar = await writeTar(SOME);
    const whole = await read(tar);
    expect(whole).toMatchObject({ told: false });
    let cuts = 0;
    // Behind the last entry: of the two blocks of zeros that end a tar, one is enough.
    let end = tar.length;
    while (tar[end - 1] === 0) end -= 1;
    for (let at = 0; at < Math.ceil(end / 512) * 512 + 512; at += 512) {
      const outcome = await read(tar.subarray(0, at));
      if (outcome instanceof MailproofError)
        expect(outcome.code, `cut at ${at}`).toMatch(/ARCHIVE_EMPTY|FORMAT_UNKNOWN/);
      else expect(outcome.told, `cut at ${at} of ${tar.length}`).toBe(true);
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(40);
  });

  test('in gzip, cut at every 61st octet', async () => {
    const gz = await writeTarGz(SOME);
    for (let at = 0; at < gz.length; at += 61) {
      const outcome = await read(gz.subarray(0, at));
      if (outcome instanceof MailproofError)
        expect(outcome.code, `cut at ${at}`).toMatch(/ARCHIVE_EMPTY|FORMAT_UNKNOWN/);
      else expect(outcome.told, `cut at ${at} of ${gz.length}`).toBe(true);
    }
  });
});

test('an mbox cut after every line has what is before the cut, octet for octet, and no more', async () => {
  const mbox = writeMbox(SOME.slice(0, 4));
  const whole = await read(mbox);
  if (whole instanceof MailproofError) throw whole;
  let cuts = 0;
  for (let at = mbox.indexOf(10) + 1; at > 0 && at < mbox.length; at = mbox.indexOf(10, at) + 1) {
    const outcome = await read(mbox.subarray(0, at));
    if (outcome instanceof MailproofError) {
      expect(outcome.code).toMatch(/FORMAT_UNKNOWN/);
      continue;
    }
    cuts += 1;
    const { bodies } = outcome;
    expect(bodies.length).toBeLessThanOrEqual(whole.bodies.length);
    for (const [place, body] of bodies.entries()) {
      const full = whole.bodies[place] ?? '';
      if (place < bodies.length - 1) expect(body).toBe(full);
      else expect(full.startsWith(body.replace(/\r?\n$/, ''))).toBe(true);
    }
    expect(outcome.accounted, `cut at ${at}`).toBe(outcome.octets);
  }
  expect(cuts).toBeGreaterThan(100);
});

/** MAILPROOF_FUZZ_RUNS raises the number of examples for the weekly run. */
const numRuns = Number(process.env['MAILPROOF_FUZZ_RUNS'] ?? 150);

describe('octets changed at random: a result, never a crash, a hang or an octet unaccounted for', () => {
  const archives: [string, () => Promise<Uint8Array>][] = [
    ['zip', () => zipOf(SOME)],
    ['tar', () => writeTar(SOME)],
    ['tar.gz', () => writeTarGz(SOME)],
    ['mbox', async () => writeMbox(SOME)],
  ];
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    kind: fc.constantFrom('flip', 'zero', 'remove', 'insert', 'repeat'),
    length: fc.integer({ min: 1, max: 700 }),
    value: fc.integer({ min: 0, max: 255 }),
  });
  test.each(archives)('%s', async (_name, make) => {
    const good = Buffer.from(await make());
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let octets: Buffer = good;
        for (const { at, kind, length, value } of changes)
          octets = changed(octets, Math.floor(at * octets.length), kind, length, value);
        const outcome = await read(octets);
        if (outcome instanceof MailproofError) return;
        expect(outcome.accounted).toBe(outcome.octets);
        const size = outcome.bodies.reduce((sum, body) => sum + body.length, 0);
        expect(size).toBeLessThan(64 * 1024 * 1024);
      }),
      { numRuns, seed: 20_270_401 },
    );
  });
});

function changed(octets: Buffer, at: number, kind: string, length: number, value: number): Buffer {
  const before = octets.subarray(0, at);
  const piece = octets.subarray(at, at + length);
  const after = octets.subarray(at + length);
  if (kind === 'remove') return Buffer.concat([before, after]);
  if (kind === 'insert') return Buffer.concat([before, Buffer.alloc(length, value), piece, after]);
  if (kind === 'repeat') return Buffer.concat([before, piece, piece, after]);
  if (kind === 'zero') return Buffer.concat([before, Buffer.alloc(piece.length), after]);
  const flipped = Buffer.from(octets);
  if (flipped.length > 0) flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (value % 8)), at);
  return flipped;
}
