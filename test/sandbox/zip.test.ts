import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import yauzl, { type Entry } from 'yauzl';
import { generateMailbox, type MailboxEntry, writeZip, type ZipOptions } from '../../src/sandbox/index.ts';
import { directoryEnd, directoryHeader, localHeader } from '../../src/sandbox/zip/zip-record.ts';
import { gather, noise } from './clients.ts';

const ENTRIES: readonly MailboxEntry[] = [
  { path: 'Inbox/', bytes: Buffer.alloc(0) },
  { path: 'Inbox/1.eml', bytes: Buffer.from('Subject: one\r\n\r\n'.repeat(100)) },
  { path: 'Été/日本語.eml', bytes: noise(100_000) },
  { path: 'empty.eml', bytes: Buffer.alloc(0) },
];

/** What an independent reader (yauzl) finds. */
function read(archive: Buffer): Promise<[string, string][]> {
  return new Promise((resolve, reject) => {
    yauzl.fromBuffer(archive, { lazyEntries: true, strictFileNames: true }, (error, zip) => {
      if (error !== null) return reject(error);
      const found: [string, string][] = [];
      zip.on('error', reject);
      zip.on('end', () => resolve(found));
      zip.on('entry', (entry: Entry) => {
        zip.openReadStream(entry, (failure, stream) => {
          if (failure !== null) return reject(failure);
          gather(stream).then((bytes) => {
            found.push([entry.fileName, createHash('sha256').update(bytes).digest('hex')]);
            zip.readEntry();
          }, reject);
        });
      });
      zip.readEntry();
    });
  });
}

const digests = (entries: Iterable<MailboxEntry>): [string, string][] =>
  [...entries].map((entry) => [entry.path, createHash('sha256').update(entry.bytes).digest('hex')]);

describe.each<[string, ZipOptions]>([
  ['as a streaming writer does', {}],
  ['stored', { method: 'stored' }],
  ['sizes in the local headers', { descriptors: false }],
  ['zip64 throughout', { zip64: 'always' }],
  ['zip64, sizes in the local headers, commented', { zip64: 'always', descriptors: false, comment: 'ü' }],
  ['quickest, another time', { level: 1, modified: Date.UTC(2031, 10, 30, 23, 59, 58) }],
])('%s', (_, options) => {
  test('an independent reader finds every entry', async () => {
    expect(await read(await gather(writeZip(ENTRIES, options)))).toEqual(digests(ENTRIES));
  });
  test('the same octets each time', async () => {
    const [first, second] = await Promise.all([gather(writeZip(ENTRIES, options)), gather(writeZip(ENTRIES, options))]);
    expect(first.equals(second)).toBe(true);
  });
});

test('an archive of a generated mailbox', async () => {
  const options = { seed: 3, messages: 60, averageBytes: 6000, calendar: 0.1 };
  expect(await read(await gather(writeZip(generateMailbox(options))))).toEqual(digests(generateMailbox(options)));
});

test('more entries than 16 bits count', async () => {
  const many = Array.from({ length: 65_600 }, (_, at) => ({ path: String(at), bytes: Buffer.alloc(0) }));
  const archive = await gather(writeZip(many, { descriptors: false }));
  expect(archive.subarray(-42, -38).toString('latin1')).toBe('PK\x06\x07');
  expect((await read(archive)).length).toBe(many.length);
}, 60_000);

test('an aborted signal ends it', async () => {
  const stop = new AbortController();
  const writing = gather(writeZip(ENTRIES, { signal: stop.signal }));
  stop.abort(new Error('enough'));
  await expect(writing).rejects.toThrow('enough');
});

test('a failing source fails it', async () => {
  async function* broken(): AsyncGenerator<MailboxEntry> {
    yield { path: 'a', bytes: noise(1000) };
    throw new Error('disk gone');
  }
  await expect(gather(writeZip(broken()))).rejects.toThrow('disk gone');
});

test('records beyond 4 GiB carry 64-bit values in the order APPNOTE 4.5.3 asks for', () => {
  const member = {
    name: Buffer.from('a'),
    flags: 0,
    method: 8,
    time: 0,
    date: 33,
    crc32: 1,
    storedSize: 5e9,
    size: 6e9,
    offset: 7e9,
    directory: false,
    zip64: true,
  };
  const header = directoryHeader(member);
  const extra = header.subarray(47);
  expect([extra.readUInt16LE(0), extra.readUInt16LE(2)]).toEqual([1, 24]);
  expect([4, 12, 20].map((at) => Number(extra.readBigUInt64LE(at)))).toEqual([6e9, 5e9, 7e9]);
  const far = directoryHeader({ ...member, zip64: false, size: 10, storedSize: 9 }).subarray(47);
  expect([far.readUInt16LE(2), Number(far.readBigUInt64LE(4))]).toEqual([8, 7e9]);
  expect(localHeader(member).subarray(31).readUInt16LE(2)).toBe(16);
  const end = directoryEnd(3, 100, 7e9, false, Buffer.alloc(0));
  expect(Number(end.readBigUInt64LE(48))).toBe(7e9);
  expect(Number(end.readBigUInt64LE(64))).toBe(7e9 + 100);
});
