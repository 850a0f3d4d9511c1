import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { folderSink } from '../../src/io/index.ts';
import { PackWriter } from '../../src/io/pack-writer.ts';
import { BRIEF_OCTETS, type FilePack } from '../../src/model/index.ts';

const SCRIPT = new URL('../../dist/io/pack-thread.js', import.meta.url);
if (!existsSync(SCRIPT)) console.warn('skipped, packs in a thread of their own: the program is not built');

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'file-packs-'));
  folders.push(folder);
  return join(folder, 'out');
}
const sha256 = (octets: Uint8Array) => `sha256:${createHash('sha256').update(octets).digest('hex')}`;

/** A pack of files by their names. */
function packOf(contents: Readonly<Record<string, string>>): FilePack {
  const octets = new Uint8Array(new ArrayBuffer(1 << 20));
  let start = 0;
  const files = Object.entries(contents).map(([path, content]) => {
    const size = Buffer.from(content).copy(octets, start);
    start += size;
    return { path, start: start - size, end: start };
  });
  return { octets, files };
}

describe.each<readonly [place: string, script: URL]>([
  ['in the calling thread', new URL('nowhere.js', import.meta.url)],
  ...(existsSync(SCRIPT) ? ([['in a thread of its own', SCRIPT]] as const) : []),
])('a pack %s', (_name, script) => {
  const writer = (root: string) => new PackWriter({ root, folders: new Set() }, script);

  test('becomes files, and says what each holds', async () => {
    const root = place();
    const packs = writer(root);
    const contents = { 'a/one.txt': 'one', 'b/c/two.txt': '', 'a/three.txt': 'x'.repeat(BRIEF_OCTETS) };
    const written = await packs.write(packOf(contents), false);
    await packs.rest();
    const expected = Object.values(contents).map((text) => ({ size: text.length, digest: sha256(Buffer.from(text)) }));
    expect(written).toEqual(expected);
    for (const [path, text] of Object.entries(contents)) expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });

  test('and the next are answered in their order', async () => {
    const packs = writer(place());
    const all = Array.from({ length: 20 }, async (_, at) => packs.write(packOf({ [`${at}.txt`]: `${at}` }), false));
    const written = await Promise.all(all);
    expect(written.map(([first]) => first?.digest)).toEqual(all.map((_, at) => sha256(Buffer.from(`${at}`))));
    await packs.rest();
  });

  test.each<[string, (root: string) => void, string]>([
    ['a name that is taken', (root) => writeFileSync(join(root, 'a.txt'), 'mine'), 'OUTPUT_EXISTS'],
    ['a file where a folder is needed', (root) => writeFileSync(join(root, 'b'), ''), 'OUTPUT_UNWRITABLE'],
    ['a link out of the folder', (root) => symlinkSync(tmpdir(), join(root, 'b')), 'USAGE'],
  ])('is refused for %s, with a code, and the next is written', async (_case, prepare, code) => {
    const root = place();
    mkdirSync(root);
    prepare(root);
    const packs = writer(root);
    await expect(packs.write(packOf({ 'a.txt': '1', 'b/c.txt': '2' }), false)).rejects.toMatchObject({
      code,
      name: 'MailproofError',
    });
    expect(await packs.write(packOf({ 'z.txt': '3' }), false)).toHaveLength(1);
    await packs.rest();
  });

  test('over what is there keeps what is the same and replaces what is not, links and all', async () => {
    const root = place();
    mkdirSync(root);
    const elsewhere = join(root, '..', 'elsewhere.txt');
    writeFileSync(elsewhere, 'mine');
    writeFileSync(join(root, 'same.txt'), 'same');
    chmodSync(join(root, 'same.txt'), 0o444);
    writeFileSync(join(root, 'short.txt'), 'sho');
    writeFileSync(join(root, 'long.txt'), 'longer than it was');
    symlinkSync(elsewhere, join(root, 'link.txt'));
    const packs = writer(root);
    const contents = {
      'same.txt': 'same',
      'short.txt': 'short',
      'long.txt': 'long',
      'link.txt': 'link',
      'new.txt': 'new',
    };
    const written = await packs.write(packOf(contents), true);
    await packs.rest();
    expect(written.map(({ digest }) => digest)).toEqual(
      Object.values(contents).map((text) => sha256(Buffer.from(text))),
    );
    for (const [path, text] of Object.entries(contents)) expect(readFileSync(join(root, path), 'utf8')).toBe(text);
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine');
  });
});

test.skipIf(!existsSync(SCRIPT))('a thread that is ended while it is waited for says so', async () => {
  const packs = new PackWriter({ root: place(), folders: new Set() }, SCRIPT);
  const written = packs.write(packOf({ 'a.txt': 'a' }), false);
  const ended = expect(written).rejects.toMatchObject({ code: 'UNEXPECTED' });
  await packs.rest();
  await ended;
});

test('what killed processes left is swept, and nothing else', async () => {
  const root = place();
  const sink = folderSink(root);
  await sink.put('a/b/kept.txt', Buffer.from('kept'));
  writeFileSync(join(root, '.mailproof-partial-1'), 'half');
  writeFileSync(join(root, 'a/b/.mailproof-partial-2'), 'half');
  writeFileSync(join(root, 'a/.hidden'), 'somebody’s');
  await sink.sweep?.();
  const left = readdirSync(root, { recursive: true, encoding: 'utf8' });
  expect(new Set(left)).toEqual(new Set(['a', 'a/.hidden', 'a/b', 'a/b/kept.txt']));
  await folderSink(join(root, 'not there')).sweep?.();
});

test('a large file that something else vouches for is read again', async () => {
  const root = place();
  const octets = Buffer.alloc(3 << 20, 'large');
  async function* content() {
    yield octets.subarray(0, 1000);
    yield octets.subarray(1000);
  }
  for (const given of [octets, content()]) {
    const written = await folderSink(root).put('large.bin', given, { durable: false });
    expect(written).toEqual({ size: octets.length, digest: sha256(octets) });
  }
});
