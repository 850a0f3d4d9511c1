// What a production costs at least: every entry of the archive copied to a file of its own, 1,000 files a folder, as `unzip`
// would. The archive is read forward in pieces of 4 MiB, each octet inflated once and written once; nothing is parsed or synced.
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import yauzl from 'yauzl';

const [, , archive, output] = process.argv;
const zip = await yauzl.openPromise(archive, { lazyEntries: true });
const entries = [];
for await (const entry of zip.eachEntry()) if (!entry.fileName.endsWith('/')) entries.push(entry);

const PIECE = 4 << 20;
const file = await open(archive, 'r');
const size = (await file.stat()).size;
let start = 0;
let piece = Buffer.alloc(0);
const octets = async (from, length) => {
  if (from < start || from + length > start + piece.length) {
    start = from;
    piece = Buffer.alloc(Math.min(Math.max(PIECE, length), size - from));
    await file.read(piece, 0, piece.length, from);
  }
  return piece.subarray(from - start, from - start + length);
};

let written = 0;
let folder = '';
for (const [at, entry] of entries.entries()) {
  if (at % 1000 === 0) {
    folder = join(output, 'VOL001', 'NATIVES', String(at / 1000 + 1).padStart(4, '0'));
    mkdirSync(folder, { recursive: true });
  }
  const header = await octets(entry.relativeOffsetOfLocalHeader, 30);
  const data = 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  const stored = await octets(entry.relativeOffsetOfLocalHeader + data, entry.compressedSize);
  const native =
    entry.compressionMethod === 0
      ? stored
      : inflateRawSync(stored, { chunkSize: Math.max(64, entry.uncompressedSize) });
  const ending = entry.fileName.slice(entry.fileName.lastIndexOf('.'));
  const target = openSync(join(folder, `MP${String(at + 1).padStart(7, '0')}${ending}`), 'wx');
  writeSync(target, native);
  closeSync(target);
  written += native.length;
}
await file.close();
writeFileSync(process.env.BENCH_RESULT, JSON.stringify({ files: entries.length, octets: written }));
