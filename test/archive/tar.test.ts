import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { memorySource } from './memory-source.ts';
import { type ReadArchive, readAll } from './read-all.ts';

interface Member {
  readonly name: string;
  readonly content?: string;
  readonly type?: 'file' | 'directory' | 'symlink';
  readonly pax?: Record<string, string>;
}

async function writeTar(members: readonly Member[]): Promise<Buffer> {
  const tar = pack();
  for (const { name, content = '', type = 'file', pax } of members)
    tar.entry(
      {
        name,
        type,
        mtime: new Date(1_772_357_410_000),
        ...(type === 'symlink' && { linkname: 'x' }),
        ...(pax !== undefined && { pax }),
      },
      content,
    );
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** A header of its own making, for what tar-stream does not write. */
function header(name: string, size: number, type: string, change: (block: Buffer) => void = () => undefined): Buffer {
  const block = Buffer.alloc(512);
  block.write(name, 0);
  block.write('0000644\0', 100);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('14150001442\0', 136);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  change(block);
  block.fill(0x20, 148, 156);
  block.write(
    `${block
      .reduce((sum, octet) => sum + octet, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return block;
}
const data = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)]);
const END = Buffer.alloc(1024);

const CONTENTS = [
  'Subject: one\r\n\r\none\r\n',
  'x'.repeat(512),
  '',
  'y'.repeat(1300),
  'Subject: last\r\n\r\nlast\r\n',
];
const plain = await writeTar(CONTENTS.map((content, index) => ({ name: `Inbox/${index}.eml`, content })));
const contents = (read: ReadArchive) => read.entries.map((entry) => entry.content?.toString());

test.each([
  ['batches', {}],
  ['tiny batches', { batchBytes: 1 }],
  ['streams', { largeEntryBytes: 1 }],
])('a tar in %s', async (_, options) => {
  for (const chunk of [321, 65_536]) {
    const read = await readAll(memorySource(plain, { chunk }), options);
    expect(read.format).toBe('tar');
    expect(contents(read)).toEqual(CONTENTS);
    expect(read.errors).toEqual([]);
    expect(read.entries.map((entry) => entry.modified)).toEqual(CONTENTS.map(() => '2026-03-01T09:30:10Z'));
    expect(read.raw.equals(plain)).toBe(true);
    expect(read.unaccounted).toBe(0);
  }
});

test('cut at any of its octets that matters: never clean, nothing intact lost', async () => {
  const problems: string[] = [];
  const needed = plain.length - 1024 + 1;
  for (let size = 512; size < plain.length; size += 37) {
    const cut = plain.subarray(0, size);
    const read = await readAll(memorySource(cut));
    if (read.errors.length === 0 && size < needed + 1023) problems.push(`${size}: clean`);
    if (!read.raw.equals(cut) || read.unaccounted !== 0) problems.push(`${size}: unaccounted`);
  }
  for (let size = 512; size < plain.length; size += 512) {
    const read = await readAll(memorySource(plain.subarray(0, size)));
    expect(read.errors, `cut at block ${size / 512}`).not.toEqual([]);
  }
  expect(problems).toEqual([]);
});

test('a header with any octet altered is told, and every other entry is delivered', async () => {
  const problems: string[] = [];
  const start = plain.indexOf('Inbox/1.eml');
  for (let at = start; at < start + 512; at += 1) {
    const altered = Buffer.from(plain);
    altered[at] = (altered[at] ?? 0) ^ 0x15;
    const read = await readAll(memorySource(altered));
    const got = new Set(contents(read));
    if (read.errors.length === 0) problems.push(`${at - start}: clean`);
    if (CONTENTS.some((content) => !got.has(content))) problems.push(`${at - start}: content lost`);
    if (read.unaccounted !== 0) problems.push(`${at - start}: ${read.unaccounted} unaccounted`);
  }
  expect(problems).toEqual([]);
});

const long = `${'folder/'.repeat(30)}ünïcode.eml`;
const pax = (text: string) => [header('PaxHeader', Buffer.byteLength(text), 'x'), data(text)];
const VARIANTS: readonly (readonly [string, Buffer[], string, string | undefined, readonly string[]])[] = [
  [
    'GNU long name',
    [header('././@LongLink', 200, 'L'), data(`${'n'.repeat(199)}\0`), header('short', 2, '0'), data('hi')],
    'n'.repeat(199),
    'hi',
    [],
  ],
  ['pax path', [...pax('16 path=a/b.eml\n'), header('short', 2, '0'), data('hi')], 'a/b.eml', 'hi', []],
  ['pax size', [...pax('9 size=2\n'), header('a', 0, '0'), data('hi')], 'a', 'hi', []],
  ['pax in pieces', [...pax('99 path=a\n'), header('a', 2, '0'), data('hi')], 'a', 'hi', ['EXTRA_FIELD_MALFORMED']],
  [
    'pax sparse',
    [...pax('22 GNU.sparse.major=1\n'), header('a', 2, '0'), data('hi')],
    'a',
    undefined,
    ['ENTRY_TYPE_UNSUPPORTED'],
  ],
  ['GNU sparse', [header('a', 2, 'S'), data('hi')], 'a', undefined, ['ENTRY_TYPE_UNSUPPORTED']],
  ['hard link', [header('a', 0, '1')], 'a', undefined, ['ENTRY_TYPE_UNSUPPORTED']],
  ['old tar', [header('a', 2, '\0', (block) => block.fill(0, 257, 265)), data('hi')], 'a', 'hi', []],
  [
    'ustar prefix',
    [header('b.eml', 2, '0', (block) => block.write('a/deep', 345)), data('hi')],
    'a/deep/b.eml',
    'hi',
    [],
  ],
  [
    'size in base 256',
    [header('a', 0, '0', (block) => block.set([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2], 124)), data('hi')],
    'a',
    'hi',
    [],
  ],
  [
    'a time before 1970 in base 256',
    [header('a', 2, '0', (block) => block.fill(0xff, 136, 148)), data('hi')],
    'a',
    'hi',
    [],
  ],
  [
    'a name that is not UTF-8',
    [header('a', 2, '0', (block) => block.set([0xf6], 0)), data('hi')],
    '\ufffd',
    'hi',
    ['NAME_UNDECODABLE'],
  ],
  [
    'a block of zeros within text',
    [header('a', 1026, '0'), Buffer.concat([Buffer.from('h'.repeat(512)), Buffer.alloc(512), data('ii')])],
    'a',
    `${'h'.repeat(512)}${'\0'.repeat(512)}ii`,
    ['ENTRY_ZEROED'],
  ],
  [
    'zeros where text ended',
    [header('a', 612, '0'), Buffer.concat([Buffer.from('h'.repeat(512)), Buffer.alloc(512)])],
    'a',
    `${'h'.repeat(512)}${'\0'.repeat(100)}`,
    ['ENTRY_ZEROED'],
  ],
  [
    'zeros in what is no text',
    [header('a', 1026, '0'), Buffer.concat([Buffer.from('\0x'.repeat(256)), Buffer.alloc(512), data('ii')])],
    'a',
    `${'\0x'.repeat(256)}${'\0'.repeat(512)}ii`,
    [],
  ],
  ['unsafe name', [header('../a', 2, '0'), data('hi')], '../a', 'hi', ['NAME_UNSAFE']],
  [
    'octets in the padding',
    [header('a', 2, '0'), Buffer.concat([Buffer.from('hi, more'), Buffer.alloc(504)])],
    'a',
    'hi',
    ['GAP_UNEXPLAINED'],
  ],
];
test.each(VARIANTS)('%s', async (_, blocks, path, content, codes) => {
  const read = await readAll(memorySource(Buffer.concat([...blocks, END])));
  expect(read.entries.map((entry) => [entry.path, entry.content?.toString(), entry.codes])).toEqual([
    [path, content, codes],
  ]);
  expect(read.findings).toEqual([]);
  expect(read.unaccounted).toBe(0);
});

test('long and foreign names, folders', async () => {
  const read = await readAll(
    memorySource(
      await writeTar([
        { name: 'folder/', type: 'directory' },
        { name: long, content: 'hi' },
      ]),
    ),
  );
  expect(read.entries.map((entry) => entry.path)).toEqual(['folder/', long]);
  expect(read.errors).toEqual([]);
});

test('two tars one behind the other: all entries, and a finding', async () => {
  const read = await readAll(memorySource(Buffer.concat([plain, plain])));
  expect(contents(read)).toEqual([...CONTENTS, ...CONTENTS]);
  expect(read.findings.map((finding) => finding.check)).toEqual(['archive-damaged']);
  expect(read.unaccounted).toBe(0);
});

test('tar.gz: the same entries; cut, altered or continued it is told', async () => {
  const zipped = gzipSync(plain);
  const read = await readAll(memorySource(zipped, { chunk: 321 }));
  expect(read.format).toBe('tar.gz');
  expect(contents(read)).toEqual(CONTENTS);
  expect(read.errors).toEqual([]);
  expect(read.raw.equals(zipped)).toBe(true);
  expect(read.unaccounted).toBe(0);
  // Without the name's and the comment's flags, the ten octets of the header hold a time, hints and the system.
  const HARMLESS = [4, 5, 6, 7, 8, 9];
  const problems: string[] = [];
  for (let at = 3; at < zipped.length; at += 1) {
    const altered = Buffer.from(zipped);
    altered[at] = (altered[at] ?? 0) ^ 0x55;
    const result = await readAll(memorySource(altered)).catch((error: { code?: string }) => error.code);
    if (typeof result === 'object' && result.errors.length === 0 && !HARMLESS.includes(at))
      problems.push(`${at}: clean`);
    const cut = await readAll(memorySource(zipped.subarray(0, at))).catch((error: { code?: string }) => error.code);
    if (typeof cut === 'object' && cut.errors.length === 0) problems.push(`cut at ${at}: clean`);
  }
  expect(problems).toEqual([]);
  const continued = await readAll(memorySource(Buffer.concat([zipped, Buffer.from('appended')])));
  expect(continued.errors).toEqual(['archive-damaged']);
  const members = await readAll(
    memorySource(Buffer.concat([gzipSync(plain.subarray(0, 700)), gzipSync(plain.subarray(700))])),
  );
  expect(contents(members)).toEqual(CONTENTS);
  expect(members.errors).toEqual([]);
});

// The first message fills one DEFLATE block, the damage lies in a later one: zlib keeps back what one write expanded.
test('tar.gz: what stands before the damage is read, in one read of all octets too', async () => {
  const first = `Subject: first\r\n\r\n${'0123456789abcdef'.repeat(64)}\r\n`;
  let random = 1;
  const noise = Array.from({ length: 60_000 }, () => {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    return String.fromCharCode(33 + (random % 90));
  }).join('');
  const zipped = gzipSync(
    await writeTar([
      { name: 'first.eml', content: first },
      { name: 'second.eml', content: `Subject: second\r\n\r\n${noise}` },
    ]),
  );
  for (const at of [0.3, 0.5, 0.7, 0.9].map((share) => Math.floor(share * zipped.length))) {
    const damaged = Buffer.from(zipped);
    damaged.fill(0xff, at, at + 400);
    const read = await readAll(memorySource(damaged));
    expect(contents(read)[0]).toEqual(first);
    expect(read.errors).toContain('archive-damaged');
    expect(read.unaccounted).toBe(0);
  }
});

test('breaking off a tar.gz leaves nothing open; a failed read is told', async () => {
  const zipped = gzipSync(Buffer.concat([plain, plain]));
  const source = memorySource(zipped, { chunk: 50 });
  const { openArchive } = await import('../../src/archive/index.ts');
  for await (const piece of (await openArchive(source)).pieces({ batchBytes: 1 })) if (piece.kind === 'batch') break;
  expect(source.open()).toBe(0);
  for (const failAt of [0, 1, 2]) {
    const failing = memorySource(zipped, { failAt });
    await expect(readAll(failing)).rejects.toMatchObject({ code: 'TEMPORARY' });
    expect(failing.open()).toBe(0);
  }
});

test('what begins with a message and goes on with headers is a tar whose first ones are gone, not one message', async () => {
  const mail = (name: string) => `Subject: ${name}\n\n${name}\n`;
  const whole = await writeTar(['a', 'b', 'c'].map((name) => ({ name: `${name}.eml`, content: mail(name) })));
  const read = await readAll(memorySource(whole.subarray(512)));
  expect(read.format).toBe('tar');
  expect(contents(read).slice(1)).toEqual([mail('b'), mail('c')]);
  expect(read.errors).not.toEqual([]);
  expect(read.unaccounted).toBe(0);
});

test('a gzip header whose own checksum is wrong is told, and what it heads is read', async () => {
  const zipped = gzipSync(plain);
  const header = Buffer.from(zipped.subarray(0, 10));
  header[3] = 2;
  const read = await readAll(memorySource(Buffer.concat([header, Buffer.from([1, 2]), zipped.subarray(10)])));
  expect(contents(read)).toEqual(CONTENTS);
  expect(read.findings.map((finding) => finding.check)).toEqual(['archive-damaged']);
});
