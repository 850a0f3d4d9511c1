import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { maildirFolders, maildirPlace } from '../../src/archive/collection/maildir.ts';
import { type CollectionMember, collectionSource, openArchive, readBatch } from '../../src/archive/index.ts';
import { openSource } from '../../src/cli/source.ts';
import { listFolderMembers, memorySource, spoolToFile } from '../../src/io/index.ts';
import { type ByteSource, MailproofError } from '../../src/model/index.ts';
import { describeByteSource } from '../conformance/source.ts';
import { context, openWorkshop, processed, runOf, type Workshop } from './workshop.ts';
import { writeFolder } from './writers.ts';

const message = (subject: string) =>
  Buffer.from(`From: a@example.com\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@example.com>\r\n\r\nHello\r\n`);
const identity = { location: 'test', version: null, etag: 'e', lastModified: null, details: {} };
const member = (path: string, octets: Uint8Array): CollectionMember => ({
  path,
  size: octets.length,
  open: async () => memorySource(octets, path),
});
const collect = (members: readonly CollectionMember[]) =>
  collectionSource({ format: 'folder', members, findings: [], openPlaintext: null }, identity);

let workshop: Workshop;
let root: string;
let number = 0;
beforeAll(async () => {
  workshop = await openWorkshop();
});
afterEach(async () => {
  if (root !== undefined) await rm(root, { recursive: true, force: true });
});
afterAll(() => workshop.close());
const folder = async (files: Readonly<Record<string, Uint8Array>>) => {
  number += 1;
  root = join(workshop.folder, `collection-${number}`);
  await mkdir(root);
  await writeFolder(
    root,
    Object.entries(files).map(([path, bytes]) => ({ path, bytes })),
  );
  return root;
};

describeByteSource('a collection of seven members', async (content) => {
  const share = Math.ceil(content.length / 7) || 1;
  const parts = Array.from({ length: 7 }, (_, at) => content.slice(at * share, (at + 1) * share));
  return {
    open: async () => collect(parts.map((octets, at) => member(String(at), octets))),
    remove: async () => undefined,
  };
});

describeByteSource('a spool', async (content) => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < content.length; at += 70_001) yield content.slice(at, at + 70_001);
  }
  // What a spool is called is of no matter: whoever opens one gives it the identity of what it was taken from.
  return { open: async () => ({ ...(await spoolToFile(chunks())), identity }), remove: async () => undefined };
});

describe('a source of members', () => {
  const parts = [Buffer.from('first'), Buffer.alloc(0), Buffer.from('the second'), Buffer.from('x')];
  const whole = Buffer.concat(parts);
  const source = collect(parts.map((octets, at) => member(String(at), octets)));
  test('reads every range as if the members were one file', async () => {
    expect(source.size).toBe(whole.length);
    for (let start = 0; start <= whole.length; start += 1)
      for (let end = start; end <= whole.length; end += 1)
        expect(Buffer.from(await source.bytes(start, end)).toString()).toBe(whole.subarray(start, end).toString());
    await expect(source.bytes(0, whole.length + 1)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('as an archive', () => {
  const files = Array.from({ length: 40 }, (_, at) => message(`number${at}`));
  const members = files.map((octets, at) => member(`Inbox/${String(at).padStart(3, '0')}.eml`, octets));

  async function entriesOf(
    source: ByteSource,
    options: Parameters<Awaited<ReturnType<typeof openArchive>>['pieces']>[0],
  ) {
    const archive = await openArchive(source);
    const raw: Uint8Array[] = [];
    const seen: string[] = [];
    for await (const piece of archive.pieces({ ...options, onRaw: (chunk) => raw.push(Buffer.from(chunk)) })) {
      if (piece.kind === 'stream') {
        const chunks: Uint8Array[] = [];
        for await (const chunk of piece.stream.chunks) chunks.push(chunk);
        seen.push(
          `${piece.stream.entry.ordinal} ${piece.stream.entry.offset} ${Buffer.concat(chunks).toString('hex')}`,
        );
      } else
        for (const { entry, bytes } of readBatch(archive.format, piece.batch))
          seen.push(`${entry.ordinal} ${entry.offset} ${Buffer.from(bytes ?? []).toString('hex')}`);
    }
    return { seen, raw: Buffer.concat(raw) };
  }
  const expected: string[] = [];
  let offset = 0;
  for (const [at, octets] of files.entries()) {
    expected.push(`${at} ${offset} ${octets.toString('hex')}`);
    offset += octets.length;
  }

  test.each([
    ['one batch', {}],
    ['batches of one entry', { batchEntries: 1 }],
    ['batches of 300 octets', { batchBytes: 300, readAhead: 0 }],
    ['every entry a stream', { largeEntryBytes: 10 }],
    ['nothing ahead', { readAhead: 0, batchEntries: 7 }],
  ])('%s: the same entries, and every octet seen once', async (_name, options) => {
    const { seen, raw } = await entriesOf(collect(members), options);
    expect(seen).toEqual(expected);
    expect(raw.equals(Buffer.concat(files))).toBe(true);
  });

  test.each([{ batchEntries: 7 }, { largeEntryBytes: 10 }])('resumed: %o', async (options) => {
    const { seen, raw } = await entriesOf(collect(members), { ...options, fromEntry: 17 });
    expect(seen).toEqual(expected.slice(17));
    expect(raw.equals(Buffer.concat(files))).toBe(true);
  });

  test('breaking off opens nothing more and closes what is open', async () => {
    const state = { open: 0, opened: 0 };
    const counted = members.map((each) => ({
      ...each,
      async open() {
        const source = await each.open();
        state.open += 1;
        state.opened += 1;
        return {
          ...source,
          async close() {
            state.open -= 1;
            await source.close();
          },
        };
      },
    }));
    for (const options of [{ batchEntries: 2, readAhead: 1 }, { largeEntryBytes: 10 }]) {
      const archive = await openArchive(collect(counted));
      for await (const _ of archive.pieces(options)) break;
      expect(state.open).toBe(0);
    }
    expect(state.opened).toBeLessThan(members.length);
  });

  test('what is in memory does not grow with the collection', async () => {
    const state = { open: 0, most: 0 };
    const many = Array.from({ length: 3000 }, (_, at) => ({
      ...member(`${at}`, files[at % 40] ?? Buffer.alloc(1)),
      async open() {
        state.open += 1;
        state.most = Math.max(state.most, state.open);
        const source = memorySource(files[at % 40] ?? Buffer.alloc(1));
        return {
          ...source,
          close: async () => {
            state.open -= 1;
          },
        };
      },
    }));
    const archive = await openArchive(collect(many));
    for await (const _ of archive.pieces({ batchEntries: 64, readAhead: 2 }));
    expect([state.open, state.most <= 16 * 3]).toEqual([0, true]);
  });

  test('nothing at all is ARCHIVE_EMPTY', async () => {
    await expect(openArchive(collect([]))).rejects.toMatchObject({ code: 'ARCHIVE_EMPTY' });
  });

  test('an error of a member is thrown where its turn comes, and all is closed', async () => {
    const broken = {
      ...member('z', Buffer.from('z')),
      open: () => Promise.reject(new MailproofError('TIMEOUT', 'late')),
    };
    await expect(entriesOf(collect([...members, broken]), {})).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('a folder', () => {
  test('is listed in the order of octets, folders without files are entries, links are said and not followed', async () => {
    const path = await folder({
      'b/2.eml': message('2'),
      'b.eml': message('1'),
      'é.eml': message('3'),
      'Z.eml': message('0'),
    });
    await mkdir(join(path, 'empty/within'), { recursive: true });
    await symlink('/etc', join(path, 'linked'));
    const { records, result } = await processed(path);
    expect(records.map(({ source, type }) => `${source.entry} ${type}`)).toEqual([
      'Z.eml Email',
      'b.eml Email',
      'b/2.eml Email',
      'é.eml Email',
      'empty/within/ Other',
    ]);
    expect(result.findings.map(({ check, message: said }) => `${check}: ${said}`)).toEqual([
      expect.stringMatching(/^collection-passed-over: .*linked/),
      expect.stringMatching(/^archive-unprovable: A folder/),
    ]);
    expect([result.ledger.balanced, result.ledger.entries.directories]).toEqual([true, 1]);
  });

  test('run again: the same root; moved elsewhere: the same records', async () => {
    const path = await folder({ 'a/1.eml': message('1'), 'a/2.eml': message('2') });
    const first = await processed(path);
    expect((await processed(path)).result.rootDigest).toBe(first.result.rootDigest);
    await rename(path, `${path}-moved`);
    expect((await processed(`${path}-moved`)).records).toEqual(first.records);
    await rm(`${path}-moved`, { recursive: true });
  });

  test('a name that is not UTF-8 is read, and said', async () => {
    const path = await folder({ 'a.eml': message('1') });
    await writeFile(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xff, 0xfe, 0x61])]), message('2'));
    const { records } = await processed(path);
    expect(records.map(({ issues }) => issues.map(({ code }) => code))).toEqual([[], ['NAME_UNDECODABLE']]);
  });

  test('an .emlx is the message within; a file that only begins with a number is not', async () => {
    const text = message('emlx');
    const plist = '<?xml version="1.0"?><plist><dict/></plist>\n';
    const emlx = Buffer.concat([Buffer.from(`${text.length}      \n`), text, Buffer.from(plist)]);
    const path = await folder({
      '1.emlx': emlx,
      '2.emlx': emlx.subarray(0, 40),
      'n.txt': Buffer.from('12\nnot a message'),
    });
    const { records, result } = await processed(path);
    expect(
      records.map(({ native, issues }) => [native?.size, issues.map(({ code }) => code).includes('ENTRY_TRUNCATED')]),
    ).toEqual([
      [text.length, false],
      [40 - emlx.indexOf(text), true],
      [16, false],
    ]);
    expect(result.ledger.balanced).toBe(true);
  });

  test('an .emlx says flags and the date of receipt; a plist that says nothing, nothing', async () => {
    const text = message('noted');
    const emlx = (list: string) => Buffer.concat([Buffer.from(`${text.length}\n`), text, Buffer.from(list)]);
    const list = (flags: number | string, received: string) =>
      `<?xml version="1.0"?><plist version="1.0"><dict>\n\t<key>date-received</key>\n\t${received}\n\t<key>flags</key>\n\t<integer>${flags}</integer>\n</dict></plist>\n`;
    const files: [string, string[] | undefined, string | null][] = [
      [list(0b1, '<integer>1772357400</integer>'), ['$seen'], '2026-03-01T09:30:00Z'],
      [list(0b10101, '<real>1772357400.5</real>'), ['$seen', '$answered', '$flagged'], '2026-03-01T09:30:00Z'],
      // Attachments, priority and size of type are numbers, not flags; bit 33 is nothing that is described.
      [list(2 ** 33 + (0x3f << 10) + (0x7f << 16), '<integer>0</integer>'), undefined, null],
      [list((1 << 1) + (1 << 6) + (1 << 8) + (1 << 24), ''), ['$deleted', '$draft', '$forwarded', '$junk'], null],
      [list('-1', '<string>yesterday</string>'), undefined, null],
      ['<?xml version="1.0"?><plist><dict/></plist>', undefined, null],
      ['bplist00\u0000', undefined, null],
    ];
    const path = await folder(Object.fromEntries(files.map(([plist], place) => [`${place}.emlx`, emlx(plist)])));
    const { records } = await processed(path);
    expect(records.map(({ keywords, email }) => [keywords, email?.receivedAt ?? null])).toEqual(
      files.map(([, keywords, received]) => [keywords, received]),
    );
    // By itself the file says the same.
    const { records: single } = await processed(join(path, '1.emlx'));
    expect(single.map(({ keywords, email }) => [keywords, email?.receivedAt])).toEqual([
      [['$seen', '$answered', '$flagged'], '2026-03-01T09:30:00Z'],
    ]);
  });

  const changes: [string, (path: string) => Promise<void>][] = [
    ['is gone', (path) => rm(path)],
    ['grows', (path) => writeFile(path, message('longer than it was'))],
    ['is written anew with as many octets', (path) => writeFile(path, message('B'))],
    ['is touched', (path) => utimes(path, 1, 1)],
  ];
  test.each(changes)('a file that %s after it was listed ends the run', async (_name, change) => {
    const path = await folder({ 'a.eml': message('A') });
    const opened = await openSource(context(), path, {});
    await change(join(path, 'a.eml'));
    await expect(runOf(opened.source)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
  });

  if (process.getuid?.() === 0) console.warn('skipped: root may read every file, so a refusal cannot be seen');
  test.skipIf(process.getuid?.() === 0)('a file nobody may read is ACCESS_DENIED', async () => {
    const path = await folder({ 'a.eml': message('A') });
    await chmod(join(path, 'a.eml'), 0);
    await expect(processed(path)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  });

  test('one that is not there is SOURCE_NOT_FOUND', async () => {
    await expect(listFolderMembers('/nowhere/at/all')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});

describe('an S3 prefix', () => {
  test('objects changed after they were listed end the run; console folders are folders', async () => {
    const { clients, sandbox } = workshop;
    const put = (Key: string, Body: Uint8Array) =>
      clients.s3.send(new PutObjectCommand({ Bucket: sandbox.bucket, Key, Body }));
    await put('changing/', Buffer.alloc(0));
    await put('changing/sub/', Buffer.alloc(0));
    await put('changing/1', message('A'));
    const location = `s3://${sandbox.bucket}/changing/`;
    const { records } = await processed(location);
    expect(records.map(({ source, type }) => `${source.entry} ${type}`)).toEqual(['1 Email', 'sub/ Other']);
    const opened = await openSource(context(), location, {});
    await put('changing/1', message('B'));
    await expect(runOf(opened.source)).rejects.toMatchObject({ code: 'SOURCE_CHANGED' });
    opened.close();
    await expect(processed(`s3://${sandbox.bucket}/nothing/`)).rejects.toMatchObject({ code: 'ARCHIVE_EMPTY' });
    await expect(processed('s3://no-such-bucket/')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
  });
});

describe('Maildir', () => {
  const folders = maildirFolders([
    'cur',
    'new',
    'tmp',
    '.A.B',
    '.A.B/cur',
    '.A.B/new',
    'x',
    'x/cur',
    '.&ZeVnLIqe-/cur',
    '.&ZeVnLIqe-/new',
    'Plain/cur',
    'Plain/new',
  ]);
  const rows: [string, string | null, string[]][] = [
    ['cur/1.host:2,S', 'INBOX/1.host:2,S', ['$seen']],
    ['new/1.host', 'INBOX/1.host', []],
    ['.A.B/cur/1.host:2,FRS', 'A/B/1.host:2,FRS', ['$flagged', '$answered', '$seen']],
    ['.A.B/cur/1.host:2,DPT', 'A/B/1.host:2,DPT', ['$draft', '$forwarded', '$deleted']],
    ['.A.B/cur/1.host:2,', 'A/B/1.host:2,', []],
    ['.A.B/cur/1.host:1,S', 'A/B/1.host:1,S', []],
    ['cur/1.host;2,S', 'INBOX/1.host;2,S', ['$seen']],
    ['cur/1.host:2,aS', 'INBOX/1.host:2,aS', ['$seen', 'Junk']],
    ['cur/1.host:2,bX', 'INBOX/1.host:2,bX', ['maildir-X', 'maildir-b']],
    ['cur/1.host:2,SS', 'INBOX/1.host:2,SS', ['$seen']],
    ['.&ZeVnLIqe-/new/1', '日本語/1', []],
    ['Plain/cur/1:2,S', 'Plain/1:2,S', ['$seen']],
    ['tmp/1', null, []],
    ['x/cur/1', null, []],
    ['dovecot-uidlist', null, []],
    ['cur', null, []],
  ];
  test.each(rows)('%s', (path, expected, keywords) => {
    const place = maildirPlace(path, folders, new Map([['a', 'Junk']]));
    expect(place).toEqual(expected === null ? null : { path: expected, keywords });
  });

  test('keywords of dovecot-keywords, deliveries never finished, what is no message', async () => {
    const path = await folder({
      'cur/1.h:2,a': message('1'),
      'new/2.h': message('2'),
      'tmp/3.h': message('3'),
      'dovecot-keywords': Buffer.from('0 NonJunk\n1 $MDNSent\n'),
    });
    await mkdir(join(path, '.Empty/cur'), { recursive: true });
    await mkdir(join(path, '.Empty/new'));
    const { records, result } = await processed(path);
    expect(records.map(({ source, keywords = [] }) => `${source.entry} ${keywords.join()}`.trim())).toEqual([
      'INBOX/1.h:2,a NonJunk',
      'dovecot-keywords',
      'INBOX/2.h',
      'tmp/3.h',
    ]);
    expect(result.findings.map(({ check }) => check)).toEqual(['maildir-undelivered', 'archive-unprovable']);
    expect([result.root.archive.format, result.ledger.balanced]).toEqual(['maildir', true]);
  });
});
