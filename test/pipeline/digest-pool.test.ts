import { createCipheriv, createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openArchive } from '../../src/archive/index.ts';
import { packEntries, unpackEntries } from '../../src/archive/zip/packed-entries.ts';
import { memorySource, openFile } from '../../src/io/index.ts';
import type { ArchiveEntry, ByteSource } from '../../src/model/index.ts';
import { DigestPool } from '../../src/pipeline/digest-pool.ts';
import { SharedRoom } from '../../src/pipeline/shared-room.ts';
import { ArchivePass } from '../../src/verify/archive-pass/archive-reading.ts';
import { digestColumns, digestsOf } from '../../src/verify/archive-pass/digest-columns.ts';
import { type BatchDigester, type EntryDigest, inlineDigester } from '../../src/verify/archive-pass/entry-digest.ts';
import { EVERY_ENTRY } from '../../src/verify/archive-pass/sample.ts';
import { inFolder } from '../cli/binary.ts';
import { makeMailbox } from '../verify/mailbox.ts';
import { runOf } from '../verify/run.ts';
import { makeZip, type ZipEntry } from '../verify/zip.ts';

/** The compiled thread: `npm test` builds before it runs. */
const SCRIPT = new URL('../../dist/pipeline/digest-worker.js', import.meta.url);
const MEBIBYTE = 1024 * 1024;

const pools: DigestPool[] = [];
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
});
function poolOf(size: number): DigestPool {
  const pool = new DigestPool(size, SCRIPT);
  pools.push(pool);
  return pool;
}

const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 3), Buffer.alloc(16));
const noise = (octets: number) => cipher.update(Buffer.alloc(octets));
const noisy = (name: string, octets: number): ZipEntry => ({ path: `Inbox/${name}.eml`, bytes: noise(octets) });

/** A dozen batches, an entry larger than an array of the room, one that is streamed, and a CRC that is wrong. */
const ENTRIES: readonly ZipEntry[] = [
  ...makeMailbox({ seed: 5, directories: true }),
  ...Array.from({ length: 20 }, (_, at) => noisy(`before${at}`, MEBIBYTE + at)),
  noisy('large', 9 * MEBIBYTE),
  { ...noisy('damaged', 999), crc: 1 },
  noisy('streamed', 33 * MEBIBYTE),
  ...Array.from({ length: 20 }, (_, at) => noisy(`after${at}`, MEBIBYTE - at)),
];
const ARCHIVE = makeZip(ENTRIES, { stored: true });

async function digested(source: ByteSource, digester: BatchDigester) {
  const { root } = await (await runOf(makeZip(makeMailbox({ messages: 1 })))).reader();
  const digests = { sha384: true, md5: true };
  const given = { source, digester, root, digests, wanted: EVERY_ENTRY, sparing: false, from: null, signal: undefined };
  const pass = new ArchivePass({ ...given, progress: () => undefined });
  const entries: EntryDigest[] = [];
  for await (const batch of pass.entries()) entries.push(...batch);
  await source.close();
  return { entries, digests: pass.digests, octets: pass.octetsRead };
}

test('threads find what this thread finds, from a file whose octets are shared and from one whose octets are moved', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'export.zip');
    await writeFile(path, ARCHIVE);
    const alone = await digested(memorySource(ARCHIVE), inlineDigester);
    expect(alone.entries).toHaveLength(ENTRIES.length);
    expect(alone.entries.filter(({ issues }) => issues.some(({ code }) => code === 'CRC_MISMATCH'))).toHaveLength(1);
    for (const size of [1, 3]) {
      expect(await digested(await openFile(path), poolOf(size))).toEqual(alone);
      expect(await digested(memorySource(ARCHIVE), poolOf(size))).toEqual(alone);
    }
  }));

test('an array is not used again before the archive and its entries were both digested', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'export.zip');
    await writeFile(path, ARCHIVE);
    const inUse = new Set<ArrayBufferLike>();
    let most = 0;
    const room = new SharedRoom();
    const watched = {
      take(length: number) {
        const array = room.take(length);
        expect(inUse.has(array.buffer)).toBe(false);
        inUse.add(array.buffer);
        most = Math.max(most, inUse.size);
        return array;
      },
      give(octets: Uint8Array) {
        inUse.delete(octets.buffer);
        // Whoever reads it still would find other octets.
        octets.fill(0);
        room.give(octets);
      },
    };
    const pool = poolOf(2);
    const digester = {
      size: 2,
      room: watched,
      digest: pool.digest.bind(pool),
      wholeHashing: pool.wholeHashing.bind(pool),
    };
    const alone = await digested(memorySource(ARCHIVE), inlineDigester);
    expect(await digested(await openFile(path), digester)).toEqual(alone);
    expect(most).toBeGreaterThan(1);
    expect(inUse.size).toBe(0);
  }));

test('what is hashed of a larger buffer is copied, and the buffer stays where it is', async () => {
  const whole = poolOf(1).wholeHashing({ sha384: false, md5: false });
  const buffer = Buffer.from(noise(MEBIBYTE));
  const before = Buffer.from(buffer);
  for (let at = 0; at < buffer.length; at += 100_000) await whole.update(buffer.subarray(at, at + 100_000));
  await whole.settled();
  expect(buffer.equals(before)).toBe(true);
  const sha256 = createHash('sha256').update(before).digest('hex');
  expect(await whole.finish()).toEqual({ size: MEBIBYTE, sha256, sha384: null, md5: null });
});

test('a thread that ended is said with the entries it had', async () => {
  const pool = new DigestPool(1, SCRIPT);
  await pool.close();
  await expect(digested(memorySource(ARCHIVE), pool)).rejects.toMatchObject({
    code: 'UNEXPECTED',
    message: expect.stringMatching(/thread that hashes the archive ended|worker that read entries 0 to/),
  });
});

test('entries are the same once packed and unpacked, those with something to be said about them too', async () => {
  const unsafe = { path: '../outside.eml', bytes: Buffer.from('Subject: a\r\n\r\n') };
  const archive = await openArchive(memorySource(makeZip([...makeMailbox({ directories: true }), unsafe])));
  const entries: ArchiveEntry[] = [];
  for await (const piece of archive.pieces()) if (piece.kind === 'batch') entries.push(...piece.batch.entries);
  const odd = entries.map((entry, at) => (at % 3 === 0 ? { ...entry, central: null } : entry));
  for (const each of [entries, odd]) {
    const packed = packEntries(each);
    expect(packed.odd.length).toBeLessThan(each.length / 2);
    expect(structuredClone(unpackEntries(structuredClone(packed)))).toEqual(structuredClone(each));
  }
  expect(packEntries(entries).odd).toHaveLength(entries.filter(({ issues }) => issues.length > 0).length);
});

test('digests of another number than the entries are refused', () => {
  const columns = digestColumns([]);
  expect(digestsOf([], columns)).toEqual([]);
  expect(() =>
    digestsOf(unpackEntries({ numbers: new Float64Array(4), records: new Uint8Array(), odd: ODD }), columns),
  ).toThrow(/0 digests were made of 1 entries/);
});

const ODD: readonly ArchiveEntry[] = [
  {
    ordinal: 0,
    path: 'a.eml',
    directory: false,
    offset: 0,
    end: 1,
    method: 'stored',
    storedSize: 1,
    size: 1,
    crc32: 0,
    modified: null,
    issues: [],
  },
];

test('a room gives each array to one at a time, and uses again only its own', () => {
  const room = new SharedRoom();
  const first = room.take(1000);
  expect(room.take(1000).buffer).not.toBe(first.buffer);
  room.give(first);
  expect(room.take(5).buffer).toBe(first.buffer);
  const large = room.take(40 * MEBIBYTE);
  expect(large.length).toBe(40 * MEBIBYTE);
  room.give(large);
  room.give(new Uint8Array(1000));
  expect(room.take(40 * MEBIBYTE).buffer).not.toBe(large.buffer);
  expect(room.take(1000).buffer).toBeInstanceOf(SharedArrayBuffer);
});
